"""The full-text engine (tantivy): the fields of its documents, and opening its files.

Its own analysers and query language are not used: texts come as analysed words between spaces, queries are
built from its query objects.
"""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from crawler.errors import ArchiveError, UsageError

if TYPE_CHECKING:
    import tantivy

FORMAT = 1  # of the fields below; a change makes every index anew
UNDATED = "unknown"  # month of an article without a known date
FACETS = ("site", "country", "section", "author", "month", "language")
_HEAP = 128 << 20  # bytes of documents in memory before the engine writes them
_WORDS = "words"  # the tokenizer of texts that are already analysed


class DamagedError(ArchiveError):
    """The index cannot be read: it must be made anew."""


def engine() -> ModuleType:
    """Import tantivy. Raises UsageError where it is not installed."""
    try:
        import tantivy as module  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "Search needs the package tantivy, which is not installed: pip install 'warraq[room]'."
        ) from None
    return module


def engine_format() -> str:
    """Return the version of the engine whose files this program reads: they change with the minor version."""
    major, minor, *_ = engine().__version__.removeprefix("tantivy v").split(".")
    return f"tantivy {major}.{minor}"


def schema() -> "tantivy.Schema":
    """Return the fields of a document.

    `text` has the terms of title, subtitle and text (crawler/search/lexicon.py), `title` those of the title
    once more. `row` is the article's row in the catalogue.
    """
    builder = engine().SchemaBuilder()
    builder.add_text_field("text", tokenizer_name=_WORDS, index_option="position")
    builder.add_text_field("title", tokenizer_name=_WORDS, index_option="freq")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("section_key", "author_key"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", fast=True)  # seconds since 1970
    builder.add_integer_field("day", fast=True, indexed=True)  # ordinal of the day in the outlet's zone
    builder.add_integer_field("row", fast=True, indexed=True)
    made: tantivy.Schema = builder.build()
    return made


def create(folder: Path) -> "tantivy.Index":
    """Make an empty index. Raises DamagedError."""
    folder.mkdir()
    return _prepared(guarded(lambda: engine().Index(schema(), path=str(folder), reuse=False)))


def open_files(folder: Path) -> "tantivy.Index":
    """Open an index. Raises DamagedError where it cannot be read."""
    return _prepared(guarded(lambda: engine().Index.open(str(folder))))


def writer(index: "tantivy.Index") -> "tantivy.IndexWriter":
    """Return a writer with one thread. Raises DamagedError."""
    made: tantivy.IndexWriter = guarded(lambda: index.writer(heap_size=_HEAP, num_threads=1))
    return made


def guarded(call: Any) -> Any:
    """Call the engine. Raises DamagedError for its errors and its panics, which are no Exception."""
    try:
        return call()
    except BaseException as error:
        if isinstance(error, (ValueError, OSError, RuntimeError)) or _is_panic(error):
            raise DamagedError(f"The index is damaged: {' '.join(str(error).split())[:200]}.") from error
        raise


def _is_panic(error: BaseException) -> bool:
    return type(error).__name__ == "PanicException"


def _prepared(index: "tantivy.Index") -> "tantivy.Index":
    module = engine()
    index.register_tokenizer(_WORDS, module.TextAnalyzerBuilder(module.Tokenizer.whitespace()).build())
    index.config_reader(reload_policy="manual")
    guarded(index.reload)
    return index
