"""Reads an article again from its record. Loads the extraction."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from crawler.extraction import extract, rules_digest
from crawler.items import Candidate, Page, Rejection, further_pages_of
from crawler.site import Site, unknown_site
from crawler.verify.pointers import Pointers


class Rereader:
    """Compares the article that a record yields with its row, where the row was made by the same rules."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._sites = sites
        self.reread = 0
        self.passed_over = 0  # rows that other rules read

    def __call__(self, row: Mapping[str, Any], pointers: Pointers) -> str | None:
        """Return a sentence on what differs; None where nothing does. Raises PointerError, ArchiveError."""
        if row["rules_digest"] != rules_digest():
            self.passed_over += 1
            return None
        self.reread += 1
        response = pointers.fetch(row)
        page = Page(
            url=row["url"],
            body=response.payload,
            http_status=response.http_status,
            content_type=response.http_header("content-type"),
            fetched_at=response.date or datetime.fromisoformat(row["fetched_at"]),
        )
        page = replace(page, further=tuple(_further(row, pointers)))
        site = self._sites.get(row["site"]) or unknown_site(urlsplit(row["url"]).netloc)
        reason = ""
        for candidate in _candidates(row):
            article = extract(replace(page, candidate=candidate), site)
            if isinstance(article, Rejection):
                reason = f"no article any more ({article.reason})"
            elif article.text == row["text"]:
                return None
            else:
                reason = "another text"
        return f"its record yields {reason}, though the rules are the same."


def _further(row: Mapping[str, Any], pointers: Pointers) -> Iterator[Page]:
    """Fetch the further pages of an article. Raises PointerError, ArchiveError."""
    for part in further_pages_of(row):
        response = pointers.fetch(part)
        yield Page(
            url=part["url"],
            body=response.payload,
            http_status=response.http_status,
            content_type=response.http_header("content-type"),
            fetched_at=response.date or datetime.fromisoformat(row["fetched_at"]),
        )


def _candidates(row: Mapping[str, Any]) -> Iterator[Candidate | None]:
    """Yield what discovery may have said of the page; rows do not keep it, and a short text needs it."""
    yield Candidate(url=row["url"], via="verify", title=row["title"])
    yield Candidate(url=row["url"], via="verify")
    yield None
