"""The table of private names against the code that uses them."""

import re

from crawler.capture.contract import PRIVATE_NAMES
from tests.structure.private_names import uses

# Names with an underscore that their packages document, or that only annotate a type.
DOCUMENTED = {
    "_asdict",  # collections.namedtuple
    "_replace",  # collections.namedtuple
    "_exit",  # os
    "_Element",  # lxml.etree: the type of all elements
    "_Decompress",  # zlib: the type that decompressobj() returns
}


def in_table(name: str) -> bool:
    word = re.compile(rf"\b{name}\b")
    return any(word.search(f"{row.module}.{row.place} {row.source}") for row in PRIVATE_NAMES)


def test_every_private_name_in_use_is_in_the_table() -> None:
    missing = {use for use in uses() if use.name not in DOCUMENTED and not in_table(use.name)}
    assert sorted(missing) == []


def test_the_search_finds_each_way_of_using_a_private_name() -> None:
    found = {use.name for use in uses()}
    assert {"_newclient", "_LenientHTTPClientParser"} <= found  # an import
    assert "_slot" in found  # an attribute of a foreign object
    assert {"_get_slot", "_adjust_delay"} <= found  # a method that overrides one
    assert {"_parser", "_reactor"} <= found  # an attribute of a base class, by self


def test_the_table_names_each_place_once() -> None:
    assert len(set(PRIVATE_NAMES)) == len(PRIVATE_NAMES)
