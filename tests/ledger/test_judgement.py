"""Which articles are stored: new ones, and changed ones with the id of the previous version."""

from dataclasses import replace
from pathlib import Path

from crawler.items import article_id
from crawler.ledger.entries import Claim, Verdict
from crawler.ledger.ledger import OpenLedger
from tests.ledger.making import (
    DAY,
    NOON,
    address,
    article,
    begin,
    opened,
    outcome,
    pages,
    stored,
    text_digest,
)  # fmt: skip


def read(run: OpenLedger, claim: Claim, text: str, *, url: str | None = None) -> Verdict:
    """Judge an article that was read in a claimed page, and settle what came of it."""
    found = article(url or claim.candidate.url, text)
    verdict = run.judge(claim, found)
    if verdict.reason is None:
        run.settle([outcome(claim, "archived", article=stored(found))])
    elif verdict.reason == "unchanged":
        run.settle([outcome(claim, "archived")])
    else:
        run.settle([outcome(claim, "fetched", reason=verdict.reason)])
    return verdict


def test_versions_name_the_one_before(tmp_path: Path) -> None:
    texts = ["أول", "أول", "ثان", "ثالث"]
    verdicts = []
    with opened(tmp_path / "l.sqlite") as ledger:
        for number, text in enumerate(texts):
            run = begin(ledger, f"run {number}", NOON + number * DAY)
            run.take_in(pages(1), NOON)
            ledger._database.execute("UPDATE pages SET look_at = 0 WHERE state = 'archived'")
            verdicts.append(read(run, run.claim(1)[0], text))
            run.end(walked=True)
    first, second = (article_id(address(1), text_digest(text)) for text in ("أول", "ثان"))
    assert verdicts == [
        Verdict(),
        Verdict(reason="unchanged"),
        Verdict(previous_id=first),
        Verdict(previous_id=second),
    ]


def test_one_text_under_two_addresses_is_stored_once(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2, 3), NOON)
        one, two, three = run.claim(3)
        assert read(run, one, "خبر") == Verdict()
        assert read(run, two, "خبر") == Verdict(reason="duplicate-text")  # the ledger knows
        first = article(three.candidate.url, "آخر")
        assert run.judge(three, first) == Verdict()
        assert run.judge(two, article(two.candidate.url, "آخر")).reason == "duplicate-text"  # nothing settled
        run.end(walked=True)
        later = begin(ledger, "two", NOON + DAY)
        later.take_in(pages(4), NOON)
        assert read(later, later.claim(1)[0], "خبر") == Verdict(reason="duplicate-text")


def test_one_article_at_two_addresses_is_stored_once(tmp_path: Path) -> None:
    """Their pages name the same canonical address."""
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2, 3), NOON)
        one, two, three = run.claim(3)
        assert run.judge(one, article(address(1), "خبر")) == Verdict()
        assert run.judge(two, article(address(1), "صيغة أخرى")).reason == "duplicate-address"  # in flight
        run.settle([outcome(one, "archived", article=stored(article(address(1), "خبر")))])
        assert read(run, three, "صيغة ثالثة", url=address(1)).reason == "duplicate-address"  # settled


def test_an_article_gone_at_one_address_may_be_stored_at_another(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1), NOON)
        read(run, run.claim(1)[0], "خبر", url="https://paper.example/canonical/")
        run.end(walked=True)
        ledger._database.execute("UPDATE pages SET state = 'gone'")
        run = begin(ledger, "two", NOON + DAY)
        run.take_in(pages(2), NOON)
        verdict = read(run, run.claim(1)[0], "صيغة أخرى", url="https://paper.example/canonical/")
    assert verdict.reason is None
    assert verdict.previous_id == article_id("https://paper.example/canonical/", text_digest("خبر"))


def test_an_article_without_outcome_blocks_no_other(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2), NOON)
        one, two = run.claim(2)
        assert run.judge(one, article(address(1), "خبر")) == Verdict()
        run.settle([outcome(one, "new", reason="error")])
        assert run.judge(two, replace(article(address(2), "خبر"))) == Verdict()
