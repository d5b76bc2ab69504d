"""The posts of WordPress's REST interface, version 2: pages, filters, order, fields, and its errors."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

from crawler.demo.exchange import JSON, Reply, Request
from crawler.demo.markup import body, excerpt
from crawler.demo.outlet import Outlet, batch, batches
from crawler.demo.story import Story

ROOT = "/wp-json/"
POSTS = "/wp-json/wp/v2/posts"
_MAX_PER_PAGE = 100  # posts; WordPress's own limit
_ORDERS = {
    "date": lambda story: story.published,
    "modified": lambda story: story.changed,
    "id": lambda story: story.number,
    "title": lambda story: story.title,
    "slug": lambda story: story.slug,
}


class _InvalidParameterError(ValueError):
    """A query parameter that WordPress refuses; the message is the parameter's name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Query:
    page: int
    per_page: int
    after: datetime | None
    before: datetime | None
    modified_after: datetime | None
    modified_before: datetime | None
    orderby: str
    descending: bool
    fields: tuple[str, ...]


def root(outlet: Outlet, request: Request) -> Reply:
    """Return the description of the interface, with the fields that a crawler reads."""
    offset = outlet.changed.utcoffset()
    return _json(
        {
            "name": outlet.name_ar,
            "url": request.origin,
            "home": request.origin,
            "gmt_offset": offset.total_seconds() / 3600 if offset is not None else 0,
            "timezone_string": outlet.timezone,
            "namespaces": ["wp/v2"],
            "routes": {"/wp/v2/posts": {"namespace": "wp/v2", "methods": ["GET"]}},
        }
    )


def posts(outlet: Outlet, request: Request) -> Reply:
    """Return a page of posts, or WordPress's error for a wrong query."""
    try:
        query = _parsed(outlet, request)
    except _InvalidParameterError as error:
        return _error(400, "rest_invalid_param", f"معلمة (معلمات) غير صحيحة: {error}")
    found = [story for story in outlet.stories if _admits(query, story)]
    found.sort(key=_ORDERS[query.orderby], reverse=query.descending)
    pages = batches(found, query.per_page)
    if query.page > pages:
        message = "رقم الصفحة المطلوب أكبر من عدد الصفحات المتاحة."
        return _error(400, "rest_post_invalid_page_number", message)
    records = [
        _selected(_post(outlet, request, story), query.fields)
        for story in batch(found, str(query.page), query.per_page)
    ]
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages if found else 0)}
    links = _links(request, query.page, pages)
    return _json(records, headers=headers | ({"Link": links} if links else {}))


def post(outlet: Outlet, request: Request, number: str) -> Reply:
    """Return one post by its number."""
    for story in outlet.stories:
        if str(story.number) == number:
            return _json(_post(outlet, request, story))
    return _error(404, "rest_post_invalid_id", "رقم المقالة غير صالح.")


def _parsed(outlet: Outlet, request: Request) -> _Query:
    values = request.query
    return _Query(
        page=_number(values.get("page", "1"), "page", most=10**9),
        per_page=_number(values.get("per_page", "10"), "per_page", most=_MAX_PER_PAGE),
        after=_moment(outlet, values.get("after"), "after"),
        before=_moment(outlet, values.get("before"), "before"),
        modified_after=_moment(outlet, values.get("modified_after"), "modified_after"),
        modified_before=_moment(outlet, values.get("modified_before"), "modified_before"),
        orderby=_one_of(values.get("orderby", "date"), "orderby", tuple(_ORDERS)),
        descending=_one_of(values.get("order", "desc"), "order", ("asc", "desc")) == "desc",
        fields=tuple(name for name in values.get("_fields", "").split(",") if name),
    )


def _number(text: str, name: str, *, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise _InvalidParameterError(name)
    return int(text)


def _one_of(text: str, name: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise _InvalidParameterError(name)
    return text


def _moment(outlet: Outlet, text: str | None, name: str) -> datetime | None:
    """Read a time; without a zone it is in the site's zone, as in WordPress."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _InvalidParameterError(name) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=outlet.zone)


def _admits(query: _Query, story: Story) -> bool:
    return _between(query.after, story.published, query.before) and _between(
        query.modified_after, story.changed, query.modified_before
    )


def _between(after: datetime | None, moment: datetime, before: datetime | None) -> bool:
    """Return whether a moment lies between two others; both are exclusive, as in WordPress."""
    return (after is None or moment > after) and (before is None or moment < before)


def _post(outlet: Outlet, request: Request, story: Story) -> dict[str, Any]:
    sections = [section.slug for section in outlet.sections]
    return {
        "id": story.number,
        "date": _naive(story.published),
        "date_gmt": _naive(story.published.astimezone(UTC)),
        "guid": {"rendered": f"{request.origin}/?p={story.number}"},
        "modified": _naive(story.changed),
        "modified_gmt": _naive(story.changed.astimezone(UTC)),
        "slug": story.slug,
        "status": "publish",
        "type": "post",
        "link": outlet.url(story, request.origin),
        "title": {"rendered": escape(story.title)},
        "content": {"rendered": body(story.blocks), "protected": False},
        "excerpt": {"rendered": f"<p>{escape(excerpt(story.paragraphs[0]))}</p>", "protected": False},
        "categories": [sections.index(story.section) + 1],
    }


def _naive(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat()


def _selected(record: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Return only the named fields; title.rendered names a field inside another."""
    if not fields:
        return record
    chosen: dict[str, Any] = {}
    for name in fields:
        outer, _, inner = name.partition(".")
        value = record.get(outer)
        if value is None or (inner and not (isinstance(value, dict) and inner in value)):
            continue
        if inner:
            chosen.setdefault(outer, {})[inner] = value[inner]
        else:
            chosen[outer] = value
    return chosen


def _links(request: Request, page: int, pages: int) -> str:
    def address(number: int) -> str:
        return f"{request.origin}{POSTS}?{urlencode({**request.query, 'page': number})}"

    links = [f'<{address(page - 1)}>; rel="prev"'] if page > 1 else []
    if page < pages:
        links.append(f'<{address(page + 1)}>; rel="next"')
    return ", ".join(links)


def _json(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(
        body=json.dumps(value, ensure_ascii=False).encode(),
        content_type=JSON,
        status=status,
        headers=headers or {},
    )


def _error(status: int, code: str, message: str) -> Reply:
    return _json({"code": code, "message": message, "data": {"status": status}}, status=status)
