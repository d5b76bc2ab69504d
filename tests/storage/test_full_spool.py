"""An archive that takes nothing for a while: the crawl waits when its spool is full, and then goes on."""

import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from tests.crawl.running import MAX_SECONDS, PROJECT, UNHURRIED, news_command, scrapy
from tests.servers.faulty_s3 import Asked, Fault, faulty_s3
from tests.servers.paper import front_page, open_paper, path_of, rss, story
from tests.servers.s3 import environment
from tests.servers.swift import Swift

STORIES = range(80)
SMALL = {
    "DOWNLOAD_DELAY": "0.1",  # longer than the five seconds between two looks at the spool
    "WARC_MAX_BYTES": "8000",
    "SPOOL_MAX_BYTES": "30000",
    "REQUISITES": "none",
}


@dataclass
class Sick:
    """Takes no WARC file before it is well."""

    well: bool = False

    def __call__(self, asked: Asked) -> Fault | None:
        sick = not self.well and asked.method == "PUT" and "/warc/" in asked.path
        return Fault.UNAVAILABLE if sick else None


def test_a_full_spool_holds_the_crawl_until_the_archive_takes_again(
    swift: Swift, bucket: str, tmp_path: Path
) -> None:
    plan, archive = Sick(), f"s3://{bucket}/papers"
    table = {"/": front_page("/feed/"), "/feed/": rss(*map(path_of, STORIES))}
    table |= {path_of(number): story(number) for number in STORIES}
    said = []
    with open_paper(table) as paper, faulty_s3(swift.endpoint_url, plan) as proxy:
        settings = {**UNHURRIED, **SMALL, "ARCHIVE": archive, "SPOOL": str(tmp_path)}
        crawl = subprocess.Popen(
            news_command(paper.home, settings),
            cwd=PROJECT,
            env={**os.environ, **environment(swift), "AWS_ENDPOINT_URL": proxy.endpoint},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert crawl.stderr is not None
        alarm = threading.Timer(MAX_SECONDS, crawl.kill)
        alarm.start()
        with crawl.stderr:
            for line in crawl.stderr:
                said.append(line)
                if "the crawl waits until the archive has taken some" in line:
                    asked = len(paper.asked)
                    plan.well = True
        alarm.cancel()
        assert crawl.wait() == 0, "".join(said)[-3000:]
        assert asked < len(table)
        assert set(map(path_of, STORIES)) <= set(paper.paths())
    assert any("the crawl goes on" in line for line in said)
    verified = scrapy("verify", archive, env=environment(swift))
    assert verified.returncode == 0, verified.stdout
