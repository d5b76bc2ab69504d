"""Archives as a crawl leaves them, without the crawl: as many runs, sites and rows as a test wants."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.health.facts import OPTIONAL_FIELDS
from crawler.items import Article
from crawler.run.journal import Journal
from crawler.run.parquet import write_parquet

TEXT = "اجتمع أهالي البلدة في الساحة العامة وناقشوا خطة البلدية لترميم السوق القديم وتوسيع الحديقة العامة"
SECTIONS = ("محليات", "اقتصاد", "رياضة", "ثقافة")


@dataclass(kw_only=True)
class Run:
    """What one run is made of; `stats` overrides what follows from the rest."""

    site: str = "barada"
    began: datetime = datetime(2026, 5, 10, 12, tzinfo=UTC)
    suffix: str = "abcdef"
    articles: list[Article] = field(default_factory=list)
    failures: int = 0  # pages that are not there
    stats: dict[str, Any] = field(default_factory=dict)

    @property
    def run_id(self) -> str:
        return f"{self.began:%Y%m%d%H%M%S}-{self.site}-{self.suffix}"

    @property
    def warc(self) -> str:
        name = f"WARRAQ-{self.site}-{self.began:%Y%m%d%H%M%S}-00000-{self.suffix}.warc.gz"
        return f"warc/{self.site}/{self.began:%Y/%m}/{name}"


def article(number: int, run: Run, **given: Any) -> Article:
    """The story of a number: the same in every run but for what is given."""
    day = datetime(2026, 4, 1, 9, tzinfo=UTC) + timedelta(days=number % 30)
    values: dict[str, Any] = {
        "id": f"{number:032x}",
        "url": f"https://{run.site}.example/{number}",
        "canonical_url": f"https://{run.site}.example/{number}",
        "site": run.site,
        "outlet": "صحيفة بردى",
        "country": "SY",
        "language": "ar",
        "title": f"أهالي البلدة يناقشون ترميم السوق للمرة {number}",
        "authors": ["سلمى الخوري"] if number % 4 else [],
        "published": day,
        "section": [SECTIONS[number % 4 * number % 3]],
        "text": TEXT,
        "word_count": len(TEXT.split()),
        "text_sha256": "0" * 64,
        "fetched_at": run.began + timedelta(seconds=number % 240),
        "http_status": 200,
        "warc_file": run.warc,
        "warc_offset": 1_000 * number,
        "warc_length": 900,
        "run_id": run.run_id,
        "extractor": "warraq/test",
        "rules_digest": "0" * 64,
    }
    return Article(**{**values, **given})


def build(archive: Path, run: Run) -> str:
    """Put the run's files into the archive; its name."""
    _index(archive, run)
    keys = [run.warc, _cdxj(run), *_tables(archive, run)]
    stats = {
        "reason": "finished",
        "seconds": 240.0,
        "began": run.began.isoformat(),
        "ended": (run.began + timedelta(seconds=240)).isoformat(),
        "found": len(run.articles) + run.failures,
        "fetched": len(run.articles),
        "articles": len(run.articles),
        "lists": 3,
        "bytes_received": 40_000 * len(run.articles),
        "failed": {"http-404": run.failures} if run.failures else {},
        "counters": _counters(run.articles),
        "files": [{"key": key} for key in keys],
        **run.stats,
    }
    folder = archive / "runs" / run.run_id
    folder.mkdir(parents=True)
    (folder / "stats.json").write_text(json.dumps(stats))
    return run.run_id


def _counters(articles: Iterable[Article]) -> dict[str, int]:
    counters: dict[str, int] = {"articles/answers/200": 7, "articles/answers/1000": 2}
    for each in articles:
        for name in OPTIONAL_FIELDS:
            if getattr(each, name):
                counters[f"articles/field/{name}"] = counters.get(f"articles/field/{name}", 0) + 1
    return counters


def _cdxj(run: Run) -> str:
    return "cdxj/" + run.warc.removeprefix("warc/").replace(".warc.gz", ".cdxj")


def _index(archive: Path, run: Run) -> None:
    statuses = [200] * len(run.articles) + [404] * run.failures
    lines = []
    for number, status in enumerate(statuses):
        moment = run.began + timedelta(seconds=number % 240)
        fields = {
            "url": f"https://{run.site}.example/{number}",
            "mime": "text/html",
            "status": str(status),
            "digest": "sha256:" + "0" * 64,
            "length": str(3_000 + 977 * (number % 40)),
            "offset": str(1_000 * number),
            "filename": run.warc.rpartition("/")[2],
        }
        lines.append(f"example,{run.site})/{number} {moment:%Y%m%d%H%M%S} {json.dumps(fields)}\n")
    for key, content in ((_cdxj(run), "".join(sorted(lines)).encode()), (run.warc, b"\0" * 5_000)):
        path = archive / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _tables(archive: Path, run: Run) -> list[str]:
    folder = archive / ".making" / run.run_id
    with Journal(folder) as journal:
        for each in run.articles:
            journal.append(each)
    keys = []
    for number, path in enumerate(sorted(folder.glob("*.jsonl")), 1):
        written = write_parquet(path, archive, site=run.site, run_id=run.run_id, part=number)
        keys += [table.relative_to(archive).as_posix() for table in written]
    shutil.rmtree(archive / ".making")
    return keys


def daily(archive: Path, days: int, *, site: str = "barada", articles: int = 24) -> list[str]:
    """A run a day, each with its own stories and some of the day before; their names, oldest first."""
    names = []
    for day in range(days):
        began = datetime(2026, 5, 1, 6, tzinfo=UTC) + timedelta(days=day)
        run = Run(site=site, began=began, suffix=f"{day:06x}", failures=2)
        run.articles = [article(day * articles // 2 + number, run) for number in range(articles)]
        names.append(build(archive, run))
    return names
