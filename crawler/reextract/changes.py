"""Compare the articles of two generations, field by field and layer by layer. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from crawler.items import ARTICLE_FIELDS
from crawler.reextract.workbook import Outcome

ARTICLE = "article"  # in place of a field: the whole article was gained or lost
# Fields that are computed from others, that describe the reading, or that locate the record.
_NOT_COMPARED = frozenset(
    {
        "id", "previous_id", "version_id", "previous_version_id", "changed", "image_digests",
        "text_sha256", "word_count", "extractor", "rules_digest", "layers", "run_id",
        "fetched_at", "http_status", "site",
        "warc_file", "warc_offset", "warc_length", "warc_record_id", "payload_digest",
    }
)  # fmt: skip
COMPARED = tuple(name for name in ARTICLE_FIELDS if name not in _NOT_COMPARED)
_MAX_CHARACTERS = 300  # of a value
_CONTEXT = 40  # characters before the first difference
_EXAMPLES = 3  # of each kind, in the summary


class Change(NamedTuple):
    """A difference in one field of one page."""

    url: str
    warc_file: str
    warc_offset: int
    field: str
    kind: str  # gained, lost, changed; layer: the same value from another layer
    before: str | None  # values as text, from a few characters before the first difference
    after: str | None
    layer_before: str | None
    layer_after: str | None


def changes_of(outcome: Outcome) -> Iterator[Change]:
    """Yield the differences between the article of a page and the earlier one."""
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
            yield Change(*place, name, kind, *_around_difference(_text(old), _text(new)), *layers)
        elif layers[0] != layers[1]:
            yield Change(*place, name, "layer", *_around_difference(_text(old), _text(new)), *layers)


def _text(value: Any) -> str | None:
    if value is None or value == []:
        return None
    return " · ".join(map(str, value)) if isinstance(value, list) else str(value)


def _around_difference(old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """Cut two long values to the part around their first difference."""
    if old is None or new is None:
        return _cut(old, 0), _cut(new, 0)
    same = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    start = max(0, same - _CONTEXT) if max(len(old), len(new)) > _MAX_CHARACTERS else 0
    return _cut(old, start), _cut(new, start)


def _cut(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    shown = text[start : start + _MAX_CHARACTERS]
    return ("…" if start else "") + shown + ("…" if start + _MAX_CHARACTERS < len(text) else "")


@dataclass(slots=True)
class Tally:
    """Counts of changes, with some examples of each kind."""

    pages: int = 0  # pages that were read
    articles: int = 0  # articles in the new generation
    same: int = 0  # articles without a difference
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
        """Return the counts as a value for JSON."""
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
