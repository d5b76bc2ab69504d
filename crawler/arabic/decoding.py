"""Bytes to text: find the code page of a page or a list, also where it declares a wrong one. Pure.

Evidence in the order of trust: a byte-order mark; the pattern of UTF-16; validity as UTF-8 (a windows-1256
text is never valid UTF-8 by chance); then the one-byte Arabic code pages, weighed by how often Arabic uses
the letters that they give. A declaration decides only between readings that the bytes allow.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_HEAD_BYTES = 4096  # the HTML standard looks for a declaration in the first 1,024; old pages need more

# Labels of the WHATWG Encoding standard that Python does not know, without a leading "x-".
_LABELS = {
    "csiso88596e": "iso8859-6", "csiso88596i": "iso8859-6", "iso-8859-6-e": "iso8859-6",
    "iso-8859-6-i": "iso8859-6", "iso88596": "iso8859-6", "iso88591": "cp1252", "mac": "mac-roman",
    "csmacintosh": "mac-roman", "unicode-1-1-utf-8": "utf-8", "unicode11utf8": "utf-8",
    "unicode20utf8": "utf-8", "csunicode": "utf-16-le", "iso-10646-ucs-2": "utf-16-le", "ucs-2": "utf-16-le",
    "unicode": "utf-16-le", "unicodefeff": "utf-16-le", "unicodefffe": "utf-16-be",
}  # fmt: skip
# Python's codecs that no site writes in: they hide text, and punycode takes quadratic time.
_NOT_OF_THE_WEB = frozenset(
    {"punycode", "idna", "utf-7", "unicode-escape", "raw-unicode-escape", "undefined"}
)

# Letters by their share of running Arabic news text, per mille; the rest of the alphabet counts 2.
_COMMON = dict(zip("اليمونرتبةعدسفهقأكحجش", (
    160, 125, 80, 60, 60, 55, 45, 50, 35, 35, 35, 28, 24, 28, 25, 24, 22, 20, 18, 14, 10,
), strict=True))  # fmt: skip
_ARABIC = re.compile(r"[ء-ي]")
_SAMPLE = 20_000  # bytes above ASCII, enough to distinguish two code pages
_HIGH_BYTES = bytes(range(0x80, 0x100))

_UTF8_OR_BYTES = re.compile(
    rb"((?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|([\x80-\xff]+)"
)
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_MAX_STRAY = 3  # bytes outside UTF-8 in a row; so few are a cut character, more are another code page


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, its code page, and the evidence for that: bom, utf-16, valid, letters or declared."""

    text: str
    encoding: str
    evidence: str


def decode(body: bytes, content_type: str | None) -> Decoded:
    """Return the text of a body. Never raises: bytes that no code page explains become U+FFFD.

    `content_type` is the header's value; its charset is one of the declarations.
    """
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


def decode_pieces(pieces: Iterable[bytes], content_type: str | None) -> Iterator[str]:
    """Yield the text of a long body piece by piece, in constant memory. Never raises of its own.

    The first piece decides whether the text is UTF-16 or UTF-32. Of all other texts each piece is judged as
    `decode` judges a body; once a piece was in a one-byte code page, the later ones are too.
    """
    stream = iter(pieces)
    first = next(stream, b"")
    start = decode(first, content_type)
    if start.encoding.startswith(("utf-16", "utf-32")):
        yield from _decode_wide(first, stream, start.encoding)
        return
    declared = _declared(first, content_type)
    settled, rest = None, b""
    for piece in chain([first.removeprefix(codecs.BOM_UTF8)], stream):
        whole, rest = _cut_at_ascii(rest + piece)
        text, settled = _decode_piece(whole, declared, settled)
        yield text
    yield _decode_piece(rest, declared, settled)[0]


def _decode_wide(first: bytes, stream: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(first).removeprefix("\ufeff")
    for piece in stream:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _cut_at_ascii(piece: bytes) -> tuple[bytes, bytes]:
    """Split a piece behind its last ASCII byte, so that no character is cut; without one, do not split."""
    end = len(piece.rstrip(_HIGH_BYTES))
    return (piece[:end], piece[end:]) if end else (piece, b"")


def _decode_piece(piece: bytes, declared: str | None, settled: str | None) -> tuple[str, str | None]:
    """Return the text of a piece, and the one-byte code page if the pieces are known to be in one."""
    try:
        return piece.decode("utf-8"), settled
    except UnicodeDecodeError:
        if settled:
            return piece.decode(settled, "replace"), settled
        found = _legacy(piece, declared)
        return found.text, None if found.encoding == "utf-8" else found.encoding


def _wide(body: bytes) -> str | None:
    """Return the codec of UTF-16 without a mark, known by a zero in every second byte of its ASCII markup."""
    head = body[:_HEAD_BYTES]
    half = len(head) // 2
    if half < 2:  # noqa: PLR2004  one character is no evidence
        return None
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    if zeros_odd > half * 0.1 and zeros_even < zeros_odd * 0.05:
        return "utf-16-le"
    if zeros_even > half * 0.1 and zeros_odd < zeros_even * 0.05:
        return "utf-16-be"
    return None


def _declared(body: bytes, content_type: str | None) -> str | None:
    """Return the first code page that the header, the XML declaration or a meta element names."""
    names: list[str] = _HEADER_CHARSET.findall(content_type or "")
    head = body[:_HEAD_BYTES]
    names += [name.decode("ascii") for name in _XML_CHARSET.findall(head) + _META_CHARSET.findall(head)]
    return next(filter(None, map(_codec, names)), None)


def _codec(label: str) -> str | None:
    """Return the name of Python's codec for a label, or None where the label names no code page."""
    label = label.lower()
    plain = label.removeprefix("x-")
    for name in (label, plain, _LABELS.get(plain, "")):
        try:
            info = codecs.lookup(name)
        except LookupError:
            continue
        # The private attribute is the only way to leave out rot13, zlib and other codecs that give no text.
        if info._is_text_encoding and info.name.replace("_", "-") not in _NOT_OF_THE_WEB:  # noqa: SLF001
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
    """Return the bytes above ASCII, with blanks between words, as many as weighing needs."""
    return b" ".join(_HIGH_RUN.findall(body))[:_SAMPLE]


def _mostly_utf8(body: bytes) -> bool:
    """Return whether nine in ten bytes above ASCII stand in well-formed UTF-8 sequences."""
    high = sum(map(len, _HIGH_RUN.findall(body)))
    formed = sum(len(sequence) for sequence in _MULTIBYTE.findall(body))
    return formed >= high * 0.9


def _mend_utf8(body: bytes) -> str:
    """Decode UTF-8 with foreign bytes: a long run of them is windows-1256, a short one becomes U+FFFD."""

    def piece(match: re.Match[bytes]) -> str:
        if match[1] is not None:
            return match[1].decode("utf-8")
        run = match[2]
        return run.decode("cp1256", "replace") if len(run) > _MAX_STRAY else "\N{REPLACEMENT CHARACTER}"

    return "".join(piece(match) for match in _UTF8_OR_BYTES.finditer(body))


def _arabic_score(text: str) -> float:
    """Return the mean frequency of the letters in Arabic, less a penalty for letters of no Arabic page.

    Above zero means Arabic.
    """
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
