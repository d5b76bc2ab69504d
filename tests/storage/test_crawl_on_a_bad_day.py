"""A whole crawl into a real S3 server through a proxy that fails often: all of it arrives, and is right."""

from pathlib import Path

from crawler.demo.outlets import OUTLETS
from crawler.demo.server import serve
from tests.crawl.running import crawl, scrapy
from tests.servers.faulty_s3 import Fault, Seeded, faulty_s3
from tests.servers.swift import Swift

OUTLET = OUTLETS["wadi"]
# What boto3 cannot hide by asking again is what the spool is for.
KINDS = (Fault.HANG_UP, Fault.UNAVAILABLE, Fault.RESET, Fault.LOSE_ANSWER, Fault.DROP, Fault.DAMAGE)


def test_a_crawl_on_a_bad_day(swift: Swift, bucket: str, tmp_path: Path) -> None:
    env = {
        "AWS_ACCESS_KEY_ID": swift.access_key,
        "AWS_SECRET_ACCESS_KEY": swift.secret_key,
        "AWS_ENDPOINT_URL": swift.endpoint_url,
        "AWS_REGION_NAME": swift.region,
        "AWS_DEFAULT_REGION": swift.region,
    }
    plan = Seeded(4, rate=0.25, most=12, kinds=KINDS, path_holds=("/warc/", "/articles/", "/cdxj/"))
    with serve([OUTLET]) as stand, faulty_s3(swift.endpoint_url, plan) as proxy:
        result = crawl(
            "news",
            f"s3://{bucket}/papers",
            arguments={"url": OUTLET.home, "limit": "4"},
            connect_to=stand.connect_to(),
            settings={
                "SPOOL": str(tmp_path),
                "WARC_MAX_BYTES": "20000",  # several files, some on their way while others are written
                "DELIVERY_ATTEMPTS": "20",
            },
            env=env | {"AWS_ENDPOINT_URL": proxy.endpoint},
        )

    assert result.returncode == 0, result.stderr[-3000:]
    assert plan.given.total() >= 5
    kept = {tmp_path / ".lock", *(tmp_path / "ledger").iterdir()}
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path not in kept]
    assert left == []
    verified = scrapy("verify", f"s3://{bucket}/papers", env=env)
    assert verified.returncode == 0, verified.stdout
