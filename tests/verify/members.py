"""Damage to the gzip members of a WARC file."""

import gzip
from collections.abc import Callable

# The members: 0 warcinfo, then of each page response, request and metadata, 13 the closing record of the run.
# 4 is the second page's response, whose body is chunked.
Members = list[bytes]


def flipped(member: bytes, at: int, bit: int = 4) -> bytes:
    """A member with one bit of one byte turned; `at` counts from its start, or from its end."""
    data = bytearray(member)
    data[at] ^= 1 << bit
    return bytes(data)


def replaced(number: int, change: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    return lambda members: [*members[:number], change(members[number]), *members[number + 1 :]]


def edited(number: int, old: bytes, new: bytes) -> Callable[[Members], Members]:
    """Unpack a record, edit it and pack it again: gzip itself is content."""

    def edit(member: bytes) -> bytes:
        plain = gzip.decompress(member)
        assert old in plain
        return gzip.compress(plain.replace(old, new, 1))

    return replaced(number, edit)


def removed(number: int) -> Callable[[Members], Members]:
    return lambda members: members[:number] + members[number + 1 :]


def swapped(one: int, other: int) -> Callable[[Members], Members]:
    def swap(members: Members) -> Members:
        members = list(members)
        members[one], members[other] = members[other], members[one]
        return members

    return swap


def with_more(member: bytes) -> bytes:
    return gzip.compress(gzip.decompress(member) + b".")


def joined(members: Members) -> bytes:
    return gzip.compress(gzip.decompress(b"".join(members)))
