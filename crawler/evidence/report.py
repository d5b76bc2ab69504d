"""Makes the report of a bundle: one page in Arabic and English, for a person without technical knowledge."""

import base64
from collections.abc import Sequence

from lxml import etree

from crawler.evidence.claims import SENTENCES, Claim, Shape, lost, proved, readable, sentence, unproved
from crawler.evidence.custody import Step
from crawler.evidence.facts import Facts
from crawler.report.page import clean_text, document, node

_ENGLISH, _ARABIC = 0, 1
_LANGUAGES = {_ARABIC: ("ar", "rtl"), _ENGLISH: ("en", "ltr")}
_MAX_SHOWN = 4_000_000  # bytes of a picture inside the page; a larger one is only named


def report(
    facts: Facts,
    shape: Shape,
    steps: Sequence[Step],
    names: Sequence[str],
    picture: bytes | None,
) -> bytes:
    """Return the page in UTF-8; `names` are those of the bundle's files, `picture` is a PNG."""
    title = f"{SENTENCES['words']['title'][_ARABIC]} · {SENTENCES['words']['title'][_ENGLISH]}"
    halves = [_half(language, facts, shape, steps, names, picture) for language in _LANGUAGES]
    return document(title, *halves, shows_pictures=True)


def _half(
    language: int,
    facts: Facts,
    shape: Shape,
    steps: Sequence[Step],
    names: Sequence[str],
    picture: bytes | None,
) -> etree._Element:
    code, direction = _LANGUAGES[language]
    parts = [
        node("h1", _word("title", language)),
        node("p", _word("what", language)),
        _section("page", language, _page(facts, language)),
        _picture(facts, language, picture),
        _section("proves", language, _claims("proves", list(proved(facts, shape)), language)),
        _section("proves-not", language, _claims("proves-not", list(unproved(facts, shape)), language)),
    ]
    if shape.redacted:
        parts.append(_section("costs", language, _claims("costs", list(lost(shape)), language)))
    checks: list[Claim] = [(name, {}) for name in SENTENCES["check"] if not shape.redacted or name != "key"]
    parts += [
        _section("check", language, _claims("check", checks, language)),
        _section("custody", language, _custody(steps, language)),
        _section("contents", language, _contents(names, language)),
    ]
    return node("article", *parts, lang=code, dir=direction)


def _word(name: str, language: int) -> str:
    return SENTENCES["words"][name][language]


def _sentence(tag: str, part: str, claim: Claim, language: int) -> etree._Element:
    """Make an element of a sentence; its values keep their own direction between Arabic words."""
    pieces = sentence(part, claim, language)
    return node(tag, *(_value(text) if is_value else text for text, is_value in pieces))


def _value(text: str) -> etree._Element:
    """Make an element of a foreign text as a whole, with the direction of its own letters."""
    return node("bdi", clean_text(text, len(text)), dir="auto")


def _section(name: str, language: int, *content: etree._Element) -> etree._Element:
    return node("section", node("h2", _word(name, language)), *content)


def _page(facts: Facts, language: int) -> etree._Element:
    row, subject = facts.subject.row or {}, facts.subject
    values = (
        ("headline", row.get("title")),
        ("outlet", row.get("outlet")),
        ("address", subject.url),
        ("recorded-at", readable(subject.moment)),
        ("published", row.get("published")),
        ("server", facts.head.get("warc-ip-address")),
        ("record", subject.record_id),
        ("body-digest", facts.head.get("warc-payload-digest", "").removeprefix("sha256:")),
    )
    rows = [
        node("tr", node("th", _word(name, language), scope="row"), node("td", _value(str(value))))
        for name, value in values
        if value
    ]
    return node("table", node("tbody", *rows))


def _picture(facts: Facts, language: int, picture: bytes | None) -> etree._Element | None:
    if not facts.pictures:
        return None
    made = facts.pictures[0]
    values = {"moment": readable(made.moment), "software": made.software}
    words = _sentence("p", "words", ("picture-later", values), language)
    if picture is None or len(picture) > _MAX_SHOWN or language != _ARABIC:  # the bytes stand here once
        return _section("picture", language, words)
    source = f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
    image = node("img", src=source, alt=_word("picture", language), class_="archived")
    return _section("picture", language, words, image)


def _claims(part: str, claims: Sequence[Claim], language: int) -> etree._Element:
    if not claims:
        return node("p", _word("nothing", language))
    return node("ul", *(_sentence("li", part, claim, language) for claim in claims))


def _custody(steps: Sequence[Step], language: int) -> etree._Element:
    rows = [
        node(
            "tr",
            node("td", _value(readable(step.moment) if step.moment else "")),
            _sentence("td", "steps", (step.step, {}), language),
            node("td", *_details(step)),
        )
        for step in steps
    ]
    head = node("tr", *(node("th", _word(name, language)) for name in ("moment", "step", "details")))
    return node("table", node("thead", head), node("tbody", *rows))


def _details(step: Step) -> list[etree._Element]:
    return [
        node("div", node("code", name, dir="ltr"), " ", _value(value)) for name, value in step.details.items()
    ]


def _contents(names: Sequence[str], language: int) -> etree._Element:
    rows = [
        node("tr", node("th", node("code", name, dir="ltr"), scope="row"), node("td", words[language]))
        for name, words in SENTENCES["contents"].items()
        if any(each == name or (name.endswith("/") and each.startswith(name)) for each in names)
    ]
    return node("table", node("tbody", *rows))
