"""The words that stand without clitics, with how often they are used.

`python -m benchmarks.vocabulary` makes the file from wordfreq's Arabic list; VOCABULARY-NOTICE.txt names the
sources and the licence.
"""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

EDITION = "wordfreq-3.1.1/1"  # of vocabulary.txt.gz; a new one changes the forms of indexed words


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, int]:
    """Return the level of each base word: ten times the decimal logarithm of its uses in 10^9 words.

    Words are folded as in `crawler.arabic.text.normalise`. A word that ends in ة is written with ه, except
    where the same letters with ه are a shorter word with a pronoun: كتابة is listed, كتابه is not.
    The first call reads the file; the others return the same mapping.
    """
    packed = resources.files("crawler.arabic").joinpath("vocabulary.txt.gz").read_bytes()
    levels: dict[str, int] = {}
    for line in gzip.decompress(packed).decode().splitlines():
        level, *words = line.split(" ")
        levels.update(dict.fromkeys(words, int(level)))
    return levels
