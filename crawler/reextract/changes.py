"""What a new reading changed: article by article, field by field, layer by layer. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from crawler.items import ARTICLE_FIELDS
from crawler.reextract.workbook import Outcome

ARTICLE = "article"  # stands for the whole of it where it came or went
# What is made of other fields, says how and when it was read, or where the page lies.
_NOT_COMPARED = frozenset(
    {
        "id", "previous_id", "text_sha256", "word_count", "extractor", "rules_digest", "layers", "run_id",
        "fetched_at", "http_status", "site",
        "warc_file", "warc_offset", "warc_length", "warc_record_id", "payload_digest",
    }
)  # fmt: skip
COMPARED = tuple(name for name in ARTICLE_FIELDS if name not in _NOT_COMPARED)
_SHOWN = 300  # characters of a value
_LEAD = 40  # characters before the first that differs
_EXAMPLES = 3  # of each kind, in the summary


class Change(NamedTuple):
    """One field of one page that reads otherwise now."""

    url: str
    warc_file: str
    warc_offset: int
    field: str
    kind: str  # gained, lost, changed; layer where the value stayed and another layer gave it
    before: str | None  # values as text, from shortly before where they differ
    after: str | None
    layer_before: str | None
    layer_after: str | None


def changes_of(outcome: Outcome) -> Iterator[Change]:
    """How a page's article differs from the one before."""
    place = outcome.url, outcome.warc, outcome.offset
    before, after = outcome.before, outcome.after
    if before is None or after is None:
        kind = "gained" if before is None else "lost"
        old, new = (before or {}).get("title"), (after or {}).get("title") or outcome.reason
        yield Change(*place, ARTICLE, kind, _text(old), _text(new), None, None)
        return
    layers_before, layers_after = dict(before["layers"]), dict(after["layers"])
    for name in COMPARED:
        old, new = before.get(name), after[name]
        layers = layers_before.get(name), layers_after.get(name)
        if old != new:
            kind = "gained" if not old else "lost" if not new else "changed"
            yield Change(*place, name, kind, *_apart(_text(old), _text(new)), *layers)
        elif layers[0] != layers[1]:
            yield Change(*place, name, "layer", *_apart(_text(old), _text(new)), *layers)


def _text(value: Any) -> str | None:
    if value is None or value == []:
        return None
    return " · ".join(map(str, value)) if isinstance(value, list) else str(value)


def _apart(old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """Two values from shortly before the first character that differs."""
    if old is None or new is None:
        return _cut(old, 0), _cut(new, 0)
    same = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    start = max(0, same - _LEAD) if max(len(old), len(new)) > _SHOWN else 0
    return _cut(old, start), _cut(new, start)


def _cut(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    shown = text[start : start + _SHOWN]
    return ("…" if start else "") + shown + ("…" if start + _SHOWN < len(text) else "")


@dataclass(slots=True)
class Tally:
    """Changes counted, with a few of each as examples."""

    pages: int = 0  # that were read
    articles: int = 0  # of the new generation
    same: int = 0  # articles in which nothing changed
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (field, kind)
    layers: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (field, before, after)
    examples: dict[tuple[str, str], list[Change]] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        kind = change.field, change.kind
        self.counts[kind] += 1
        if change.layer_before != change.layer_after:
            self.layers[change.field, change.layer_before or "none", change.layer_after or "none"] += 1
        examples = self.examples.setdefault(kind, [])
        if len(examples) < _EXAMPLES:
            examples.append(change)

    def record(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "pages": self.pages,
            "articles": self.articles,
            "same": self.same,
            "fields": [
                {
                    "field": name,
                    "kind": kind,
                    "count": count,
                    "examples": [change._asdict() for change in self.examples[name, kind]],
                }
                for (name, kind), count in self.counts.most_common()
            ],
            "layers": [
                {"field": name, "before": before, "after": after, "count": count}
                for (name, before, after), count in self.layers.most_common()
            ],
        }
