"""The base of the project's commands: an error is one sentence on stderr, and an exit code."""

import argparse
import sys
from abc import abstractmethod

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError as ScrapyUsageError
from scrapy.settings import Settings

from crawler.errors import UsageError, WarraqError
from crawler.options.checks import check_names


class PlainCommand(ScrapyCommand):
    """A command that crawls nothing."""

    requires_project = True
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy's own shape
    settings: Settings  # scrapy.cmdline sets it before run

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.options.archive import hide_secrets  # noqa: PLC0415 - this module is loaded for all

        unknown = [word for word in args if word.startswith("-")]
        if unknown:  # Scrapy passes on what it does not know
            raise ScrapyUsageError(f"There is no option {unknown[0]}.")
        hide_secrets(self.settings)
        try:
            check_names(self.settings)
            self.exitcode = self.execute(args, opts)
        except WarraqError as error:
            self.complain(str(error))
            self.exitcode = 2 if isinstance(error, UsageError) else 1
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            self.exitcode = 130  # 128 and the number of the signal, as shells have it
        except BrokenPipeError:  # head, or a pager that was closed: the reader has enough
            sys.stderr.close()
            self.exitcode = 0

    @abstractmethod
    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Run the command and return its exit code. A WarraqError ends it with one sentence."""

    def archive_named(self, args: list[str]) -> str | None:
        """Return the archive that the arguments name, or None for that of the settings."""
        if len(args) > 1:
            raise ScrapyUsageError("Name one archive at most: a folder, or s3://bucket/prefix.")
        return args[0] if args else None

    def complain(self, sentence: str) -> None:
        name = type(self).__module__.rpartition(".")[2]
        sys.stderr.write(f"scrapy {name}: {sentence}\n")
