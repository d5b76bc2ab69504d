"""What a crawl asks of S3 does not grow with the number of runs before it."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crawl.earlier_runs import earlier_runs, files_of
from tests.crawl.running import crawl
from tests.servers.faulty_s3 import Asked, Fault, FaultyS3, faulty_s3
from tests.servers.paper import Answer, front_page, open_paper, path_of, rss, story
from tests.servers.s3 import environment, objects
from tests.servers.swift import Swift

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PREFIX = "papers"
RUNS = (45, 110)  # more than the checks of a run look at; the second is more than are merged at first


def no_fault(asked: Asked) -> Fault | None:
    return None


def asked_for(front: FaultyS3) -> Counter[str]:
    """Count the requests since the last call, by method and the folder of the archive."""
    counted: Counter[str] = Counter()
    for asked, _ in front.asked:
        place = asked.path.partition("?")[0].split("/")[3:4]
        counted[f"{asked.method} {place[0] if place else 'list'}"] += 1
    front.asked.clear()
    return counted


def test_a_crawl_asks_as_much_after_many_runs_as_after_few(
    swift: Swift, swift_client: "S3Client", bucket: str, tmp_path: Path
) -> None:
    table: dict[str, Answer] = {path_of(number): story(number) for number in range(1, 20)}
    table["/"] = front_page("/feed/")
    counts: list[Counter[str]] = []
    with faulty_s3(swift.endpoint_url, no_fault) as front, open_paper(table) as paper:

        def crawl_five(first: int) -> None:
            table["/feed/"] = rss(*(path_of(number) for number in range(first, first + 5)))
            done = crawl(
                "news",
                f"s3://{bucket}/{PREFIX}",
                arguments={"url": paper.home},
                settings={"SPOOL": str(tmp_path)},
                env=environment(swift, AWS_ENDPOINT_URL=front.endpoint),
            )
            assert done.returncode == 0, done.stderr[-3000:]
            counts.append(asked_for(front))

        crawl_five(1)
        kept = {key.partition("/")[2]: content for key, content in objects(swift, bucket).items()}
        [run_id] = {key.split("/")[1] for key in kept if key.startswith("runs/")}
        for number, runs in enumerate(RUNS):
            for made in earlier_runs(run_id, files_of(run_id, kept), runs):
                for key, content in made.items():
                    if key.endswith((".cdxj", "manifest.json")):  # all that a crawl could read
                        swift_client.put_object(Bucket=bucket, Key=f"{PREFIX}/{key}", Body=content)
            crawl_five(6 + 5 * number)
    few, many = counts[1:]
    assert many.total() <= few.total() + 1, (few, many)  # its own manifest is one more to read
