"""The checks of lists and pages: whether the site refuses, fails, or serves something else. Pure."""

from collections.abc import Callable, Collection, Mapping
from math import ceil

from crawler.errors import Reason, is_passing
from crawler.health.facts import ARTICLES_NEEDED, RUNS_NEEDED, Facts, Pool
from crawler.health.finding import Finding, doubtful, good, ill, unknown
from crawler.health.merging import shares
from crawler.health.record import ARTICLE, RunRecord

PAGES_NEEDED = 20  # before a share of pages means anything
FEW_PAGES = 5  # enough where nearly all are of one kind
MAX_SHARE_RISE = 0.1  # of pages that fail or are refused, above the worst of the good days
MAX_REFUSED_SHARE = 0.5  # of pages: above it a run is bad without any history
MAX_VAIN_RISE = 0.3  # of pages without an article, above the worst of the good days
MAX_VAIN_SHARE = 0.9  # of pages without an article, where no history is
REFUSING = frozenset({"http-401", "http-403", "http-429", "http-451"})
FORBIDDEN = frozenset({"robots", "robots-unreachable"})
_LISTS_OF_NOTHING = frozenset({Reason.NOT_A_FEED, Reason.NOT_A_SITEMAP, Reason.BROKEN_XML, Reason.NO_LINKS})
_EMPTY = frozenset(
    {Reason.EMPTY, Reason.SHORT, Reason.NO_TEXT, Reason.SOFT_404, Reason.NOT_HTML, Reason.STATUS}
)
_OTHER_LAYOUT = frozenset(
    {Reason.LIST, Reason.NO_TITLE, Reason.LANGUAGE, Reason.GALLERY, Reason.STATIC, Reason.SEARCH}
)
_VAIN = _EMPTY | _OTHER_LAYOUT | {Reason.BLOCK, Reason.EXTRACTION_CRASH, Reason.EXTRACTION_TIMEOUT}


def lists(facts: Facts) -> Finding:
    """Judge the lists: whether they could be read, and whether they name articles."""
    run = facts.run
    if run.reason != "finished":
        return unknown()
    lost = {why: number for why, number in run.failed_lists.items() if why not in REFUSING}
    if run.lists == 0 and run.failed_lists and not lost:
        return unknown()  # the check `blocked` judges it
    if run.lists == 0:
        return ill(_cause_of(lost), "none", reasons=_listed(run.failed_lists) or ("no answer", "لا إجابة"))
    if run.failed_starts and sum(run.failed_starts.values()) >= run.starts > 0:
        return ill(_cause_of(run.failed_starts), "none", reasons=_listed(run.failed_starts))
    if not run.found and not run.lists_unchanged and not run.refused.get(Reason.OUTSIDE_WINDOW):
        return ill("feed-gone", "nothing", lists=run.lists)
    return _fewer_lists(facts, lost) or good(lists=run.lists)


def _fewer_lists(facts: Facts, lost: Mapping[str, int]) -> Finding | None:
    """Return a finding if more lists failed than on any good day: in two runs, or one of the site's own."""
    run = facts.run
    if not facts.comparable or not _more_than_usual(facts, _lost_lists):
        return None
    now = {**lost, **{why: n for why, n in run.refused.items() if why in _LISTS_OF_NOTHING}}
    lasts = bool(facts.recent) and _lost_lists(facts.recent[0]) >= _lost_lists(run)
    if not lasts and not any(why in run.failed_starts for why in lost):
        return None
    return doubtful(_cause_of(now), "fewer", lists=_lost_lists(run), reasons=_listed(now))


def pages(facts: Facts) -> Finding:
    """Judge the share of new pages that the site answered with something that is no article."""
    pool = facts.pooled(_asked, ARTICLES_NEEDED)
    asked, vain = _asked(pool.run), _vain(pool.run)
    if asked < FEW_PAGES:
        return unknown()
    share = vain / asked
    if not pool.comparable or not facts.run.whole:
        if share >= MAX_VAIN_SHARE:
            return ill(_cause_of_vain(pool.run), "most", pooled=pool.parts, share=share, pages=asked)
        return good(share=share)
    worst = max(shares(pool.before, _vain, _asked, enough=FEW_PAGES), default=0.0)
    if share > worst + MAX_VAIN_RISE:
        return ill(_cause_of_vain(pool.run), "worse", pooled=pool.parts, share=share, worst=worst)
    return good(share=share)


def blocked(facts: Facts) -> Finding:
    """Judge the refusals. Refused lists without any article are bad, also in a bounded or a first run."""
    run = facts.run
    refused = _refused_lists(run)
    if refused and not run.confirmed and (not run.lists or _more_than_usual(facts, _refused_lists)):
        return ill("blocked", "lists", lists=refused)
    latest = facts.pooled(lambda past: past.pages_tried, FEW_PAGES).run
    if run.lists and not refused and not _refused(latest, REFUSING | FORBIDDEN):
        return good(share=0.0) if latest.pages_tried or run.confirmed else unknown()
    pool = facts.pooled(lambda past: past.pages_tried, PAGES_NEEDED)
    tried = pool.run.pages_tried
    if tried >= FEW_PAGES and _refused(pool.run, REFUSING) > MAX_REFUSED_SHARE * tried:
        return ill("blocked", pooled=pool.parts, share=_refused(pool.run, REFUSING) / tried)
    if tried < PAGES_NEEDED:
        return unknown()
    return _beyond_the_worst(facts, pool, lambda past: _refused(past, REFUSING | FORBIDDEN), "blocked")


def failed(facts: Facts) -> Finding:
    """Judge the share of pages that failed for other reasons."""
    pool = facts.pooled(lambda past: past.pages_tried, PAGES_NEEDED)
    if pool.run.pages_tried < PAGES_NEEDED:
        return unknown()
    return _beyond_the_worst(facts, pool, _lost_pages, "pages-fail")


def _beyond_the_worst(facts: Facts, pool: Pool, lost: Callable[[RunRecord], int], cause: str) -> Finding:
    share = lost(pool.run) / pool.run.pages_tried
    if not facts.run.whole or not pool.comparable:
        return unknown("new", share=share)
    past_shares = shares(pool.before, lost, lambda past: past.pages_tried, enough=PAGES_NEEDED)
    worst = max(past_shares, default=0.0)
    if share > worst + MAX_SHARE_RISE:
        number = sum(past.runs for past in pool.before)
        found = ill if cause == "blocked" else doubtful
        return found(cause, "worse", pooled=pool.parts, share=share, worst=worst, runs=number)
    return good(share=share)


def _more_than_usual(facts: Facts, number: Callable[[RunRecord], int]) -> bool:
    """Return whether the run has more of something than the good runs before it, except the worst of them.

    The worst one may be the first of the runs in which it began.
    """
    usual = sorted(ceil(number(past) / past.runs) for past in facts.before)
    most = usual[-2 if len(usual) > RUNS_NEEDED else -1] if usual else 0
    return number(facts.run) > most


def _refused_lists(run: RunRecord) -> int:
    return sum(run.failed_lists.get(reason, 0) for reason in REFUSING)


def _lost_lists(run: RunRecord) -> int:
    """Return how many lists failed and were not refused, or hold something else than a list."""
    failing = sum(number for why, number in run.failed_lists.items() if why not in REFUSING)
    return failing + sum(run.refused.get(reason, 0) for reason in _LISTS_OF_NOTHING)


def _refused(run: RunRecord, reasons: Collection[str]) -> int:
    """Return how many pages were refused: by their status, or by a challenge with status 200."""
    by_status = sum(number for reason, number in run.failed.items() if reason in reasons)
    return by_status + run.first.get(Reason.BLOCK, 0)


def _lost_pages(run: RunRecord) -> int:
    return sum(number for reason, number in run.failed.items() if reason not in REFUSING | FORBIDDEN)


def _asked(run: RunRecord) -> int:
    return run.first.get(ARTICLE, 0) + _vain(run)


def _vain(run: RunRecord) -> int:
    return sum(number for reason, number in run.first.items() if reason in _VAIN)


def _cause_of(failed_lists: Mapping[str, int]) -> str:
    """Return the likely reason why lists failed."""
    if any(why in REFUSING or why == Reason.ROBOTS for why in failed_lists):
        return "blocked"
    lasting = any(why.startswith("http-4") or why in _LISTS_OF_NOTHING for why in failed_lists)
    return "feed-gone" if lasting and not all(map(is_passing, failed_lists)) else "unreachable"


def _cause_of_vain(run: RunRecord) -> str:
    """Return the likely reason why pages hold no article: what most of them hold instead."""
    number = {
        "blocked": run.first.get(Reason.BLOCK, 0),
        "pages-empty": sum(run.first.get(reason, 0) for reason in _EMPTY),
        "layout-changed": sum(run.first.get(reason, 0) for reason in _OTHER_LAYOUT),
    }
    return max(number, key=lambda cause: number[cause])


def _listed(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {number:,}" for reason, number in sorted(reasons.items()))
