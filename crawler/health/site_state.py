"""The state of a site: well, doubtful or ill since a moment, carried on from run to run. Pure.

The state holds the numbers of the site's last runs, so that a run is judged by the site's good days. It is
derived: `replayed` makes it from the records of the runs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from crawler.archive.names import RunId
from crawler.health.entries import Entry, kept, without_pooled
from crawler.health.facts import Facts
from crawler.health.finding import CAUSES, Severity, State, Verdict
from crawler.health.record import RunRecord
from crawler.health.rhythm import Rhythm
from crawler.health.verdicts import judge

Condition = Literal["well", "doubtful", "ill"]
News = Literal["changed", "lasting", "mended"]

ALARM_EVERY = timedelta(hours=23)  # less than a day: a daily run may begin some minutes earlier than the last
# Checks whose failure does not make a run a bad measure for others.
_OF_THE_RUN = frozenset({"finish", "spool", "manifest"})
_OF_NUMBERS = frozenset({"yield", "rhythm"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Ailment:
    """A check that fails since a moment."""

    check: str
    since: datetime
    cause: str
    severity: Severity
    sentence: str
    sentence_ar: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteState:
    """What is known of a site after its last run."""

    site: str
    entries: Sequence[Entry] = ()  # newest first
    ailments: Sequence[Ailment] = ()
    condition: Condition = "well"
    cause: str | None = None  # one of CAUSES, None while the site is well
    since: datetime | None = None  # of the condition; None: no run was judged
    last_run: str = ""
    last_good: datetime | None = None  # when the last run began in which no check failed
    alarmed: datetime | None = None  # when the last notice was due

    @property
    def good(self) -> list[RunRecord]:
        """The runs that others are measured by, newest first."""
        return [entry.record for entry in self.entries if not entry.bad and entry.record.whole]

    @property
    def recent(self) -> list[RunRecord]:
        """All runs that ended by themselves, newest first."""
        return [entry.record for entry in self.entries if entry.record.reason == "finished"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A run that was judged: the state of the site after it, the verdicts, and what a notice has to say."""

    state: SiteState
    verdicts: Sequence[Verdict] = field(default_factory=tuple)
    news: News | None = None


def rhythm_after(state: SiteState, now: datetime) -> Rhythm | None:
    """Return the rhythm at the start of a run at `now`; None where no whole run is known."""
    last = next((entry for entry in state.entries if entry.record.whole), None)
    if last is None:
        return None
    run = RunId.parse(last.record.run_id)  # of the last run, where the entry stands for a day
    return last.record.rhythm.continued(run.began if run else last.record.began, now, is_good=not last.bad)


def facts_of(state: SiteState, run: RunRecord) -> Facts:
    """Return the facts to judge a run by, without those of its delivery."""
    bad = {f"{entry.record.began:%Y-%m-%d}" for entry in state.entries if entry.bad and entry.record.began}
    return Facts(run=run, before=state.good, recent=state.recent, bad_days=frozenset(bad))


def judged(state: SiteState, facts: Facts, *, ignore: Collection[str] = ()) -> Judged:
    """Judge a run and carry the state on."""
    run = facts.run
    now = run.began or datetime.now(UTC)
    verdicts = judge(facts, ignore=ignore)
    ailments = _ailments(state, verdicts, facts, now)
    condition, cause = _condition(ailments)
    failed = [verdict for verdict in verdicts if verdict.failed]
    pooled = max((verdict.pooled - 1 for verdict in failed), default=0)
    same = state.since is not None and (condition, cause) == (state.condition, state.cause)
    news = _news(state, condition, now, same=same)
    after = SiteState(
        site=state.site,
        entries=kept([Entry(run, bad=_is_bad(verdicts)), *without_pooled(state.entries, pooled)], now),
        ailments=ailments,
        condition=condition,
        cause=cause,
        since=state.since if condition == state.condition and state.since else now,
        last_run=max(run.run_id, state.last_run),
        last_good=now if not failed and not ailments else state.last_good,
        alarmed=now if news else state.alarmed,
    )
    return Judged(after, verdicts, news)


def replayed(site: str, records: Sequence[RunRecord], *, ignore: Collection[str] = ()) -> SiteState:
    """Return the state after runs, oldest first."""
    state = SiteState(site=site)
    for record in records:
        state = judged(state, facts_of(state, record), ignore=ignore).state
    return state


def _ailments(state: SiteState, verdicts: Sequence[Verdict], facts: Facts, now: datetime) -> list[Ailment]:
    """Return what ails the site: what fails now, and what failed before and could not be judged now.

    The number of articles can always be judged after a whole run: it is unknown if a few are usual.
    """
    before = {ailment.check: ailment for ailment in state.ailments}
    found = []
    for verdict in verdicts:
        known = before.get(verdict.check)
        if verdict.failed:
            same = known is not None and known.cause == verdict.cause
            found.append(
                Ailment(
                    check=verdict.check,
                    since=known.since if known and same else now,
                    cause=verdict.cause or CAUSES[-1],
                    severity=verdict.severity,
                    sentence=verdict.sentence,
                    sentence_ar=verdict.sentence_ar,
                )
            )
        elif (
            known is not None
            and verdict.state is State.UNKNOWN
            and facts.before
            and (verdict.check not in _OF_NUMBERS or not facts.run.whole)
        ):
            found.append(known)
    return found


def _condition(ailments: Sequence[Ailment]) -> tuple[Condition, str | None]:
    """Return the worst severity, and the cause among those of it that explains most."""
    if not ailments:
        return "well", None
    worst: Severity = "ill" if any(each.severity == "ill" for each in ailments) else "doubtful"
    causes = [each.cause for each in ailments if each.severity == worst]
    return worst, min(causes, key=CAUSES.index)


def _news(state: SiteState, condition: Condition, now: datetime, *, same: bool) -> News | None:
    """Return what a notice says of the site, or None where none is due."""
    if condition == "well":
        return "mended" if state.condition != "well" else None
    if not same:
        return "changed"
    lasts = state.alarmed is None or now - state.alarmed >= ALARM_EVERY
    return "lasting" if lasts else None


def _is_bad(verdicts: Sequence[Verdict]) -> bool:
    """Return whether a run is no measure for others. One article with a wrong date does not make it so."""
    return any(
        verdict.failed and verdict.check not in _OF_THE_RUN and verdict.cause != "dates-wrong"
        for verdict in verdicts
    )
