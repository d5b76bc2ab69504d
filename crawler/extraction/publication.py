"""When the article was published and last changed, judged from all dates that its page gives. Pure.

The day comes first. Each layer that names a day votes for it; what a plugin writes thrice (JSON-LD,
OpenGraph, meta) is one witness, what a reader sees beside the headline another, the URL a third, the list
that advertised the page a fourth. Then, among the claims for the day, the finest that has a zone gives the
moment.

Never: a moment after the page was fetched; a change taken for the publication; an hour whose zone is not
known. Such a claim keeps only its day: midnight UTC, precision "day".
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from crawler.extraction import evidence
from crawler.extraction.body import Text
from crawler.extraction.date_claims import DateClaim, date_claims
from crawler.extraction.document import Document

_WITNESS = {
    evidence.JSONLD: ("machine", 4.0), evidence.OPENGRAPH: ("machine", 4.0), evidence.META: ("machine", 3.0),
    evidence.MICRODATA: ("machine", 3.5), evidence.VISIBLE: ("reader", 4.0), evidence.URL: ("url", 3.0),
    evidence.ADVERTISED: ("list", 3.0), evidence.SELECTOR: ("site", 100.0),
}  # fmt: skip
_THEME = ("reader", 4.5)
_SECOND_VOICE = 0.5  # a further layer of the same witness adds little
_WEAKER = {
    "dateCreated": 0.4,
    "created": 0.4,
    "uploadDate": 0.4,
    "above the headline": 0.6,
    "below the text": 0.6,
}
_ORDER = (
    evidence.SELECTOR, evidence.JSONLD, evidence.OPENGRAPH, evidence.META, evidence.MICRODATA,
    "theme", evidence.VISIBLE, evidence.ADVERTISED, evidence.URL,
)  # fmt: skip
_FINENESS = {"second": 0, "minute": 1, "day": 2}
_RECKONED = 0.55  # confidence at or below which a moment was reckoned back from "two hours ago"
_EARLIEST = 1995  # no Arabic newspaper was on the web before
_LATE = 19  # o'clock UTC, from which it may be the next day where the outlet is
_OFFSET_STEP, _OFFSET_MIN, _OFFSET_MAX = timedelta(minutes=30), timedelta(0), timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Publication:
    """The verdict, with the claims that lost and why."""

    published: DateClaim | None
    modified: DateClaim | None
    lost: tuple[tuple[DateClaim, str], ...]


def judge(document: Document, text: Text) -> Publication:
    """Return the moment of publication and that of the last change."""
    lost: list[tuple[DateClaim, str]] = []
    claims = []
    for claim in _zoned(date_claims(document, text), document.zone):
        reason = _impossible(claim, document.page.fetched_at)
        if reason:
            lost.append((claim, reason))
        else:
            claims.append(claim)
    candidates = [claim for claim in claims if not claim.modified]
    published = _best(candidates)
    lost += [
        (claim, "another claim is finer or better placed") for claim in candidates if claim is not published
    ]
    modified, too_early = _modified([claim for claim in claims if claim.modified], published)
    return Publication(published, modified, (*lost, *too_early))


def day_of(claim: DateClaim) -> date:
    """Return the claim's day on its own clock."""
    return claim.moment.value.date()


def _impossible(claim: DateClaim, fetched_at: datetime) -> str:
    if claim.moment.value > fetched_at:
        return "after the page was fetched"
    if claim.moment.value.year < _EARLIEST:
        return f"before {_EARLIEST}"
    return ""


def _best(claims: list[DateClaim]) -> DateClaim | None:
    """Return the finest claim for the day that has the most weight of witnesses."""
    if not claims:
        return None
    certain = [claim for claim in claims if claim.moment.confidence > _RECKONED]
    pool = certain or claims
    votes: dict[date, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for claim in pool:
        witness, weight = _WITNESS.get(claim.layer, _THEME)
        factor = next((factor for place, factor in _WEAKER.items() if claim.place.endswith(place)), 1.0)
        votes[day_of(claim)][witness].append(weight * factor)
    day = max(
        votes,
        key=lambda one: (_weight(votes[one]), -min(_rank(claim) for claim in pool if day_of(claim) == one)),
    )
    return min((claim for claim in pool if day_of(claim) == day), key=_preference)


def _weight(witnesses: dict[str, list[float]]) -> float:
    return sum(max(weights) + _SECOND_VOICE * (len(weights) > 1) for weights in witnesses.values())


def _preference(claim: DateClaim) -> tuple[int, int, int, float]:
    """Finest first, then those with a zone of their own, then the order of the layers."""
    moment = claim.moment
    return _FINENESS[moment.precision], not moment.zone_given, _rank(claim), -moment.confidence


def _rank(claim: DateClaim) -> int:
    layer = "theme" if claim.layer.startswith("theme:") else claim.layer
    return _ORDER.index(layer)


def _modified(
    claims: list[DateClaim], published: DateClaim | None
) -> tuple[DateClaim | None, list[tuple[DateClaim, str]]]:
    """Return the last change: the first layer's word, unless it lies before the publication."""
    sane = [
        claim
        for claim in claims
        if published is None
        or claim.moment.value >= published.moment.value
        or (claim.moment.precision == "day" and day_of(claim) > day_of(published))
    ]
    early = [(claim, "before the publication") for claim in claims if claim not in sane]
    return min(sane, key=lambda claim: (_rank(claim), _FINENESS[claim.moment.precision]), default=None), early


def _zoned(claims: list[DateClaim], zone: tzinfo | None) -> list[DateClaim]:
    """Return the claims with each moment on the outlet's clock, as far as that is known."""
    walls = {
        (claim.moment.value.replace(second=0, microsecond=0, tzinfo=None))
        for claim in claims
        if claim.layer == evidence.VISIBLE and claim.moment.precision != "day" and not claim.moment.zone_given
    }
    greenwich = {
        claim.moment.value.replace(second=0, microsecond=0, tzinfo=None)
        for claim in claims
        if claim.layer == evidence.VISIBLE and claim.moment.zone_given and not claim.moment.value.utcoffset()
    }
    claims = [_in_greenwich(claim, greenwich) for claim in claims]
    clock = zone or _offset(claims)
    days = {day_of(claim) for claim in claims if claim.layer == evidence.VISIBLE} if clock is None else set()
    return [_on_the_clock(_next_day(_whole_day(claim), days), walls, clock) for claim in claims]


def _in_greenwich(claim: DateClaim, seen: set[datetime]) -> DateClaim:
    """Return a machine's moment without zone as UTC, where the page shows the same hour as Greenwich's."""
    moment = claim.moment
    wall = moment.value.replace(second=0, microsecond=0, tzinfo=None)
    if moment.zone_given or moment.precision == "day" or wall not in seen:
        return claim
    return replace(claim, moment=replace(moment, value=moment.value.replace(tzinfo=UTC), zone_given=True))


def _next_day(claim: DateClaim, seen: set[date]) -> DateClaim:
    """Return the next day, without an hour, for a late UTC hour beside a visible date of the next day."""
    moment, tomorrow = claim.moment, claim.moment.value + timedelta(days=1)
    late = moment.zone_given and not moment.value.utcoffset() and moment.value.hour >= _LATE
    if moment.precision == "day" or not late or tomorrow.date() not in seen or day_of(claim) in seen:
        return claim
    value = tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(claim, moment=replace(moment, value=value, precision="day"))


def _whole_day(claim: DateClaim) -> DateClaim:
    """Midnight to the second is how a machine writes a day without an hour."""
    value = claim.moment.value
    if claim.moment.precision == "second" and (value.hour, value.minute, value.second) == (0, 0, 0):
        return replace(claim, moment=replace(claim.moment, precision="day"))
    return claim


def _on_the_clock(claim: DateClaim, walls: set[datetime], clock: tzinfo | None) -> DateClaim:
    moment = claim.moment
    wall = moment.value.replace(tzinfo=None)
    if moment.precision == "day":
        value = wall.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=clock or moment.value.tzinfo)
        return replace(claim, moment=replace(moment, value=value))
    false_z = claim.raw.endswith("Z") and wall.replace(second=0, microsecond=0) in walls
    if not moment.zone_given or false_z:
        if clock is None:  # an hour on an unknown clock: its day is all that can be kept
            value = moment.value.replace(hour=0, minute=0, second=0, microsecond=0)
            return replace(claim, moment=replace(moment, value=value, precision="day", zone_given=False))
        return replace(claim, moment=replace(moment, value=wall.replace(tzinfo=clock), zone_given=False))
    if clock is not None:
        return replace(claim, moment=replace(moment, value=moment.value.astimezone(clock)))
    return claim


def _offset(claims: list[DateClaim]) -> timezone | None:
    """Return the outlet's distance from UTC, where the page itself gives it.

    Either a machine's form carries it, or the hour that a reader sees differs from the UTC moment by it:
    whole half hours, as far as Arab countries lie from Greenwich.
    """
    exact = [
        claim.moment.value for claim in claims if claim.moment.zone_given and claim.moment.precision != "day"
    ]
    written = {value.utcoffset() for value in exact} - {timedelta(0), None}
    if len(written) == 1:
        return timezone(written.pop() or timedelta(0))
    distances = _distances(exact, _shown_hours(claims))
    return timezone(distances.pop()) if not written and len(distances) == 1 else None


def _shown_hours(claims: list[DateClaim]) -> list[datetime]:
    """Return the hours without a zone that a reader sees."""
    return [
        claim.moment.value.replace(second=0, tzinfo=None)
        for claim in claims
        if claim.layer == evidence.VISIBLE and not claim.moment.zone_given and claim.moment.precision != "day"
    ]


def _distances(exact: list[datetime], shown: list[datetime]) -> set[timedelta]:
    """Return how far the shown hours are from the UTC moments, where that may be a zone's distance."""
    found = set()
    for value in exact:
        universal = value.replace(second=0, microsecond=0, tzinfo=None)
        for wall in shown:
            distance = wall - universal
            if _OFFSET_MIN < distance <= _OFFSET_MAX and distance % _OFFSET_STEP == timedelta(0):
                found.add(distance)
    return found
