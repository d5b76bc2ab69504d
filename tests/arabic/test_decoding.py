"""The code page of a body, also where it declares another, at once and in pieces."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.arabic.decoding import decode, decode_pieces

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


ROWS = "".join(f"<url><loc>https://paper.example/خبر/{n}</loc></url>" for n in range(9_000))
LIST = f"<urlset>{ROWS}</urlset>"
CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256", "iso8859-6"]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("size", [1_000, 65_536, 65_537])
def test_pieces_give_the_same_text_as_the_whole(codec: str, size: int) -> None:
    body = LIST.encode(codec)
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    assert "".join(decode_pieces(pieces, None)) == LIST == decode(body, None).text


WHATWG_LABELS = {
    "iso8859-6": """arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e
        iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987""",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1252": "windows-1252 x-cp1252 cp1252",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
}


@pytest.mark.parametrize(
    ("codec", "label"),
    [(codec, label) for codec, labels in WHATWG_LABELS.items() for label in labels.split()],
)
def test_labels_of_the_encoding_standard(codec: str, label: str) -> None:
    text = "قال الوزير" if codec in {"iso8859-6", "cp1256"} else "<p>déjà vu à côté</p>"
    for prolog, header in (
        (f'<?xml version="1.0" encoding="{label.upper()}"?>', None),
        ("", f"a/b; charset={label}"),
    ):
        assert decode((prolog + text).encode(codec), header).text == prolog + text


@pytest.mark.parametrize("declared", ["utf-16", "utf-16le", "utf-32", "windows-1256", "utf-7", "punycode"])
def test_utf_8_declared_as_something_else(declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><a>قال الوزير +ADw-</a>'
    assert decode(text.encode(), f"text/xml; charset={declared}").text == text
    assert "".join(decode_pieces([text.encode()], None)) == text


@given(pieces=st.lists(st.binary(max_size=50), max_size=8), header=st.none() | st.text(max_size=40))
def test_pieces_never_fail(pieces: list[bytes], header: str | None) -> None:
    assert isinstance("".join(decode_pieces(pieces, header)), str)


@given(body=st.binary(max_size=200), header=st.none() | st.text(max_size=40))
def test_never_fails(body: bytes, header: str | None) -> None:
    assert isinstance(decode(body, header).text, str)
