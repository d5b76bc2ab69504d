"""Pages with known answers: an .html and a .json of the same name beside each other."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class KnownPage:
    """A recorded page and what a reader finds in it."""

    name: str
    url: str
    site: str | None  # the described site that it belongs to
    html: bytes
    title: str
    paragraphs: tuple[str, ...]
    optional: tuple[str, ...]  # may be in the text or not

    @classmethod
    def load(cls, answer: Path) -> Self:
        record: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return cls(
            name=answer.stem,
            url=record["url"],
            site=record.get("site"),
            html=answer.with_suffix(".html").read_bytes(),
            title=record["title"],
            paragraphs=tuple(record["text"]),
            optional=tuple(record.get("optional") or ()),
        )

    def text_score(self, text: str) -> float:
        """Token F1 of a text, 0 to 1; paragraphs that may be there or not count neither way."""
        rest = [line for line in text.split("\n") if line.strip() not in self.optional]
        return token_f1("\n".join(rest), "\n".join(self.paragraphs))


def known_pages(folders: list[Path]) -> list[KnownPage]:
    """Every page with an answer in the folders. Raises FileNotFoundError where there is none."""
    pages = [KnownPage.load(path) for folder in folders for path in sorted(folder.glob("*.json"))]
    if not pages:
        raise FileNotFoundError(f"No page with an answer in {', '.join(map(str, folders))}.")
    return pages


def token_f1(found: str, wanted: str) -> float:
    """Harmonic mean of precision and recall over words, each as often as it stands."""
    ours, theirs = Counter(_TOKEN.findall(found)), Counter(_TOKEN.findall(wanted))
    common = sum((ours & theirs).values())
    if not common:
        return 0.0
    precision, recall = common / sum(ours.values()), common / sum(theirs.values())
    return 2 * precision * recall / (precision + recall)
