"""Check an archive with scrapy verify."""

from pathlib import Path

from tests.crawl.running import scrapy


def verified(archive: Path | str, **env: str) -> None:
    """Fail the test unless scrapy verify finds no fault in the archive."""
    result = scrapy("verify", str(archive), "--json", env=env)
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
