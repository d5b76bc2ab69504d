"""Write docs/commands.md out of the parsers of the commands.

python -m docs.command_reference > docs/commands.md
"""

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from settings import local

FOLDER = Path(__file__).resolve().parent.parent / "crawler" / "commands"
INTRODUCTION = """<!-- Made by: python -m docs.command_reference > docs/commands.md -->
# Commands

Warraq's commands are Scrapy commands: run them in the project's folder, with its environment active. Every
command of Scrapy itself (`scrapy shell`, `scrapy settings`, …) works too.

All of them take `-s NAME=VALUE` for one [setting](settings.md), `--logfile FILE`, `-L LEVEL`, and `--help`.
Where a command reads an archive, it reads the one that the setting `ARCHIVE` names, unless an argument names
another: a folder, or `s3://bucket/prefix`.

| exit code | meaning |
|---|---|
| 0 | all is well |
| 1 | something could not be done, or a check failed; a sentence on stderr says what |
| 2 | the command made no sense: a mistyped option, an unknown site, a value out of range |
| 130 | Ctrl-C ended the command (`crawl` ends with 1: it stores what it has first) |
"""


class RecordingParser(argparse.ArgumentParser):
    """A parser that keeps the options which a command adds to it."""

    def __init__(self) -> None:
        self.own: list[argparse.Action] = []
        super().__init__(add_help=False)

    def add_argument(self, *names: Any, **fields: Any) -> argparse.Action:
        """Add an option, and keep it."""
        self.own.append(super().add_argument(*names, **fields))
        return self.own[-1]


def command_names() -> list[str]:
    """Return the names of the project's commands, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def reference() -> Iterator[str]:
    """Yield the lines of docs/commands.md."""
    yield INTRODUCTION
    settings = Settings()
    settings.setmodule(local, "project")
    for name in command_names():
        command = importlib.import_module(f"crawler.commands.{name}").Command()
        command.settings = settings
        yield from section(name, command)


def section(name: str, command: ScrapyCommand) -> Iterator[str]:
    """Yield the lines that describe one command."""
    yield f"## {name}\n"
    yield f"{sentence(command.short_desc())}\n"
    yield f"```text\nscrapy {name} {command.syntax()}".rstrip() + "\n```\n"
    if command.long_desc() != command.short_desc():
        yield f"{sentence(command.long_desc())}\n"
    parser = RecordingParser()
    command.add_options(parser)
    if parser.own:
        yield "| option | meaning |\n|---|---|"
        for option in parser.own:
            yield f"| {spelling(option)} | {cell(option.help or '')} |"
        yield ""


def spelling(option: argparse.Action) -> str:
    """Return an option with its metavar, as a user types it."""
    value = "" if option.nargs == 0 else f" {option.metavar or option.dest.upper()}"
    return ", ".join(f"`{name}{value}`" for name in option.option_strings)


def cell(text: str) -> str:
    """Return `text` as one cell of a Markdown table."""
    return " ".join(text.split()).replace("%%", "%").replace("|", "\\|").replace("<", "&lt;")


def sentence(text: str) -> str:
    """Return `text` on one line, with a full stop at its end."""
    line = " ".join(text.split()).replace("<", "&lt;")
    return line if line.endswith((".", ":")) else f"{line}."


if __name__ == "__main__":
    sys.stdout.write("\n".join(reference()).rstrip() + "\n")
