"""The newspaper of the kept archive: the answers that its three crawls got, and one story that came later."""

from tests.servers.paper import Answer

HOST = "kept.example"
HOME = f"http://{HOST}/"
STORIES = range(1, 13)
LATER = 13  # a story that no crawl of the kept archive saw
FEEDS = {"first": range(1, 5), "second": range(1, 8), "killed": STORIES, "later": range(1, LATER + 1)}

_SENTENCES = (
    "عقد مجلس البلدة اجتماعه الدوري صباح اليوم وناقش فيه خطة ترميم السوق القديم وتوسيع الحديقة العامة",
    "وقال رئيس المجلس إن العمل يبدأ مطلع الشهر المقبل ويستمر نحو عشرة أسابيع بمشاركة الأهالي والتجار",
    "وأضاف أن الكلفة تغطيها تبرعات المغتربين ومنحة من المحافظة وأن الحسابات تنشر كل أسبوع على باب البلدية",
)


def path_of(number: int) -> str:
    """Return the path of a story's page."""
    return f"/2026/05/{number:02}/story-number-{number}/"


def answers(feed: str) -> dict[str, Answer]:
    """Build the table of answers for one crawl: the front page, the feed of this name and its stories."""
    paths = [path_of(number) for number in FEEDS[feed]]
    items = "".join(f"<item><link>{path}</link></item>" for path in paths)
    link = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    table = {
        "/": Answer(
            f"<!DOCTYPE html><html><head><title>صحيفة البلدة</title>{link}</head><body></body></html>"
        ),
        "/feed/": Answer(
            f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="application/rss+xml"
        ),
    }
    pages = {path_of(number): _story(number) for number in FEEDS[feed]}
    return table | pages


def _story(number: int) -> Answer:
    paragraphs = [f"{sentence}، وهذا هو الخبر رقم {number} من أخبار البلدة." for sentence in _SENTENCES]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    published = f"2026-05-{number:02}T09:30:00+03:00"
    return Answer(
        '<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8">'
        '<meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{published}"></head>'
        f"<body><article><h1>مجلس البلدة يناقش ترميم السوق للمرة {number}</h1>{body}</article></body></html>"
    )
