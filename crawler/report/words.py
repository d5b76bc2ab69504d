"""The words of the report in English and Arabic, and the meanings of the reasons in ledgers and counters."""

import json
from importlib.resources import files


def _read() -> dict[str, dict[str, tuple[str, str]]]:
    parts = json.loads(files("crawler.report").joinpath("words.json").read_text("utf-8"))
    return {part: {name: (pair[0], pair[1]) for name, pair in words.items()} for part, words in parts.items()}


_PARTS = _read()
WORDS = _PARTS["words"]
REASONS = _PARTS["reasons"]
CHECKS = _PARTS["checks"]
FIELDS = _PARTS["fields"]


def reason(slug: str) -> tuple[str, str] | None:
    """Return the meaning of a reason in English and Arabic, or None for an unknown reason."""
    if slug.startswith("http-") and slug[5:].isdigit():
        status = slug[5:]
        return REASONS.get(slug) or (f"the site answered {status}", f"أجاب الموقع بالرمز {status}")
    return REASONS.get(slug)
