"""`python -m benchmarks.vocabulary WHEEL`: make crawler/arabic/vocabulary.txt.gz from a wordfreq wheel."""

import gzip
import sys
from collections import defaultdict
from pathlib import Path

from benchmarks.vocabulary.bases import Words, bases, settled
from benchmarks.vocabulary.wordfreq_list import counts

OUTPUT = Path("crawler/arabic/vocabulary.txt.gz")


def main(arguments: list[str]) -> int:
    """Write the vocabulary. Returns the exit code."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    words = Words()
    for word, count in counts(Path(arguments[0])):
        words.add(word, count)
    found = settled(words, dict(sorted(bases(words))))
    levels: dict[int, set[str]] = defaultdict(set)
    for word, level in found.items():
        levels[level].add(word)
    lines = [" ".join([str(level), *sorted(levels[level])]) for level in sorted(levels, reverse=True)]
    OUTPUT.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
    print(f"{OUTPUT}: {sum(map(len, levels.values())):,} words, {OUTPUT.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
