"""One version of an article: the text, its fields with their origin, its provenance, and how to cite it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from crawler.browse.pages.names import Names
from crawler.browse.provenance import evidence_of
from crawler.browse.view import PageError, View
from crawler.errors import ArchiveError
from crawler.items import ARTICLE_FIELDS, further_pages_of
from crawler.search.catalogue_values import Gone, Version
from crawler.stories.reading import Story

_SHOWN_APART = frozenset({"text", "layers", "further_pages"})  # not in the table of all fields
_OTHERS = 12  # articles of the same story
_LIST_SHOWN = 100  # values of one list


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldRow:
    """A row of the table of fields."""

    name: str
    values: tuple[str, ...]
    layer: str | None


def article(view: View) -> Response:
    """Make the page of one version. Raises PageError where the archive has none with this id."""
    version, row = found_of(view)
    versions = view.room.catalogue.history(version.version_id)
    story, story_problem = _story_of(view, row["id"])
    evidence, problem = evidence_of(view.room.storage, row)
    return view.page(
        "article.html",
        row=row,
        version_id=version.version_id,
        language=row["language"] or "und",
        names=Names.of(view),
        versions=versions,
        newest=next(
            (each for each in versions if each.newest and each.version_id != version.version_id), None
        ),
        gone=gone_of(view, version),
        paragraphs=row["text"].split("\n"),
        fields=_fields(row),
        further=_further(row),
        evidence=evidence,
        evidence_problem=problem,
        replay=_replay(view, row),
        here=f"{view.origin}/article/{version.version_id}",
        story=story,
        story_problem=story_problem,
        others=[each for each in story.articles if row["id"] not in each["ids"]][:_OTHERS] if story else [],
    )


def found_of(view: View) -> tuple[Version, dict[str, Any]]:
    """Return the version that the address names, and its row. Raises PageError."""
    version = view.room.catalogue.version(view.request.path_params["id"])
    row = view.room.catalogue.article(version.version_id) if version else None
    if version is None or row is None:
        raise PageError(HTTPStatus.NOT_FOUND, "no-article")
    return version, row


def gone_of(view: View, version: Version) -> Gone | None:
    """Return the takedown of the article, unless it came back."""
    found = view.room.catalogue.takedown(version.version_id)
    return found if found and found.returned is None else None


def _fields(row: Mapping[str, Any]) -> list[FieldRow]:
    """Return all fields that have a value, in the order of the data dictionary."""
    layers: Mapping[str, str] = row["layers"] or {}
    return [
        FieldRow(name=name, values=values, layer=layers.get(name))
        for name in ARTICLE_FIELDS
        if name not in _SHOWN_APART and (values := _texts(row[name]))
    ] + [FieldRow(name="text", values=(), layer=layers.get("text"))]


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        more = ("…",) if len(value) > _LIST_SHOWN else ()
        return (*map(str, value[:_LIST_SHOWN]), *more)
    return () if value is None or value == "" else (str(value),)


def _further(row: Mapping[str, Any]) -> int:
    """Return the number of further pages that have records."""
    try:
        return len(further_pages_of(row))
    except ValueError:
        return 0


def _replay(view: View, row: Mapping[str, Any]) -> str | None:
    """Return the address of the page in a running replay; None where none runs."""
    if not view.room.replay:
        return None
    moment = datetime.fromisoformat(row["fetched_at"])
    return f"{view.room.replay}{moment:%Y%m%d%H%M%S}/{row['url']}"


def _story_of(view: View, article_id: str) -> tuple[Story | None, str | None]:
    """Return the story that the article tells, or the sentence that says why stories cannot be read."""
    try:
        return view.room.stories.of(article_id), None
    except ArchiveError as error:
        return None, str(error)
