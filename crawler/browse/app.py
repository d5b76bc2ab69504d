"""The application: which address leads to which page, and what a page that fails shows."""

import sys
import traceback
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from crawler.browse.access import Access
from crawler.browse.asked import AskedError
from crawler.browse.pages import (
    about,
    article,
    attention,
    downloads,
    feed,
    gone,
    home,
    outlet,
    results,
    versions,
)
from crawler.browse.rendering import picture, style_sheet
from crawler.browse.room import Room
from crawler.browse.safety import Safety
from crawler.browse.view import Handler, PageError, View
from crawler.errors import UsageError, WarraqError

_PAGES: dict[str, Handler] = {
    "/": home.home,
    "/search": results.results,
    "/article/{id}": article.article,
    "/article/{id}/versions": versions.versions,
    "/article/{id}/record": downloads.record,
    "/article/{id}/record/{number:int}": downloads.record,
    "/outlets": home.outlets,
    "/outlet/{site}": outlet.outlet,
    "/gone": gone.gone,
    "/attention": attention.attention,
    "/feed.atom": feed.feed,
    "/export.{ending}": downloads.export,
    "/about": about.about,
}
_PICTURES = {"/icon.svg": "icon.svg", "/favicon.ico": "icon.svg", "/calendar.svg": "calendar.svg"}
_DAY = 24 * 3_600  # seconds


def make_app(room: Room, access: Access) -> ASGIApp:
    """Return the application of a room, with its safety around it."""
    routes = [Route(path, _answering(room, page), methods=["GET"]) for path, page in _PAGES.items()]
    routes.append(Route("/room.css", _file(style_sheet, "text/css; charset=utf-8"), methods=["GET"]))
    for path, name in _PICTURES.items():
        routes.append(Route(path, _file(partial(picture, name), "image/svg+xml"), methods=["GET"]))
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _answering(room, _not_found)},
    )
    app.router.redirect_slashes = False
    return Safety(app, access)


def _answering(room: Room, page: Handler) -> Callable[..., Response]:
    """Return an endpoint, which runs in a thread: pages read files and may wait."""

    def endpoint(request: Request, _error: Exception | None = None) -> Response:
        view = View.of(room, request)
        try:
            return page(view)
        except PageError as error:
            return _failed(view, error.status, view.wording.word(error.name, **error.values))
        except AskedError as error:
            return _failed(view, HTTPStatus.BAD_REQUEST, view.wording.word(error.name, **error.values))
        except UsageError as error:
            return _failed(view, HTTPStatus.BAD_REQUEST, view.wording.word("bad-query"), str(error))
        except WarraqError as error:
            sentence = view.wording.word("archive-error")
            return _failed(view, HTTPStatus.SERVICE_UNAVAILABLE, sentence, str(error))
        except Exception:  # noqa: BLE001 - one page fails; the others go on
            traceback.print_exc(file=sys.stderr)
            return _failed(view, HTTPStatus.INTERNAL_SERVER_ERROR, view.wording.word("fault"))

    return endpoint


def _not_found(_view: View) -> Response:
    raise PageError(HTTPStatus.NOT_FOUND, "not-found")


def _failed(view: View, status: HTTPStatus, sentence: str, detail: str = "") -> Response:
    return view.page("error.html", status, sentence=sentence, detail=detail)


def _file(content: Callable[[], bytes], kind: str) -> Callable[[Request], Response]:
    def endpoint(_request: Request) -> Response:
        return Response(content(), media_type=kind, headers={"Cache-Control": f"max-age={_DAY}"})

    return endpoint
