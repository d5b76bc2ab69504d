import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.decoding import text_of
from crawler.discovery.source import Answer

TEXT = "افتتاح معرض الكتاب"


def decoded(body: bytes, content_type: str = "") -> str:
    return text_of(
        Answer(url="https://paper.example/", status=200, body=body, headers={"content-type": content_type})
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "text/html; charset=windows-1256"),
        (b'<meta charset="windows-1256">' + TEXT.encode(), ""),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.encode("utf-16"), ""),
        (TEXT.encode("utf-16-le"), "text/xml; charset=utf-16le"),
        (TEXT.encode("cp1256"), ""),
        (TEXT.encode("cp1256"), "text/html; charset=utf-8"),
        (TEXT.encode("cp1256"), "text/html; charset=ISO-8859-1"),
        (TEXT.encode("cp1256"), "text/html; charset=utf-7"),
        (TEXT.encode("cp1256"), "text/html; charset=no-such"),
        (TEXT.encode("iso8859-6"), 'text/html; charset="iso-8859-6"'),
        (b'<?xml version="1.0" encoding="ISO-8859-6"?>' + TEXT.encode("iso8859-6"), ""),
    ],
)
def test_arabic(body: bytes, content_type: str) -> None:
    assert decoded(body, content_type).endswith(TEXT)


def test_a_cut_letter_does_not_turn_utf8_into_windows_1256() -> None:
    assert decoded((TEXT * 3).encode()[:-1]) == (TEXT * 3)[:-1] + "\ufffd"


def test_letters_hidden_in_utf7_stay_hidden() -> None:
    assert decoded(b"+ADw-script+AD4-", "text/html; charset=utf-7") == "+ADw-script+AD4-"


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes(body: bytes, content_type: str) -> None:
    assert isinstance(decoded(body, f"text/html; charset={content_type}"), str)
