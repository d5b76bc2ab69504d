"""The setting REQUISITES: what of a page is fetched besides it."""

from typing import Final, Literal, get_args

from scrapy.settings import BaseSettings

from crawler.errors import UsageError
from crawler.ledger.entries import RequisitePlan

_Kind = Literal["none", "images", "all"]
_KINDS: Final[tuple[_Kind, ...]] = get_args(_Kind)


def requisites_of(settings: BaseSettings) -> RequisitePlan:
    """What is fetched, and its bounds, whose numbers `check_settings` has seen. Raises UsageError."""
    told = settings["REQUISITES"]
    kind = next((kind for kind in _KINDS if kind == told), None)
    if kind is None:
        raise UsageError(f"REQUISITES={told!r} must be {', '.join(_KINDS[:-1])} or {_KINDS[-1]}.")
    return RequisitePlan(
        kind=kind,
        per_page=settings.getint("REQUISITES_PER_PAGE"),
        max_bytes=settings.getint("REQUISITE_MAX_BYTES"),
        seconds=settings.getfloat("REQUISITES_SECONDS_MAX"),
        hosts=settings.getint("REQUISITES_HOSTS_MAX"),
    )
