"""Run commands as a user does: in their own process, in the project's folder."""

import atexit
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests import clock, warm

PROJECT = Path(__file__).resolve().parents[2]
MAX_SECONDS = 120
# Full speed, and one process for reading: starting each takes a second. Reports have tests of their own.
UNHURRIED = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "RUN_REPORT": "False",
    "EXTRACTION_LANES": "1",
}


def scrapy(
    *arguments: str,
    settings: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path = PROJECT,
    seconds: float = MAX_SECONDS,
) -> "subprocess.CompletedProcess[str]":
    """Run `scrapy …` to its end; output as text. Raises TimeoutExpired after so many seconds."""
    words = [
        *arguments,
        *(word for name, value in (settings or {}).items() for word in ("-s", f"{name}={value}")),
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SCRAPY_"))}
    wanted = {**clean, "PYTHONWARNINGS": "default", **(env or {})}
    if warm.can_run(wanted, cwd):
        return _warm_process().run(words, env=wanted, seconds=seconds)
    return subprocess.run(
        [sys.executable, "-m", "tests.clock" if clock.VARIABLE in wanted else "scrapy", *words],
        cwd=cwd,
        env=wanted,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@cache
def _warm_process() -> warm.WarmProcess:
    process = warm.WarmProcess()
    atexit.register(process.close)
    return process


def news_command(url: str, settings: Mapping[str, str]) -> list[str]:
    """Return the command line of a crawl, for tests that start its process themselves."""
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
    """Run `scrapy crawl SITE` into an archive, without delays."""
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
