"""What the pages say of the demo archive, in both languages."""

import io
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pyarrow.dataset as ds
import pytest
from lxml import html
from warcio.archiveiterator import ArchiveIterator

from tests.browse.opened import Room
from tests.browse.reading import EDITED, article_named, page, text

WATER = f"/search?q={quote('مياه')}"
TAKEN = "خريطة إلكترونية للصيدليات الخافرة"
COMET = quote("مذنب")


def test_the_first_page_says_what_the_archive_holds(room: Room, demo_archive: Path) -> None:
    rows = ds.dataset(demo_archive / "articles", partitioning="hive").to_table(columns=["canonical_url"])
    articles = len(set(rows["canonical_url"].to_pylist()))
    english, arabic = page(room, "/"), page(room, "/", "ar")
    assert (english.get("lang"), english.get("dir")) == ("en", "ltr")
    assert (arabic.get("lang"), arabic.get("dir")) == ("ar", "rtl")
    assert f"{articles} articles" in text(english.cssselect(".holds")[0])
    assert "4 outlets" in text(english.cssselect(".holds")[0])
    assert "4 صحف" in text(arabic.cssselect(".holds")[0])
    first = english.cssselect(".stories a")[0]
    assert text(first) == "مرصد متنقل يلتقط صور مذنب لن يعود قبل ثمانية قرون"
    assert page(room, first.get("href")) is not None


def test_arabic_is_the_language_where_the_browser_names_no_other(room: Room) -> None:
    assert html.document_fromstring(room.get("/").text).get("lang") == "ar"
    assert page(room, "/", "fr").get("lang") == "ar"


def test_the_switch_keeps_the_page_and_the_choice(room: Room) -> None:
    [switch] = page(room, f"{WATER}&sort=newest").cssselect("a.switch")
    answer = room.get(switch.get("href"), headers={"Accept-Language": "en"})
    changed = html.document_fromstring(answer.text)
    assert changed.get("lang") == "ar"
    assert len(changed.cssselect(".hits > li")) == len(
        page(room, f"{WATER}&sort=newest").cssselect(".hits > li")
    )
    cookie = answer.headers["set-cookie"].partition(";")[0]
    kept = room.get("/", headers={"Accept-Language": "en", "Cookie": cookie})
    assert html.document_fromstring(kept.text).get("lang") == "ar"


def test_results_mark_the_words_in_the_original_letters(room: Room) -> None:
    found = page(room, WATER)
    marked = {text(mark) for mark in found.cssselect("mark")}
    assert {"المياه", "مياه"} <= marked
    hits = found.cssselect(".hits > li")
    assert text(found.cssselect(".count")[0]).startswith(f"{len(hits)} articles")
    assert all(hit.cssselect("mark") for hit in hits)


def test_facets_narrow_the_search_and_can_be_taken_off(room: Room) -> None:
    found = page(room, WATER)
    [link] = [a for a in found.cssselect(".facet a") if "site=barada_example" in a.get("href")]
    count = int(text(link.getparent().cssselect(".soft")[0]))
    narrowed = page(room, link.get("href"))
    assert len(narrowed.cssselect(".hits > li")) == count > 0
    assert {text(bdi) for bdi in narrowed.cssselect(".hits p.soft bdi")} == {"ضفاف بردى"}
    [off] = narrowed.cssselect(".filters a")
    assert len(page(room, off.get("href")).cssselect(".hits > li")) == len(found.cssselect(".hits > li"))


def test_days_bound_the_results(room: Room) -> None:
    found = page(room, "/search?from=2026-01-01&to=2026-01-31")
    days = [time.get("datetime")[:7] for time in found.cssselect(".hits time")]
    assert days
    assert set(days) == {"2026-01"}


def test_the_timeline_is_a_picture_with_its_figures(room: Room) -> None:
    found = page(room, WATER)
    [picture] = found.cssselect("svg.bars")
    assert picture.get("role") == "img"
    assert "at most" in picture.get("aria-label")
    figures = [int(text(cell)) for cell in found.cssselect(".timeline td.number")]
    assert sum(figures) == len(found.cssselect(".hits > li"))


def test_how_the_words_were_understood_is_said(room: Room) -> None:
    how = text(page(room, WATER).cssselect(".how")[0])
    assert "المياه" in how
    assert "مياه" in how


@pytest.mark.parametrize("query", ["", "q=", "q=+++", "page=7", "page=x&sort=none&from="])
def test_a_search_for_nothing_lists_all(room: Room, query: str) -> None:
    assert "articles" in text(page(room, f"/search?{query}").cssselect(".count")[0])


def test_no_result_is_a_sentence(room: Room) -> None:
    assert "No article matches" in text(page(room, "/search?q=zzzzzz").cssselect(".empty")[0])


def test_the_article_has_its_text_as_published(room: Room, demo_archive: Path) -> None:
    path = article_named(room, "ماراثون البساتين")
    table = ds.dataset(demo_archive / "articles", partitioning="hive").to_table()
    [row] = [row for row in table.to_pylist() if row["version_id"] == path.rpartition("/")[2]]
    found = page(room, path)
    paragraphs = [p.text_content() for p in found.cssselect("article.text > p")]
    assert "\n".join(paragraphs) == row["text"]
    whole = text(found)
    for name in ("warc_file", "payload_digest", "text_sha256", "warc_record_id", "run_id", "url"):
        assert row[name] in whole, name
    assert f"{row['warc_offset']:,}" in whole
    fields = {text(each.cssselect("code")[0]): each for each in found.cssselect(".fields tbody tr")}
    layers = dict(row["layers"])
    assert {"title", "published", "authors"} <= fields.keys()
    assert text(fields["title"].cssselect("td")[1]) != ""
    assert set(layers) <= {*fields, "text"}


def test_provenance_names_the_manifest_and_its_state(room: Room) -> None:
    whole = text(
        page(room, article_named(room, "ماراثون البساتين")).cssselect("section[aria-labelledby=provenance]")[
            0
        ]
    )
    assert "names the WARC file" in whole
    assert re.search(r"[0-9a-f]{64}", whole)
    assert "not signed" in whole
    assert "scrapy verify --run" in whole


def test_the_record_is_a_download_that_no_browser_shows(room: Room) -> None:
    path = article_named(room, "ماراثون البساتين")
    answer = room.get(f"{path}/record")
    assert answer.status == 200
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="{path.rpartition("/")[2]}.warc.gz"'
    )
    assert answer.headers["content-type"] == "application/gzip"
    pages = [
        (record.rec_type, record.content_stream().read().decode())
        for record in ArchiveIterator(io.BytesIO(answer.body))
    ]
    assert [kind for kind, _ in pages] == ["response"]
    assert "ماراثون البساتين" in pages[0][1]
    assert room.get(f"{path}/record/2").status == 404


def test_versions_are_compared_word_by_word(room: Room) -> None:
    path = article_named(room, EDITED)
    found = page(room, f"{path}/versions")
    added = [text(each) for each in found.cssselect(".difference ins")]
    removed = [text(each) for each in found.cssselect(".difference del")]
    assert "ثلث" in added
    assert "ربع" in removed
    history = [text(each.cssselect("a")[0]) for each in found.cssselect(".history li")]
    assert [title.rpartition(" ")[0].rpartition(" ")[2] for title in history] == ["ربع", "ثلث"]


def test_a_choice_of_two_versions_turns_the_comparison_around(room: Room) -> None:
    path = article_named(room, EDITED)
    options = page(room, f"{path}/versions").cssselect("select[name=from] option")
    old, new = (option.get("value") for option in options)
    found = page(room, f"{path}/versions?from={new}&to={old}")
    assert "ربع" in [text(each) for each in found.cssselect(".difference ins")]
    same = page(room, f"{path}/versions?from={new}&to={new}")
    assert "are the same" in text(same.cssselect(".empty")[0])
    assert page(room, f"{path}/versions?from=nonsense&to=%00") is not None


def test_changes_of_spelling_stand_apart(room: Room) -> None:
    found = page(room, f"{article_named(room, 'سوق الجمعة ينتقل')}/versions")
    sums = [int(text(each)) for each in found.cssselect(".sums dd")]
    assert sums[:2] == [0, 0]
    assert sums[2] > 0
    assert "ومتردد ومتردِّد" in [text(each) for each in found.cssselect(".spelled li")]


def test_one_version_has_nothing_to_compare(room: Room) -> None:
    found = page(room, f"{article_named(room, 'ماراثون البساتين')}/versions")
    assert "one version" in text(found.cssselect(".empty")[0])


def test_an_older_version_leads_to_the_newer_one(room: Room) -> None:
    newest = article_named(room, EDITED)
    [older, _] = page(room, newest).cssselect("[aria-labelledby=versions] li")
    old = page(room, older.cssselect("a")[0].get("href"))
    assert old.cssselect(f'.notice a[href="{newest}"]')


def test_takedowns_say_when_it_was_last_seen_and_first_gone(room: Room) -> None:
    for path in ("/gone", "/gone?site=nakhla_example"):
        [taken] = page(room, path).cssselect(".takedowns > li")
        assert text(taken.cssselect("h2")[0]).startswith(TAKEN)
        last, first = (time.get("datetime") for time in taken.cssselect("time"))
        assert last < first
        assert "the page was taken away" in text(taken)
    assert not page(room, "/gone?site=wadi_example").cssselect(".takedowns")
    [notice] = page(room, article_named(room, TAKEN)).cssselect(".notice.gone")
    assert "taken this article down" in text(notice)


def test_the_calendar_of_an_outlet_shows_what_is_missing(room: Room) -> None:
    found = page(room, "/outlet/wadi_example?year=2025")
    months = {text(each.cssselect("h3")[0]): each for each in found.cssselect(".months > li")}
    assert list(months)[-1] == "June 2025"
    assert len(months) == 7
    october = months["October 2025"]
    assert "1 missing" in october.cssselect("svg")[0].get("aria-label")
    assert len(october.cssselect("rect.missing")) == 1
    assert "25 October 2025: 0 kept, 1 advertised, 1 missing" in text(october)
    assert page(room, "/outlet/wadi_example?year=1066") is not None


def test_the_state_of_the_crawls_is_said(room: Room) -> None:
    good = page(room, "/outlet/zaytoun_example").cssselect("[aria-labelledby=status]")[0]
    assert "The last crawl ended well." in text(good)


def test_one_story_is_found_in_three_papers(room: Room) -> None:
    found = page(room, f"/search?q={COMET}")
    assert {text(bdi) for bdi in found.cssselect(".hits p.soft bdi")} == {
        "ضفاف بردى", "نداء الوادي", "ظل النخلة",
    }  # fmt: skip


def test_an_article_names_the_same_story_in_other_papers(room: Room) -> None:
    for words in ("مذنب نادر", "هواة فلك", "مرصد متنقل"):
        found = page(room, article_named(room, words))
        others = found.cssselect(".same li")
        assert len(others) == 2
        assert not any(text(each).startswith(words) for each in others)
        assert page(room, others[0].cssselect("a")[0].get("href")) is not None
    assert not page(room, article_named(room, "ماراثون البساتين")).cssselect(".same")


def test_words_over_time_are_counted_per_thousand_and_gaps_are_hatched(room: Room) -> None:
    found = page(room, f"/attention?q={COMET}&q={quote('مياه')}")
    assert len(found.cssselect("figure")) == 2
    assert found.cssselect("svg pattern")
    rows = {text(row.cssselect("th")[0]): row for row in found.cssselect("figure")[0].cssselect("tbody tr")}
    march = [text(cell) for cell in rows["March 2026"].cssselect("td")]
    found_articles, every = map(int, march[1].split(" / "))
    assert found_articles == 3
    assert float(march[0]) == pytest.approx(1000 * found_articles / every, abs=0.06)
    assert text(rows["January 2020"].cssselect("td")[0]) == "not covered"
    hatched = found.cssselect("figure")[0].cssselect('rect[fill^="url(#"]')
    assert len(hatched) == sum(text(row.cssselect("td")[0]) == "not covered" for row in rows.values())


def test_words_by_outlet(room: Room) -> None:
    found = page(room, f"/attention?q={COMET}&by=outlet")
    assert len(found.cssselect("figure")) == 4
    assert "No article" in text(page(room, "/attention?q=zzzzzz").cssselect(".empty")[0])
    assert page(room, "/attention") is not None


@pytest.mark.parametrize(
    "path", ["/nothing", "/article/x", f"/article/{'0' * 32}", "/outlet/none", "/export.exe"]
)
def test_what_is_not_there_is_a_sentence(room: Room, path: str) -> None:
    for language, lead in (("en", "There is no such page"), ("ar", "لا ")):
        answer = room.get(path, headers={"Accept-Language": language})
        assert answer.status == 404
        sentence = text(html.document_fromstring(answer.text).cssselect(".lead")[0])
        assert sentence.startswith((lead, "The archive holds no"))


def test_a_query_of_ten_thousand_letters_is_a_sentence(room: Room) -> None:
    answer = room.get("/search?q=" + quote("ا" * 10_000), headers={"Accept-Language": "ar"})
    assert answer.status == 400
    assert "10,000 حرفًا" in text(html.document_fromstring(answer.text).cssselect(".lead")[0])


@pytest.mark.parametrize(
    "query",
    ["from=2026-02-30", "from=2026-02-02&to=2026-02-01", "page=999999999", "q=" + "a+" * 90,
     "&".join(f"site=s{n}" for n in range(150)), "month=2026-99", "&".join(["section=x"] * 300)],
)  # fmt: skip
def test_a_search_that_cannot_be_made_is_a_sentence(room: Room, query: str) -> None:
    answer = room.get(f"/search?{query}", headers={"Accept-Language": "en"})
    assert answer.status in {200, 400}
    assert "Traceback" not in answer.text
    if answer.status == 400:
        assert text(html.document_fromstring(answer.text).cssselect(".lead")[0]).endswith(".")


@pytest.mark.parametrize(
    "path", ["/search?q=%FF%FE", "/search?q=%00%01", "/outlet/%2e%2e%2f", "/article/%00", "/%E2%80%AE"]
)
def test_addresses_that_are_no_text(room: Room, path: str) -> None:
    answer = room.get(path)
    assert answer.status in {200, 400, 404}
    assert unescape(answer.text)
