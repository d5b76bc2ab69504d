"""Read the table of outlets, strictly: a wrong row raises ValueError with its line and the reason."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

from crawler.registry.outlet import INDEPENDENT_LISTS, Outlet

PACKAGE = "crawler.registry"  # that holds the tables
FOLDER = "crawler/registry"
OUTLETS = "outlets.csv"
ORIGINS = "origins.csv"
COLUMNS = tuple(field.name for field in fields(Outlet))
_WORDS = frozenset({"hosts", "former_domains", "languages", "sources"})  # values with blanks between
_PHRASES = frozenset({"aliases"})  # values with | between


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where claims are known from: a public list, a page, or general knowledge."""

    name: str  # as in the column known_from
    kind: str  # list, page, knowledge
    dated: str  # the day of the list's edition where it is known, else empty
    description: str


@cache
def origins() -> Mapping[str, Origin]:
    """Return every origin by its name. Raises ValueError for a wrong row."""
    return {row["name"]: Origin(**row) for _, row in rows_of(ORIGINS, tuple(Origin.__dataclass_fields__))}


@cache
def outlets() -> Mapping[str, Outlet]:
    """Return every outlet of the table by its name. Raises ValueError for a wrong row."""
    return read_outlets(resources.files(PACKAGE).joinpath(OUTLETS).read_text("utf-8-sig"))


def read_outlets(text: str) -> Mapping[str, Outlet]:
    """Return the outlets of a table in CSV by their names. Raises ValueError for a wrong row."""
    found: dict[str, Outlet] = {}
    addresses: dict[tuple[str, str], str] = {}
    for line, row in parsed(text, OUTLETS, COLUMNS):
        try:
            outlet = outlet_of(row)
            _add(outlet, found, addresses)
        except ValueError as error:
            raise ValueError(f"{FOLDER}/{OUTLETS}, line {line} ({row['name']}): {error}") from None
    return found


def _add(outlet: Outlet, found: dict[str, Outlet], addresses: dict[tuple[str, str], str]) -> None:
    if outlet.name in found:
        raise ValueError("name is also that of another row.")
    if twin := addresses.get((outlet.domain, outlet.path)):
        raise ValueError(f"domain is also that of the row {twin}.")
    found[outlet.name] = outlet
    addresses[outlet.domain, outlet.path] = outlet.name


def outlet_of(row: Mapping[str, str]) -> Outlet:
    """Return the outlet of one row. Raises ValueError."""
    values: dict[str, Any] = dict(row)
    for name in _WORDS:
        values[name] = tuple(row[name].split())
    for name in _PHRASES:
        values[name] = tuple(part.strip() for part in row[name].split("|") if part.strip())
    values["known_from"] = _known_from(row["known_from"])
    values["checked"] = row["checked"] or "declared"
    if not values["languages"]:
        del values["languages"]
    outlet = Outlet(**values)
    if outlet.checked == "listed" and len(lists_naming(outlet)) < INDEPENDENT_LISTS:
        raise ValueError(f"checked is listed, and fewer than {INDEPENDENT_LISTS} lists name the domain.")
    return outlet


def lists_naming(outlet: Outlet) -> tuple[str, ...]:
    """Return the public lists that name the outlet's domain."""
    return tuple(name for name in outlet.known_from.get("domain", ()) if origins()[name].kind == "list")


def known_from_text(known_from: Mapping[str, tuple[str, ...]]) -> str:
    """Return the cell of the column known_from: claims with the same origins in one group."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for claim, names in known_from.items():
        groups.setdefault(names, []).append(claim)
    return "; ".join(f"{' '.join(claims)} = {', '.join(names)}" for names, claims in groups.items())


def _known_from(text: str) -> Mapping[str, tuple[str, ...]]:
    """Read `claim claim = origin, origin; claim = origin`. Raises ValueError."""
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        claims, equals, names = part.partition("=")
        sources = tuple(name.strip() for name in names.split(",") if name.strip())
        unknown = [name for name in sources if name not in origins()]
        if not equals or not sources or unknown:
            wrong = f"{unknown} is no name of {FOLDER}/{ORIGINS}" if unknown else "write claim = origin"
            raise ValueError(f"known_from has {part!r}: {wrong}.")
        for claim in claims.split():
            if claim in found:
                raise ValueError(f"known_from names {claim} twice.")
            found[claim] = sources
    return found


def rows_of(name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of a table of the package, with its line."""
    return parsed(resources.files(PACKAGE).joinpath(name).read_text("utf-8-sig"), name, columns)


def parsed(text: str, name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of a CSV text with its line. Raises ValueError where the columns are others."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != columns:
        raise ValueError(f"{FOLDER}/{name}: the columns must be {', '.join(columns)}.")
    for row in reader:
        if None in row or None in row.values():
            raise ValueError(f"{FOLDER}/{name}, line {reader.line_num}: it must have {len(columns)} cells.")
        yield reader.line_num, {key: value.strip() for key, value in row.items()}
