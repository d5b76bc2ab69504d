"""A clock that is some days ahead, for tests of what happens over days.

The command runs in a process of its own, as always; in it `datetime.now` is that many days later. Everything
else is real: the crawl, the archive, the notices.
"""

import datetime as dt
import importlib
import os
import pkgutil
import sys
from pathlib import Path
from typing import Any

VARIABLE = "WARRAQ_TESTS_DAYS_AHEAD"  # environment of the command: days, also parts of one
_OURS = ("crawler", "pipelines")
_PROJECT = Path(__file__).resolve().parents[1]
_datetime = dt.datetime


class _LikeReal(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _datetime)


def shift(days: float) -> None:
    """Set the clock of this process ahead."""
    ahead = dt.timedelta(days=days)

    class Later(_datetime, metaclass=_LikeReal):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return _datetime.now(tz) + ahead

        def __reduce_ex__(self, _: Any) -> Any:  # other processes know the real class only
            return _datetime.fromisoformat, (self.isoformat(),)

    for name in _OURS:
        for found in pkgutil.walk_packages([str(_PROJECT / name)], f"{name}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _OURS and vars(module).get("datetime") is _datetime:
            vars(module)["datetime"] = Later


def shift_by_environment() -> None:
    """Set the clock ahead as VARIABLE says, if it is set."""
    if days := os.environ.get(VARIABLE):
        shift(float(days))


if __name__ == "__main__":
    from scrapy.cmdline import execute

    shift_by_environment()
    sys.argv[0] = "scrapy"
    execute()
