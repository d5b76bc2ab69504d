"""What `scrapy sites` and docs/outlets.md show of the table."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from crawler.registry.outlet import CLAIMS, INDEPENDENT_LISTS, Outlet
from crawler.registry.table import lists_naming

CHECKED = {
    "recorded": "the tests read recorded pages of it, with known answers",
    "live": "the site itself was asked",
    "listed": "at least two public lists name it",
    "declared": "from public knowledge only: scrapy check-site asks it",
}


def claims_of(outlet: Outlet) -> dict[str, dict[str, Any]]:
    """Return each claim that the row makes, with its value and where it is known from."""
    return {
        claim: {"value": _plain(getattr(outlet, claim)), "known_from": list(outlet.known_from[claim])}
        for claim in CLAIMS
        if claim in outlet.known_from
    }


def by_country(outlets: Iterable[Outlet]) -> list[dict[str, Any]]:
    """Return for each country the number of outlets, by how they were checked; most outlets first."""
    found = list(outlets)
    counts: list[dict[str, Any]] = []
    for country, total in Counter(outlet.country for outlet in found).most_common():
        there = [outlet for outlet in found if outlet.country == country]
        checked: Counter[str] = Counter(outlet.checked for outlet in there)
        lists = sum(len(lists_naming(outlet)) >= INDEPENDENT_LISTS for outlet in there)
        counts.append(
            {"country": country, "outlets": total, **{name: checked[name] for name in CHECKED}}
            | {"two_lists": lists, "arabic_name": sum(bool(outlet.outlet_ar) for outlet in there)}
        )
    return counts


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
