"""The report's own words in English and Arabic, and what the short names of reasons mean."""

import json
from importlib.resources import files


def _read() -> dict[str, dict[str, tuple[str, str]]]:
    told = json.loads(files("crawler.report").joinpath("words.json").read_text("utf-8"))
    return {part: {name: (pair[0], pair[1]) for name, pair in words.items()} for part, words in told.items()}


_TOLD = _read()
WORDS = _TOLD["words"]
REASONS = _TOLD["reasons"]
CHECKS = _TOLD["checks"]
FIELDS = _TOLD["fields"]


def reason(slug: str) -> tuple[str, str] | None:
    """What a counter's short name means, in both languages; None for one that nobody explained."""
    if slug.startswith("http-") and slug[5:].isdigit():
        status = slug[5:]
        return REASONS.get(slug) or (f"the site answered {status}", f"أجاب الموقع بالرمز {status}")
    return REASONS.get(slug)
