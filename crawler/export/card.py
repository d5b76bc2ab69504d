"""The dataset card and the citation of an exported selection, filled in from its rows.

What only a person can know stays a text in <angle brackets>: docs/dataset-card.md explains each.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crawler.tables.columns import SCHEMA_VERSION

CARD = "README.md"  # where the Hugging Face Hub looks for it
CITATION = "CITATION.cff"
_SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_SIZE_NAMES = ("1K", "10K", "100K", "1M", "10M", "100M")

_CARD = """---
pretty_name: {quoted_title}
language:{languages}
license: other
license_name: publishers-rights
task_categories:
  - text-generation
  - text-classification
size_categories:
  - {size}
source_datasets:
  - original
configs:
  - config_name: default
    data_files: {quoted_name}
---

# {title}

{rows:,} articles of {sites:,} news sites{countries}, {words:,} words, {span}. <For what it was made.>

## Source

Crawled with {software} from {first} to {last}; exported on {today}. WARC files at <address, or: nowhere>
hold the pages as the sites served them; each row names its record (`warc_file`, `warc_offset`, `warc_length`,
`warc_record_id`).

- Selection: `{asked}`
- Source tables: {sources:,}; `{name}.manifest.json` names each, with its SHA-256.
- SHA-256 of `{name}`: `{sha256}`
- Rules of the extraction: {rules}; schema version {schema}.

| outlet | site | country | articles | words | first | last |
|---|---|---|---|---|---|---|
{outlets}

## Rows

A version of an article: title, verbatim text without boilerplate, authors, moment of publication where it is
certain, section, tags, address, provenance. An article that changed has several rows with the same
`canonical_url`{newest}.

## Limits

- Not complete: <which days and sections are missing, and why; see `scrapy coverage`>.
- Dates that were not certain are null: {undated:,} of {rows:,} rows.
- Exact copies have the same `text_sha256`: {copies:,} rows have the text of another row.
  <Near copies were / were not removed.>
- The extraction makes mistakes: <how measured, with what result>.

## Rights and people

The texts belong to their publishers; <on which ground they are shared, and for which use>. The articles name
living persons: <what was considered, what was removed, the address for removal requests>.

## How to cite

See `{citation}`.
"""
_CITATION = """cff-version: 1.2.0
message: If you use this data set, please cite it as below.
title: {title}
type: dataset
authors:
  - name: "<who made the selection>"
date-released: {today}
version: {version}
abstract: {about}
identifiers:
  - type: other
    value: {sha256}
    description: {described}
references:
  - type: software
    title: {software}
    authors:
      - name: The Warraq contributors
"""


@dataclass(slots=True)
class Outlet:
    """What a selection holds of one outlet."""

    name: str
    country: str
    rows: int = 0
    words: int = 0
    first: str = ""  # days on the outlet's calendar; empty while no date is known
    last: str = ""


@dataclass(slots=True)
class Tally:
    """The figures of a selection, counted while its rows are written."""

    outlets: dict[str, Outlet] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    copies: int = 0  # rows whose text stood in a row before
    fetched_first: str = ""
    fetched_last: str = ""
    _texts: set[int] = field(default_factory=set)

    def counting(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield rows and count them."""
        for row in rows:
            self._count(row)
            yield row

    @property
    def rows(self) -> int:
        return sum(outlet.rows for outlet in self.outlets.values())

    @property
    def words(self) -> int:
        return sum(outlet.words for outlet in self.outlets.values())

    def _count(self, row: dict[str, Any]) -> None:
        outlet = self.outlets.setdefault(row["site"], Outlet(row["outlet"], row["country"] or ""))
        outlet.rows += 1
        outlet.words += row["word_count"]
        self.languages[row["language"] or ""] += 1
        self.rules[row["rules_digest"]] += 1
        text = int(row["text_sha256"][:16] or "0", 16)
        self.copies += text in self._texts
        self._texts.add(text)
        if row["published"] is None:
            self.undated += 1
        else:
            day = row["published"][:10]
            outlet.first, outlet.last = min(outlet.first or day, day), max(outlet.last, day)
        fetched = row["fetched_at"][:10]
        self.fetched_first = min(self.fetched_first or fetched, fetched)
        self.fetched_last = max(self.fetched_last, fetched)


def card(tally: Tally, *, name: str, manifest: dict[str, Any], today: date) -> str:
    """Return a dataset card for the Hugging Face Hub, in Markdown.

    `name` is the exported file's name, `manifest` the export's.
    """
    title = name.partition(".")[0]
    languages = [language for language, _ in tally.languages.most_common() if language]
    countries = sorted({outlet.country for outlet in tally.outlets.values()} - {""})
    rules = [f"`{digest}` ({count:,} rows)" for digest, count in tally.rules.most_common()]
    return _CARD.format(
        title=_plain(title),
        quoted_title=_quoted(title),
        languages="".join(f"\n  - {language}" for language in languages or ["ar"]),
        size=_size(tally.rows),
        quoted_name=_quoted(name),
        rows=tally.rows,
        sites=len(tally.outlets),
        countries=f" from {', '.join(countries)}" if countries else "",
        words=tally.words,
        span=_span(tally),
        software=manifest["software"],
        first=tally.fetched_first or "<date>",
        last=tally.fetched_last or "<date>",
        today=today.isoformat(),
        asked=_plain(json.dumps(_set(manifest["asked"]), ensure_ascii=False)),
        sources=len(manifest["sources"]),
        name=_plain(name),
        sha256=manifest["output"]["sha256"],
        rules=", ".join(rules) or "none",
        schema=SCHEMA_VERSION,
        outlets="\n".join(_row(site, outlet) for site, outlet in sorted(tally.outlets.items())),
        newest=", of which the newest was kept" if manifest["asked"].get("latest_only") else "",
        undated=tally.undated,
        copies=tally.copies,
        citation=CITATION,
    )


def citation(tally: Tally, *, name: str, manifest: dict[str, Any], today: date) -> str:
    """Return the data set's CITATION.cff (Citation File Format 1.2.0)."""
    sites = ", ".join(sorted(tally.outlets)) or "none"
    sha256 = manifest["output"]["sha256"]
    return _CITATION.format(
        title=_quoted(name.partition(".")[0]),
        today=today.isoformat(),
        version=_quoted(sha256[:12]),
        about=_quoted(f"{tally.rows:,} articles, {tally.words:,} words, of these news sites: {sites}."),
        sha256=_quoted(f"sha256:{sha256}"),
        described=_quoted(f"SHA-256 of {name}"),
        software=_quoted(manifest["software"]),
    )


def _size(rows: int) -> str:
    """Return the Hub's name for a number of rows."""
    above = sum(rows >= bound for bound in _SIZES)
    return f"{_SIZE_NAMES[above - 1]}<n<{_SIZE_NAMES[above]}" if above else f"n<{_SIZE_NAMES[0]}"


def _span(tally: Tally) -> str:
    dated = [outlet for outlet in tally.outlets.values() if outlet.first]
    if not dated:
        return "without known dates"
    first, last = min(each.first for each in dated), max(each.last for each in dated)
    return f"published from {first} to {last}"


def _quoted(text: str) -> str:
    """Return a text as a YAML string."""
    return json.dumps(text, ensure_ascii=False)


def _set(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the limits of a selection that are set."""
    return {name: value for name, value in asked.items() if value not in (None, [], False)}


def _row(site: str, outlet: Outlet) -> str:
    cells = (
        outlet.name,
        site,
        outlet.country,
        f"{outlet.rows:,}",
        f"{outlet.words:,}",
        outlet.first,
        outlet.last,
    )
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Return a text of a site without what Markdown would read as structure."""
    return " ".join(text.split()).replace("|", "∣").replace("`", "'").replace("<", "‹").replace(">", "›")
