"""The files of a demo newspaper's theme: two style sheets, a background pattern, an icon."""

from collections.abc import Mapping

from crawler.demo.exchange import CSS_TYPE, SVG, Reply
from crawler.demo.markup import CSS

_FOLDER = "/wp-content/themes/jannah/assets"
STYLE, ICON = f"{_FOLDER}/style.css", f"{_FOLDER}/icon.svg"
_PATTERN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
    '<path d="M20 0 40 20 20 40 0 20Z" fill="none" stroke="#ece7d9"/></svg>'
)
_PEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path d="M2 14 4 9 12 1l3 3-8 8Z" fill="#7a1f1f"/></svg>'
)
_REPLIES: Mapping[str, Reply] = {
    STYLE: Reply(body=f'@import "page.css";\n{CSS}'.encode(), content_type=CSS_TYPE),
    f"{_FOLDER}/page.css": Reply(
        body=b"body{background:url('pattern.svg')}.container{background:#fff}", content_type=CSS_TYPE
    ),
    f"{_FOLDER}/pattern.svg": Reply(body=_PATTERN.encode(), content_type=SVG),
    ICON: Reply(body=_PEN.encode(), content_type=SVG),
}


def links(origin: str) -> str:
    """Return the links to them for a page's head."""
    return f'<link rel="stylesheet" href="{origin}{STYLE}" />\n<link rel="icon" href="{origin}{ICON}" />\n'


def theme_file(path: str) -> Reply | None:
    """Return the file at a path, or None where there is none."""
    return _REPLIES.get(path)
