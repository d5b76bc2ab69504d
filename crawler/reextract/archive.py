"""Reextract all sites of an archive, or one of them."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from crawler.archive.names import RunId
from crawler.errors import UsageError
from crawler.extract.lane import read_page, warm
from crawler.options.terminal import console_for
from crawler.reextract.generation import Generation, generation_of, reading_digest
from crawler.reextract.output import print_changes
from crawler.reextract.reading import Reader
from crawler.reextract.run import Plan, reextract, sites_of
from crawler.run.sealing import Seal
from crawler.site import Site
from crawler.storage import Storage

_LANES_MAX = 1_000  # a larger number is a slip of the finger


def reextract_archive(
    storage: Storage,
    *,
    spool: Path,
    sites: Mapping[str, Site],
    wanted: str | None,
    generation: str | None,
    lanes: int,
    seconds: float,
    min_words: int,
    seal: Seal,
    attempts: int,
    on_problem: Callable[[str], object],
) -> bool:
    """Read the articles again and print what changed; return whether everything could be read.

    `sites` are the described sites by name, `wanted` the one site to read (None: all), `seconds` the time for
    a page, `min_words` the length of an article at least. Raises UsageError for a site that the archive does
    not have, ArchiveError where the archive cannot be read.
    """
    from crawler.extraction import rules_digest  # noqa: PLC0415 - loads the extraction

    known = sites_of(storage)
    if wanted is not None and wanted not in known:
        raise UsageError(f"The archive {storage.address} has no site {wanted!r}; it has {', '.join(known)}.")
    rules = reading_digest(rules_digest(), sites)
    runs = (name.removesuffix("/") for name in storage.list_names("runs/"))
    reader = Reader(
        read=read_page,
        prepare=warm,
        lanes=lanes,
        seconds=seconds,
        least_words=min_words,
        sites=sites,
        runs={(run.site, run.suffix): str(run) for run in map(RunId.parse, runs) if run},
    )
    with asyncio.Runner() as runner:
        plan = Plan(
            storage=storage,
            spool=spool,
            generation=generation_of(rules) if generation is None else Generation(generation),
            rules=rules,
            reader=reader,
            runner=runner,
            seal=seal,
            attempts=attempts,
        )
        try:
            return _read_all(plan, known if wanted is None else [wanted], on_problem)
        finally:
            runner.run(reader.close())


def checked_lanes(text: str | None) -> int | None:
    """Return the number of --lanes. Raises UsageError for another text."""
    if text is None:
        return None
    if not text.isdecimal() or not 0 < int(text) <= _LANES_MAX:
        raise UsageError(f"--lanes {text!r} is not a number of processes; write 1 or more.")
    return int(text)


def _read_all(plan: Plan, sites: list[str], on_problem: Callable[[str], object]) -> bool:
    console = console_for()
    is_whole = True
    for site in sites:
        with _progress(site) as (on_start, on_bytes):
            done = reextract(plan, site, on_start=on_start, on_bytes=on_bytes)
        if done is None:
            console.print(f"{site}: {plan.generation.folder} holds every page of it already.", soft_wrap=True)
            continue
        print_changes(console, done, plan.generation.folder)
        for problem in done.problems:
            on_problem(f"{site}: {problem}")
        is_whole = is_whole and not done.problems
    return is_whole


@contextmanager
def _progress(site: str) -> Iterator[tuple[Callable[[int], object], Callable[[int], object]]]:
    """Draw a bar where stderr is a terminal; yield the functions that take the whole and the next bytes."""
    from rich.progress import (  # noqa: PLC0415 - only this command needs it
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = console_for("stderr")
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(site, total=None)
        yield (
            lambda size: progress.update(task, total=size),
            lambda size: progress.advance(task, size),
        )
