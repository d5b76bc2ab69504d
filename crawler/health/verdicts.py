"""The checks of a run. Each check gives a verdict with a sentence in English and in Arabic. Pure.

A check that has too little to judge by gives the state UNKNOWN instead of a guess. Checks that compare with
earlier runs need three whole runs of the site. A run that was asked for a part of the site (limit, since,
until) is compared with no other run.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from crawler.health.facts import ARTICLES_NEEDED, OPTIONAL_FIELDS, Facts
from crawler.health.record import RunRecord
from crawler.health.rhythm import DAY

MIN_EXPECTED = 5  # articles: a share of fewer is chance
MIN_YIELD_SHARE = 0.5  # of the site's expected yield, or of its leanest run
MAX_DAYS_COUNTED = 3.0  # of the time since the last run: a site's lists hold no more
MIN_QUIET_DAYS = 1.0  # without a new article: a night is no sign
MIN_FIELD_SHARE = 2 / 3  # of the usual share of articles with a field
MIN_FIELD_FALL = 0.25  # the share must also be lower by this much
PAGES_NEEDED = 20  # before a share of pages means anything
MAX_SHARE_RISE = 0.1  # of pages that fail or are refused, above the worst of the last runs
MAX_REFUSED_SHARE = 0.5  # of pages: above it a run is bad without any history
MAX_UNDATED_RISE = 0.2  # of articles without a day, above the worst of the last runs
REFUSING = frozenset({"http-401", "http-403", "http-429", "http-451"})
FORBIDDEN = frozenset({"robots", "robots-unreachable"})


@cache
def sentences() -> dict[str, tuple[str, str]]:
    """Map "check.finding" to the English and the Arabic sentence, which have the same fields."""
    texts = json.loads(files("crawler.health").joinpath("sentences.json").read_text("utf-8"))
    return {key: (english, arabic) for key, (english, arabic) in texts.items()}


class State(Enum):
    """The result of a check."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"  # too little to judge by


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The result of one check, with a sentence for a person in each language."""

    check: str
    state: State
    sentence: str  # English
    sentence_ar: str

    @property
    def failed(self) -> bool:
        return self.state is State.BAD


@dataclass(frozen=True, slots=True)
class _Finding:
    """A state, the key of its sentences without the name of the check, and their fields."""

    state: State
    key: str
    fields: dict[str, object]

    def sentences(self, check: str) -> list[str]:
        """Return the English and the Arabic sentence."""
        templates = sentences()[f"{check}.{self.key}"]
        fields = [
            {name: value[side] if isinstance(value, tuple) else value for name, value in self.fields.items()}
            for side in range(len(templates))
        ]
        return [template.format(**values) for template, values in zip(templates, fields, strict=True)]


def _good(key: str = "good", **fields: object) -> _Finding:
    return _Finding(State.GOOD, key, fields)


def _bad(key: str = "bad", **fields: object) -> _Finding:
    return _Finding(State.BAD, key, fields)


def _unknown(key: str = "unknown", **fields: object) -> _Finding:
    return _Finding(State.UNKNOWN, key, fields)


def judge(facts: Facts, *, ignore: Collection[str] = ()) -> list[Verdict]:
    """Return the verdict of every check that is not ignored, in the order of CHECKS."""
    verdicts = []
    for name, check in CHECKS.items():
        if name not in ignore:
            finding = check(facts)
            english, arabic = finding.sentences(name)
            verdicts.append(Verdict(check=name, state=finding.state, sentence=english, sentence_ar=arabic))
    return verdicts


def _finish(facts: Facts) -> _Finding:
    if facts.run.reason == "finished":
        return _good()
    return _bad(reason=facts.run.reason or ("the reason is unknown", "غير معروف"))


def _yield(facts: Facts) -> _Finding:
    run = facts.run
    if not run.whole:
        return _unknown("part")
    floors = [(floor, name) for floor, name in (_promised(facts), _leanest(facts)) if floor is not None]
    if not floors:
        return _unknown("new")
    expected, name = max(floors)
    fields = {"came": run.confirmed, "expected": expected, "runs": len(facts.before)}
    if run.confirmed < expected * MIN_YIELD_SHARE:
        return _bad(f"{name}.bad", **fields)
    return _good(f"{name}.good", **fields)


def _promised(facts: Facts) -> tuple[float | None, str]:
    """Return the articles that Site.expected_yield promises for the time since the last run."""
    days = facts.days_since_last
    if not facts.run.expected_yield or days is None:
        return None, "promised"
    expected = facts.run.expected_yield * min(max(days, 0.0), MAX_DAYS_COUNTED)
    return expected if expected >= MIN_EXPECTED else None, "promised"


def _leanest(facts: Facts) -> tuple[float | None, str]:
    """Return the articles of the leanest of the last runs, less where this run comes sooner than they did."""
    if not facts.comparable:
        return None, "leanest"
    now, usual = facts.days_since_last, facts.usual_days_between
    sooner = min(1.0, max(now, 0.0) / usual) if now is not None and usual else 1.0
    expected = min(run.confirmed for run in facts.before) * sooner
    return expected if expected >= MIN_EXPECTED else None, "leanest"


def _rhythm(facts: Facts) -> _Finding:
    """Judge the time without a new article, once two whole runs in a row brought none.

    A single one may follow a run that was killed or asked for a part, whose articles are not counted.
    """
    rhythm = facts.run.rhythm
    if not facts.run.whole:
        return _unknown("part")
    if rhythm.per_day is None:
        return _unknown("new")
    quiet = rhythm.quiet / DAY
    twice = quiet > (facts.days_since_last or 0.0)
    if twice and quiet >= MIN_QUIET_DAYS and rhythm.per_day * quiet >= MIN_EXPECTED:
        return _bad(rate=rhythm.per_day, quiet=quiet)
    return _good(rate=rhythm.per_day, days=rhythm.seconds / DAY)


def _coverage(facts: Facts) -> _Finding:
    run = facts.run
    if not facts.comparable or run.articles < ARTICLES_NEEDED or not run.fields:
        return _unknown()
    fallen = []
    for name in OPTIONAL_FIELDS:
        now, usual = run.share(name), facts.usual_share(name)
        if name == "published" or now is None or usual is None:  # the check `dates` judges the dates
            continue
        if now < usual * MIN_FIELD_SHARE and usual - now >= MIN_FIELD_FALL:
            fallen.append(_good("field", field=name, now=now, usual=usual).sentences("coverage"))
    if fallen:
        return _bad(fallen=(", ".join(field[0] for field in fallen), "، ".join(field[1] for field in fallen)))
    return _good()


def _blocked(facts: Facts) -> _Finding:
    """Judge the refusals. Refused lists without any article are bad, also in a bounded or a first run."""
    refused = sum(facts.run.failed_lists.get(reason, 0) for reason in REFUSING)
    if refused and not facts.run.confirmed:
        return _bad("lists", lists=refused)
    share = _share(facts.run, REFUSING | FORBIDDEN)
    if share is None:
        return _unknown()
    if (_share(facts.run, REFUSING) or 0.0) > MAX_REFUSED_SHARE:
        return _bad(share=share)
    return _beyond_the_worst(facts, share, lambda past: _share(past, REFUSING | FORBIDDEN))


def _failed(facts: Facts) -> _Finding:
    share = _share(facts.run, facts.run.failed.keys() - REFUSING - FORBIDDEN)
    if share is None:
        return _unknown()
    return _beyond_the_worst(
        facts, share, lambda past: _share(past, past.failed.keys() - REFUSING - FORBIDDEN)
    )


def _beyond_the_worst(
    facts: Facts, share: float, past_share: Callable[[RunRecord], float | None]
) -> _Finding:
    if not facts.comparable:
        return _unknown("new", share=share)
    worst = max((past_share(past) or 0.0 for past in facts.before), default=0.0)
    if share > worst + MAX_SHARE_RISE:
        return _bad("worse", share=share, worst=worst, runs=len(facts.before))
    return _good(share=share)


def _dates(facts: Facts) -> _Finding:
    run = facts.run
    if not run.articles or not run.fields:
        return _unknown()
    if run.future or run.ancient:
        return _bad(future=run.future, ancient=run.ancient)
    undated = 1.0 - (run.share("published") or 0.0)
    past = [1.0 - (r.share("published") or 0.0) for r in facts.before if r.fields and r.articles]
    if not facts.comparable or run.articles < ARTICLES_NEEDED or not past:
        return _good(undated=undated)
    if undated > max(past) + MAX_UNDATED_RISE:
        return _bad("worse", undated=undated, worst=max(past), runs=len(past))
    return _good(undated=undated)


def _spool(facts: Facts) -> _Finding:
    if facts.left_in_spool is None:
        return _unknown()
    return _bad(files=facts.left_in_spool) if facts.left_in_spool else _good()


def _manifest(facts: Facts) -> _Finding:
    if facts.manifest_written is None:
        return _unknown()
    return _good() if facts.manifest_written else _bad()


def _share(run: RunRecord, reasons: Collection[str]) -> float | None:
    """Return the share of pages that failed for one of the reasons, None where the pages are too few."""
    if run.pages_tried < PAGES_NEEDED:
        return None
    return sum(count for reason, count in run.failed.items() if reason in reasons) / run.pages_tried


CHECKS: dict[str, Callable[[Facts], _Finding]] = {
    "finish": _finish,
    "yield": _yield,
    "rhythm": _rhythm,
    "coverage": _coverage,
    "blocked": _blocked,
    "failed": _failed,
    "dates": _dates,
    "spool": _spool,
    "manifest": _manifest,
}
