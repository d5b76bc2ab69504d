"""Scrapy's command `search`: find articles of an archive by their words."""

import argparse

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.options.command import PlainCommand

LIMIT = 10
SORTS = ("relevance", "newest", "oldest")  # crawler.search.query has the type


class Command(PlainCommand):
    def syntax(self) -> str:
        return "QUERY [ARCHIVE] [--from DAY] [--to DAY] [--site S]… [--sort ORDER] [--limit N] [--json]"

    def short_desc(self) -> str:
        return "Find the articles of an archive that hold these words, in any of their written forms"

    def long_desc(self) -> str:
        return (
            "All words must be in the article. Words in quotation marks are found as they are written and in "
            "this order; an article with a -word is left out. An empty QUERY finds all articles. The newest "
            "version of each article is searched. An index is made in the user's cache folder "
            "(XDG_CACHE_HOME) and brought up to date by each search. The exit code is 0 also where nothing "
            "is found, and 1 where a part of the archive could not be read. docs/search.md explains more."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--from", dest="since", metavar="DAY", help="published on this day or later, like 2026-01-31")
        add("--to", dest="until", metavar="DAY", help="published on this day or before")
        add("--site", metavar="S", action="append", default=[], help="only this site; may be repeated")
        add(
            "--country", metavar="CC", action="append", default=[],
            help="only outlets of this country, like EG; may be repeated",
        )  # fmt: skip
        add(
            "--section", metavar="X", action="append", default=[],
            help="only this section, by the outlet's own name; may be repeated",
        )  # fmt: skip
        add("--sort", choices=SORTS, default=SORTS[0], help="order of the articles (default: relevance)")
        add("--limit", metavar="N", type=int, default=LIMIT, help=f"articles shown (default {LIMIT})")
        add("--exact", action="store_true", help="find the words only as they are written")
        add("--json", action="store_true", help="print one JSON object a line: an article")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if not args:
            raise ScrapyUsageError('Name the words to find, like: scrapy search "سد النهضة"')
        from crawler.options.archive import storage_of
        from crawler.options.archived_sites import check_site
        from crawler.search.index import open_index
        from crawler.search.output import ProgressLine, print_json, print_results
        from crawler.search.query import Query, day_of

        query = Query(
            words=args[0],
            sites=tuple(opts.site),
            countries=tuple(country.upper() for country in opts.country),
            sections=tuple(opts.section),
            since=day_of("--from", opts.since),
            until=day_of("--to", opts.until),
            sort=opts.sort,
            limit=opts.limit,
            variants=not opts.exact,
        )
        storage = storage_of(self.settings, self.archive_named(args[1:]))
        for site in opts.site:
            check_site(storage, site)
        with ProgressLine() as progress:
            index = open_index(storage, progress=progress)
        for sentence in (*index.notices, *index.problems):
            self.complain(sentence)
        if index.catalogue.totals().versions == 0:
            if not index.problems:
                self.complain(f"The archive {storage.address} has no articles.")
            return 1
        (print_json if opts.json else print_results)(query, index.search(query))
        return 1 if index.problems else 0
