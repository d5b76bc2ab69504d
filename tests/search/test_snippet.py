"""The words of a query, marked in the original letters of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.search.query import Query
from crawler.search.snippet import LENGTH, Marker, marked, snippet

MARKED = [
    ("مياه", "قُطعت المِيَاه عن الحيّ", ["المِيَاه"]),
    ("القاهرة", "من القاهره إلى القــاهرة", ["القاهره", "القــاهرة"]),
    ('"سد النهضة"', "سد النهضة، وسد آخر في النهضة", ["سد النهضة"]),
    ('"المياه"', "مياه المياه", ["المياه"]),
    ("مياه -مصر", "مياه مصر", ["مياه"]),
    ("", "مياه", []),
    ("ذهب", "لا شيء هنا", []),
]


@pytest.mark.parametrize(("words", "text", "wanted"), MARKED)
def test_words_are_marked_as_the_text_writes_them(words: str, text: str, wanted: list[str]) -> None:
    pieces = marked(text, Marker.of(Query(words=words).parts()))
    assert [piece.text for piece in pieces if piece.marked] == wanted
    assert "".join(piece.text for piece in pieces) == text


def test_the_piece_with_most_different_words_is_cut_out() -> None:
    far = "كلام آخر لا يعني شيئاً " * 40
    text = f"سد وسد وسد وسد. {far} هنا سد النهضة الكبير. {far}"
    pieces = snippet(text, Marker.of(Query(words="سد النهضة").parts()))
    assert {"سد", "النهضة"} <= {piece.text for piece in pieces if piece.marked}
    assert (pieces[0].text, pieces[-1].text) == ("… ", " …")
    cut = "".join(piece.text for piece in pieces[1:-1])
    assert cut in text
    assert len(cut) <= LENGTH + 60
    assert cut[0] != " "


def test_a_text_without_the_words_gives_its_beginning() -> None:
    text = "كلمة " * 200
    pieces = snippet(text, Marker.of(Query(words="غائب").parts()))
    assert pieces[0].text.startswith("كلمة كلمة")
    assert pieces[-1].text == " …"
    assert snippet("", Marker.of(())) == ()


@given(st.text(max_size=600), st.text(alphabet='اأبتةهيى و"-', max_size=20))
def test_a_snippet_is_a_piece_of_its_text(text: str, words: str) -> None:
    try:
        parts = Query(words=words).parts()
    except Exception:  # noqa: BLE001 - such queries have tests of their own
        return
    pieces = snippet(text, Marker.of(parts))
    inner = [piece for piece in pieces if piece.marked or piece.text not in {"… ", " …"}]
    assert "".join(piece.text for piece in inner) in text or "…" in text
