"""The reference of the commands is current, and every command line in a document can be parsed."""

import importlib
import re
import shlex
from pathlib import Path

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings

from crawler.registry.table import outlets
from docs.command_reference import command_names, reference
from docs.outlet_table import page
from settings import local
from tests.crawl.running import PROJECT

DOCUMENTS = [*PROJECT.glob("*.md"), *sorted((PROJECT / "docs").glob("*.md"))]
SPIDERS = {*outlets(), *(path.stem for path in (PROJECT / "spiders").glob("*.py"))}
INVENTED = "barada"  # the site that CONTRIBUTING adds
SHELL_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def command_lines(document: Path) -> list[str]:
    """Return each `scrapy …` line of the document's shell blocks, continuation lines joined."""
    blocks = "".join(SHELL_BLOCK.findall(document.read_text("utf-8"))).replace("\\\n", " ")
    lines = (line.split(" #")[0].split(" > ")[0].strip() for line in blocks.splitlines())
    return [line for line in lines if line.startswith("scrapy ")]


def test_the_reference_is_what_the_parsers_accept() -> None:
    assert (PROJECT / "docs/commands.md").read_text("utf-8") == "\n".join(reference()).rstrip() + "\n", (
        "run: python -m docs.command_reference > docs/commands.md"
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_line_of_a_document_can_be_parsed(document: Path) -> None:
    for line in command_lines(document):
        _, name, *words = shlex.split(line)
        assert name in command_names(), line
        command = importlib.import_module(f"crawler.commands.{name}").Command()
        command.settings = Settings()
        command.settings.setmodule(local, "project")
        parser = ScrapyArgumentParser(prog=name, exit_on_error=False)
        command.add_options(parser)
        _, unknown = parser.parse_known_args(words)
        assert [word for word in unknown if word.startswith("-")] == [], line
        if name == "crawl" and not words[0].isupper() and words[0] != INVENTED:
            assert words[0] in SPIDERS, line


def test_every_make_target_of_a_document_exists() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    targets = {*re.findall(r"^([\w-]+):", makefile, re.MULTILINE)}
    targets |= {*re.findall(r"call environment,([\w-]+)", makefile)}
    for document in DOCUMENTS:
        named = set(re.findall(r"^make ([\w-]+)|`make ([\w-]+)", document.read_text("utf-8"), re.MULTILINE))
        assert {first or second for first, second in named} <= targets, document.name


def test_the_page_of_outlets_is_what_the_table_holds() -> None:
    assert (PROJECT / "docs/outlets.md").read_text("utf-8") == "\n".join(page()).rstrip() + "\n", (
        "run: python -m docs.outlet_table > docs/outlets.md"
    )
