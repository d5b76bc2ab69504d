"""A list is no article, announced or not, and an article stays one beside a list of others."""

from dataclasses import replace

import pytest

from crawler.extraction import extract
from crawler.items import Article, Candidate, Rejection

from .cases import load, names

LISTS = [name for name in names() if name.startswith("list-")]
BROKEN = {"unclosed-anchor"}  # there everything behind it is inside one link, the cards too
# One page of each shape: the others differ from it by their text.
ARTICLES = [
    name
    for name in names()
    if "reason" not in load(name)[2]
    and name not in BROKEN
    and not name.endswith(("-library", "-metro", "-falcon"))
]

OTHERS = [
    (
        "غواصون ينتشلون شباكاً ضائعة من قاع الخليج",
        "انتشل أربعون غواصاً متطوعاً طناً من الشباك الضائعة من قاع الخليج في يوم واحد",
    ),
    (
        "مدرسة الحي تفتح مسبحها لكبار السن صباحاً",
        "تفتح مدرسة الحي مسبحها ثلاث مرات في الأسبوع لمن تجاوزوا الستين، ويرافقهم مدربون",
    ),
    (
        "خزاف يعيد صنع جرار الزيت كما كانت قبل قرن",
        "يصنع خزاف من البلدة القديمة جراراً للزيت على دولاب خشبي ورثه عن جده، ويبيعها في السوق",
    ),
    (
        "رصيف جديد يقصر طريق التلاميذ إلى المدرسة",
        "مهدت البلدية رصيفاً يصل الحي الشمالي بالمدرسة، فصار التلاميذ يقطعون الطريق في خمس دقائق",
    ),
]
SHAPES = {
    "picture, date, excerpt": (
        '<div class="k"><a href="/z/{i}"><img src="/{i}.jpg"></a><h3><a href="/z/{i}">{title}</a></h3>'
        "<span>{day}/3/2025</span><p>{text}</p></div>"
    ),
    "excerpt that breaks off": '<div><h4><a href="/z/{i}">{title}</a></h4><div>{text}...</div></div>',
    "read more": (
        '<article><a href="/z/{i}">{title}</a><p>{text}.</p><a href="/z/{i}">اقرأ المزيد</a></article>'
    ),
    "a table each": '<table><tr><td><a href="/z/{i}">{title}</a></td></tr><tr><td>{text} …</td></tr></table>',
}


def _cards(shape: str, count: int) -> str:
    cards = [
        SHAPES[shape].format(i=i, day=i + 1, title=OTHERS[i % 4][0], text=OTHERS[i % 4][1])
        for i in range(count)
    ]
    return f'<div class="zz">{"".join(cards)}</div>'


@pytest.mark.parametrize("via", ["sitemap", "listing"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_was_announced_is_one_still(name: str, via: str) -> None:
    page, site, expected = load(name)
    announced = replace(page, candidate=Candidate(url=page.url, via=via))
    result = extract(announced, site)
    assert isinstance(result, Rejection), result
    assert result.reason == expected["reason"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ARTICLES)
def test_cards_below_an_article_change_nothing_in_it(name: str, shape: str) -> None:
    page, site, _ = load(name)
    before = extract(page, site)
    assert isinstance(before, Article)
    encoding = "windows-1256" if "1256" in name else "iso-8859-6" if "8859" in name else "utf-8"
    for count in (2, 4, 9):
        cards = _cards(shape, count).encode(encoding, "xmlcharrefreplace")
        whole, tag, rest = page.body.rpartition(b"</body>")
        body = whole + cards + tag + rest if tag else page.body + cards
        after = extract(replace(page, body=body), site)
        assert isinstance(after, Article), (count, after)
        assert after.text == before.text, count
        assert (after.title, after.published, after.authors) == (
            before.title, before.published, before.authors,
        )  # fmt: skip
