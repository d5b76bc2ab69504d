"""An S3 server that fails until the crawl gives up: the spool keeps its files, and sync delivers them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.crawl.running import crawl, scrapy
from tests.servers.faulty_s3 import Always, Fault, faulty_s3
from tests.servers.s3 import environment, fetched
from tests.servers.swift import Swift
from tests.torture.holdings import faults, undisturbed
from tests.torture.press import printing

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PAGES = 12


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.DROP])
def test_what_a_store_does_not_keep_waits_in_the_spool(
    swift: Swift, swift_client: "S3Client", bucket: str, tmp_path: Path, fault: Fault
) -> None:
    spool = tmp_path / "spool"
    archive, settings = f"s3://{bucket}/papers", {"SPOOL": str(spool), "DELIVERY_ATTEMPTS": "1"}
    with printing(PAGES) as press:
        arguments = {"url": press.town.home}
        with faulty_s3(swift.endpoint_url, Always(fault, path_holds="/warc/"), stall_seconds=0.2) as proxy:
            env = environment(swift, AWS_ENDPOINT_URL=proxy.endpoint)
            result = crawl(
                "news",
                archive,
                arguments=arguments,
                connect_to=[press.connect_to],
                settings=settings,
                env=env,
            )
        assert result.returncode == 1, result.stderr[-3000:]
        assert "Still in the spool: warc/" in result.stderr
        assert "Traceback" not in result.stderr
        assert list(spool.rglob("*.warc.gz"))
        press.forget()
        env = environment(swift)
        synced = scrapy("sync", settings={"ARCHIVE": archive, **settings}, env=env)
        assert synced.returncode == 0, synced.stderr
        assert press.asked == []
        assert not list(spool.rglob("*.warc.gz"))
    local = fetched(swift_client, bucket, tmp_path / "local")
    assert faults(local, undisturbed(PAGES), spool=spool) == []
