"""The demo newspapers later: stories edited, taken down and added, one of them in three papers."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from crawler.demo.outlet import Outlet
from crawler.demo.outlets import OUTLETS
from crawler.demo.sites import site_name
from crawler.demo.story import Story, block_of, story_of
from crawler.ledger.checkpoint import ledger_path
from crawler.urls import canonical_url

TAKEN_DOWN = "taken down"  # quirk of a story whose page answers 410
LOST = "lost"  # quirk of a story that lists name and whose page answers 404


def later_outlets(now: datetime) -> dict[str, Outlet]:
    """Return the outlets that have changed; `now` (aware) is the moment of the edits and takedowns.

    A crawl fetches a known page again where a list says that it changed an hour or more after the last fetch.
    """
    text = files("crawler.demo.articles").joinpath("later.json").read_text(encoding="utf-8")
    changes: dict[str, dict[str, Any]] = json.loads(text)
    return {key: _changed(OUTLETS[key], changes[key], now) for key in changes}


def let_an_hour_pass(spool: Path, outlets: Iterable[Outlet]) -> None:
    """Make the changed pages due now: a crawl waits an hour before it fetches a page again."""
    for outlet in outlets:
        before = OUTLETS[outlet.key].stories
        changed = [outlet.url(story) for story in outlet.stories if story not in before]
        with closing(sqlite3.connect(ledger_path(spool, site_name(outlet)))) as database, database:
            database.executemany(
                "UPDATE pages SET look_at = 1 WHERE canonical = ? AND state = 'archived'",
                ((canonical_url(url),) for url in changed),
            )


def _changed(outlet: Outlet, changes: Mapping[str, Any], now: datetime) -> Outlet:
    edits = {edit["number"]: edit for edit in changes.get("changed", ())}
    moment = now.astimezone(outlet.zone).replace(microsecond=0)
    stories = [story_of(entry, outlet.zone) for entry in changes.get("added", ())]
    for story in outlet.stories:
        if story.number in changes.get("taken", ()):
            stories.append(replace(story, modified=moment, quirk=TAKEN_DOWN))
        elif story.number in edits:
            stories.append(_edited(story, edits[story.number], moment))
        else:
            stories.append(story)
    newest_first = sorted(stories, key=lambda story: story.published, reverse=True)
    return replace(outlet, stories=tuple(newest_first))


def _edited(story: Story, edit: Mapping[str, Any], moment: datetime) -> Story:
    blocks = tuple(block_of(block) for block in edit["body"])
    return replace(story, title=edit["title"], blocks=blocks, modified=moment)
