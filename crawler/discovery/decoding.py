"""The text of an answer, whatever its charset is said to be. Pure.

Arabic sites say windows-1256 and send UTF-8, say nothing and send windows-1256, or say so only in the markup.
Text that is valid UTF-8 and not plain ASCII is UTF-8, whatever is said; where it is not, what is said counts.
"""

import codecs
import re
from collections.abc import Iterator

from crawler.discovery.source import Answer

_HEAD = 2048  # bytes in which a document declares its charset
_DAMAGED = 0.01  # share of characters that a UTF-8 text may have lost before it counts as another charset
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_MARKUP = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Arabic pages are written in; other codecs of Python (utf-7, punycode, rot13) only serve to hide things.
_TRUSTED = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1256", "iso8859-6", "mac-arabic", "cp720", "cp864"}
)


def text_of(answer: Answer) -> str:
    """The body as text; bytes that are nothing in its charset become U+FFFD. Never raises."""
    for mark, name in _BOMS:
        if answer.body.startswith(mark):
            return answer.body.decode(name, "replace").removeprefix("\ufeff")
    if b"\x00" in answer.body[:_HEAD]:  # UTF-16 without its mark, which would pass for UTF-8
        return _decode_other(answer)
    try:
        return answer.body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_other(answer)


def _decode_other(answer: Answer) -> str:
    """Text that is not valid UTF-8: nearly valid, as declared, or windows-1256 as old Arabic pages are."""
    text = answer.body.decode("utf-8", "replace")
    letters = sum(character > "\x7f" for character in text)
    if text.count("\ufffd") <= 1 + letters * _DAMAGED and letters > 1:
        return text
    for name in _declared(answer):
        if name != "utf-8":
            return answer.body.decode(name, "replace")
    return answer.body.decode("cp1256", "replace")


def _declared(answer: Answer) -> Iterator[str]:
    header = _IN_HEADER.search(answer.headers.get("content-type", ""))
    markup = _IN_MARKUP.search(answer.body[:_HEAD])
    for label in (header and header[1], markup and markup[1].decode("ascii", "replace")):
        try:
            name = codecs.lookup(label).name if label else ""
        except LookupError:
            continue
        if name in _TRUSTED:
            yield name
