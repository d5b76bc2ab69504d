"""The words of the pages: both languages complete, and used."""

import re
from importlib.resources import files
from string import Formatter

import pytest

from crawler.browse.wording import Wording, language_of, parts
from crawler.items import ARTICLE_FIELDS

ARABIC = re.compile("[\u0621-\u064a]")
PAIRS = ("words", "fields", "layers", "languages", "countries")


@pytest.mark.parametrize("table", PAIRS)
def test_each_word_is_in_both_languages(table: str) -> None:
    for name, pair in parts()[table].items():
        english, arabic = pair
        assert english.strip(), name
        assert arabic.strip(), name
        if name not in {"other-language", "trafilatura", "count-tip"}:
            assert not ARABIC.search(english), name
            assert ARABIC.search(arabic), name
        assert names_in(english) == names_in(arabic), name


def names_in(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_each_field_of_an_article_has_a_name() -> None:
    assert set(parts()["fields"]) == set(ARTICLE_FIELDS)


def test_each_count_has_all_its_forms() -> None:
    for name, forms in parts()["counts"].items():
        assert (len(forms["en"]), len(forms["ar"])) == (2, 6), name


def test_the_words_of_the_templates_are_those_of_the_table() -> None:
    folder = files("crawler.browse.templates")
    source = "".join(each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".html"))
    source += "".join(
        path.read_text("utf-8")
        for path in (*files("crawler.browse").iterdir(), *files("crawler.browse.pages").iterdir())
        if path.name.endswith(".py")
    )
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', source)) | set(re.findall(r"t\('([a-z-]+)'", source))
    made = {name for name in parts()["words"] if re.match("manifest-|feed-|cite-", name)}
    unused = set(parts()["words"]) - used - made
    assert unused == set()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "لا مقالات"), (1, "مقال واحد"), (2, "مقالان"), (3, "3 مقالات"), (10, "10 مقالات"),
        (11, "11 مقالًا"), (99, "99 مقالًا"), (100, "100 مقال"), (102, "102 مقال"), (103, "103 مقالات"),
        (1_211, "1,211 مقالًا"),
    ],
)  # fmt: skip
def test_arabic_counts(number: int, expected: str) -> None:
    assert Wording("ar").count("articles", number) == expected


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "expected"),
    [
        (None, None, None, "ar"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "ar-SY,ar;q=0.9,en;q=0.8", "ar"),
        (None, None, "fr-FR,fr;q=0.9", "ar"),
        (None, None, "fr,en;q=0.5,ar;q=0.9", "ar"),
        (None, None, "en;q=nonsense,,;;", "ar"),
        (None, "en", "ar", "en"),
        ("ar", "en", "en", "ar"),
        ("xx", "yy", "en", "en"),
    ],
)
def test_the_language_of_a_page(
    asked: str | None, kept: str | None, accepted: str | None, expected: str
) -> None:
    assert language_of(asked, kept, accepted) == expected


def test_dates_sizes_and_names() -> None:
    arabic, english = Wording("ar"), Wording("en")
    assert arabic.moment("2026-02-28T23:58:30+03:00", "second") == "28 فبراير 2026، 23:58"
    assert english.moment("2026-02-28T00:00:00+03:00", "day") == "28 February 2026"
    assert english.moment("nonsense") == "nonsense"
    assert (english.period("2026-02"), english.period("2026-02-03")) == ("February 2026", "3 February 2026")
    assert (english.size(999), english.size(1_240_000), arabic.size(5_400_000_000)) == (
        "999 bytes", "1.24 MB", "5.4 غ.ب",
    )  # fmt: skip
    assert (arabic.country("SY"), arabic.country("XX"), arabic.country(None)) == ("سوريا", "XX", "")
    assert english.layer("jsonld") == "structured data (JSON-LD)"
