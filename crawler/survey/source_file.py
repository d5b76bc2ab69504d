"""Write the Python file of a site, laid out as ruff formats it.

Names and addresses come from a foreign site: every value is written as a literal, and the file must compile
before it is written.
"""

from dataclasses import fields
from pathlib import Path

from crawler.discovery.source import Source
from crawler.errors import ArchiveError, WarraqError
from crawler.site import Site

WIDTH = 110  # characters of a line, as ruff's setting has it
_MARGIN = " " * 8


def source_file(site: Site, *, known_from: str, themes: tuple[str, ...] = ()) -> str:
    """Return the text of the module `spiders/<name>.py`.

    `known_from` says, as a comment, how the addresses of its lists are known. Raises WarraqError where the
    text is not Python.
    """
    kinds = sorted({type(source) for source in site.sources}, key=lambda kind: kind.__module__)
    theme = f" Theme: {', '.join(themes)}." if themes else ""
    lines = [
        f'"""{_commentable(_title(site) + "." + theme)}"""',
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
        f"{_MARGIN}# {_commentable(known_from)}",
        *_argument("sources", [_source(source) for source in site.sources]),
    ]
    if site.article_url is not None:
        lines.append(f"{_MARGIN}article_url={_pattern(site.article_url)},")
    lines += [f"{_MARGIN}checked={_text(site.checked)},", "    )", ""]
    text = "\n".join(lines)
    try:
        compile(text, f"{site.name}.py", "exec")
    except (SyntaxError, ValueError) as error:
        raise WarraqError(
            f"The file of {site.name} would not be Python ({error}); nothing was written."
        ) from error
    return text


def write_source(path: Path, text: str) -> None:
    """Write a new file. Raises ArchiveError where it exists or cannot be written."""
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror or error}.") from error


def _title(site: Site) -> str:
    return site.outlet_ar if site.outlet_ar == site.outlet_en else f"{site.outlet_ar}: {site.outlet_en}"


def _described(site: Site) -> list[str]:
    """Return the lines of the arguments that differ from their defaults, in the order of the fields."""
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
    """Return a tuple as one line, or as one line for each value where one is too long."""
    line = f"{_MARGIN}{name}=({', '.join(values)}{',' if len(values) == 1 else ''}),"
    if len(line) <= WIDTH:
        return [line]
    return [f"{_MARGIN}{name}=(", *(f"{_MARGIN}    {value}," for value in values), f"{_MARGIN}),"]


def _source(source: Source) -> str:
    """Return the call that makes the source, without the arguments that equal their defaults."""
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
    """Return a string literal, in double quotes unless it holds one."""
    return repr(value) if '"' in value else '"' + repr("'" + value)[2:]


def _pattern(value: str) -> str:
    """Return a raw string literal of a regular expression where there is one, else a plain literal."""
    is_raw = value.isprintable() and '"' not in value and not value.endswith("\\")
    return f'r"{value}"' if is_raw else _text(value)


def _commentable(text: str) -> str:
    """Return one line that ends neither a docstring nor a comment."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line.replace("\\", "/").replace('"', "'")
