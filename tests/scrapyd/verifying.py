"""scrapy verify, which must say that all is well."""

from pathlib import Path

from tests.crawl.running import scrapy


def verified(archive: Path | str, **env: str) -> None:
    """Every byte that the archive's manifests promise is there and right."""
    result = scrapy("verify", str(archive), "--json", env=env)
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
