"""The search forms of words on the published tables, and what they cost.

    python -m benchmarks.search_forms [--list]

`families.txt` and `traps.txt` were used to choose the weights, the two `_check` tables were not. A line of
families is a word and other forms of it; a line of traps is two words that must not be found by each other.
"""

import argparse
import time
from pathlib import Path

from crawler.arabic.search_forms import VERSION, forget, form, tokens
from crawler.arabic.vocabulary import vocabulary

TABLES = Path("tests/arabic/search_forms")


def missed(name: str) -> tuple[list[tuple[str, str]], int]:
    """Return the words that lack the form of their family, and the count of all words."""
    wrong, count = [], 0
    for line in (TABLES / name).read_text().splitlines():
        head, *others = line.split()
        count += len(others)
        wrong += [(head, other) for other in others if form(other) != form(head)]
    return wrong, count


def mixed(name: str) -> tuple[list[tuple[str, str]], int]:
    """Return the pairs of a table of traps that have one form, and the count of all pairs."""
    pairs = [line.split() for line in (TABLES / name).read_text().splitlines()]
    return [(one, other) for one, other in pairs if form(one) == form(other)], len(pairs)


def main() -> None:
    """Print shares and costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print the words that are wrong")
    listed = parser.parse_args().list
    started = time.process_time()
    size = len(vocabulary())
    print(f"version {VERSION}; {size:,} words read in {1000 * (time.process_time() - started):.0f} ms")
    for kind, judge in (("families", missed), ("traps", mixed)):
        for name in (f"{kind}.txt", f"{kind}_check.txt"):
            wrong, count = judge(name)
            print(f"{name}: {count - len(wrong):,} of {count:,} right, {1 - len(wrong) / count:.4f}")
            if listed:
                print("  " + " ".join("/".join(each) for each in wrong))
    text = " ".join((TABLES / name).read_text() for name in ("families.txt", "families_check.txt"))
    forget()
    new = _microseconds(text)
    print(f"a new word {new:.1f} µs, a word seen before {_microseconds(text):.2f} µs")


def _microseconds(text: str) -> float:
    """Return the time that each word of a text takes."""
    started = time.process_time()
    count = len(tokens(text))
    return 1e6 * (time.process_time() - started) / count


if __name__ == "__main__":
    main()
