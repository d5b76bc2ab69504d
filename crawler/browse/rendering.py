"""Renders the templates: every value is escaped, and freed of characters that could mislead a reader."""

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from crawler.report.page import clean_text, fit

_PACKAGE = "crawler.browse"
_ESCAPED = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f])+")


@cache
def environment() -> Environment:
    """Return the environment of the templates."""
    made = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["web"] = web_address
    made.filters["readable"] = readable_address
    made.filters["line"] = clean_text
    return made


@cache
def style_sheet() -> bytes:
    """Return the style sheet of all pages."""
    return files(_PACKAGE).joinpath("room.css").read_bytes()


@cache
def style_digest() -> str:
    """Return what changes with the style sheet, so that browsers do not keep an old one."""
    return hashlib.sha256(style_sheet()).hexdigest()[:12]


@cache
def picture(name: str) -> bytes:
    """Return one of the pictures that the pages and the style sheet name."""
    return files(_PACKAGE).joinpath(name).read_bytes()


def render(template: str, values: dict[str, Any]) -> str:
    """Render a template to a page."""
    return environment().get_template(template).render(values)


def web_address(text: object) -> str | None:
    """Return an http or https address as it is; None for anything else, which must not become a link."""
    if not isinstance(text, str) or clean_text(text, len(text)) != text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname else None


def readable_address(text: str) -> str:
    """Return an address with letters in place of their percent-encoding; it leads to the same page."""
    return _ESCAPED.sub(_letters, text)


def _letters(match: re.Match[str]) -> str:
    try:
        found = unquote_to_bytes(match[0]).decode()
    except UnicodeDecodeError:
        return match[0]
    return found if found.isalnum() else match[0]


def _source(name: str) -> str:
    return files(f"{_PACKAGE}.templates").joinpath(name).read_text("utf-8")


def _shown(value: object) -> object:
    """Free a text of control characters and of marks that change the direction of the text around it."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return fit(value)
    return "" if value is None else value
