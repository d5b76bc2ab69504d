"""scrapy sites: which sites are known, what each offers, when it was last crawled."""

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from crawler.archive.runs import last_runs
from crawler.errors import ArchiveError
from crawler.options.archive import storage_of
from crawler.options.command import PlainCommand
from crawler.site import Site
from crawler.spider.described import described_sites

WIDTH = 120  # of the table where there is no terminal
_CHECKED = {
    "recorded": "recorded pages with known answers are read by the tests",
    "live": "the site itself was asked",
    "declared": "from public knowledge alone: scrapy check-site asks it",
}


class Command(PlainCommand):
    def syntax(self) -> str:
        return "[--json]"

    def short_desc(self) -> str:
        return "List the known sites: what each offers, when it was last crawled"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="one JSON array on stdout")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        crawled: dict[str, str] = {}
        try:
            storage = storage_of(self.settings)
            if storage.address.startswith("s3://") or Path(storage.address).exists():
                crawled = last_runs(storage)
        except ArchiveError as error:  # the list is worth having even where the archive is out of reach
            self.complain(str(error))
        rows = [_row(site, crawled.get(site.name)) for site in described_sites(self.settings)]
        if opts.json:
            json.dump(rows, sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            console = Console(width=None if sys.stdout.isatty() else WIDTH)
            console.print(_table(rows))
            console.print(_count(rows), soft_wrap=True)
        return 0


def _row(site: Site, last: str | None) -> dict[str, Any]:
    return {
        "name": site.name,
        "outlet_ar": site.outlet_ar,
        "outlet_en": site.outlet_en,
        "domain": site.domain,
        "country": site.country,
        "timezone": site.timezone,
        "languages": list(site.languages),
        "sources": [{"kind": source.kind, **_plain(source)} for source in site.sources],
        "expected_yield": site.expected_yield,
        "checked": site.checked,
        "last_crawled": last,
    }


def _plain(source: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(source).items() if value is not None}


def _table(rows: list[dict[str, Any]]) -> Table:
    grid = Table("site", "outlet", "country", "address", "found by", "checked", "last crawled")
    for row in rows:
        grid.add_row(
            row["name"],
            f"{row['outlet_ar']}\n{row['outlet_en']}",
            row["country"] or "",
            row["domain"],
            ", ".join(source["kind"] for source in row["sources"]),
            row["checked"],
            row["last_crawled"] or "never",
        )
    grid.add_row("news", "any site", "", "-a url=https://…", "detect", "", "")
    return grid


def _count(rows: list[dict[str, Any]]) -> str:
    count = Counter(row["checked"] for row in rows)
    countries = len({row["country"] for row in rows if row["country"]})
    told = "; ".join(f"{count[status]} {status} ({meaning})" for status, meaning in _CHECKED.items())
    return f"{len(rows)} sites of {countries} countries: {told}."
