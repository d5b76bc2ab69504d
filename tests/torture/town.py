"""A newspaper with any number of pages; the same number gives the same bytes.

Its lists are a feed of the newest pages, and an index of sitemaps of all pages. Most pages are articles; some
redirect, are gone, copy the page before them, or hold no article.
"""

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property, lru_cache

from tests.servers.http import Answer

TEXT = (
    "افتتح المجلس البلدي صباح الأحد سوق الخضار الجديد بعد أعمال ترميم دامت عامين وشملت الأسقف "
    "الخشبية والأرصفة وقنوات المياه وقال رئيس اللجنة إن المشروع جاء استجابة لطلبات التجار وسكان "
    "الأحياء القريبة الذين انتظروا طويلا عودة الحياة إلى ساحتهم القديمة وأضاف أن المرحلة التالية "
    "ستضم موقفا للحافلات وحديقة صغيرة ومكتبة عامة للأطفال بينما دعا مزارعون إلى تخفيض رسوم "
    "الأكشاك وتنظيم أوقات التفريغ حفاظا على هدوء الشوارع ليلا"
)
WORDS = tuple(TEXT.split())
FIRST_DAY = date(2025, 1, 1)  # long ago, so that no article is due to be looked at again
STAMP = format_datetime(datetime(2025, 12, 1, 9, tzinfo=UTC), usegmt=True)
IN_FEED = 20
IN_SITEMAP = 100
# One page in so many is of this kind, by its number; the first kind that fits wins.
MOVED, GONE, COPY, GALLERY = 17, 23, 13, 19


@dataclass(frozen=True)
class Town:
    """The newspaper: pages 1 to `pages`, the last ones the newest."""

    home: str  # http://127.0.0.1:<port>/
    pages: int
    list_validators: bool = True  # whether feed and sitemaps have ETag and Last-Modified
    padding: int = 0  # bytes of random text in each page, which do not compress well
    paragraphs: int = 4  # of each article

    def answer(self, path: str) -> Answer:
        """Return the answer to a GET of this path."""
        if path.startswith(("/news/", "/moved/")):
            return self._page(path)
        if path.startswith("/sitemap") or path in {"/", "/feed/", "/robots.txt"}:
            return self._lists.get(path, Answer(status=404))
        return Answer(status=404)

    @cached_property
    def listed(self) -> list[str]:
        """The paths of the pages in the lists."""
        return [listed_path(n) for n in self._numbers]

    @cached_property
    def targets(self) -> list[str]:
        """The targets of redirects, which are in no list."""
        return [path_of(n) for n in self._numbers if kind_of(n) == "moved"]

    @cached_property
    def texts(self) -> int:
        """The number of different article texts; of equal texts one is stored."""
        return sum(1 for n in self._numbers if kind_of(n) in {"story", "moved"})

    @cached_property
    def without_article(self) -> list[str]:
        """The paths of pages that answer 200 and hold no article: the next run asks for them again."""
        return [path_of(n) for n in self._numbers if kind_of(n) == "gallery"]

    @property
    def _numbers(self) -> range:
        return range(1, self.pages + 1)

    def _page(self, path: str) -> Answer:
        number = int(path.strip("/").rpartition("-")[2])
        if not 1 <= number <= self.pages:
            return Answer(status=404)
        kind = kind_of(number)
        if path.startswith("/moved/"):
            return Answer(status=301, headers={"Location": path_of(number)})
        if kind == "gone":
            return Answer(b"<p>404</p>", status=404)
        shown = number - (kind == "copy")
        body = _gallery(number) if kind == "gallery" else _story(shown, number, self.paragraphs)
        noise = random.Random(number).randbytes(self.padding // 2).hex()  # noqa: S311 - repeatable
        return _validated(Answer(body + f"<!--{noise}-->".encode()))

    @cached_property
    def _lists(self) -> dict[str, Answer]:
        link = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
        front = f"<!DOCTYPE html><html><head><title>صحيفة البلدة</title>{link}</head><body></body></html>"
        lists = {
            "/": Answer(front.encode()),
            "/robots.txt": Answer(
                f"User-agent: *\nAllow: /\nSitemap: {self.home}sitemap.xml\n".encode(),
                content_type="text/plain",
            ),
            "/feed/": self._feed(),
        }
        starts = range(1, self.pages + 1, IN_SITEMAP)
        entries = "".join(f"<sitemap><loc>{self.home}sitemap-{start}.xml</loc></sitemap>" for start in starts)
        lists["/sitemap.xml"] = _xml(f"<sitemapindex {_XMLNS}>{entries}</sitemapindex>")
        lists |= {f"/sitemap-{start}.xml": self._sitemap(start) for start in starts}
        return {
            path: _validated(answer) if self.list_validators and path not in {"/", "/robots.txt"} else answer
            for path, answer in lists.items()
        }

    def _feed(self) -> Answer:
        newest = list(self._numbers)[-IN_FEED:][::-1]
        items = "".join(
            f"<item><title>{title_of(n)}</title><link>{self.home[:-1]}{listed_path(n)}</link>"
            f"<pubDate>{format_datetime(published(n))}</pubDate></item>"
            for n in newest
        )
        channel = f"<title>صحيفة البلدة</title><link>{self.home}</link>{items}"
        return _xml(f'<rss version="2.0"><channel>{channel}</channel></rss>', "application/rss+xml")

    def _sitemap(self, start: int) -> Answer:
        urls = "".join(
            f"<url><loc>{self.home[:-1]}{listed_path(n)}</loc><lastmod>{published(n):%Y-%m-%d}</lastmod></url>"
            for n in range(start, min(start + IN_SITEMAP, self.pages + 1))
        )
        return _xml(f"<urlset {_XMLNS}>{urls}</urlset>")


_XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def kind_of(number: int) -> str:
    """Return story, moved (its listed address redirects), copy, gallery (no article) or gone."""
    for every, kind in ((MOVED, "moved"), (GONE, "gone"), (GALLERY, "gallery")):
        if number % every == 0:
            return kind
    if number % COPY == 0 and kind_of(number - 1) == "story":
        return "copy"
    return "story"


def path_of(number: int) -> str:
    return f"/news/{published(number):%Y/%m/%d}/story-{number}"


def listed_path(number: int) -> str:
    """Return the path of a page in the lists."""
    return f"/moved/story-{number}" if kind_of(number) == "moved" else path_of(number)


def published(number: int) -> datetime:
    day = FIRST_DAY + timedelta(days=number % 300)
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def title_of(number: int) -> str:
    return f"افتتاح السوق الجديد في الحي رقم {number}"


@lru_cache(maxsize=1000)
def _story(shown: int, number: int, count: int) -> bytes:
    """Return the page of story `shown`, with `count` paragraphs, at the address of story `number`."""
    draw = random.Random(shown)  # noqa: S311 - repeatable
    paragraphs = "".join(f"<p>{' '.join(draw.choices(WORDS, k=30))} {shown}.</p>\n" for _ in range(count))
    return (
        '<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8">'
        f"<title>{title_of(shown)}</title>"
        '<meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{published(number).isoformat()}"></head>'
        f"<body><article><h1>{title_of(shown)}</h1>\n{paragraphs}</article></body></html>"
    ).encode()


def _gallery(number: int) -> bytes:
    pictures = "".join(f'<li><a href="/picture-{number}-{n}"><img src="/{n}.jpg"></a></li>' for n in range(9))
    return (
        f'<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"><title>صور {number}</title></head>'
        f"<body><ul>{pictures}</ul></body></html>"
    ).encode()


def _xml(text: str, content_type: str = "application/xml") -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode(), content_type=content_type)


def _validated(answer: Answer) -> Answer:
    tag = f'"{hashlib.sha256(answer.data).hexdigest()[:16]}"'
    headers = {**answer.headers, "ETag": tag, "Last-Modified": STAMP}
    return Answer(answer.body, answer.status, answer.content_type, headers)
