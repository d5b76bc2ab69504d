"""The result of a verification as text for a person, and its progress on stderr."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from crawler.run.summary import readable_bytes
from crawler.verify import Options, Report

MAX_SHOWN = 1_000  # faults on a terminal; --json prints all


def print_report(report: Report, options: Options) -> None:
    """Print the faults, the remarks, what was checked, and whether all is well."""
    from rich.console import Console  # noqa: PLC0415 - only for this output

    console = Console(soft_wrap=True, highlight=False, markup=False)
    for fault in report.faults[:MAX_SHOWN]:
        place = "" if fault.offset is None else f", byte {fault.offset}"
        console.print(f"! {fault.file}{place}: {fault.meaning} [{fault.code}]", style="red")
    if len(report.faults) > MAX_SHOWN:
        console.print(f"! … and {len(report.faults) - MAX_SHOWN:,} more; --json prints all.", style="red")
    for remark in report.remarks:
        console.print(f"· {remark}")
    for line in _checked(report, options):
        console.print(line)
    for site, heads in report.checked["heads"].items():
        for head in heads:
            console.print(f"Newest manifest of {site}: {head['run_id']} {head['sha256']}")
    if report.ok and not report.checked["runs"]:
        console.print("The files are whole; no manifest promises anything here.", style="green")
    elif report.ok:
        console.print("Every byte that the manifests promise is there and right.", style="green")
    else:
        kinds = Counter(str(fault.code) for fault in report.faults)
        counts = ", ".join(f"{code} {count:,}" for code, count in kinds.most_common())
        console.print(f"{len(report.faults):,} faults: {counts}.", style="bold red")


def _checked(report: Report, options: Options) -> Iterator[str]:
    checked = report.checked
    depth = (
        ""
        if options.shallow
        else (
            f", {checked['records']:,} records, {checked['index_lines']:,} index lines, "
            f"{checked['articles']:,} articles"
        )
    )
    yield (
        f"{report.archive}: {checked['runs']:,} runs, {checked['files']:,} files, "
        f"{readable_bytes(checked['bytes'])}{depth}."
    )
    if options.keys:
        stamps = f", {checked['timestamps']:,} time stamps" if options.roots else ""
        yield f"{checked['signatures']:,} signatures{stamps} hold."
    if options.reread:
        others = checked["read_by_other_rules"]
        yield f"{checked['reread']:,} articles read again; {others:,} were read by other rules."


@contextmanager
def progress() -> Iterator[tuple[Callable[[int], object], Callable[[int], object]]]:
    """Draw a bar where stderr is a terminal; yield the functions that take the whole and the next bytes."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    columns = BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("verify", total=None)
        yield (
            lambda size: bar.update(task, total=size),
            lambda size: bar.advance(task, size),
        )
