"""List the sites that the project describes, and what is known of each."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from crawler.options.terminal import Column, print_table
from crawler.registry.outlet import Outlet
from crawler.registry.table import origins, outlets
from crawler.registry.view import CHECKED, claims_of
from crawler.site import Site

if TYPE_CHECKING:
    from rich.console import Console

FILTERS = ("country", "kind", "checked", "platform")
_COLUMNS = (
    Column(header="site"),
    Column(header="outlet", breaks="words"),
    Column(header="country", dropped=2),
    Column(header="address", dropped=4),
    Column(header="found by", breaks="words", dropped=1),
    Column(header="checked", dropped=3),
    Column(header="last crawled"),
)
_CLAIM_COLUMNS = (
    Column(header="claim"),
    Column(header="value", breaks="anywhere"),
    Column(header="known from", breaks="words"),
)


def rows_of(sites: Iterable[Site]) -> Iterator[Outlet]:
    """Yield the rows of those sites that have one in the table of outlets."""
    return (outlets()[site.name] for site in sites if site.name in outlets())


def matches(site: Site, wanted: Mapping[str, str]) -> bool:
    """Return whether a site has the wanted values, of FILTERS, in upper or lower case."""
    row = outlets().get(site.name)
    values = {
        "country": site.country,
        "kind": row.kind if row else "",
        "checked": site.checked,
        "platform": row.platform if row else "",
    }
    return all((values[name] or "").casefold() == value.casefold() for name, value in wanted.items())


def site_record(site: Site, last_crawled: str | None) -> dict[str, Any]:
    """Return a site as a value for JSON; `last_crawled` is RFC 3339."""
    row = outlets().get(site.name)
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
        "claims": claims_of(row) if row else {},
    }


def write(records: Sequence[Mapping[str, Any]], as_json: bool) -> None:  # noqa: FBT001
    """Write records to stdout: as one JSON array, or as CSV without the claims."""
    if as_json:
        json.dump(records, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    flat = [{name: _cell(value) for name, value in row.items() if name != "claims"} for row in records]
    writer = csv.DictWriter(sys.stdout, list(flat[0]) if flat else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)


def print_sites(records: Sequence[Mapping[str, Any]], console: "Console", *, any_site: bool) -> None:
    """Print the table of the sites and a line that counts them; with `any_site`, the spider news as well."""
    rows = [
        [
            record["name"],
            "\n".join(dict.fromkeys((record["outlet_ar"], record["outlet_en"]))),
            record["country"] or "",
            record["domain"],
            ", ".join(source["kind"] for source in record["sources"]),
            record["checked"],
            (record["last_crawled"] or "never").removesuffix("+00:00").replace("T", " "),
        ]
        for record in records
    ]
    if any_site:
        rows.append(["news", "any site", "", "-a url=https://…", "detect", "", ""])
    print_table(console, _COLUMNS, rows)
    console.print(_summary(records), soft_wrap=True)


def print_claims(record: Mapping[str, Any], rhythm: float | None, console: "Console") -> None:
    """Print one site: its learned rhythm (articles a day), each claim about its outlet, and their origins."""
    console.print(f"{record['name']}: {record['outlet_ar']}, {record['outlet_en']}", soft_wrap=True)
    console.print(f"checked: {record['checked']} ({CHECKED[record['checked']]})", soft_wrap=True)
    console.print(f"last crawled: {record['last_crawled'] or 'never'}", soft_wrap=True)
    learned = "unknown: no runs of a week yet" if rhythm is None else f"{rhythm:.1f} new articles a day"
    console.print(f"rhythm, learned from its own runs: {learned}", soft_wrap=True)
    if not record["claims"]:
        console.print("The site has a file in spiders/ and no row in the table of outlets.", soft_wrap=True)
        return
    rows, used = [], dict[str, None]()
    for claim, entry in record["claims"].items():
        value, names = entry["value"], entry["known_from"]
        rows.append([claim, "\n".join(value) if isinstance(value, list) else value, ", ".join(names)])
        used |= dict.fromkeys(names)
    print_table(console, _CLAIM_COLUMNS, rows)
    for name in used:
        dated = f", {origins()[name].dated}" if origins()[name].dated else ""
        console.print(f"  {name}: {origins()[name].description}{dated}", soft_wrap=True)


def print_counts(
    records: Sequence[Mapping[str, Any]],
    console: "Console",
    as_json: bool,  # noqa: FBT001
    as_csv: bool,  # noqa: FBT001
) -> None:
    """Print the number of outlets of each country, as `by_country` counts them."""
    if as_json or as_csv:
        write(records, as_json)
        return
    headers = ["country", "outlets", *CHECKED, "in two lists", "Arabic name known"]
    rows = [[record["country"] or "none", *map(str, list(record.values())[1:])] for record in records]
    print_table(console, [Column(header=header) for header in headers], rows)


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _without_none(source: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(source).items() if value is not None}


def _summary(records: Sequence[Mapping[str, Any]]) -> str:
    count = Counter(record["checked"] for record in records)
    countries = len({record["country"] for record in records if record["country"]})
    parts = "; ".join(f"{count[status]} {status} ({meaning})" for status, meaning in CHECKED.items())
    sites = f"{len(records)} site{'s' * (len(records) != 1)}"
    return f"{sites} of {countries} {'country' if countries == 1 else 'countries'}: {parts}."
