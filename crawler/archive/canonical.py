"""Values in one spelling, so that a hash of it stands for them: JSON, settings, what is installed."""

import hashlib
import json
import re
from collections.abc import Mapping
from importlib.metadata import distributions
from typing import Any

_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASS|CREDENTIAL|AUTH(?!OR)", re.IGNORECASE)


def canonical_json(value: Any) -> bytes:
    """JSON in one spelling. Raises ValueError for what has none (NaN, half a surrogate pair)."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def distributions_digest() -> str:
    """SHA-256 over the lines `name==version` of everything installed, sorted: it stands for the lock file."""
    lines = set()
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
        lines.add(f"{name}=={distribution.version}\n")
    return hashlib.sha256("".join(sorted(lines)).encode("utf-8")).hexdigest()


def settings_digest(settings: Mapping[str, Any]) -> str:
    """SHA-256 over the settings in one spelling, without those whose names speak of keys and passwords."""
    plain = {name: value for name, value in settings.items() if not _SECRET.search(name)}
    return hashlib.sha256(canonical_json(_plain(plain))).hexdigest()


def _plain(value: Any) -> Any:
    """A value of the settings as JSON has it; classes and functions by their names."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(_plain(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(str(_plain(each)) for each in value)
    named = value if hasattr(value, "__qualname__") else type(value)
    return f"{named.__module__}.{named.__qualname__}"
