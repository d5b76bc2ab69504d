"""Scrapy's command `withhold`: hide an archived page from readers, or show it again."""

import argparse
import sys

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand


class Command(PlainCommand):
    def syntax(self) -> str:
        return "URL|ID [ARCHIVE] --reason WHY | URL|ID [ARCHIVE] --lift [--reason WHY] | --list [ARCHIVE]"

    def short_desc(self) -> str:
        return "Hide an archived page from readers, or show it again; no byte is removed"

    def long_desc(self) -> str:
        return (
            "A withheld page, all versions of its article and its pictures are in no export, replay and "
            "WACZ. The archive keeps its bytes, and scrapy verify reads them. Each decision is recorded in a "
            "run of its own, with the operator, the moment and the reason."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--reason", metavar="WHY", help="why the page is hidden; it is recorded")
        add("--lift", action="store_true", help="show a page again that was withheld")
        add("--list", action="store_true", help="list the pages that are withheld now")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from crawler.options.archive import spool_of, storage_of
        from crawler.options.options import SealOptions
        from crawler.run.sealing import Seal
        from crawler.tables.subject import find_subject
        from crawler.tables.withheld import withheld
        from crawler.withhold.deciding import decide, record

        if opts.list:
            hidden = withheld(storage_of(self.settings, self.archive_named(args)))
            for page, decision in sorted(hidden.pages.items()):
                sys.stdout.write(f"{decision.moment:%Y-%m-%d}  {page}  {decision.reason}\n")
            return 0
        if not args:
            raise ScrapyUsageError("Name one page, by its address or by the id of its article.")
        reason = (opts.reason or "").strip()
        if not opts.lift and not reason:
            raise ScrapyUsageError("Say why, like: --reason 'a witness is in danger'")
        storage = storage_of(self.settings, self.archive_named(args[1:]))
        seal = Seal.of(SealOptions.of(self.settings))
        subject = find_subject(storage, args[0])
        decision = decide(storage, subject, withhold=not opts.lift, reason=reason, operator=seal.operator)
        run_id = record(
            storage,
            spool_of(self.settings, storage),
            decision,
            seal=seal,
            attempts=self.settings.getint("DELIVERY_ATTEMPTS"),
        )
        state = "shown again" if opts.lift else "withheld"
        sys.stdout.write(
            f"{decision.page}: {state}, {len(decision.ids):,} ids and {len(decision.urls):,} addresses "
            f"(run {run_id}).\nFiles that were made before are not changed: exports, WACZ, bundles.\n"
        )
        return 0
