from typing import Any

import pytest
from rich.console import Console

from crawler.run.summary import Summary, readable_bytes
from crawler.run.summary_table import table, written
from crawler.storage import Stored
from crawler.storage.outbox import Delivery

GOOD: dict[str, Any] = {
    "finish_reason": "finished",
    "elapsed_time_seconds": 2.5,
    "discovery/found": 12,
    "discovery/lists_read": 2,
    "pages/fetched": 11,
    "articles/stored": 9,
    "dropped/list": 2,
    "failed/pages/http-404": 1,
    "capture/bytes_received": 1_500_000,
}
STORED = Stored(key="warc/x/2026/01/a.warc.gz", size=10, sha256="0" * 64)


def summary(changes: dict[str, Any] | None = None, delivery: Delivery | None = None) -> Summary:
    delivery = delivery or Delivery(delivered=[STORED])
    return Summary.of({**GOOD, **(changes or {})}, site="barada", run_id="r", delivery=delivery)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (summary({"finish_reason": "shutdown"}), "shutdown"),
        (summary({"discovery/lists_read": 0, "failed/lists/dns": 3}), "dns 3"),
        (summary({"discovery/starts": 1, "failed/starts/http-403": 1}), "1 of the 1 addresses"),
        (summary({"discovery/starts": 2, "failed/starts/dns": 2}), "(dns 2)"),
        (summary({"discovery/starts": 2, "failed/starts/http-503": 1}), "1 of the 2 addresses"),
        (summary({"discovery/found": 0}), "No list of barada names an article"),
        (summary({"discovery/found": 0, "failed/lists/http-503": 1}), "No list of barada names an article"),
        (summary({"spider_exceptions/count": 2}), "2 errors"),
        (summary({"errors/items": 1}), "1 errors"),
        (summary(delivery=Delivery(failed={"warc/x.warc.gz": "no answer"})), "warc/x.warc.gz: no answer"),
    ],
)
def test_what_is_wrong_is_said(made: Summary, words: str) -> None:
    [problem] = made.problems()
    assert words in problem


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"failed/lists/http-404": 4},  # usual addresses of sitemaps, which the site does not have
        {"discovery/starts": 2, "failed/starts/http-404": 1},  # the other one was read
        {"discovery/found": 0, "discovery/refused/outside-window": 3},  # nothing new in the window
        {"discovery/found": 0, "discovery/lists_unchanged": 1},
    ],
)
def test_a_good_run_has_no_problem(changes: dict[str, Any]) -> None:
    assert summary(changes).problems() == []


def test_a_run_whose_files_never_left_has_one() -> None:
    [problem] = Summary.of(GOOD, site="barada", run_id="r", delivery=None).problems()
    assert "not delivered" in problem


def test_the_table_says_it_all() -> None:
    console = Console(width=120)
    with console.capture() as capture:
        console.print(table(summary(), "archive"))
        console.print("\n".join(written(summary())))
    printed = capture.get()
    for words in (
        "12 article addresses",
        "11 pages",
        "9",
        "2  (list 2)",
        "1  (http-404 1)",
        "1.5 MB",
        STORED.key,
    ):
        assert words in printed


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (1_500_000, "1.5 MB"), (2e12, "2,000.0 GB")],
)
def test_bytes_as_people_read_them(count: float, words: str) -> None:
    assert readable_bytes(count) == words
