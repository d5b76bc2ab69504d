"""scrapy reextract [ARCHIVE]: all articles again from the archive's WARC files, beside the old ones."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from crawler.archive.names import RunId
from crawler.errors import UsageError
from crawler.lanes import cores
from crawler.options.archive import spool_of, storage_of
from crawler.options.checks import check_numbers
from crawler.options.command import PlainCommand
from crawler.options.options import SealOptions
from crawler.reextract.changes import ARTICLE, Tally
from crawler.reextract.generation import Generation, generation_of, reading_digest
from crawler.reextract.reading import Reader
from crawler.reextract.run import Plan, Reextracted, reextract, sites_of
from crawler.run.sealing import Seal
from crawler.spider.described import described_sites
from crawler.storage import Storage
from pipelines.extract import read, warm
from pipelines.validate import WORDS_AT_LEAST

WIDTH = 110  # of the table where there is no terminal
SHOWN = 60  # characters of a value
LAYERS_SHOWN = 10
REASONS_SHOWN = 8


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S] [--generation NAME] [--lanes N]"

    def short_desc(self) -> str:
        return "Read all articles again from the archive's WARC files, into a generation beside the old one"

    def long_desc(self) -> str:
        return (
            "Writes articles-<generation>/ beside articles/, laid out alike, with a manifest of its own, and "
            "tells what changed. Broken off, the same command goes on where it was; ended, it reads what the "
            "archive got since."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", metavar="S", help="only this site, by its name in the archive")
        parser.add_argument(
            "--generation", metavar="NAME", help="what to call it (else rules-…, after the rules that read)"
        )
        parser.add_argument("--lanes", metavar="N", help="processes that read (else EXTRACTION_LANES)")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        check_numbers(self.settings)
        storage = storage_of(self.settings, self.archive_named(args))
        lanes = _lanes(opts.lanes) or self.settings.getint("EXTRACTION_LANES") or cores()
        sites = sites_of(storage)
        if opts.site is not None and opts.site not in sites:
            raise UsageError(
                f"The archive {storage.address} has no site {opts.site!r}; it has {', '.join(sites)}."
            )
        with asyncio.Runner() as runner:
            plan = self._plan(storage, opts.generation, lanes, runner)
            try:
                return self._read_all(plan, sites if opts.site is None else [opts.site])
            finally:
                runner.run(plan.reader.close())

    def _read_all(self, plan: Plan, sites: list[str]) -> int:
        console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
        whole = True
        for site in sites:
            with _progress(site) as (on_start, on_bytes):
                done = reextract(plan, site, on_start=on_start, on_bytes=on_bytes)
            if done is None:
                console.print(f"{site}: {plan.generation.folder} holds every page of it already.")
                continue
            _tell(console, done, plan)
            for problem in done.problems:
                self.complain(f"{site}: {problem}")
            whole = whole and not done.problems
        return 0 if whole else 1

    def _plan(self, storage: Storage, name: str | None, lanes: int, runner: asyncio.Runner) -> Plan:
        from crawler.extraction import rules_digest  # noqa: PLC0415 - loads the extraction

        sites = {site.name: site for site in described_sites(self.settings)}
        rules = reading_digest(rules_digest(), sites)
        runs = (run.removesuffix("/") for run in storage.list_names("runs/"))
        reader = Reader(
            read=read,
            prepare=warm,
            lanes=lanes,
            seconds=self.settings.getfloat("EXTRACTION_TIMEOUT"),
            least_words=WORDS_AT_LEAST,
            sites=sites,
            runs={(run.site, run.suffix): str(run) for run in map(RunId.parse, runs) if run},
        )
        return Plan(
            storage=storage,
            spool=spool_of(self.settings, storage),
            generation=generation_of(rules) if name is None else Generation(name),
            rules=rules,
            reader=reader,
            runner=runner,
            seal=Seal.of(SealOptions.of(self.settings)),
            attempts=self.settings.getint("DELIVERY_ATTEMPTS"),
        )


def _lanes(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or not 0 < int(text) <= 1_000:  # noqa: PLR2004 - more is a slip of the finger
        raise UsageError(f"--lanes {text!r} is no number of processes; write 1 or more.")
    return int(text)


@contextmanager
def _progress(site: str) -> Iterator[tuple[Callable[[int], object], Callable[[int], object]]]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(site, total=None)
        yield (
            lambda size: progress.update(task, total=size),
            lambda size: progress.advance(task, size),
        )


def _tell(console: Console, done: Reextracted, plan: Plan) -> None:
    tally = done.tally
    console.print(
        f"{done.site}: {tally.pages:,} pages, {tally.articles:,} articles into {plan.generation.folder}/, "
        f"{tally.same:,} the same as before ({done.read / done.seconds:,.0f} pages a second)",
        markup=False,
    )
    if done.no_article:
        shown = list(done.no_article.items())[:REASONS_SHOWN]
        console.print(f"  no article: {', '.join(f'{why} {count:,}' for why, count in shown)}")
    if tally.counts:
        console.print(_changes(tally))
    if tally.layers:
        console.print(_layers(tally))
    where = f"runs/{done.run_id}/changes.parquet"
    console.print(f"  each change: {where}", markup=False, soft_wrap=True)


def _changes(tally: Tally) -> Table:
    grid = Table("field", "change", "times", "for example: before", "after")
    ordered = sorted(tally.counts.items(), key=lambda pair: (pair[0][0] != ARTICLE, -pair[1], pair[0]))
    for (name, kind), count in ordered:
        example = tally.examples[name, kind][0]
        before, after = _shown(example.before), _shown(example.after)
        if kind == "layer":
            before, after = example.layer_before or "-", example.layer_after or "-"
        grid.add_row(name, kind, f"{count:,}", before, after)
    return grid


def _layers(tally: Tally) -> Table:
    grid = Table("field", "layer before", "layer now", "times")
    for (name, before, after), count in tally.layers.most_common(LAYERS_SHOWN):
        grid.add_row(name, before, after, f"{count:,}")
    return grid


def _shown(value: str | None) -> str:
    """Of a page: nothing in it may be taken for markup, or break the line."""
    if value is None:
        return "-"
    line = " ".join("".join(char if char.isprintable() else " " for char in value).split())
    return (line if len(line) <= SHOWN else f"{line[:SHOWN]}…").replace("[", r"\[")
