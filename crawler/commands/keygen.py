"""Scrapy's command `keygen`: make a key that signs manifests."""

import argparse
import sys

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand


class Command(PlainCommand):
    requires_project = False

    def syntax(self) -> str:
        return "FOLDER"

    def short_desc(self) -> str:
        return "Make a key that signs the manifests of runs"

    def long_desc(self) -> str:
        from crawler.archive.signing import PASSPHRASE, PRIVATE_NAME, PUBLIC_NAME

        return (
            f"Writes {PRIVATE_NAME} (encrypted with the passphrase in the environment variable {PASSPHRASE}) "
            f"and {PUBLIC_NAME} into FOLDER. Nothing is overwritten."
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) != 1:
            raise ScrapyUsageError("Name one folder, like: scrapy keygen keys")
        from pathlib import Path

        from crawler.archive.signing import PRIVATE_NAME, PUBLIC_NAME, generate_key, passphrase_of

        folder = Path(args[0])
        key = generate_key(folder, passphrase_of())
        sys.stdout.write(
            f"{folder / PRIVATE_NAME}  the setting SIGNING_KEY names it; keep a copy elsewhere\n"
            f"{folder / PUBLIC_NAME}  give it to those who check: scrapy verify --key {PUBLIC_NAME}\n"
            f"key id {key.key_id}\n"
        )
        return 0
