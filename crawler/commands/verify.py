"""Scrapy's command `verify`: check every byte that the manifests of an archive promise."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from crawler.errors import UsageError
from crawler.options.command import PlainCommand

if TYPE_CHECKING:
    from crawler.verify import Options


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[ARCHIVE] [--site S] [--run ID] [--key PUB.pem]… [--tsa-root CA.pem]… [--json]"

    def short_desc(self) -> str:
        return "Check every byte that the manifests of an archive promise; name each fault"

    def long_desc(self) -> str:
        return (
            "Checks a folder or s3://bucket/prefix (default: the setting ARCHIVE): the chain of manifests, "
            "signatures and time stamps, sizes and hashes of all files, every record of the WARC files, the "
            "indexes, and the records that the articles name. docs/archive.md explains each fault."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--site", metavar="S", help="check the runs of this site only")
        add("--run", metavar="ID", help="check this run only")
        add(
            "--key",
            metavar="PUB.pem",
            action="append",
            default=[],
            help="manifests must be signed with this key",
        )
        add(
            "--tsa-root",
            metavar="CA.pem",
            action="append",
            default=[],
            help="time stamps must lead to this root",
        )
        add("--shallow", action="store_true", help="check sizes and hashes only; open no record")
        add("--reread", action="store_true", help="read each article again out of its record, and compare")
        add("--unfinished-ok", action="store_true", help="a run without a manifest is not a fault")
        add("--json", action="store_true", help="print one JSON object")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.options.archive import storage_of
        from crawler.options.archived_sites import check_site
        from crawler.storage import S3Credentials
        from crawler.verify import verify
        from crawler.verify.output import print_report, progress

        storage = storage_of(self.settings, self.archive_named(args))
        check_site(storage, opts.site)
        options = self._options(opts)
        with progress() as (on_start, on_done):
            report = verify(
                storage.address,
                options,
                credentials=S3Credentials.from_settings(self.settings),
                on_start=on_start,
                on_done=on_done,
            )
        if opts.json:
            json.dump(report.record(), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            print_report(report, options)
        return 0 if report.ok else 1

    def _options(self, opts: argparse.Namespace) -> "Options":
        from pathlib import Path

        from crawler.archive.names import site_of_run
        from crawler.archive.signing import load_public_key
        from crawler.archive.timestamps import load_roots
        from crawler.lanes import cores
        from crawler.spider.loader import described_sites
        from crawler.verify import Options, Scope

        if opts.run is not None and (opts.site is not None or site_of_run(opts.run) is None):
            raise UsageError("--run takes the name of one run, like 20261121225500-step_agency-9f3a1c.")
        if opts.shallow and opts.reread:
            raise UsageError("--shallow opens no record, so --reread cannot go with it.")
        return Options(
            scope=Scope(site=opts.site, run_id=opts.run),
            keys=tuple(load_public_key(Path(path)) for path in opts.key),
            roots=tuple(load_roots(Path(path) for path in opts.tsa_root)),
            shallow=opts.shallow,
            reread=opts.reread,
            sites={site.name: site for site in described_sites(self.settings)} if opts.reread else {},
            unfinished_ok=opts.unfinished_ok,
            processes=cores(),
        )
