"""`python -m benchmarks.extraction [FOLDER…]`: this project and its peers over folders of known pages."""

import argparse
import sys
from pathlib import Path
from statistics import fmean

from benchmarks.extraction.pages import Known, load
from benchmarks.extraction.scores import Answer, Score, score
from benchmarks.extraction.tools import OURS, PEERS, ours, theirs

_DEFAULT = Path("tests/extraction/pages")
_PYTHON = Path(".venv-peers/bin/python")
_GOOD, _BAD = 0.95, 0.80  # F1 of a body
_MARKS = ("title", "authors", "day", "minute", "section", "agency", "dateline")
HEAD = (
    "pages", "tool", "body F1", "≥ .95", "< .80", *_MARKS, "wrong days", "leaks", "false articles", "errors",
    "CPU ms",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure the tools and print the table. Returns the exit code."""
    options = _options(arguments)
    pages = load(options.folders)
    print(f"{sum(known.text is not None for known in pages)} articles, "
          f"{sum(known.text is None for known in pages)} pages that are none\n")  # fmt: skip
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for tool in options.only or [OURS, *PEERS]:
        if tool == OURS:
            answers = ours(pages, options.runs)
        else:
            answers = theirs(tool, pages, options.peers, options.runs)
        marks = [(known, score(known, one), one) for known, one in zip(pages, answers, strict=True)]
        for name, group in _groups(marks, halves=options.halves):
            print(row(name, tool, [one for _, one, _ in group], [answer for *_, answer in group]), flush=True)
        if options.pages:
            _print_pages(marks)
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[_DEFAULT], help="pages with their answers")
    parser.add_argument(
        "--only", action="append", help=f"one of {', '.join((OURS, *PEERS))}; may be repeated"
    )
    parser.add_argument("--peers", type=Path, default=_PYTHON, help="the Python of the peers' environment")
    parser.add_argument(
        "--runs", type=int, default=3, help="readings of each page that are timed (default: 3)"
    )
    parser.add_argument(
        "--halves", action="store_true", help="also show the two halves of the outlets of each folder"
    )
    parser.add_argument("--pages", action="store_true", help="also show each page with a fault")
    options = parser.parse_args(arguments)
    wanted = options.only or [OURS, *PEERS]
    unknown = sorted(set(wanted) - {OURS, *PEERS})
    if unknown:
        parser.error(f"unknown tools: {', '.join(unknown)}")
    if set(wanted) & set(PEERS) and not options.peers.exists():
        parser.error(f"{options.peers} is missing: `make bench-extraction` builds the peers' environment")
    return options


_Marked = tuple[Known, Score, Answer]


def _groups(marks: list[_Marked], *, halves: bool) -> list[tuple[str, list[_Marked]]]:
    """Return the pages by folder, then those of each half, then all."""
    folders = list(dict.fromkeys(known.folder for known, *_ in marks))
    groups = []
    for folder in folders:
        inside = [one for one in marks if one[0].folder == folder]
        groups.append((folder, inside))
        if halves and any(known.text is not None for known, *_ in inside):
            groups += [(f"{folder} {half}", [one for one in inside if one[0].half == half]) for half in "AB"]
    return [*groups, ("all", marks)] if len(folders) > 1 else groups


def row(pages: str, tool: str, scores: list[Score], answers: list[Answer]) -> str:
    """Return one line of the table, in Markdown."""
    bodies = [one.body for one in scores if one.body is not None]
    cells = [
        f"{pages} ({len(scores)})",
        tool,
        f"{fmean(bodies):.4f}" if bodies else "–",
        f"{sum(body >= _GOOD for body in bodies)}/{len(bodies)}" if bodies else "–",
        f"{sum(body < _BAD for body in bodies)}/{len(bodies)}" if bodies else "–",
        *(_share([getattr(one, name) for one in scores]) for name in _MARKS),
        str(sum(bool(one.wrong_day) for one in scores)),
        str(sum(one.leaks for one in scores)),
        _share([one.false_article for one in scores]),
        str(sum(bool(answer.error) for answer in answers)),
        f"{fmean([one.cpu_ms for one in scores if one.cpu_ms] or [0.0]):.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def _share(marks: list[bool | None]) -> str:
    counted = [mark for mark in marks if mark is not None]
    return f"{sum(counted)}/{len(counted)}" if counted else "–"


def _print_pages(marks: list[_Marked]) -> None:
    for known, one, answer in marks:
        faults = [name for name in _MARKS if getattr(one, name) is False]
        if (
            faults
            or one.leaks
            or one.false_article
            or answer.error
            or (one.body is not None and one.body < 1)
        ):
            body = "–" if one.body is None else f"{one.body:.3f}"
            print(
                f"    {known.name}: body {body}, {one.leaks} leaks, wrong: {', '.join(faults)} {answer.error}"
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
