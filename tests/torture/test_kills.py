"""A crawl that is killed again and again has in the end what an undisturbed crawl has."""

from pathlib import Path

from tests.torture.blows import Blow, blows, finish_crawl, struck_crawl
from tests.torture.holdings import Holdings, faults
from tests.torture.press import printing

PAGES = 120
SEED = 7
KILLS = 4
LAST_CHANGES = 60  # of a whole crawl: delivery and seal


def test_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    quiet, struck = tmp_path / "quiet", tmp_path / "struck"
    with printing(PAGES) as press:
        whole = struck_crawl(press, quiet, Blow(kind="change", at=0))  # counts the changes and kills nothing
        assert whole.returncode == 0, whole.errors[-3000:]
        whole_holdings = Holdings.of(quiet)
        assert len(whole_holdings.texts) == press.town.texts
        changes = int(whole.change)
        plan = [
            *blows(SEED, KILLS, requests=PAGES // KILLS, changes=changes // 2, seconds=3),
            Blow(kind="change", at=changes - LAST_CHANGES),
        ]
        struck_crawls = [(blow, struck_crawl(press, struck, blow)) for blow in plan]
        last = finish_crawl(press, struck)
    ends = {str(blow): (each.returncode, each.change, each.errors[-1000:]) for blow, each in struck_crawls}
    assert all(code in {-9, 0} for code, *_ in ends.values()), ends
    assert sum(code == -9 for code, *_ in ends.values()) >= KILLS - 1, ends
    assert last.returncode == 0, last.stderr[-3000:]
    assert faults(struck, whole_holdings) == []
