"""The results of a search: hits, facets, a picture of the time, and how the words were understood."""

from starlette.responses import Response

from crawler.browse.asked import FACETS, PAGE, Asked, read_search
from crawler.browse.drawing import Bar, bars
from crawler.browse.pages.names import Names
from crawler.browse.periods import filled
from crawler.browse.view import View
from crawler.search.query import MAX_OFFSET
from crawler.search.results import Results

_VALUES = 12  # of one facet
_FORMS = 12  # spellings that are shown of one word


def results(view: View) -> Response:
    """Make a page of results."""
    asked = read_search(view.pairs)
    found = view.room.index.search(asked.query)
    names = Names.of(view)
    pages = max(-(-min(found.total, MAX_OFFSET) // PAGE), 1)
    return view.page(
        "results.html",
        asked=asked,
        found=found,
        names=names,
        facets=[(name, found.facets.get(name, ())[:_VALUES]) for name in FACETS if found.facets.get(name)],
        widened={word: [form.text for form in forms[:_FORMS]] for word, forms in found.widened.items()},
        timeline=_timeline(view, found),
        periods=found.timeline,
        pages=pages,
        before=asked.address("/search", page=str(asked.page - 1)) if asked.page > 1 else None,
        after=asked.address("/search", page=str(asked.page + 1)) if asked.page < pages else None,
        feed=asked.address("/feed.atom"),
        words=asked.query.words,
        hidden=[pair for pair in asked.pairs if pair[0] in FACETS or pair[0] == "undated"],
    )


def _timeline(view: View, found: Results) -> object:
    if not found.timeline:
        return None
    words = view.wording
    counts = {count.value: count.articles for count in found.timeline}
    periods = filled(counts)
    drawn = [
        Bar(
            value=counts.get(period, 0),
            tip=words.word(
                "count-tip", period=words.period(period), count=words.count("articles", counts.get(period, 0))
            ),
        )
        for period in periods
    ]
    label = words.word(
        "timeline-label",
        first=words.period(periods[0]),
        last=words.period(periods[-1]),
        most=words.count("articles", max(counts.values())),
    )
    return {"picture": bars("timeline", drawn, label), "first": periods[0], "last": periods[-1]}


def exported(asked: Asked, form: str) -> str:
    """Return the address of the export of a search in a format."""
    return asked.address(f"/export.{form}")
