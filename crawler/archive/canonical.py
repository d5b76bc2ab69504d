"""Values in one spelling, so that a hash of it stands for them: JSON, settings, what is installed."""

import hashlib
import json
import re
from collections.abc import Mapping
from importlib.metadata import distributions
from typing import Any

_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASS|CREDENTIAL|AUTH(?!OR)", re.IGNORECASE)

_USERINFO = re.compile(r"://[^/?#\s]*@")


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


def settings_json(settings: Mapping[str, Any]) -> bytes:
    """The settings in one spelling, without what is secret.

    Left out is whatever stands under a name that speaks of keys and passwords, at any depth, and user and
    password in addresses.
    """
    return canonical_json(_plain(settings))


def settings_digest(settings: Mapping[str, Any]) -> str:
    """SHA-256 over `settings_json`."""
    return hashlib.sha256(settings_json(settings)).hexdigest()


def _plain(value: Any) -> Any:
    """A value of the settings as JSON has it; classes and functions by their names."""
    if isinstance(value, str):
        return _USERINFO.sub("://", value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        plain = ((str(_plain(name)), each) for name, each in value.items())
        return {name: _plain(each) for name, each in plain if not _is_secret(name)}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(str(_plain(each)) for each in value)
    named = value if hasattr(value, "__qualname__") else type(value)
    return f"{named.__module__}.{named.__qualname__}"


def _is_secret(name: str) -> bool:
    """A name with a dot is a component's path or an address, HttpAuthMiddleware's for one."""
    return "." not in name and _SECRET.search(name) is not None
