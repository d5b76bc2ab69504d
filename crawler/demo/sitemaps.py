"""The sitemaps and robots.txt of the demo newspapers."""

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from crawler.demo.exchange import PLAIN, Reply, Request, xml
from crawler.demo.outlet import Outlet
from crawler.demo.story import Story

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PLAIN = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = f'{_PLAIN} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def robots(*lines: str) -> Reply:
    return Reply(body=("\n".join(lines) + "\n").encode(), content_type=PLAIN)


def index(entries: Iterable[tuple[str, datetime]]) -> Reply:
    """Return a sitemap index of (address, last change) pairs."""
    rows = "".join(
        f"<sitemap><loc>{escape(url)}</loc><lastmod>{_utc(moment)}</lastmod></sitemap>\n"
        for url, moment in entries
    )
    return xml(f"{_XML}<sitemapindex {_PLAIN}>\n{rows}</sitemapindex>\n")


def urlset(entries: Iterable[tuple[str, datetime | None]]) -> Reply:
    """Return a sitemap of (address, last change or None) pairs."""
    rows = "".join(
        f"<url><loc>{escape(url)}</loc>{f'<lastmod>{_utc(moment)}</lastmod>' if moment else ''}</url>\n"
        for url, moment in entries
    )
    return xml(f"{_XML}<urlset {_PLAIN}>\n{rows}</urlset>\n")


def gzipped(sitemap: Reply) -> Reply:
    """Return a sitemap as a .gz file: the document itself is compressed, not its transfer."""
    return Reply(body=gzip.compress(sitemap.body, mtime=0), content_type="application/x-gzip")


def news(outlet: Outlet, request: Request, stories: Iterable[Story]) -> Reply:
    """Return a news sitemap with times in the outlet's zone, as WordPress plugins write them."""
    rows = "".join(_news_url(outlet, outlet.url(story, request.origin), story) for story in stories)
    return xml(f"{_XML}<urlset {_NEWS}>\n{rows}</urlset>\n", modified=outlet.changed)


def _news_url(outlet: Outlet, url: str, story: Story) -> str:
    return (
        f"<url><loc>{escape(url)}</loc><news:news><news:publication>"
        f"<news:name>{escape(outlet.name_ar)}</news:name><news:language>{story.language}</news:language>"
        f"</news:publication><news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(story.title)}</news:title></news:news></url>\n"
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
