"""Turn the entries of lists into candidates, or refuse them with a reason. Pure."""

import html
import re
from dataclasses import dataclass

from crawler.discovery.moments import Moment, moment_in_url
from crawler.discovery.scope import Scope
from crawler.discovery.shape import may_be_article
from crawler.discovery.source import Answer, Refusal, Window
from crawler.items import Candidate
from crawler.urls import absolute

MAX_DETAIL = 300  # characters of a site's text that a refusal quotes
MAX_TITLE = 500  # characters; a longer text is not a headline

_OK = 200
_TAG = re.compile(r"<[^<>]{0,1000}>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """The fields of one entry of a list."""

    via: str  # kind of the source
    base: str  # address of the list, for relative links
    link: str  # as the list writes it
    title: str | None = None  # plain text
    published: Moment | None = None
    modified: Moment | None = None
    vouched: bool = False  # the list holds only articles, so the shape of the address does not matter


def sift(entry: Entry, window: Window, scope: Scope) -> Candidate | Refusal:
    """Return the candidate of an entry, or the refusal with the reason why there is none."""
    if "\ufffd" in entry.link:  # a letter of the address was lost
        return refusal("broken-address", entry.link)
    url = absolute(entry.base, entry.link)
    if url is None:
        return refusal("not-a-url", entry.link)
    if not scope.on_site(url):
        return refusal("off-site", url)
    if not (scope.is_article(url) or (scope.article_url is None and (entry.vouched or may_be_article(url)))):
        return refusal("not-an-article", url)
    if is_too_old(entry, url, window) or _is_too_new(entry, url, window):
        return refusal("outside-window", url)
    return Candidate(
        url=url,
        via=entry.via,
        title=headline(entry.title),
        published=entry.published.certain if entry.published else None,
        modified=entry.modified.exact if entry.modified else None,
    )


def refusal(reason: str, detail: str) -> Refusal:
    """Return a refusal with its detail shortened and put on one line."""
    return Refusal(reason=reason, detail=" ".join(detail[:MAX_DETAIL].split()))


def unanswered(answer: Answer) -> Refusal | None:
    """Return the refusal for an answer that has no list because of its status, or None."""
    return None if answer.status == _OK else refusal("status", f"{answer.status} {answer.url}")


def headline(text: str | None) -> str | None:
    """Return a title as plain text on one line, or None if it is empty or too long."""
    if text is None:
        return None
    plain = " ".join(text.split())
    return plain if 0 < len(plain) <= MAX_TITLE else None


def plain_text(markup: str) -> str:
    """Return the text of a snippet of HTML without tags and with entities resolved."""
    return html.unescape(_TAG.sub(" ", markup))


def is_too_old(entry: Entry, url: str, window: Window) -> bool:
    """Return whether the known dates prove that the page is older than the window.

    A page is never published after it was modified, so an old modification proves an old page.
    """
    if window.since is None:
        return False
    if entry.published is not None:
        return entry.published.too_old(window)
    known = (entry.modified, moment_in_url(url))
    return any(moment is not None and moment.too_old(window) for moment in known)


def _is_too_new(entry: Entry, url: str, window: Window) -> bool:
    """Return whether the date of publication proves that the page is newer than the window.

    The date of a modification proves nothing here: old pages are modified, too.
    """
    if window.until is None:
        return False
    moment = entry.published or moment_in_url(url)
    return moment is not None and moment.too_new(window)
