"""Commands as a user runs them: in a process of their own, from the project's folder."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SECONDS_AT_MOST = 120
# Reports have tests of their own; each takes some seconds.
UNHURRIED = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "False", "RUN_REPORT": "False"}


def scrapy(
    *arguments: str,
    settings: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path = PROJECT,
) -> "subprocess.CompletedProcess[str]":
    """Run `scrapy …` to its end; output as text."""
    command = [sys.executable, "-m", "scrapy", *arguments]
    for name, value in (settings or {}).items():
        command += ["-s", f"{name}={value}"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SCRAPY_"))}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**clean, "PYTHONWARNINGS": "default", **(env or {})},
        capture_output=True,
        text=True,
        timeout=SECONDS_AT_MOST,
        check=False,
    )


def news_command(url: str, settings: Mapping[str, str]) -> list[str]:
    """The words of a crawl, for tests that hold its process themselves."""
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"url={url}"]
    return command + [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]


def crawl(
    site: str,
    archive: str | Path,
    *,
    arguments: Mapping[str, str] | None = None,
    connect_to: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """scrapy crawl SITE into an archive, at full speed."""
    spider_arguments = [
        word for name, value in (arguments or {}).items() for word in ("-a", f"{name}={value}")
    ]
    return scrapy(
        "crawl",
        site,
        *spider_arguments,
        *options,
        settings={
            **UNHURRIED,
            "ARCHIVE": str(archive),
            "CONNECT_TO": ",".join(connect_to),
            **(settings or {}),
        },
        env=env,
    )
