"""Which articles are stored: new ones, and changed ones with the id of the previous version."""

from pathlib import Path
from typing import Any

import pytest

from crawler.items import article_id
from crawler.ledger.entries import Claim, Needs, Requisite, RequisiteOutcome, Verdict
from crawler.ledger.ledger import Ledger, OpenLedger
from crawler.ledger.requisites import enter_needs, settle_requisite
from crawler.tables.versions import version_of
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


def read(run: OpenLedger, claim: Claim, text: str, *, url: str | None = None, **more: Any) -> Verdict:
    """Judge an article that was read in a claimed page, and settle what came of it."""
    found = article(url or claim.candidate.url, text, **more)
    verdict = run.judge(claim, found)
    if verdict.reason is None:
        run.settle([outcome(claim, "archived", article=stored(found, verdict))])
    elif verdict.reason == "unchanged":
        run.settle([outcome(claim, "archived")])
    else:
        run.settle([outcome(claim, "fetched", reason=verdict.reason)])
    return verdict


def looks(path: Path, *found: dict[str, Any], start: int = 0) -> list[Verdict]:
    """Look at one page again and again, and find what is given each time."""
    verdicts = []
    with opened(path) as ledger:
        for number, facts in enumerate(found, start):
            run = begin(ledger, f"run {number}", NOON + number * DAY)
            run.take_in(pages(1), NOON)
            ledger._database.execute("UPDATE pages SET look_at = 0 WHERE state = 'archived'")
            verdicts.append(read(run, run.claim(1)[0], facts.get("text", "خبر"), **_without_text(facts)))
            run.end(walked=True)
    return verdicts


def _without_text(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "text"}


def version(text: str = "خبر", **more: Any) -> str:
    return version_of(article(address(1), text, **more))


def test_versions_name_the_one_before(tmp_path: Path) -> None:
    verdicts = looks(tmp_path / "l.sqlite", *({"text": text} for text in ("أول", "أول", "ثان", "ثالث")))
    first, second = (article_id(address(1), text_digest(text)) for text in ("أول", "ثان"))
    assert [each.reason for each in verdicts] == [None, "unchanged", None, None]
    assert [each.previous_id for each in verdicts] == [None, None, first, second]
    assert [each.version_id for each in verdicts] == [version("أول"), None, version("ثان"), version("ثالث")]
    assert [each.previous_version_id for each in verdicts] == [None, None, version("أول"), version("ثان")]
    assert [each.changed for each in verdicts] == [(), (), ("text",), ("text",)]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"title": "عنوان"}, {"title": "عنوان آخر"}, ("title",)),
        ({"title": "عنوان  الخبر"}, {"title": " عنوان الخبر"}, None),
        ({}, {"subtitle": "تفصيل"}, ("subtitle",)),
        ({"authors": ["ريم", "سامي"]}, {"authors": ["سامي", "ريم"]}, None),
        ({"authors": ["ريم"]}, {"authors": []}, ("authors",)),
        ({"text": "أ", "title": "أ"}, {"text": "ب", "title": "ب"}, ("text", "title")),
        ({"images": ["https://a.example/1.jpg"]}, {"images": ["https://b.example/2.jpg"]}, None),
        ({"section": ["عاجل"]}, {"section": ["أخبار"]}, None),
        # other rules may read the same page in another way
        ({"title": "أ"}, {"title": "ب", "rules_digest": "of another version"}, None),
        ({"text": "أ"}, {"text": "ب", "rules_digest": "of another version"}, ("text",)),
    ],
)
def test_what_makes_a_version(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], changed: tuple[str, ...] | None
) -> None:
    first, second, third = looks(tmp_path / "l.sqlite", before, after, after)
    assert first.reason is None
    assert second.reason == (None if changed else "unchanged")
    assert second.changed == (changed or ())
    assert third.reason == "unchanged"
    if changed:
        assert second.previous_version_id == first.version_id != second.version_id
        assert second.previous_id == article_id(address(1), text_digest(before.get("text", "خبر")))


def test_an_edit_that_is_reverted_is_a_version_again(tmp_path: Path) -> None:
    verdicts = looks(tmp_path / "l.sqlite", *({"title": title} for title in ("أ", "ب", "أ", "ب")))
    assert [each.reason for each in verdicts] == [None] * 4
    names = [each.version_id for each in verdicts]
    assert names[0] == names[2] != names[1] == names[3]
    assert [each.previous_version_id for each in verdicts] == [None, *names[:3]]


def test_a_part_of_an_article_does_not_become_its_current_version(tmp_path: Path) -> None:
    whole, part = {"text": "الخبر كله"}, {"text": "الخبر", "partial": "paywall"}
    verdicts = looks(tmp_path / "l.sqlite", whole, part, part, whole, part, {"text": "الخبر كله مع زيادة"})
    assert [each.reason for each in verdicts] == [None, None, "unchanged", "unchanged", "unchanged", None]
    assert verdicts[1].changed == ("text", "partial")
    assert not verdicts[1].current
    assert verdicts[5].previous_version_id == version("الخبر كله")


def test_a_part_that_becomes_whole_is_replaced(tmp_path: Path) -> None:
    part, whole = {"text": "الخبر", "partial": "login"}, {"text": "الخبر كله"}
    first, second, third = looks(tmp_path / "l.sqlite", part, whole, whole)
    assert (first.reason, second.reason, third.reason) == (None, None, "unchanged")
    assert second.changed == ("text", "partial")
    assert second.current


def test_a_picture_counts_by_its_bytes(tmp_path: Path) -> None:
    """The second look learns what the picture is: when the article was stored, it was not fetched yet."""
    path = tmp_path / "l.sqlite"
    address_of = "https://paper.example/{}.jpg".format
    found = [{"images": [address_of(number)]} for number in (1, 1, 2, 3, 4)]
    verdicts = []
    with opened(path) as ledger:
        for number, payload in ((1, "ab"), (2, "ab"), (3, "cd")):
            keep_picture(ledger, address_of(number), payload)
        ledger._database.execute("UPDATE requisites SET payload = NULL WHERE url LIKE '%1.jpg'")
    for number, facts in enumerate(found):
        if number == 1:
            with opened(path) as ledger:
                keep_picture(ledger, address_of(1), "ab")
        verdicts += looks(path, facts, start=number)
    assert [each.reason for each in verdicts] == [None, "unchanged", "unchanged", None, "unchanged"]
    assert verdicts[3].changed == ("images",)
    assert verdicts[3].image_digests == [f"sha256:{'cd' * 32}"]
    assert verdicts[3].version_id not in (None, verdicts[0].version_id)


def keep_picture(ledger: Ledger, url: str, payload: str) -> None:
    """Enter a picture that was fetched."""
    database = ledger._database
    enter_needs(database, Needs(urls=(url,), via=address(1), hops="LE"))
    [key] = database.execute("SELECT key FROM requisites WHERE url = ?", (url,)).fetchone()
    settle_requisite(
        database,
        RequisiteOutcome(
            requisite=Requisite(key=key, url=url, via=address(1), hops="LE"),
            state="fetched",
            fetched_at=NOON,
            payload_digest=f"sha256:{payload * 32}",
        ),
    )


def test_an_article_of_an_older_ledger_is_no_new_version(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    looks(path, {"title": "أ"})
    with opened(path) as ledger:
        ledger._database.execute("UPDATE pages SET version = NULL, facets = NULL")
    [unchanged, changed] = looks(path, {"title": "ب"}, {"title": "ج"}, start=1)
    assert unchanged.reason == "unchanged"  # nothing says what its title was
    assert changed.changed == ("title",)
    assert changed.previous_version_id is None
    assert changed.previous_id is not None


def test_one_text_under_two_addresses_is_stored_once(tmp_path: Path) -> None:
    with opened(tmp_path / "l.sqlite") as ledger:
        run = begin(ledger, "one")
        run.take_in(pages(1, 2, 3), NOON)
        one, two, three = run.claim(3)
        assert read(run, one, "خبر").reason is None
        assert read(run, two, "خبر") == Verdict(reason="duplicate-text")  # the ledger knows
        first = article(three.candidate.url, "آخر")
        assert run.judge(three, first).reason is None
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
        assert run.judge(one, article(address(1), "خبر")).reason is None
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
        assert run.judge(one, article(address(1), "خبر")).reason is None
        run.settle([outcome(one, "new", reason="error")])
        assert run.judge(two, article(address(2), "خبر")).reason is None
