"""Which letters a page's bytes are, whatever it declares."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.decoding import decode

TEXT = "<html><body><p>قال الوزير إن الاجتماع الذي عقد في العاصمة ناقش مشروع القانون الجديد</p>"
META = '<meta charset="{}">'

CASES = [
    (TEXT.encode(), None, "utf-8"),
    (TEXT.encode(), "text/html; charset=windows-1256", "utf-8"),
    (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=iso-8859-1", "utf-8"),
    (TEXT.encode("cp1256"), None, "cp1256"),
    (TEXT.encode("cp1256"), "text/html; charset=UTF-8", "cp1256"),
    (TEXT.encode("cp1256"), "text/html; charset=iso-8859-6", "cp1256"),
    ((META.format("iso-8859-1") + TEXT).encode("cp1256"), None, "cp1256"),
    (TEXT.encode("iso8859-6"), None, "iso8859-6"),
    (TEXT.encode("iso8859-6"), "text/html; charset=windows-1256", "iso8859-6"),
    (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), None, "utf-16-le"),
    (TEXT.encode("utf-16-le"), None, "utf-16-le"),
    (TEXT.encode("utf-16-be"), "text/html; charset=utf-8", "utf-16-be"),
    (TEXT.encode("utf-32-le").join([codecs.BOM_UTF32_LE, b""]), None, "utf-32-le"),
]


@pytest.mark.parametrize(("body", "header", "encoding"), CASES)
def test_encodings(body: bytes, header: str | None, encoding: str) -> None:
    decoded = decode(body, header)
    assert decoded.encoding == encoding
    assert decoded.text.endswith(TEXT)


def test_a_piece_of_windows_1256_in_a_page_of_utf_8() -> None:
    body = (TEXT * 5).encode() + "شريط الأخبار".encode("cp1256")
    decoded = decode(body, "text/html; charset=utf-8")
    assert decoded.text == TEXT * 5 + "شريط الأخبار"


def test_a_cut_character_costs_itself_alone() -> None:
    body = TEXT.encode() + "وصف مقطو".encode()[:-1] + b"</p>"
    assert decode(body, None).text.endswith("وصف مقط\N{REPLACEMENT CHARACTER}</p>")


def test_a_western_page_is_not_made_arabic() -> None:
    assert (
        decode("<p>déjà vu à côté</p>".encode("latin-1"), "text/html; charset=iso-8859-1").text
        == "<p>déjà vu à côté</p>"
    )


@pytest.mark.parametrize("name", ["rot13", "zlib", "hex", "nonsense", "idna", "x" * 200])
def test_declarations_that_are_no_code_page(name: str) -> None:
    assert decode(TEXT.encode("cp1256"), f"text/html; charset={name}").encoding == "cp1256"


@given(body=st.binary(max_size=200), header=st.none() | st.text(max_size=40))
def test_never_fails(body: bytes, header: str | None) -> None:
    assert isinstance(decode(body, header).text, str)
