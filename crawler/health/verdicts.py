"""The checks of a run. Each check gives a verdict with a sentence in English and in Arabic. Pure.

A check that has too little to judge by gives the state UNKNOWN instead of a guess. A run is compared with the
good days of its site only; what was bad never becomes the measure. Three whole good runs are needed for that.
A run that was asked for a part of the site (until, an old since, a limit that it reached) is compared with no
other run.
"""

from collections.abc import Callable, Collection

from crawler.health import article_checks, page_checks
from crawler.health.facts import Facts
from crawler.health.finding import Finding, State, Verdict, doubtful, good, sentences, unknown

__all__ = ["CHECKS", "State", "Verdict", "judge", "sentences"]


def judge(facts: Facts, *, ignore: Collection[str] = ()) -> list[Verdict]:
    """Return the verdict of every check that is not ignored, in the order of CHECKS."""
    verdicts = []
    for name, check in CHECKS.items():
        if name not in ignore:
            finding = check(facts)
            english, arabic = finding.sentences(name)
            verdicts.append(
                Verdict(
                    check=name,
                    state=finding.state,
                    sentence=english,
                    sentence_ar=arabic,
                    cause=finding.cause,
                    severity=finding.severity,
                    pooled=finding.pooled,
                )
            )
    return verdicts


def _finish(facts: Facts) -> Finding:
    if facts.run.reason == "finished":
        return good()
    return doubtful("cut-short", reason=facts.run.reason or ("the reason is unknown", "غير معروف"))


def _spool(facts: Facts) -> Finding:
    if facts.left_in_spool is None:
        return unknown()
    return doubtful("not-delivered", files=facts.left_in_spool) if facts.left_in_spool else good()


def _manifest(facts: Facts) -> Finding:
    if facts.manifest_written is None:
        return unknown()
    return good() if facts.manifest_written else doubtful("not-delivered")


CHECKS: dict[str, Callable[[Facts], Finding]] = {
    "finish": _finish,
    "lists": page_checks.lists,
    "yield": article_checks.amount,
    "rhythm": article_checks.rhythm,
    "pages": page_checks.pages,
    "coverage": article_checks.coverage,
    "blocked": page_checks.blocked,
    "failed": page_checks.failed,
    "dates": article_checks.dates,
    "spool": _spool,
    "manifest": _manifest,
}
