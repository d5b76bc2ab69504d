"""The checks of a run, each a verdict with a sentence. Pure.

Every check rather says nothing than something false: what needs a history is silent without three whole runs
of the site, and a run that was asked for a part only (limit, since, until) is held against no other.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

from crawler.health.facts import ARTICLES_NEEDED, OPTIONAL_FIELDS, Facts
from crawler.health.record import RunRecord

FEW = 5  # articles: below that, a share of what was expected is chance
YIELD_AT_LEAST = 0.5  # of what the site promised, or of its leanest run
DAYS_COUNTED = 3.0  # at most, of a pause between runs: lists hold no more
FIELD_AT_LEAST = 2 / 3  # of the usual share
FIELD_FALL = 0.25  # and lower by at least so much
PAGES_NEEDED = 20  # before a share of them means anything
SHARE_ALLOWED = 0.1  # of pages that fail or are refused, beyond the worst of the last runs
SHARE_SICK = 0.5  # of pages refused: no run with that is a good one, not even the first
UNDATED_RISE = 0.2  # of articles without a day, above the worst of the last runs
REFUSING = frozenset({"http-401", "http-403", "http-429", "http-451"})
FORBIDDEN = frozenset({"robots", "robots-unreachable"})


class State(Enum):
    """What a check came to."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"  # too little to judge by


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What one check says, in a sentence for a person."""

    check: str
    state: State
    sentence: str

    @property
    def failed(self) -> bool:
        return self.state is State.BAD


_Judgement = tuple[State, str]


def judge(facts: Facts, *, ignore: Collection[str] = ()) -> list[Verdict]:
    """The verdict of every check that is not ignored, in a fixed order."""
    judged = ((name, check(facts)) for name, check in CHECKS.items() if name not in ignore)
    return [Verdict(check=name, state=state, sentence=sentence) for name, (state, sentence) in judged]


def _finish(facts: Facts) -> _Judgement:
    if facts.run.reason == "finished":
        return State.GOOD, "The crawl came to its end."
    return State.BAD, f"The crawl ended before its end: {facts.run.reason or 'nobody knows why'}."


def _yield(facts: Facts) -> _Judgement:
    run = facts.run
    if not run.whole:
        return State.UNKNOWN, "The run was asked for a part of the site, or did not end by itself."
    floors = [floor for floor in (_promised(facts), _leanest(facts)) if floor is not None]
    if not floors:
        return State.UNKNOWN, "The site has too few earlier runs to say what it usually gives."
    what, expected = max(floors, key=lambda floor: floor[1])
    if run.confirmed < expected * YIELD_AT_LEAST:
        return State.BAD, f"{run.confirmed:,} articles came, and {what} made at least {expected:,.0f} likely."
    return State.GOOD, f"{run.confirmed:,} articles came; {what} made {expected:,.0f} likely."


def _promised(facts: Facts) -> tuple[str, float] | None:
    """What Site.expected_yield says of the time since the last run."""
    days = facts.days_since_last
    if not facts.run.expected_yield or days is None:
        return None
    expected = facts.run.expected_yield * min(max(days, 0.0), DAYS_COUNTED)
    return ("the site's expected yield", expected) if expected >= FEW else None


def _leanest(facts: Facts) -> tuple[str, float] | None:
    """What the leanest of the last runs gave, less where this run comes sooner than they did."""
    if not facts.comparable:
        return None
    now, usual = facts.days_since_last, facts.usual_days_between
    sooner = min(1.0, max(now, 0.0) / usual) if now is not None and usual else 1.0
    expected = min(run.confirmed for run in facts.before) * sooner
    return (f"the leanest of its last {len(facts.before)} runs", expected) if expected >= FEW else None


def _coverage(facts: Facts) -> _Judgement:
    run = facts.run
    if not facts.comparable or run.articles < ARTICLES_NEEDED or not run.fields:
        return State.UNKNOWN, "There are too few articles or earlier runs to compare the fields with."
    fallen = []
    for name in OPTIONAL_FIELDS:
        now, usual = run.share(name), facts.usual_share(name)
        if name == "published" or now is None or usual is None:  # the dates have a check of their own
            continue
        if now < usual * FIELD_AT_LEAST and usual - now >= FIELD_FALL:
            fallen.append(f"{name} {now:.0%} instead of {usual:.0%}")
    if fallen:
        return State.BAD, f"Fewer articles than usual have: {', '.join(fallen)}."
    return State.GOOD, "The articles have the fields that they usually have."


def _blocked(facts: Facts) -> _Judgement:
    run = facts.run
    share = _share(run, REFUSING | FORBIDDEN)
    if share is None:
        return State.UNKNOWN, "Too few pages were asked for to say whether the site refuses us."
    told = f"{share:.0%} of the pages were refused (401, 403, 429, 451 or robots.txt)"
    if (_share(run, REFUSING) or 0.0) > SHARE_SICK:
        return State.BAD, f"{told}: the site turns this crawler away."
    return _beyond_the_worst(facts, share, told, lambda past: _share(past, REFUSING | FORBIDDEN))


def _failed(facts: Facts) -> _Judgement:
    others = facts.run.failed.keys() - REFUSING - FORBIDDEN
    share = _share(facts.run, others)
    if share is None:
        return State.UNKNOWN, "Too few pages were asked for to say whether many fail."
    told = f"{share:.0%} of the pages could not be fetched"
    return _beyond_the_worst(
        facts, share, told, lambda past: _share(past, past.failed.keys() - REFUSING - FORBIDDEN)
    )


def _beyond_the_worst(
    facts: Facts, share: float, told: str, past_share: Callable[[RunRecord], float | None]
) -> _Judgement:
    if not facts.comparable:
        return State.UNKNOWN, f"{told}; there are too few earlier runs to say whether that is usual."
    worst = max((past_share(past) or 0.0 for past in facts.before), default=0.0)
    if share > worst + SHARE_ALLOWED:
        return State.BAD, f"{told}; in its last {len(facts.before)} runs it was {worst:.0%} at most."
    return State.GOOD, f"{told}."


def _dates(facts: Facts) -> _Judgement:
    run = facts.run
    if not run.articles or not run.fields:
        return State.UNKNOWN, "There are no articles whose dates could be looked at."
    if run.future or run.ancient:
        return State.BAD, (
            f"{run.future:,} articles are dated after they were fetched, "
            f"{run.ancient:,} before there were newspapers on the web."
        )
    undated = 1.0 - (run.share("published") or 0.0)
    told = f"{undated:.0%} of the articles have no certain date"
    past = [1.0 - (r.share("published") or 0.0) for r in facts.before if r.fields and r.articles]
    if not facts.comparable or run.articles < ARTICLES_NEEDED or not past:
        return State.GOOD, f"No date lies in the future; {told}."
    if undated > max(past) + UNDATED_RISE:
        return State.BAD, f"{told}; in its last {len(past)} runs it was {max(past):.0%} at most."
    return State.GOOD, f"No date lies in the future; {told}."


def _spool(facts: Facts) -> _Judgement:
    if facts.left_in_spool is None:
        return State.UNKNOWN, "Nobody has looked into the spool yet."
    if facts.left_in_spool:
        return State.BAD, f"{facts.left_in_spool:,} files are still in the spool; scrapy sync delivers them."
    return State.GOOD, "Everything left the spool and was read back from the archive."


def _manifest(facts: Facts) -> _Judgement:
    if facts.manifest_written is None:
        return State.UNKNOWN, "Nobody has looked for the manifest yet."
    if not facts.manifest_written:
        return State.BAD, "The run has no manifest in the archive, so nothing vouches for its files."
    return State.GOOD, "The manifest is in the archive."


def _share(run: RunRecord, reasons: Collection[str]) -> float | None:
    """The share of pages that came to nothing for one of the reasons; None where they are too few."""
    if run.pages_tried < PAGES_NEEDED:
        return None
    return sum(count for reason, count in run.failed.items() if reason in reasons) / run.pages_tried


CHECKS: dict[str, Callable[[Facts], _Judgement]] = {
    "finish": _finish,
    "yield": _yield,
    "coverage": _coverage,
    "blocked": _blocked,
    "failed": _failed,
    "dates": _dates,
    "spool": _spool,
    "manifest": _manifest,
}
