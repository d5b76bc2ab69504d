"""The state of a site in the archive: `health/<site>.json`, replaced after each run.

It is derived: where it is missing or damaged, the last runs of the site are judged again. No manifest names
it. An archive is hostile input: all is checked.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from crawler.errors import ArchiveError
from crawler.health.entries import Entry
from crawler.health.finding import CAUSES
from crawler.health.merging import as_stats
from crawler.health.record import RunRecord, records_of, runs_of
from crawler.health.site_state import Ailment, Judged, SiteState, replayed
from crawler.health.verdicts import CHECKS
from crawler.storage import Storage
from crawler.storage.cell import FasterError

FOLDER = "health/"
_ENDING = ".json"
_VERSION = 1
_MAX_BYTES = 4_000_000
_MAX_ENTRIES = 1_000
_MAX_TEXT = 1_000  # characters of a sentence
_ROUNDS = 5  # rivals that may be faster


def sites_with_state(storage: Storage) -> list[str]:
    """Return the names of the sites whose state the archive holds. Raises ArchiveError."""
    names = storage.list_names(FOLDER)
    return sorted(name.removesuffix(_ENDING) for name in names if name.endswith(_ENDING))


def read_state(storage: Storage, site: str) -> SiteState | None:
    """Return the state of a site, None where there is none that can be read. Raises ArchiveError."""
    return _parsed(_cell(storage, site).read().content, site)


def state_before(
    storage: Storage,
    site: str,
    run_id: str,
    *,
    ignore: Collection[str] = (),
    recent: Collection[str] = (),
) -> SiteState:
    """Return the state of a site before a run: as it was kept, or by its last runs.

    `recent` are ids of the site's last runs, if they are known. Raises ArchiveError.
    """
    state = read_state(storage, site)
    if state is not None and state.last_run < run_id:
        return state
    records = list(records_of(storage, runs_of(storage, site, recent), run_id))
    return replayed(site, records[::-1], ignore=ignore)


def rebuilt(storage: Storage, site: str, runs: Sequence[str]) -> SiteState:
    """Return the state of a site by its last runs. `runs` are their ids, newest first."""
    return replayed(site, list(records_of(storage, runs))[::-1])


def carry_on(storage: Storage, state: SiteState, step: Callable[[SiteState], Judged]) -> Judged:
    """Judge a run by the state in the archive, or by `state` where there is none, and keep the result.

    Raises ArchiveError, also if other machines replace the state all the time.
    """
    cell = _cell(storage, state.site)
    for _ in range(_ROUNDS):
        seen = cell.read()
        judged = step(_parsed(seen.content, state.site) or state)
        try:
            cell.write(_text(judged.state), seen)
        except FasterError:
            continue
        return judged
    raise ArchiveError(f"{cell.place} changes all the time; the state of the site was not kept.")


def _cell(storage: Storage, site: str) -> Any:
    return storage.cell(f"{FOLDER}{site}{_ENDING}", _MAX_BYTES)


def _text(state: SiteState) -> bytes:
    value = {
        "version": _VERSION,
        "site": state.site,
        "condition": state.condition,
        "cause": state.cause,
        "since": _written(state.since),
        "last_run": state.last_run,
        "last_good": _written(state.last_good),
        "alarmed": _written(state.alarmed),
        "ailments": [
            {
                "check": each.check,
                "since": _written(each.since),
                "cause": each.cause,
                "severity": each.severity,
                "sentence": each.sentence,
                "sentence_ar": each.sentence_ar,
            }
            for each in state.ailments
        ],
        "entries": [as_stats(entry.record) | {"bad": entry.bad} for entry in state.entries],
    }
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _parsed(content: bytes | None, site: str) -> SiteState | None:
    if not content or len(content) > _MAX_BYTES:
        return None
    try:
        value = json.loads(content)
        if value["version"] != _VERSION or value["site"] != site:
            return None
        entries = [_entry(each) for each in value["entries"][:_MAX_ENTRIES]]
        ailments = [_ailment(each) for each in value["ailments"][: len(CHECKS)]]
        cause = value["cause"]
        if value["condition"] not in {"well", "doubtful", "ill"} or cause not in {None, *CAUSES}:
            return None
        return SiteState(
            site=site,
            entries=entries,
            ailments=ailments,
            condition=value["condition"],
            cause=cause,
            since=_moment(value["since"]),
            last_run=str(value["last_run"])[:200],
            last_good=_moment(value["last_good"]),
            alarmed=_moment(value["alarmed"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _entry(value: Mapping[str, Any]) -> Entry:
    return Entry(RunRecord.of(value, str(value["run_id"])[:200]), bad=bool(value["bad"]))


def _ailment(value: Mapping[str, Any]) -> Ailment:
    since = _moment(value["since"])
    known = value["check"] in CHECKS and value["cause"] in CAUSES and value["severity"] in {"doubtful", "ill"}
    if since is None or not known:
        raise ValueError("no ailment")
    return Ailment(
        check=value["check"],
        since=since,
        cause=value["cause"],
        severity=value["severity"],
        sentence=str(value["sentence"])[:_MAX_TEXT],
        sentence_ar=str(value["sentence_ar"])[:_MAX_TEXT],
    )


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: Any) -> datetime | None:
    """Parse a moment. Raises ValueError where it has no zone."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC)
