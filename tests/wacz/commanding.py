"""Commands in this process, for the many ways to get them wrong: a process for each would take a minute."""

import argparse
import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib import import_module

from scrapy.exceptions import UsageError
from scrapy.utils.project import get_project_settings


@dataclass(frozen=True)
class Ended:
    code: int
    said: str  # on both outputs


def run_command(name: str, *words: str) -> Ended:
    """What Scrapy's command line does with a project command, from options to exit code."""
    command = import_module(f"crawler.commands.{name}").Command()
    command.settings = get_project_settings()
    parser = argparse.ArgumentParser(prog=f"scrapy {name}", conflict_handler="resolve")
    command.add_options(parser)
    opts, args = parser.parse_known_args(words)
    said = io.StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(said):
            command.process_options(args, opts)
            command.run(args, opts)
    except UsageError as error:
        return Ended(2, str(error))
    return Ended(command.exitcode, said.getvalue())
