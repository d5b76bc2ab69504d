"""Check that Scrapy and Twisted still work in the way the crawl needs.

An upgrade can move a private name without a warning. The crawl then must not start, because it could archive
wrong bytes or break the pace of a host.
"""

import inspect
from functools import cache
from importlib import import_module
from operator import attrgetter

from crawler.capture.private_names import PRIVATE_NAMES, PrivateName
from crawler.errors import ArchiveError


@cache
def check_contract() -> None:
    """Raise ArchiveError, naming the change, where the source of a private name has changed."""
    for private in PRIVATE_NAMES:
        if private.source not in _source(private):
            raise ArchiveError(
                f"Warraq does not work with this release of {private.module.partition('.')[0]}:"
                f" {private.module}.{private.place} no longer contains {private.source!r}."
                " Install the releases that Warraq names in its pyproject.toml."
            )


def _source(private: PrivateName) -> str:
    """Return the source of the place, an empty string where the place or its source is gone."""
    try:
        return inspect.getsource(attrgetter(private.place)(import_module(private.module)))
    except (AttributeError, ImportError, OSError, TypeError):
        return ""
