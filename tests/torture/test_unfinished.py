"""A run that cannot be finished blocks its site: a new crawl would store its articles twice."""

from pathlib import Path

from tests.torture.blows import Blow, finish_crawl, struck_crawl
from tests.torture.holdings import faults, undisturbed
from tests.torture.press import printing

PAGES = 30


def test_no_crawl_begins_before_the_ledger_knows_what_the_last_one_did(tmp_path: Path) -> None:
    struck = tmp_path / "struck"
    with printing(PAGES) as press:
        killed = struck_crawl(press, struck, Blow(kind="request", at=25, articles=5))
        assert killed.returncode == -9, killed.errors[-3000:]
        [journal] = (struck / ".spool").rglob("*.jsonl.open")
        whole = journal.read_bytes()
        journal.write_bytes(b"no article\n" + whole)
        refused = finish_crawl(press, struck)
        assert refused.returncode == 1
        assert press.asked == []
        assert f"{journal}, line 1: it is no JSON" in refused.stderr
        assert "Nothing is crawled before that is mended" in refused.stderr
        assert "Traceback" not in refused.stderr
        journal.write_bytes(whole)
        assert finish_crawl(press, struck).returncode == 0
    assert faults(struck, undisturbed(PAGES)) == []
