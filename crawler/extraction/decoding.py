"""Bytes to text: what a page's letters really are, whatever it says they are. Pure.

Order of trust: a byte-order mark, the pattern of UTF-16, validity as UTF-8 (a windows-1256 page is never
valid UTF-8 by chance), then the one-byte Arabic code pages weighed by how often Arabic uses the letters they
yield. A declaration decides only between readings that the bytes allow.
"""

import codecs
import re
from dataclasses import dataclass

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(
    rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_HEAD_BYTES = 4096  # the HTML standard looks for a declaration in the first 1,024; old pages need more

# Letters by their share of running Arabic news text, per mille; the rest of the alphabet counts 2.
_COMMON = dict(zip("اليمونرتبةعدسفهقأكحجش", (
    160, 125, 80, 60, 60, 55, 45, 50, 35, 35, 35, 28, 24, 28, 25, 24, 22, 20, 18, 14, 10,
), strict=True))  # fmt: skip
_ARABIC = re.compile(r"[ء-ي]")
_SAMPLE = 20_000  # high bytes are plenty here to tell two code pages apart

_UTF8_OR_BYTES = re.compile(
    rb"((?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|([\x80-\xff]+)"
)
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_STRAY_MAX = 3  # so many bytes outside UTF-8 in a row are a cut character, more are another code page


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text, the code page it was in, and what told so: bom, utf-16, valid, letters, declared."""

    text: str
    encoding: str
    evidence: str


def decode(body: bytes, content_type: str | None) -> Decoded:
    """Never fails: what no code page explains becomes U+FFFD."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(encoding, "replace"), encoding, "bom")
    wide = _wide(body)
    if wide:
        return Decoded(body.decode(wide, "replace"), wide, "utf-16")
    try:
        return Decoded(body.decode("utf-8"), "utf-8", "valid")
    except UnicodeDecodeError:
        return _legacy(body, _declared(body, content_type))


def _wide(body: bytes) -> str | None:
    """UTF-16 without a mark shows by a zero in every second byte of its ASCII markup."""
    head = body[:_HEAD_BYTES]
    half = len(head) // 2
    if half < 2:  # noqa: PLR2004  one character tells nothing
        return None
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    if zeros_odd > half * 0.1 and zeros_even < zeros_odd * 0.05:
        return "utf-16-le"
    if zeros_even > half * 0.1 and zeros_odd < zeros_even * 0.05:
        return "utf-16-be"
    return None


def _declared(body: bytes, content_type: str | None) -> str | None:
    """The first known code page among header, XML declaration and meta."""
    names: list[str] = _HEADER_CHARSET.findall(content_type or "")
    head = body[:_HEAD_BYTES]
    names += [name.decode("ascii") for name in _XML_CHARSET.findall(head) + _META_CHARSET.findall(head)]
    for name in names:
        try:
            info = codecs.lookup(name)
        except LookupError:
            continue
        if info._is_text_encoding:  # noqa: SLF001  the only way to leave out rot13, zlib and their like
            return info.name
    return None


def _legacy(body: bytes, declared: str | None) -> Decoded:
    if _mostly_utf8(body):
        return Decoded(_mend_utf8(body), "utf-8", "letters")
    sample = _dense(body)
    scores = {name: _arabic_score(sample.decode(name, "replace")) for name in ("cp1256", "iso8859-6")}
    best = max(scores, key=lambda name: (scores[name], name == declared))
    if scores[best] > 0:
        return Decoded(body.decode(best, "replace"), best, "letters")
    encoding = declared if declared and not declared.startswith("utf") else "cp1252"
    return Decoded(body.decode(encoding, "replace"), encoding, "declared")


def _dense(body: bytes) -> bytes:
    """The bytes above ASCII, with blanks between words, from as much of the page as weighing needs."""
    return b" ".join(_HIGH_RUN.findall(body))[:_SAMPLE]


def _mostly_utf8(body: bytes) -> bool:
    """Whether nine in ten bytes above ASCII stand in well-formed UTF-8 sequences."""
    high = sum(map(len, _HIGH_RUN.findall(body)))
    formed = sum(len(sequence) for sequence in _MULTIBYTE.findall(body))
    return formed >= high * 0.9


def _mend_utf8(body: bytes) -> str:
    """UTF-8 with foreign pieces: a long run of other bytes is windows-1256 pasted in, a short one is lost."""

    def piece(match: re.Match[bytes]) -> str:
        if match[1] is not None:
            return match[1].decode("utf-8")
        run = match[2]
        return run.decode("cp1256", "replace") if len(run) > _STRAY_MAX else "\N{REPLACEMENT CHARACTER}"

    return "".join(piece(match) for match in _UTF8_OR_BYTES.finditer(body))


def _arabic_score(text: str) -> float:
    """Mean commonness of the letters, less what no Arabic page holds; above zero means Arabic."""
    letters = [character for character in text if not character.isspace()]
    if not letters:
        return 0.0
    total = 0
    for character in letters:
        if character in _COMMON:
            total += _COMMON[character]
        elif _ARABIC.match(character):
            total += 2
        elif "\x80" <= character <= "\x9f" or character == "\N{REPLACEMENT CHARACTER}":
            total -= 60
        elif character.isalpha():
            total -= 40  # Latin letters with accents, where windows-1256 has them
    return total / len(letters)
