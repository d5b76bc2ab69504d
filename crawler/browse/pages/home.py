"""The first page: what the archive holds, the newest stories, the outlets."""

from starlette.responses import Response

from crawler.archive.names import RunId
from crawler.browse.pages.names import Names
from crawler.browse.view import View

_STORIES = 24
_OUTLETS = 40


def home(view: View) -> Response:
    """Make the first page."""
    catalogue = view.room.catalogue
    names = Names.of(view)
    outlets = sorted(names.outlets.values(), key=lambda outlet: (-outlet.articles, outlet.site))
    return view.page(
        "home.html",
        totals=(totals := catalogue.totals()),
        began=_began(totals.last_run),
        first=min((each.first_day for each in outlets if each.first_day), default=None),
        last=max((each.last_day for each in outlets if each.last_day), default=None),
        stories=catalogue.newest(_STORIES),
        outlets=outlets[:_OUTLETS],
        more=max(len(outlets) - _OUTLETS, 0),
        names=names,
    )


def outlets(view: View) -> Response:
    """Make the list of all outlets."""
    names = Names.of(view)
    listed = sorted(names.outlets.values(), key=lambda outlet: names.outlet(outlet.site))
    return view.page("outlets.html", outlets=listed, names=names)


def _began(run_id: str | None) -> str | None:
    """Return when a run began, in RFC 3339; None where its name is none of a run."""
    run = RunId.parse(run_id or "")
    try:
        return run.began.isoformat() if run else None
    except ValueError:
        return None
