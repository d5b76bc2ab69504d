"""The setting RECHECK: at which ages an article is looked at again."""

import re
from collections.abc import Mapping
from datetime import timedelta

from scrapy.settings import BaseSettings

from crawler.errors import UsageError
from crawler.ledger.entries import Recheck

_AGE = re.compile(r"(\d{1,5}) ?([mhdw])")
_UNITS: Mapping[str, timedelta] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def recheck_of(settings: BaseSettings) -> Recheck:
    """The ages, such as 1h, 6h, 1d, 7d; none: never look again. Raises UsageError for what is no age."""
    ages = sorted({_age(str(text).strip()) for text in settings.getlist("RECHECK") if str(text).strip()})
    return Recheck(ages=tuple(ages))


def _age(text: str) -> timedelta:
    told = _AGE.fullmatch(text)
    if told is None or not int(told[1]):
        raise UsageError(
            f"RECHECK holds {text!r}, which is no age: write 30m, 6h, 1d or 2w with commas between."
        )
    return int(told[1]) * _UNITS[told[2]]
