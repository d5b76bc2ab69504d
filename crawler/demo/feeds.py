"""The RSS feeds of the demo newspapers."""

from collections.abc import Iterable
from datetime import UTC
from email.utils import format_datetime
from html import escape

from crawler.demo.exchange import Reply, Request, xml
from crawler.demo.markup import excerpt
from crawler.demo.outlet import Outlet
from crawler.demo.story import Story

RSS = "application/rss+xml; charset=UTF-8"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">\n'
)


def rss(
    outlet: Outlet,
    request: Request,
    items: Iterable[tuple[Story, str]],
    *,
    wordpress: bool,
    gmt: bool = False,
) -> Reply:
    """Return a feed of (story, address) pairs; `gmt` writes the zone as GMT instead of +0000."""
    channel = (
        f"<channel>\n<title>{escape(outlet.name_ar)}</title>\n<link>{request.origin}/</link>\n"
        f"<description>{escape(outlet.name_ar)}</description>\n<language>ar</language>\n"
    )
    rows = "".join(_item(outlet, story, url, wordpress=wordpress, gmt=gmt) for story, url in items)
    return xml(f"{_HEAD}{channel}{rows}</channel>\n</rss>\n", modified=outlet.changed, content_type=RSS)


def _item(outlet: Outlet, story: Story, url: str, *, wordpress: bool, gmt: bool) -> str:
    moment = format_datetime(story.published.astimezone(UTC), usegmt=gmt)
    author = " و".join(story.authors) or outlet.name_ar
    extra = (
        f"<dc:creator><![CDATA[{author}]]></dc:creator>\n"
        f"<category><![CDATA[{outlet.section_name(story.section)}]]></category>\n"
        f'<guid isPermaLink="false">{escape(outlet.home)}?p={story.number}</guid>\n'
        if wordpress
        else ""
    )
    return (
        f"<item>\n<title>{escape(story.title)}</title>\n<link>{escape(url)}</link>\n"
        f"<pubDate>{moment}</pubDate>\n{extra}"
        f"<description>{escape(excerpt(story.paragraphs[0]))}</description>\n</item>\n"
    )
