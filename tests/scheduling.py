"""How pytest-xdist divides a run among its workers: tests that share a fixture run in the same one.

Each worker writes the groups of its tests into the folder of the run; the scheduler of the controller reads
them. (The `loadgroup` of xdist 3.8 marks node ids in a way that pytest 9 no longer shows.)
"""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

_WIDE = ("class", "module", "package")  # scopes of fixtures that are made once for several tests


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a group to one worker as a whole, and every other test to the next worker that is free."""

    def __init__(self, config: pytest.Config, log: Any, folder: Path) -> None:
        super().__init__(config, log)
        self._folder = folder

    @cached_property
    def _groups(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(_file(self._folder).read_text())
        return found

    def _split_scope(self, nodeid: str) -> str:
        return self._groups.get(nodeid, nodeid)


def write_groups(items: list[pytest.Item], folder: Path) -> None:
    """Write the group of each test that has one; every worker writes the same."""
    groups = {item.nodeid: group for item in items if (group := _group(item))}
    partial = folder / f"groups.{os.getpid()}"
    partial.write_text(json.dumps(groups))
    partial.replace(_file(folder))


def _file(folder: Path) -> Path:
    return folder / "groups.json"


def _group(item: pytest.Item) -> str | None:
    """Return the widest part of the tests that shares a fixture with this test: a module or a package."""
    if not isinstance(item, pytest.Function):
        return None
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    common = [each for defined in fixtures for each in defined if each.scope in _WIDE]
    if not common:
        return None
    widest = max(common, key=lambda each: _WIDE.index(each.scope))
    return widest.baseid if widest.scope == "package" else item.nodeid.partition("::")[0]
