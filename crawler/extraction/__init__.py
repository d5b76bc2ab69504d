"""HTML in, Article out. Pure: knows neither Scrapy nor the network, and runs in process lanes.

`extract` never raises for what a site served; what it cannot read becomes a Rejection with a reason.
"""

import hashlib

from lxml import etree
from trafilatura import bare_extraction

from crawler.errors import InvalidUrlError
from crawler.extraction import jsonld
from crawler.extraction.decoding import decode
from crawler.extraction.digest import extractor_name, rules_digest
from crawler.extraction.tree import TooLargeError, parse, squeeze
from crawler.items import Article, Page, Rejection
from crawler.site import Site
from crawler.urls import canonical_url

__all__ = ["EXTRACTOR", "extract", "rules_digest", "warm"]

EXTRACTOR = extractor_name()


def warm() -> None:
    """Does what a lane's first page would otherwise wait for."""
    rules_digest()


def extract(page: Page, site: Site) -> Article | Rejection:
    """The article that a page holds, or why it yields none."""
    if page.http_status != 200:  # noqa: PLR2004
        return Rejection(reason="status", detail=str(page.http_status))
    try:
        root = parse(decode(page.body, page.content_type).text)
        address = canonical_url(page.url)
    except TooLargeError as error:
        return Rejection(reason="too-large", detail=str(error))
    except InvalidUrlError as error:
        return Rejection(reason="bad-url", detail=str(error))
    if root is None:
        return Rejection(reason="empty")
    scripts = root.xpath("//script[@type='application/ld+json']/text()")
    found = jsonld.articles(jsonld.nodes([str(script) for script in scripts]))
    headings = [squeeze(str(h1.text_content())) for h1 in root.iter("h1")]
    title = next(filter(None, headings), None) or next(iter(jsonld.texts([n.get("headline") for n in found])), None)
    etree.strip_elements(root, "script", "style", "svg", "iframe", "nav", with_tail=False)
    document = bare_extraction(root, fast=True, with_metadata=False, include_comments=False)
    if not title or document is None or not document.text:
        return Rejection(reason="empty")
    text = str(document.text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(
        id=hashlib.sha256(f"{address}\n{digest}".encode()).hexdigest()[:32],
        url=page.url,
        canonical_url=address,
        site=site.name,
        outlet=site.outlet_ar,
        country=site.country,
        title=title,
        text=text,
        word_count=len(text.split()),
        text_sha256=digest,
        fetched_at=page.fetched_at,
        http_status=page.http_status,
        run_id=page.run_id,
        extractor=EXTRACTOR,
        rules_digest=rules_digest(),
        layers={"title": "visible", "text": "trafilatura"},
        warc_file=page.record.warc_file if page.record else None,
        warc_offset=page.record.warc_offset if page.record else None,
        warc_length=page.record.warc_length if page.record else None,
        warc_record_id=page.record.warc_record_id if page.record else None,
        payload_digest=page.record.payload_digest if page.record else None,
    )
