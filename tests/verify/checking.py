"""What verify says of an archive."""

import shutil
from typing import Any

from crawler.verify import Options, Report, verify
from tests.verify.building import Archive

Found = list[tuple[str, str, int | None]]


def report_on(archive: Archive, **options: Any) -> Report:
    return verify(str(archive.root), Options(**options))


def faults_in(archive: Archive, **options: Any) -> Found:
    """(code, file, offset) of each fault."""
    return [(fault.code.value, fault.file, fault.offset) for fault in report_on(archive, **options).faults]


def codes_in(archive: Archive, **options: Any) -> set[str]:
    return {code for code, _, _ in faults_in(archive, **options)}


def faults_without_promises(archive: Archive) -> Found:
    """The same where no manifest helps: what the files themselves tell."""
    shutil.rmtree(archive.root / "runs")
    return faults_in(archive, unfinished_ok=True)
