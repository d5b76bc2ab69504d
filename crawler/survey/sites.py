"""List the sites that the project describes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from crawler.options.terminal import Column, print_table
from crawler.site import Site

if TYPE_CHECKING:
    from rich.console import Console

_CHECKED = {
    "recorded": "the tests read recorded pages with known answers",
    "live": "the live site was asked",
    "declared": "from public knowledge alone: scrapy check-site asks the site",
}
_COLUMNS = (
    Column(header="site"),
    Column(header="outlet", breaks="words"),
    Column(header="country", dropped=2),
    Column(header="address", dropped=4),
    Column(header="found by", breaks="words", dropped=1),
    Column(header="checked", dropped=3),
    Column(header="last crawled"),
)


def site_record(site: Site, last_crawled: str | None) -> dict[str, Any]:
    """Return a site as a value for JSON; `last_crawled` is RFC 3339."""
    return {
        "name": site.name,
        "outlet_ar": site.outlet_ar,
        "outlet_en": site.outlet_en,
        "domain": site.domain,
        "country": site.country,
        "timezone": site.timezone,
        "languages": list(site.languages),
        "sources": [{"kind": source.kind, **_without_none(source)} for source in site.sources],
        "expected_yield": site.expected_yield,
        "checked": site.checked,
        "last_crawled": last_crawled,
    }


def print_sites(records: Sequence[Mapping[str, Any]], console: "Console") -> None:
    """Print the table of the sites and a line that counts them."""
    rows = [
        [
            record["name"],
            f"{record['outlet_ar']}\n{record['outlet_en']}",
            record["country"] or "",
            record["domain"],
            ", ".join(source["kind"] for source in record["sources"]),
            record["checked"],
            (record["last_crawled"] or "never").removesuffix("+00:00").replace("T", " "),
        ]
        for record in records
    ]
    rows.append(["news", "any site", "", "-a url=https://…", "detect", "", ""])
    print_table(console, _COLUMNS, rows)
    console.print(_counts(records), soft_wrap=True)


def _without_none(source: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(source).items() if value is not None}


def _counts(records: Sequence[Mapping[str, Any]]) -> str:
    count = Counter(record["checked"] for record in records)
    countries = len({record["country"] for record in records if record["country"]})
    parts = "; ".join(f"{count[status]} {status} ({meaning})" for status, meaning in _CHECKED.items())
    return f"{len(records)} sites of {countries} countries: {parts}."
