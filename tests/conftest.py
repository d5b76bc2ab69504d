"""What every test may use, and how a run is divided among processes (pytest-xdist)."""

import os
import shutil
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from tests import scheduling
from tests.servers import shared

pytest_plugins = ["tests.articles", "tests.servers.fixtures"]

# A shell that starts the tests in the background has SIGINT ignored, and every process they start would
# ignore Ctrl-C, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Property tests try few examples in each run and many in `make torture`.
_NO_CLOCK = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.register_profile("short", _NO_CLOCK, derandomize=True, max_examples=50)
settings.register_profile("long", _NO_CLOCK, max_examples=1_000)
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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark property tests, and let the scheduler know which tests share a fixture."""
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker("property")
    scheduling.write_groups(items, config.stash[_FOLDER])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> scheduling.GroupScheduling:
    return scheduling.GroupScheduling(config, log, config.stash[_FOLDER])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each reason to skip tests, with their number."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple))
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"{number} tests skipped: {reason.removeprefix('Skipped: ')}")
