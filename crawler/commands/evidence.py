"""Scrapy's command `evidence`: make one file about one archived page, which can be checked without Warraq."""

import argparse
import sys
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand

if TYPE_CHECKING:
    from crawler.evidence.making import Asked, Prepared
    from crawler.storage import Storage
    from crawler.tables.subject import Subject


class Command(PlainCommand):
    def syntax(self) -> str:
        return "URL|ID [ARCHIVE] --output FILE.zip [--key PUB.pem]… [--tsa-root CA.pem]… [--redact-operator]"

    def short_desc(self) -> str:
        return "Make one file about one archived page, which can be checked without Warraq"

    def long_desc(self) -> str:
        return (
            "Writes a ZIP file with the page and what belongs to it (WACZ), the manifests that promise it, "
            "signatures, time stamps, the article, its pictures, a report in Arabic and English, and "
            "verify.sh, which checks all of it. What the file reveals about its maker is printed first. "
            "docs/evidence.md explains what it proves and what it does not prove."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--output", "-o", metavar="FILE.zip", help="the file to write; it must not exist")
        add("--key", metavar="PUB.pem", action="append", default=[], help="public key of the manifests")
        add(
            "--tsa-root",
            metavar="CA.pem",
            action="append",
            default=[],
            help="root certificate of a time stamp authority, to be checked with and taken along",
        )
        add("--whole-files", action="store_true", help="take complete WARC files along: other pages, too")
        add(
            "--redact-operator",
            action="store_true",
            help="leave out who recorded the page; manifests, signatures and time stamps are lost with it",
        )
        add("--dry-run", action="store_true", help="only print what the file would reveal about its maker")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            raise ScrapyUsageError("Name one page, by its address or by the id of its article.")
        if not opts.output and not opts.dry_run:
            raise ScrapyUsageError("Name the file to write, like: --output page.zip")
        from pathlib import Path

        from crawler.evidence.making import check_target, prepared
        from crawler.options.archive import storage_of
        from crawler.run.summary import readable_bytes
        from crawler.tables.subject import find_subject
        from crawler.tables.withheld import withheld

        storage = storage_of(self.settings, self.archive_named(args[1:]))
        target = Path(opts.output) if opts.output else None
        if target is not None and not opts.dry_run:
            check_target(target)
        subject = find_subject(storage, args[0])
        with prepared(storage, subject, self._asked(opts, storage, subject)) as bundle:
            self._print_reveals(bundle)
            decision = withheld(storage).of(subject.url, subject.row)
            if decision is not None:
                self.complain(f"This page is withheld ({decision.reason}); the bundle shows it.")
            if target is None or opts.dry_run:
                return 0
            size = bundle.write(target, storage)
        sys.stdout.write(f"{target}: {subject.url}, {len(bundle.facts.held):,} records, ")
        sys.stdout.write(f"{readable_bytes(size)}\n")
        if not bundle.facts.pictures:
            self.complain("The archive holds no picture of this page; scrapy picture makes one.")
        return 0

    def _asked(self, opts: argparse.Namespace, storage: "Storage", subject: "Subject") -> "Asked":
        from pathlib import Path

        from crawler.archive.signing import load_public_key, load_signer
        from crawler.archive.timestamps import load_roots
        from crawler.evidence.facts import Picture
        from crawler.evidence.making import Asked
        from crawler.picture.kept import newest_pictures

        pictures = [
            Picture(
                name="picture.png" if kept.kind == "image/png" else "picture.pdf",
                warc=kept.warc_file,
                offset=kept.warc_offset,
                length=kept.warc_length,
                moment=kept.moment,
                software=kept.software,
            )
            for kept in newest_pictures(storage, subject)
        ]
        key = self.settings["SIGNING_KEY"]
        return Asked(
            keys=[load_public_key(Path(path)) for path in opts.key],
            roots=load_roots(Path(path) for path in opts.tsa_root),
            signer=load_signer(Path(key)) if key and not opts.redact_operator else None,
            redact=opts.redact_operator,
            whole_files=opts.whole_files,
            pictures=pictures,
        )

    def _print_reveals(self, bundle: "Prepared") -> None:
        from crawler.evidence.claims import SENTENCES

        reveals = bundle.reveals()
        if bundle.shape.redacted:
            sys.stdout.write("Left out: operator, machine, requests, manifests, signatures, time stamps.\n")
            for _, urls in reveals:
                for url in urls:
                    sys.stdout.write(f"The answer of the site itself names the operator: {url}\n")
        else:
            sys.stdout.write("The file reveals about its maker:\n")
            for kind, values in reveals:
                sys.stdout.write(f"  {SENTENCES['reveals'][kind][0]}: {', '.join(values)}\n")
        sys.stdout.flush()
