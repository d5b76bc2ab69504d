"""A copy of the project for deployment, and the programs that deploy it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.crawl.running import MAX_SECONDS, PROJECT
from tests.scrapyd.server import PASSWORD, USER, Scrapyd

PROJECT_FILES = ("crawler", "spiders", "pipelines", "settings", "deploy")
SINGLE_FILES = ("pyproject.toml", "setup.py", "scrapy.cfg", "README.md", "LICENSE")


def checkout(folder: Path, server: Scrapyd) -> Path:
    """Copy the project. Its scrapy.cfg names the server; the password is in HOME/.netrc."""
    for name in PROJECT_FILES:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in SINGLE_FILES:
        shutil.copy(PROJECT / name, folder / name)
    config = folder / "scrapy.cfg"
    text = config.read_text()
    assert "url = http://127.0.0.1:6800/\n" in text
    config.write_text(text.replace("http://127.0.0.1:6800/", f"{server.url}/"))
    netrc = folder / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
    netrc.chmod(0o600)
    return folder


def run_in(folder: Path, *command: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run a program in a checkout, with the programs of the project's environment in the path."""
    programs = Path(sys.executable).parent
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SCRAPY"))}
    return subprocess.run(
        command,
        cwd=folder,
        env={**clean, "HOME": str(folder), "PATH": f"{programs}:{os.environ['PATH']}", **env},
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
        check=False,
    )
