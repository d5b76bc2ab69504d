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
_HEAD = (
    "tool",
    "body F1",
    "day",
    "minute",
    "authors",
    "title",
    "section",
    "leaks",
    "false articles",
    "errors",
    "CPU ms",
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[_DEFAULT], help="pages with their answers")
    parser.add_argument(
        "--only", action="append", help=f"one of {', '.join((OURS, *PEERS))}; may be repeated"
    )
    parser.add_argument("--peers", type=Path, default=_PYTHON, help="the Python of the peers' environment")
    parser.add_argument(
        "--pages", action="store_true", help="also show each page where the body is not perfect"
    )
    options = parser.parse_args(arguments)
    wanted = options.only or [OURS, *PEERS]
    unknown = sorted(set(wanted) - {OURS, *PEERS})
    if unknown:
        parser.error(f"unknown tools: {', '.join(unknown)}")
    if set(wanted) & set(PEERS) and not options.peers.exists():
        parser.error(f"{options.peers} is missing: `make bench-extraction` builds the peers' environment")
    pages = load(options.folders)
    print(f"{sum(known.text is not None for known in pages)} articles, "
          f"{sum(known.text is None for known in pages)} pages that are none\n")  # fmt: skip
    print(f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}")
    for tool in wanted:
        answers = ours(pages) if tool == OURS else theirs(tool, pages, options.peers)
        scores = [score(known, answer) for known, answer in zip(pages, answers, strict=True)]
        print(row(tool, scores, answers), flush=True)
        if options.pages:
            _print_pages(pages, scores, answers)
    return 0


def row(tool: str, scores: list[Score], answers: list[Answer]) -> str:
    """One line of the table, in Markdown."""
    bodies = [one.body for one in scores if one.body is not None]
    cells = [
        tool,
        f"{fmean(bodies):.4f}" if bodies else "–",
        *(
            _share([getattr(one, name) for one in scores])
            for name in ("day", "minute", "authors", "title", "section")
        ),
        str(sum(one.leaks for one in scores)),
        _share([one.false_article for one in scores]),
        str(sum(bool(answer.error) for answer in answers)),
        f"{fmean([one.cpu_ms for one in scores if one.cpu_ms] or [0.0]):.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def _share(marks: list[bool | None]) -> str:
    counted = [mark for mark in marks if mark is not None]
    return f"{sum(counted)}/{len(counted)}" if counted else "–"


def _print_pages(pages: list[Known], scores: list[Score], answers: list[Answer]) -> None:
    for known, one, answer in zip(pages, scores, answers, strict=True):
        faulty = one.body is not None and (one.body < 1 or not one.day or one.leaks)
        if faulty or one.false_article or answer.error:
            print(f"    {known.name}: {one} {answer.error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
