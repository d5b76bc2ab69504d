"""Two machines, each with a spool of its own, crawl one site by turns; one of them is killed."""

from pathlib import Path

from tests.crawl.archive_reading import articles
from tests.crawl.running import scrapy
from tests.torture.blows import Blow, finish_crawl, struck_crawl
from tests.torture.press import Press, printing
from tests.torture.town import kind_of

PAGES = 70
IN_JOURNAL = 30


def pages_asked(press: Press) -> list[str]:
    """The pages that were requested, without those that gave no article and may give one later."""
    pages = [path for path in press.asked if path.startswith(("/news/", "/moved/"))]
    return [path for path in pages if kind_of(int(path.rpartition("-")[2])) != "gallery"]


def test_a_late_sync_does_not_hide_what_the_other_machine_delivered(tmp_path: Path) -> None:
    """A is killed with articles in its journal, B crawls, A syncs, B crawls again."""
    archive, other = tmp_path / "archive", {"SPOOL": str(tmp_path / "other")}
    whole = {"WARC_MAX_BYTES": "10000000"}  # A delivers nothing before it is killed
    with printing(PAGES) as press:
        killed = struck_crawl(press, archive, Blow(kind="request", at=60, articles=IN_JOURNAL), whole)
        assert killed.returncode == -9, killed.errors[-3000:]
        [journal] = (archive / ".spool").rglob("*.jsonl.open")
        assert journal.read_bytes().count(b"\n") >= IN_JOURNAL
        assert articles(archive) == []
        first = finish_crawl(press, archive, other)
        assert first.returncode == 0, first.stderr[-3000:]
        stored = len(articles(archive))
        assert stored == press.town.texts
        late = scrapy("sync", settings={"ARCHIVE": str(archive)})
        assert late.returncode == 0, late.stderr
        again = finish_crawl(press, archive, other)
        assert again.returncode == 0, again.stderr[-3000:]
        assert pages_asked(press) == []
        third = finish_crawl(press, archive, {"SPOOL": str(tmp_path / "new")})
        assert third.returncode == 0, third.stderr[-3000:]
        assert pages_asked(press) == []
    verified = scrapy("verify", str(archive))
    assert verified.returncode == 0, verified.stdout
    assert len(articles(archive)) == stored
