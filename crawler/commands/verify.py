"""scrapy verify [ARCHIVE]: is every byte that the manifests promise there and right?"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

from crawler.archive.names import site_of_run
from crawler.archive.signing import load_public_key
from crawler.archive.timestamps import load_roots
from crawler.errors import UsageError
from crawler.lanes import cores
from crawler.options.archive import storage_of
from crawler.options.command import PlainCommand
from crawler.run.summary import readable_bytes
from crawler.spider.described import described_sites
from crawler.storage import S3Credentials
from crawler.verify import Options, Report, Scope, verify

MOST_SHOWN = 1_000  # faults told on a terminal; --json tells all


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S] [--run ID] [--key PUB.pem]… [--tsa-root CA.pem]… [--json]"

    def short_desc(self) -> str:
        return "Check every byte that the manifests of an archive promise; name each fault"

    def long_desc(self) -> str:
        return (
            "Checks a folder or s3://bucket/prefix (else the setting ARCHIVE): the chain of manifests, "
            "signatures and time stamps, sizes and hashes of all files, every record of the WARC files, the "
            "indexes, and what the articles say of their records. docs/archive.md explains each fault."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--site", metavar="S", help="check the runs of this site only")
        add("--run", metavar="ID", help="check this run only")
        add("--key", metavar="PUB.pem", action="append", default=[], help="manifests must be signed with it")
        add("--tsa-root", metavar="CA.pem", action="append", default=[], help="time stamps must lead to it")
        add("--shallow", action="store_true", help="sizes and hashes only, no record is opened")
        add("--reread", action="store_true", help="read each article again out of its record, and compare")
        add("--unfinished-ok", action="store_true", help="a run without a manifest is no fault")
        add("--json", action="store_true", help="one JSON object on stdout")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        address = storage_of(self.settings, self.archive_named(args)).address
        options = self._options(opts)
        with _progress() as (on_start, on_done):
            report = verify(
                address,
                options,
                credentials=S3Credentials.from_settings(self.settings),
                on_start=on_start,
                on_done=on_done,
            )
        if opts.json:
            json.dump(report.record(), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            _tell(report, options)
        return 0 if report.ok else 1

    def _options(self, opts: argparse.Namespace) -> Options:
        if opts.run is not None and (opts.site is not None or site_of_run(opts.run) is None):
            raise UsageError("--run takes the name of one run, like 20261121225500-step_agency-9f3a1c.")
        if opts.shallow and opts.reread:
            raise UsageError("--shallow opens no record, so --reread cannot go with it.")
        sites = {site.name: site for site in described_sites(self.settings)} if opts.reread else {}
        return Options(
            scope=Scope(site=opts.site, run_id=opts.run),
            keys=tuple(load_public_key(Path(path)) for path in opts.key),
            roots=tuple(load_roots(Path(path) for path in opts.tsa_root)),
            shallow=opts.shallow,
            reread=opts.reread,
            sites=sites,
            unfinished_ok=opts.unfinished_ok,
            processes=cores(),
        )


@contextmanager
def _progress() -> Iterator[tuple[Callable[[int], object], Callable[[int], object]]]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("verify", total=None)
        yield (
            lambda size: progress.update(task, total=size),
            lambda size: progress.advance(task, size),
        )


def _tell(report: Report, options: Options) -> None:
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for fault in report.faults[:MOST_SHOWN]:
        place = "" if fault.offset is None else f", byte {fault.offset}"
        console.print(f"! {fault.file}{place}: {fault.meaning} [{fault.code}]", style="red")
    if len(report.faults) > MOST_SHOWN:
        console.print(f"! … and {len(report.faults) - MOST_SHOWN:,} more; --json tells all.", style="red")
    for remark in report.remarks:
        console.print(f"· {remark}")
    checked = report.checked
    depth = (
        ""
        if options.shallow
        else (
            f", {checked['records']:,} records, {checked['index_lines']:,} index lines, "
            f"{checked['articles']:,} articles"
        )
    )
    console.print(
        f"{report.archive}: {checked['runs']:,} runs, {checked['files']:,} files, "
        f"{readable_bytes(checked['bytes'])}{depth}."
    )
    if options.keys:
        stamps = f", {checked['timestamps']:,} time stamps" if options.roots else ""
        console.print(f"{checked['signatures']:,} signatures{stamps} hold.")
    if options.reread:
        others = checked["read_by_other_rules"]
        console.print(f"{checked['reread']:,} articles read again; {others:,} were read by other rules.")
    for site, heads in checked["heads"].items():
        for head in heads:
            console.print(f"Newest manifest of {site}: {head['run_id']} {head['sha256']}")
    if report.ok and not checked["runs"]:
        console.print("What the files hold is whole; no manifest promises anything here.", style="green")
    elif report.ok:
        console.print("Every byte that the manifests promise is there and right.", style="green")
    else:
        kinds = Counter(str(fault.code) for fault in report.faults)
        told = ", ".join(f"{code} {count:,}" for code, count in kinds.most_common())
        console.print(f"{len(report.faults):,} faults: {told}.", style="bold red")
