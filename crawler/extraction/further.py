"""Join the further pages of an article to the text of its first page. Pure."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

from crawler.arabic.text import count_words
from crawler.items import Article, Page, Rejection, article_id, further_pages_text
from crawler.site import Site

Extract = Callable[[Page, Site], Article | Rejection]


def with_further_pages(article: Article, page: Page, site: Site, extract: Extract) -> Article:
    """Return the article with the paragraphs, images and links of its further pages that are not in it yet.

    A further page that yields no article of its own adds nothing; the column lists it all the same.
    """
    if not page.further:
        return article
    paragraphs, images, links = article.text.split("\n"), list(article.images), list(article.links)
    for part in page.further:
        outcome = extract(replace(part, further=()), site)
        if isinstance(outcome, Rejection):
            continue
        known = set(paragraphs)
        paragraphs += [text for text in outcome.text.split("\n") if text not in known]
        images += [url for url in outcome.images if url not in images]
        links += [url for url in outcome.links if url not in links]
    text = "\n".join(paragraphs)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return replace(
        article,
        id=article_id(article.canonical_url, digest),
        text=text,
        text_sha256=digest,
        word_count=count_words(text),
        images=images,
        links=links,
        further_pages=further_pages_text(page),
    )
