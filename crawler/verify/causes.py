"""Separates the faults of an archive that are causes from those that only follow from them. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from crawler.verify.faults import Code, Fault

_FOLLOWING = frozenset({Code.INDEX_MISS, Code.NOT_INDEXED, Code.POINTER})


def root_causes(faults: Sequence[Fault]) -> list[Fault]:
    """Replace the faults that follow from the damage of a WARC file by one that counts them.

    A record that was removed moves all records behind it, so their index lines and the pointers of their
    articles are wrong as well.
    """
    damaged = {fault.file for fault in faults}
    causes: list[Fault] = []
    following: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for fault in faults:
        if fault.code in _FOLLOWING and fault.cause in damaged and fault.cause is not None:
            following[fault.cause][fault.code] += 1
        else:
            causes.append(fault)
    for file, counts in following.items():
        kinds = ", ".join(f"{code} {count:,}" for code, count in counts.most_common())
        meaning = f"{counts.total():,} more faults follow from the damage of this file: {kinds}."
        causes.append(Fault(Code.FOLLOWS, file, None, meaning))
    return causes
