"""Moments in Arabic and other text: what a page says about when it was published. Pure.

Nothing is guessed: a text that leaves a doubt gives None. tests/arabic/date_strings.json is a table of date
strings with their answers.

Confidence, in levels:
  1.00  a machine's form that carries its own offset
  0.95  two statements in the text agree: a weekday, a second calendar
  0.90  one complete statement that can be read one way only; a date that is a folder of the URL
  0.80  day and month decided by a habit that the caller vouches for, or by exclusion; seconds since 1970;
        "today" or "yesterday" that its weekday confirms
  0.70  day first, because Arabic writes so; a Hijri date alone in a country of the Umm al-Qura calendar
  0.60  a Hijri date alone (a sighting of the moon may move it by a day); a date inside a URL's slug
  0.50  reckoned back from the time of fetching
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, tzinfo
from urllib.parse import urlsplit

from crawler.arabic.elements import clusters
from crawler.arabic.labels import Label
from crawler.arabic.machine import is_iso, parse_epoch, parse_iso
from crawler.arabic.moment import Moment, Precision
from crawler.arabic.readings import Context, day_readings, fixed, resolve
from crawler.arabic.relative import parse_relative
from crawler.arabic.statements import statements
from crawler.arabic.tokens import tokens

__all__ = ["Label", "Moment", "Precision", "find_moments", "moment_in_url", "parse_moment"]

Found = tuple[Moment, int, int, Label | None]

_LONGEST_TEXT = 300  # characters of a text that is a date
_LONGEST_LINE = 60  # characters of a line that is a relative time
_REACH = 100  # characters around a year in which the rest of its date is looked for
_YEAR = re.compile(r"(?<![0-9٠-٩۰-۹])[12١٢۱۲][0-9٠-٩۰-۹]{3}(?![0-9٠-٩۰-۹])")
_RELATIVE = re.compile(
    r"منذ|مند|قبل|[اأ]مس|اليوم|الآن|للتو|البارحة|\b(?:ago|yesterday|today|now)\b", re.IGNORECASE
)
_ARABIC = re.compile("[\u0620-\u064a\u0660-\u0669\u06f0-\u06f9]")
_FOLDER = re.compile(r"/((?:19|20)\d\d)/(?:[A-Za-z_-]{2,40}/)?(\d{1,2})/(\d{1,2})(?=/|$)", re.ASCII)
_SLUG = re.compile(r"(?<![\d.])((?:19|20)\d\d)([-_.])(\d{1,2})\2(\d{1,2})(?!\d)", re.ASCII)
_RUN = re.compile(r"(?<=[/_-])((?:19|20)\d\d)(\d\d)(\d\d)(?=[/_-]|$)", re.ASCII)
_LONGEST_URL = 8192


def parse_moment(
    text: str,
    *,
    zone: tzinfo | None,
    fetched_at: datetime | None = None,
    country: str | None = None,
    day_first: bool | None = None,
) -> Moment | None:
    """The one moment that a short text states, or None where it states none, several, or a doubtful one.

    `zone` holds for texts that name none (None: UTC; `zone_given` is False either way). `fetched_at` (aware)
    bounds the result, which is never more than a day later, and anchors relative times, which are None
    without it. `country` (ISO 3166-1 alpha-2) and `day_first` decide 3/4/2020 where the text itself cannot;
    a text in Arabic letters or digits is read day first. Of a published and a modified moment in one text
    the published one is returned.
    """
    text = " ".join(text[: _LONGEST_TEXT + 1].split())
    if not text or len(text) > _LONGEST_TEXT:
        return None
    context = Context(
        zone=zone,
        fetched_at=fetched_at,
        country=country,
        day_first=day_first,
        arabic=bool(_ARABIC.search(text)),
        short=True,
    )
    if is_iso(text):
        return parse_iso(text, context)
    if text.isdigit():
        return parse_epoch(text, context)
    pieces = tokens(text, 0, len(text))
    relative = parse_relative(pieces, context)
    if relative:
        return relative[0]
    stated = [
        (resolve(statement, context), statement.label)
        for cluster in clusters(pieces, country)
        for statement in statements(cluster, context)
    ]
    return _only_one(stated)


def find_moments(
    text: str,
    *,
    zone: tzinfo | None,
    fetched_at: datetime | None = None,
    country: str | None = None,
    day_first: bool | None = None,
) -> list[Found]:
    """Return all moments in visible text, as (moment, start, end, label), in the order of the text.

    Parameters as for `parse_moment`. Start and end are positions in `text`; the label is what the words
    before the date call it. A date does not run over the end of a line; a relative time is found only where
    it is a line of its own. Contradictory and doubtful dates are left out.
    """
    context = Context(
        zone=zone,
        fetched_at=fetched_at,
        country=country,
        day_first=day_first,
        arabic=bool(_ARABIC.search(text)),
        short=False,
    )
    found: list[Found] = []
    for start, end in _windows(text):
        for cluster in clusters(tokens(text, start, end), country):
            for statement in statements(cluster, context):
                moment = resolve(statement, context)
                if moment:
                    found.append((moment, statement.start, statement.end, statement.label))
    if fetched_at is not None:
        found += _relative_lines(text, context)
    return sorted(found, key=lambda each: each[1:3])


def moment_in_url(url: str, zone: tzinfo | None, *, fetched_at: datetime | None = None) -> Moment | None:
    """Return the day that a URL's path names, as /2020/11/09/ or 2020-06-03-, or None.

    /2013/middle_east/8/3/ counts; /2020/11/2338761/ names a month and is None; so is a path with two days.
    """
    try:
        path = urlsplit(url[:_LONGEST_URL]).path
    except ValueError:
        return None
    for pattern, confidence in ((_FOLDER, 0.9), (_SLUG, 0.6), (_RUN, 0.6)):
        matches = [tuple(map(int, (m[1], *m.groups()[-2:]))) for m in pattern.finditer(path)]
        days = {
            reading.day for year, month, day in matches for reading in day_readings(year, month, day, "ymd")
        }
        if len(days) == 1:
            value = fixed(datetime.combine(days.pop(), time(), tzinfo=zone or UTC))
            if fetched_at is not None and value > fetched_at:
                return None
            return Moment(value=value, precision="day", zone_given=False, confidence=confidence, form="url")
        if days:
            return None
    return None


def _only_one(stated: list[tuple[Moment | None, Label | None]]) -> Moment | None:
    """Return the one moment, or the one that was published; a doubtful statement beside it spoils it."""
    published = [moment for moment, label in stated if label == "published"]
    plain = [moment for moment, label in stated if label is None]
    for moments in (published, plain, [moment for moment, _ in stated]):
        if moments:
            first = moments[0]
            agree = all(
                moment is not None and first is not None and moment.value == first.value for moment in moments
            )
            return first if agree else None
    return None


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of lines around years, without overlap."""
    last_start = last_end = -1
    for year in _YEAR.finditer(text):
        start, end = _stretch(text, year.start(), year.end())
        if start <= last_end:
            last_end = max(last_end, end)
            continue
        if last_end >= 0:
            yield last_start, last_end
        last_start, last_end = start, end
    if last_end >= 0:
        yield last_start, last_end


def _stretch(text: str, first: int, last: int) -> tuple[int, int]:
    """Return the line around a year, or the part of it in reach; never half a number."""
    low, high = max(0, first - _REACH), min(len(text), last + _REACH)
    start = text.rfind("\n", low, first) + 1
    if start == 0 and low > 0:
        start = text.find(" ", low, first) + 1 or first
    end = text.find("\n", last, high)
    if end < 0:
        end = high if high == len(text) else max(text.rfind(" ", last, high), last)
    return start, end


def _relative_lines(text: str, context: Context) -> Iterator[Found]:
    at = 0
    for line in text.split("\n"):
        if len(line) <= _LONGEST_LINE and _RELATIVE.search(line):
            relative = parse_relative(tokens(line, 0, len(line)), context)
            if relative:
                bare = line.strip()
                start = at + line.index(bare)
                yield relative[0], start, start + len(bare), relative[1]
        at += len(line) + 1
