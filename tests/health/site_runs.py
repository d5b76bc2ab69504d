"""Runs of a site over time for the tests: good ones, and those of each kind of illness."""

from datetime import timedelta
from typing import Any

from crawler.archive.names import new_run_id
from crawler.health import RunRecord
from crawler.health.record import RECENT
from crawler.health.site_state import SiteState, replayed
from tests.health.records import NOON, stats

HOUR = timedelta(hours=1)


def run(hours: float, number: int = 10, **changes: Any) -> RunRecord:
    """A run so many hours after NOON that brings new articles with all their fields."""
    began = NOON + timedelta(hours=hours)
    counters = {
        **{f"articles/field/{name}": number for name in ("published", "authors", "section")},
        "articles/field/tags": 0,
        "articles/field/images": 0,
        "articles/field/language": number,
        "health/first/article": number,
        "health/rhythm/articles": 0.0,
        "health/rhythm/seconds": 0.0,
        RECENT: number,
        **changes.pop("counters", {}),
    }
    usual = {"found": 30, "fetched": number, "articles": number, "failed": {}, "dropped": {}}
    values = stats(counters=counters, **{**usual, **changes})
    times = {"began": began.isoformat(), "ended": (began + timedelta(minutes=5)).isoformat()}
    return RunRecord.of({**values, **times}, new_run_id("barada", began))


def good(days: int = 5, per_day: int = 1, number: int = 10) -> SiteState:
    step = 24 / per_day
    return replayed("barada", [run(step * (n - days * per_day), number) for n in range(days * per_day)])


def sick(number: int) -> dict[str, dict[str, Any]]:
    """What a run of each kind of illness has, with so many new pages."""
    nothing = {"fetched": 0, "articles": 0}
    return {
        "blocked": {**nothing, "lists": 0, "failed_lists": {"http-403": 3}, "found": 0},
        "unreachable": {**nothing, "lists": 0, "failed_lists": {"timeout": 3}, "found": 0},
        "feed-gone": {**nothing, "found": 0, "failed_lists": {"http-404": 1}},
        "pages-empty": {
            **nothing,
            "fetched": number,
            "counters": {"health/first/article": 0, "health/first/empty": number, RECENT: 0},
        },
        "layout-changed": {"counters": {"articles/field/authors": 0, "articles/field/section": 0}},
        "dates-unreadable": {"counters": {"articles/field/published": 0}},
    }
