"""What every test may use, and how a run is divided among processes (pytest-xdist)."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.servers import shared

pytest_plugins = ["tests.articles", "tests.servers.fixtures"]

# A shell that starts the tests in the background has SIGINT ignored, and every process they start would
# ignore Ctrl-C, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Property tests try few examples in each run and many in `make torture`.
settings.register_profile("short", derandomize=True, deadline=None, max_examples=25)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))

_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    config.stash[_FOLDER] = Path(worker["servers"]) if worker else shared.new_folder()
    config.stash[shared.SERVERS] = shared.SharedServers(config.stash[_FOLDER])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the folder of the servers on to a worker of pytest-xdist."""
    node.workerinput["servers"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    first = not hasattr(config, "workerinput")
    config.stash[shared.SERVERS].close(wait=first)
    if first:
        shutil.rmtree(config.stash[_FOLDER])
