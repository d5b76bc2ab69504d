"""The checks of articles: their number, their fields and their dates. Pure."""

from typing import Any

from crawler.errors import Reason
from crawler.health.facts import ARTICLES_NEEDED, OPTIONAL_FIELDS, RUNS_NEEDED, Facts, usual_share
from crawler.health.finding import Finding, doubtful, good, ill, unknown
from crawler.health.merging import shares
from crawler.health.record import RunRecord
from crawler.health.rhythm import DAY

MIN_EXPECTED = 5  # articles: a share of fewer is chance
MIN_YIELD_SHARE = 0.5  # of the site's expected yield, or of its leanest good day
MAX_DAYS_COUNTED = 3.0  # of the time since the last run: a site's lists hold no more
MIN_QUIET_DAYS = 1.0  # without a new article: a night is no sign
MIN_FIELD_SHARE = 2 / 3  # of the usual share of articles with a field
MIN_FIELD_FALL = 0.25  # the share must also be lower by this much
MAX_UNDATED_RISE = 0.2  # of articles without a day, above the worst of the good days
FEW_UNDATED = 5  # enough where no article at all has a date


def amount(facts: Facts) -> Finding:
    """Judge the number of articles by the site's leanest good day and by its expected yield."""
    run = facts.run
    if not run.whole:
        return unknown("part")
    floors = [
        (floor, name, came) for floor, name, came in (_promised(facts), _leanest(facts)) if floor is not None
    ]
    if not floors:
        return unknown("new")
    expected, name, came = max(floors)
    fields: dict[str, Any] = {"came": came, "expected": expected}
    if came < expected * MIN_YIELD_SHARE:
        return doubtful("fewer-articles", f"{name}.bad", **fields)
    return good(f"{name}.good", **fields)


def _promised(facts: Facts) -> tuple[float | None, str, int]:
    """Return the articles that Site.expected_yield promises for the time since the last run."""
    days, came = facts.days_since_last, facts.run.confirmed
    if not facts.run.expected_yield or days is None:
        return None, "promised", came
    expected = facts.run.expected_yield * min(max(days, 0.0), MAX_DAYS_COUNTED)
    return expected if expected >= MIN_EXPECTED else None, "promised", came


def _leanest(facts: Facts) -> tuple[float | None, str, int]:
    """Return the articles of the leanest good day, to compare those of the last 24 hours with.

    Without three good days it is the leanest run, and less where this run comes sooner than they did.
    """
    days = facts.days()
    if len(days) >= RUNS_NEEDED:
        expected = float(min(days))
        return expected if expected >= MIN_EXPECTED else None, "leanest", facts.last_day()
    came = facts.run.measure
    alike = [past for past in facts.before if (past.recent is None) == (facts.run.recent is None)]
    if not facts.comparable or not alike:
        return None, "leanest", came
    now, usual = facts.days_since_last, facts.usual_days_between
    sooner = min(1.0, max(now, 0.0) / usual) if now is not None and usual else 1.0
    expected = min(past.measure for past in alike) * sooner
    return expected if expected >= MIN_EXPECTED else None, "leanest", came


def rhythm(facts: Facts) -> Finding:
    """Judge the time without a new article, once two whole runs in a row brought none.

    A single one may follow a run that was killed or asked for a part, whose articles are not counted.
    """
    known = facts.run.rhythm
    if not facts.run.whole:
        return unknown("part")
    if known.per_day is None:
        return unknown("new")
    quiet = known.quiet / DAY
    twice = quiet > (facts.days_since_last or 0.0)
    if twice and quiet >= MIN_QUIET_DAYS and known.per_day * quiet >= MIN_EXPECTED:
        return ill("silent", rate=known.per_day, quiet=quiet)
    return good(rate=known.per_day, days=known.seconds / DAY)


def coverage(facts: Facts) -> Finding:
    """Judge the shares of articles that have each field."""
    pool = facts.pooled(lambda run: run.articles if run.fields else 0, ARTICLES_NEEDED)
    run = pool.run
    if not facts.run.whole or not pool.comparable or run.articles < ARTICLES_NEEDED or not run.fields:
        return unknown()
    fallen = []
    for name in OPTIONAL_FIELDS:
        now, usual = run.share(name), usual_share(pool.before, name)
        if name == "published" or now is None or usual is None:  # the check `dates` judges the dates
            continue
        if now < usual * MIN_FIELD_SHARE and usual - now >= MIN_FIELD_FALL:
            fallen.append(good("field", field=name, now=now, usual=usual).sentences("coverage"))
    if fallen:
        both = (", ".join(field[0] for field in fallen), "، ".join(field[1] for field in fallen))
        return ill("layout-changed", pooled=pool.parts, fallen=both)
    return good()


def dates(facts: Facts) -> Finding:
    """Judge the dates: those that cannot be right, and the share of articles without one.

    A run with `since` stores no article without a date, so those that were dropped for it count as well.
    """
    run = facts.run
    if run.future or run.ancient:
        return doubtful("dates-wrong", future=run.future, ancient=run.ancient)
    pool = facts.pooled(_datable, ARTICLES_NEEDED)
    datable, dropped = _datable(pool.run), _dateless(pool.run)
    if not datable:
        return unknown()
    undated = _undated(pool.run) / datable
    if dropped >= FEW_UNDATED and not pool.run.articles:
        return ill("dates-unreadable", "none", pooled=pool.parts, pages=dropped)
    past = shares(pool.before, _undated, _datable, enough=ARTICLES_NEEDED)
    if not facts.run.whole or not pool.comparable or datable < ARTICLES_NEEDED or not past:
        return good(undated=undated)
    if undated > max(past) + MAX_UNDATED_RISE:
        past_runs = sum(each.runs for each in pool.before)
        return ill(
            "dates-unreadable",
            "worse",
            pooled=pool.parts,
            undated=undated,
            worst=max(past),
            runs=past_runs,
        )
    return good(undated=undated)


def _datable(run: RunRecord) -> int:
    return (run.articles if run.fields else 0) + _dateless(run)


def _undated(run: RunRecord) -> float:
    """Return how many articles have no date, stored or dropped."""
    return (run.articles - run.fields.get("published", 0) if run.fields else 0) + _dateless(run)


def _dateless(run: RunRecord) -> int:
    return run.first.get(Reason.DATE_UNKNOWN, 0)
