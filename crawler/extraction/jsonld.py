"""JSON-LD: the article that a page describes in its schema.org scripts, repaired where that is safe. Pure."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

MAX_CHARACTERS = 500_000  # of all scripts of a page together; a NewsArticle with its full body needs 60,000
MAX_NODES = 5_000
MAX_DEPTH = 12

Node = dict[str, Any]

ARTICLE_TYPES = frozenset({
    "article", "newsarticle", "analysisnewsarticle", "askpublicnewsarticle", "backgroundnewsarticle",
    "opinionnewsarticle", "reportagenewsarticle", "reviewnewsarticle", "blogposting", "socialmediaposting",
    "liveblogposting", "report", "techarticle", "scholarlyarticle", "advertisercontentarticle",
    "satiricalarticle",
})  # fmt: skip

_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TYPE = re.compile(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(\w{1,40})"')
_CONTROL = re.compile(r"[\x00-\x1f]")
_STRING_OR_COMMA = re.compile(
    r'"(?:[^"\\]|\\.)*"?|,(?=\s{0,200}[}\]])', re.DOTALL
)  # an open string runs to the end: linear
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_BAD_ESCAPE = re.compile(r'\\(?![\\"/bfnrt]|u[0-9a-fA-F]{4})')


def nodes(scripts: list[str]) -> list[Node]:
    """Every object of the scripts, outermost first, at most MAX_NODES; broken scripts yield nothing."""
    found: list[Node] = []
    budget = MAX_CHARACTERS
    for script in scripts:
        budget -= len(script)
        if budget < 0:
            break
        for node in _walk(_parse(script)):
            found.append(node)
            if len(found) >= MAX_NODES:
                return found
    return found


def articles(found: list[Node]) -> list[Node]:
    """Return the objects whose type is an article's."""
    return [node for node in found if ARTICLE_TYPES & types(node)]


def types(node: Node) -> set[str]:
    """Return the lower-case names of an object's types, without their vocabulary."""
    declared = node.get("@type", node.get("type"))
    names = declared if isinstance(declared, list) else [declared]
    return {name.rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for name in names if isinstance(name, str)}


def texts(value: Any) -> list[str]:
    """Return the strings of a value that may be a string, an object with a name, or a list of these."""
    values = value if isinstance(value, list) else [value]
    out: list[str] = []
    for item in values[:50]:
        given = item
        if isinstance(item, dict):
            given = item.get("name") or item.get("@value") or item.get("headline")
            if isinstance(given, (list, dict)):
                out += texts(given)
                continue
        if isinstance(given, str) and (plain := _plain(given)):
            out.append(plain)
    return out


def raw_texts(value: Any) -> list[str]:
    """Return the strings of a value that may be a string or a list of strings, as they are."""
    return [item for item in (value if isinstance(value, list) else [value])[:50] if isinstance(item, str)]


def _plain(text: str) -> str:
    """Return a text without the HTML that some plugins leave in it: escaped once more, or as tags."""
    if "&" in text:
        text = html.unescape(text)
        if "&" in text and ";" in text:
            text = html.unescape(text)
    return (_TAG.sub(" ", text) if "<" in text else text).strip()


def urls(value: Any) -> list[str]:
    """Return the addresses of a value that may be a URL, an ImageObject, or a list of these."""
    values = value if isinstance(value, list) else [value]
    out: list[str] = []
    for item in values[:50]:
        given = (
            item.get("url") or item.get("contentUrl") or item.get("@id") if isinstance(item, dict) else item
        )
        if isinstance(given, str) and given.strip():
            out.append(given.strip())
    return out


def _parse(script: str) -> Any:
    text = _WRAPPER.sub("", script).strip().rstrip(";")
    for repair in (_as_is, _repaired):
        try:
            return json.loads(repair(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return _salvaged(text)


def _salvaged(text: str) -> Node | None:
    """Return the dates of an article whose script no parser reads: mostly a headline has quotation marks.

    Only where one article and one value of each date stand in it: strings with a fixed form, beyond doubt.
    """
    kinds = {kind for kind in _TYPE.findall(text) if kind.lower() in ARTICLE_TYPES}
    if len(kinds) != 1:
        return None
    found: Node = {"@type": kinds.pop()}
    for key in ("datePublished", "dateModified"):
        values = set(re.findall(rf'"{key}"\s{{0,9}}:\s{{0,9}}"([^"\\]{{8,40}})"', text))
        if len(values) == 1:
            found[key] = values.pop()
    return found


def _as_is(text: str) -> str:
    return text


def _repaired(text: str) -> str:
    """Control characters become blanks, escapes that JSON does not know their letter, last commas go."""
    cleaned = _BAD_ESCAPE.sub(r"\\\\", _CONTROL.sub(" ", text))
    return _STRING_OR_COMMA.sub(lambda match: "" if match[0] == "," else match[0], cleaned)


def _walk(value: Any) -> Iterator[Node]:
    """Objects breadth first, so that the page's own article comes before those it mentions."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                if item.get("@type") or item.get("type"):
                    yield item
                deeper += item.values()
            elif isinstance(item, list):
                deeper += item
        level = [item for item in deeper[:MAX_NODES] if isinstance(item, (dict, list))]
        if not level:
            return
