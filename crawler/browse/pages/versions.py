"""The versions of one article: two of them compared word by word, and the headlines over time."""

from dataclasses import dataclass

from starlette.responses import Response

from crawler.browse.difference import Difference, Kind, difference
from crawler.browse.pages.article import found_of, gone_of
from crawler.browse.pages.names import Names
from crawler.browse.view import View
from crawler.search.catalogue_values import Version

_FIELDS = ("title", "subtitle", "text")


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """A headline, and the version that first had it."""

    title: str
    version: Version
    respelled: bool  # only its spelling differs from that of the headline before


def versions(view: View) -> Response:
    """Make the page of the versions of an article. Raises PageError where there is no such article."""
    version, row = found_of(view)
    found = view.room.catalogue.history(version.version_id)
    before, after = _chosen(view, found)
    compared: dict[str, Difference] = {}
    if before and after:
        old, new = (view.room.catalogue.article(each.version_id) or {} for each in (before, after))
        compared = {name: difference(old.get(name) or "", new.get(name) or "") for name in _FIELDS}
    return view.page(
        "versions.html",
        row=row,
        version_id=version.version_id,
        names=Names.of(view),
        versions=found,
        before=before,
        after=after,
        compared={name: each for name, each in compared.items() if each.paragraphs},
        counts=_counts(compared),
        spellings=_spellings(compared),
        headlines=_headlines(found),
        gone=gone_of(view, version),
    )


def _chosen(view: View, found: list[Version]) -> tuple[Version | None, Version | None]:
    """Return the two versions to compare: those of the address, or else the last two."""
    if len(found) < 2:  # noqa: PLR2004
        return None, None
    by_id = {version.version_id: version for version in found}
    after = by_id.get(view.parameter("to"), found[-1])
    earlier = [version for version in found if version.version_id != after.version_id]
    last = [version for version in earlier if version.fetched < after.fetched] or earlier
    before = by_id.get(view.parameter("from"), last[-1] if last else found[0])
    return before, after


def _counts(compared: dict[str, Difference]) -> dict[Kind, int]:
    kinds: tuple[Kind, ...] = ("added", "removed", "spelling")
    return {kind: sum(each.counts[kind] for each in compared.values()) for kind in kinds}


def _spellings(compared: dict[str, Difference]) -> list[tuple[str, str]]:
    """Return each change of spelling once: as it was, as it is."""
    pairs = [
        (piece.before, piece.after)
        for each in compared.values()
        for paragraph in each.paragraphs
        for piece in paragraph
        if piece.kind == "spelling"
    ]
    return list(dict.fromkeys(pairs))


def _headlines(found: list[Version]) -> list[Headline]:
    """Return the headlines in the order in which they were first seen."""
    headlines: list[Headline] = []
    for version in found:
        if headlines and headlines[-1].title == version.title:
            continue
        respelled = bool(headlines) and not difference(headlines[-1].title, version.title).edited
        headlines.append(Headline(title=version.title, version=version, respelled=respelled))
    return headlines
