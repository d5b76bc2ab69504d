"""The Python file of a site, as a person would write it. Pure."""

import json
from dataclasses import fields

from crawler.discovery.source import Source
from crawler.site import Site

WIDTH = 110  # characters of a line, as ruff's setting has it
_MARGIN = " " * 8


def source_file(site: Site, *, known_from: str, themes: tuple[str, ...] = ()) -> str:
    """The module `spiders/<name>.py`. `known_from` is the comment that says how its lists are known."""
    kinds = sorted({type(source) for source in site.sources}, key=lambda kind: kind.__module__)
    theme = f" Theme: {', '.join(themes)}." if themes else ""
    lines = [
        f'"""{_title(site)}.{theme}"""',
        "",
        *(f"from {kind.__module__} import {kind.__name__}" for kind in kinds),
        "from crawler.site import Site",
        "from crawler.spider.site_spider import SiteSpider",
        "",
        "",
        f"class {_class_name(site.name)}(SiteSpider):",
        f"    name = {_text(site.name)}",
        "    site = Site(",
        f"{_MARGIN}name=name,",
        *_described(site),
        f"{_MARGIN}# {known_from}",
        *_argument("sources", [_source(source) for source in site.sources]),
    ]
    if site.article_url is not None:
        lines.append(f'{_MARGIN}article_url=r"{site.article_url}",')
    lines += [f"{_MARGIN}checked={_text(site.checked)},", "    )", ""]
    return "\n".join(lines)


def _title(site: Site) -> str:
    return site.outlet_ar if site.outlet_ar == site.outlet_en else f"{site.outlet_ar}: {site.outlet_en}"


def _described(site: Site) -> list[str]:
    """The arguments that differ from their defaults, in the order of the fields."""
    lines = []
    for name in ("domain", "outlet_ar", "outlet_en", "country", "timezone", "port"):
        value = getattr(site, name)
        if value is not None:
            lines.append(f"{_MARGIN}{name}={_text(value) if isinstance(value, str) else value},")
        if name == "outlet_en" and site.aliases:
            lines += _argument("aliases", [_text(alias) for alias in site.aliases])
    if site.languages != ("ar",):
        lines += _argument("languages", [_text(code) for code in site.languages])
    return lines


def _argument(name: str, values: list[str]) -> list[str]:
    """A tuple on one line, or one value a line where it does not fit."""
    line = f"{_MARGIN}{name}=({', '.join(values)}{',' if len(values) == 1 else ''}),"
    if len(line) <= WIDTH:
        return [line]
    return [f"{_MARGIN}{name}=(", *(f"{_MARGIN}    {value}," for value in values), f"{_MARGIN}),"]


def _source(source: Source) -> str:
    """The call that makes the source; what equals a default is left out."""
    arguments = []
    for field in fields(source):  # type: ignore[arg-type]  # every kind of source is a dataclass
        value = getattr(source, field.name)
        if field.name == "url":
            arguments.append(_text(value))
        elif value != field.default:
            arguments.append(f"{field.name}={_text(value) if isinstance(value, str) else value}")
    return f"{type(source).__name__}({', '.join(arguments)})"


def _class_name(name: str) -> str:
    joined = "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
    return joined if joined[:1].isalpha() else f"Site{joined}"


def _text(value: str) -> str:
    """A string of Python: JSON's escapes are Python's, too."""
    return json.dumps(value, ensure_ascii=False)
