"""Pages of real size, each with a text of its own, made from the demo newspapers' articles."""

import json
import random
from html import escape

from crawler.demo.outlets import OUTLETS

LONG_ENOUGH = 80  # characters: paragraphs, not sub-headings
SIZE = 150_000  # bytes, as the median Arabic news page of those measured
PATH = "/2026/05/{day:02d}/story-{number}/"


def path_of(number: int) -> str:
    return PATH.format(day=number % 28 + 1, number=number)


class Paper:
    """Builds page number N: the same number gives the same bytes."""

    def __init__(self) -> None:
        stories = [story for outlet in OUTLETS.values() for story in outlet.stories]
        self._titles = [story.title for story in stories]
        self._paragraphs = [
            paragraph for story in stories for paragraph in story.paragraphs if len(paragraph) > LONG_ENOUGH
        ]
        self._chrome = _chrome(self._titles)

    def page(self, number: int) -> bytes:
        draw = random.Random(number)  # noqa: S311 - nothing secret about it
        title = f"{draw.choice(self._titles)} ({number})"
        body = "".join(f"<p>{escape(text)}</p>\n" for text in draw.sample(self._paragraphs, 9))
        metadata = json.dumps(
            {
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": title,
                "datePublished": f"2026-05-{number % 28 + 1:02d}T09:30:00+03:00",
                "author": {"@type": "Person", "name": "ليلى منصور"},
            },
            ensure_ascii=False,
        )
        head = (
            '<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8">'
            f"<title>{escape(title)} - صحيفة</title>"
            f'<meta property="og:title" content="{escape(title)}"><meta property="og:type" content="article">'
            f'<script type="application/ld+json">{metadata}</script>'
        )
        article = (
            f'<article><h1>{escape(title)}</h1><span class="date">الثلاثاء 5 أيار 2026</span>'
            f'<div class="entry-content">\n{body}</div></article>'
        )
        before, after = self._chrome
        content = f"{head}{before}{article}{after}".encode()
        return content + b"<!--" + b"x" * max(0, SIZE - len(content) - 7) + b"-->"


def _chrome(titles: list[str]) -> tuple[str, str]:
    """What stands before and after the article: styles, scripts, menus, related lists, a footer."""
    links = [
        f'<li class="menu-item"><a href="/section/{n}/">{escape(titles[n % len(titles)])}</a></li>'
        for n in range(120)
    ]
    cards = [
        f'<div class="post-item"><a href="/2026/04/01/old-{n}/"><img src="/i/{n}.jpg" alt="">'
        f"<h3>{escape(titles[n % len(titles)])}</h3></a><span>منذ {n} ساعة</span></div>"
        for n in range(60)
    ]
    style = "".join(
        f".c{n}{{margin:{n}px;padding:{n % 9}px;color:#{n * 37 % 4096:03x}}}\n" for n in range(700)
    )
    script = "".join(f'window.q=window.q||[];q.push(["track",{n},"{n * 7919}"]);\n' for n in range(700))
    menu = f"<header><nav><ul>{''.join(links)}</ul></nav></header>"
    before = f"<style>{style}</style><script>{script}</script></head><body>{menu}"
    after = (
        f'<aside class="related"><h2>مقالات ذات صلة</h2>{"".join(cards)}</aside>'
        f"<footer>جميع الحقوق محفوظة</footer><script>{script}</script></body></html>"
    )
    return before, after
