"""The two readers of a page's text: what is decided where they disagree."""

import pytest

from crawler.extraction import explain, extract
from crawler.extraction.agreement import agree
from crawler.extraction.names import kind_of
from crawler.extraction.reading import read_document
from crawler.extraction.tree import parse
from crawler.items import Article

from .cases import page_of, site_of

URL = "https://paper.example/news/1"
TITLE = "بلدية الساحل تفتتح سوقًا جديدًا للصيادين"
PARAGRAPHS = [
    "افتتحت بلدية الساحل صباح اليوم سوقًا جديدًا للصيادين قرب الميناء القديم، بحضور عشرات العائلات.",
    "وقال رئيس البلدية إن السوق يضم ستين متجرًا، وإن الإيجار في العام الأول رمزي لمن فقد قاربه.",
    "وأوضح أن العمل استمر عامين كاملين، وأن كلفته لم تتجاوز ما رُصد له في موازنة المدينة.",
    "وعبّر الصيادون عن ارتياحهم، لكنهم طالبوا بمخزن مبرد يحفظ السمك في أيام الصيف الحارة.",
]


def _html(body: str) -> str:
    return (
        f'<html lang="ar"><head><meta property="og:type" content="article"><title>{TITLE}</title></head>'
        f"<body><h1>{TITLE}</h1>{body}</body></html>"
    )


def _article(body: str) -> Article:
    result = extract(page_of(_html(body)), site_of(URL))
    assert isinstance(result, Article), result
    return result


def _paragraphs(name: str = "", texts: list[str] | None = None) -> str:
    return "".join(f"<p{name}>{text}</p>" for text in texts or PARAGRAPHS)


def test_readers_that_agree() -> None:
    article = _article(f"<div>{_paragraphs()}</div>")
    assert article.text.split("\n") == PARAGRAPHS
    assert article.text_agreement == 1.0
    assert article.layers["text"] == "structure"


def test_a_marked_body_is_read_once() -> None:
    article = _article(f'<div itemprop="articleBody">{_paragraphs()}</div>')
    assert (article.text_agreement, article.layers["text"]) == (None, "microdata")
    assert explain(page_of(_html("<div>x</div>")), site_of(URL)).fields == {}


def test_a_marked_body_without_most_of_the_text_is_not_believed() -> None:
    lead = f'<div itemprop="articleBody"><p>{PARAGRAPHS[0]} {PARAGRAPHS[1][:60]}</p></div>'
    article = _article(f"<div>{lead}<div>{_paragraphs(texts=PARAGRAPHS[1:] * 2)}</div></div>")
    assert PARAGRAPHS[3] in article.text


@pytest.mark.parametrize("name", ["paywall", "sidebar-text", "related", "ad", "newsletter", "hidden"])
def test_no_name_takes_the_text_away(name: str) -> None:
    for body in (
        f"<div>{_paragraphs(f' class={name}')}</div>",
        f"<div><p>{PARAGRAPHS[0]}</p>{_paragraphs(f' class={name}', PARAGRAPHS[1:])}</div>",
        f'<div class="{name}">{_paragraphs()}</div>',
    ):
        assert _article(body).text.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"id": "block-id-n1AuAdJlVL"}, ""),
        ({"class": "css-1ad2x3b"}, ""),
        ({"class": "x9Ad4Bc"}, ""),
        ({"class": "postAdBox"}, "advert"),
        ({"class": "top-ad"}, "advert"),
        ({"class": "a2a_kit"}, "share"),
        ({"class": "twitter-tweet"}, "furniture"),
    ],
)
def test_names_that_a_machine_drew_say_nothing(attributes: dict[str, str], kind: str) -> None:
    assert kind_of("div", attributes) == kind


def test_a_lead_before_the_body_is_text_where_trafilatura_sees_it() -> None:
    lead = "تنتظر عائلات الصيادين في بلدة الساحل هذا السوق منذ سنوات طويلة، بعد أن هُدم القديم."
    article = _article(f'<article><p class="lead">{lead}</p><div>{_paragraphs()}</div></article>')
    assert lead in article.text
    assert article.subtitle != lead


def test_offers_hidden_by_class_are_no_text() -> None:
    words = "<p>اشترك الآن لتقرأ المزيد من المقالات.</p><ul><li>نشرة كل صباح.</li></ul>"
    offer = f'<div class="intro hidden">{words}</div>'
    assert _article(f"<div>{_paragraphs()}{offer}</div>").text.split("\n") == PARAGRAPHS
    shown = f'<div class="hidden md:block">{_paragraphs()}</div>'
    assert _article(shown).text.split("\n") == PARAGRAPHS


def test_two_boxes_without_names_are_one_text() -> None:
    first, second = _paragraphs(texts=PARAGRAPHS[:3]), _paragraphs(texts=PARAGRAPHS[3:])
    assert _article(f"<div><div>{first}</div><div>{second}</div></div>").text.split("\n") == PARAGRAPHS


def test_choices_of_a_poll_are_no_text() -> None:
    choices = "".join(
        f'<label><input type="radio" name="a"><div>الخيار {n} أفضل من غيره بكثير.</div></label>'
        for n in "123"
    )
    article = _article(
        f"<div>{_paragraphs(texts=PARAGRAPHS[:2])}{choices}{_paragraphs(texts=PARAGRAPHS[2:])}</div>"
    )
    assert article.text.split("\n") == PARAGRAPHS


def test_where_the_readers_are_far_apart_the_own_one_stands() -> None:
    root = parse(_html(f"<div>{_paragraphs()}</div>"))
    assert root is not None
    document = read_document(root, page_of(_html("")), site_of(URL))
    own = frozenset(block.index for block in document.blocks if block.prose and not block.heading)
    agreed = agree(document, own, frozenset({0}))
    assert (agreed.blocks, agreed.added, agreed.share) == (own, 0, 0.0)


def test_a_reader_that_finds_hardly_anything_gives_way() -> None:
    root = parse(_html(f"<div>{_paragraphs()}</div>"))
    assert root is not None
    document = read_document(root, page_of(_html("")), site_of(URL))
    other = frozenset(block.index for block in document.blocks if block.prose and not block.heading)
    agreed = agree(document, frozenset({0}), other)
    assert (agreed.blocks, agreed.added) == (other, len(other))


@pytest.mark.parametrize(
    ("script", "layer"),
    [
        (
            '<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{body}"}}</script>',
            "jsonld",
        ),
        (
            '<script id="__NEXT_DATA__" type="application/json">{{"a": [{{"content": "{body}"}}]}}</script>',
            "state",
        ),
    ],
)
@pytest.mark.parametrize("mark", ["\\n", "<br>", "</p><p>", "&lt;/p&gt;&lt;p&gt;"])
def test_a_text_that_only_data_holds(script: str, layer: str, mark: str) -> None:
    article = _article(
        script.format(body=mark.join(PARAGRAPHS)) + "<p>جارٍ تحميل الخبر، انتظر قليلًا من فضلك.</p>"
    )
    assert article.text.split("\n") == PARAGRAPHS
    assert article.layers["text"] == layer


def test_a_shown_text_goes_before_its_data() -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "%s"}</script>'
    article = _article(data % " ".join(PARAGRAPHS) + f"<div>{_paragraphs()}</div>")
    assert article.layers["text"] == "structure"
