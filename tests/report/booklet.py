"""An archive that strains a page: long names, long words, many reasons, an hour of traffic, many sites."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.report.building import Run, article, build, daily

LONG_WORD = "الاستراتيجيات" * 12
LONG_NAME = "وكالة أنباء المدينة القديمة والريف وما حولهما من القرى والبلدات للأخبار العاجلة والتحقيقات"


def crowded(archive: Path) -> str:
    """Build it; the name of the run that has everything."""
    for number in range(7):
        daily(archive, 2, site=f"site-{number}", articles=6)
    daily(archive, 5, articles=40)
    run = Run(began=datetime(2026, 6, 1, 6, tzinfo=UTC), suffix="ffffff", failures=25)
    for number in range(240):
        run.articles.append(
            article(
                number,
                run,
                outlet=LONG_NAME,
                title=LONG_WORD if number % 9 == 0 else f"{LONG_NAME} {number}",
                section=[LONG_WORD if number % 5 == 0 else f"قسم {number % 30}"],
                published=datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=3 * number),
                url=f"https://barada.example/{number}/" + "a" * 300,
            )
        )
    run.stats = {
        "dropped": {f"reason-{number}-{'x' * number}": 1_000 * number + 1 for number in range(30)},
        "failed": {"http-404": 20, "timeout": 3, "http-503": 2, "LaneDiedErrorWithAVeryLongName" * 3: 1},
        "failed_lists": {"http-500": 4},
        "refused": {"not-an-article": 1_234_567},
        "errors": 2,
        "bytes_received": 123_456_789_012,
    }
    return build(archive, run)
