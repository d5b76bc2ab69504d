"""Pages in several languages, and in others than Arabic: which text is read, and which rules act on it."""

import pytest

from crawler.extraction import extract
from crawler.items import Article, Rejection

from .cases import page_of, site_of

_URL = "https://paper.example/news/1"
ARABIC = (
    "افتتحت البلدية صباح اليوم مكتبة عامة في الحي القديم بعد أعمال ترميم استمرت عامين كاملين في المبنى.",
    "وقال مدير المكتبة إن القاعة الكبرى تتسع لمئتي قارئ، وإن الكتب القديمة وضعت في خزائن خاصة بها.",
    "وأضاف أن الأبواب ستبقى مفتوحة حتى المساء في كل أيام الأسبوع، وأن الدخول إليها مجاني للجميع.",
)
ENGLISH = (
    "The city has opened a public library in the old quarter this morning after two years of work on it.",
    "The head of the library said that the main hall has room for two hundred readers and for old books.",
    "He said that the doors are open until the evening on all of the days and that it is free for all.",
    "It was the first of the three libraries that the city is to open in the old quarter before the summer.",
    "The other two are to be in the market and by the river, and work on them is to begin in the autumn.",
)
FRENCH = (
    "La ville a ouvert ce matin une bibliothèque publique dans le vieux quartier après deux ans de travaux.",
    "Le directeur a dit que la grande salle est prête pour deux cents lecteurs et que les livres y sont.",
    "Il a ajouté que les portes sont ouvertes le soir et que la visite est libre pour tous dans le quartier.",
)
PERSIAN = (
    "شهرداری صبح امروز کتابخانه عمومی را در محله قدیمی شهر پس از دو سال کار ساختمانی گشایش کرد.",
    "مدیر کتابخانه گفت که سالن بزرگ برای دویست خواننده جا دارد و کتابهای قدیمی در قفسه ها نگهداری خواهد شد.",
    "او گفت که درهای کتابخانه هر روز تا شب باز است و ورود برای همه رایگان خواهد بود و این طرح ادامه دارد.",
)
URDU = (
    "شہر کی انتظامیہ نے آج صبح پرانے محلے میں ایک کتب خانہ کھول دیا ہے جس پر دو سال تک کام ہوتا رہا ہے۔",
    "کتب خانے کے سربراہ نے کہا ہے کہ بڑے ہال میں دو سو قارئین کے لیے جگہ ہے اور پرانی کتابیں بھی رکھی ہیں۔",
    "ان کا کہنا تھا کہ دروازے ہر روز شام تک کھلے رہیں گے اور سب کے لیے داخلہ مفت ہو گا اور کام جاری ہے۔",
)
HEBREW = (
    "העירייה פתחה הבוקר ספרייה ציבורית ברובע העתיק לאחר שנתיים של עבודות שיפוץ במבנה הישן שבמרכז העיר.",
    "מנהל הספרייה אמר כי באולם הגדול יש מקום למאתיים קוראים וכי הספרים הישנים הונחו בארונות מיוחדים.",
    "הוא הוסיף כי הדלתות יישארו פתוחות עד הערב בכל ימות השבוע וכי הכניסה תהיה חופשית לכל תושבי העיר.",
)
_TEXTS = {"ar": ARABIC, "en": ENGLISH, "fr": FRENCH, "fa": PERSIAN, "ur": URDU, "he": HEBREW}
_WORDS_OF_ALL = "شارك"  # a button on an Arabic page; on others a word like any


def _paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def _page(body: str, title: str = "مكتبة عامة جديدة في الحي القديم") -> str:
    return (
        f"<html><head><title>{title}</title><meta property='og:type' content='article'>"
        f"<meta property='og:title' content='{title}'></head><body><h1>{title}</h1>{body}</body></html>"
    )


@pytest.mark.parametrize("other", ["en", "fr", "he"])
@pytest.mark.parametrize("order", ["before", "behind"])
def test_the_text_in_the_sites_language_is_read_beside_a_longer_translation(other: str, order: str) -> None:
    own, translation = f"<div>{_paragraphs(ARABIC)}</div>", f"<div>{_paragraphs(_TEXTS[other] * 2)}</div>"
    body = translation + own if order == "before" else own + translation
    article = extract(page_of(_page(body), _URL), site_of(_URL))
    assert isinstance(article, Article), article
    assert article.text == "\n".join(ARABIC)
    assert article.language == "ar"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_site_in_two_languages_keeps_its_foreign_edition(language: str) -> None:
    site = site_of(_URL, languages=("ar", language))
    article = extract(page_of(_page(f"<div>{_paragraphs(_TEXTS[language])}</div>"), _URL), site)
    assert isinstance(article, Article), article
    assert article.text == "\n".join(_TEXTS[language])
    assert article.language == language


def test_a_foreign_quotation_inside_the_text_stays() -> None:
    texts = (*ARABIC[:2], ENGLISH[0], ARABIC[2])
    article = extract(page_of(_page(f"<div>{_paragraphs(texts)}</div>"), _URL), site_of(_URL))
    assert isinstance(article, Article), article
    assert article.text == "\n".join(texts)


@pytest.mark.parametrize("language", sorted(set(_TEXTS) - {"ar"}))
def test_arabic_phrases_are_furniture_on_arabic_pages_only(language: str) -> None:
    texts = (*_TEXTS[language][:2], _WORDS_OF_ALL, _TEXTS[language][2])
    site = site_of(_URL, languages=(language,))
    article = extract(page_of(_page(f"<div>{_paragraphs(texts)}</div>"), _URL), site)
    assert isinstance(article, Article), article
    assert article.text == "\n".join(texts)
    arabic = (*ARABIC[:2], _WORDS_OF_ALL, ARABIC[2])
    article = extract(page_of(_page(f"<div>{_paragraphs(arabic)}</div>"), _URL), site_of(_URL))
    assert isinstance(article, Article), article
    assert article.text == "\n".join(ARABIC)


@pytest.mark.parametrize("language", sorted(set(_TEXTS) - {"ar"}))
def test_other_languages_are_refused_where_the_site_is_arabic(language: str) -> None:
    result = extract(page_of(_page(f"<div>{_paragraphs(_TEXTS[language])}</div>"), _URL), site_of(_URL))
    assert isinstance(result, Rejection)
    assert (result.reason, result.detail) == ("language", language)
