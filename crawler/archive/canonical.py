"""Write JSON, settings and the list of installed packages in one canonical form, to hash them."""

import hashlib
import json
import re
from collections.abc import Mapping
from importlib.metadata import distributions
from typing import Any

_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASS|CREDENTIAL|AUTH(?!OR)", re.IGNORECASE)

_USERINFO = re.compile(r"://[^/?#\s]*@")


def canonical_json(value: Any) -> bytes:
    """Return JSON with sorted keys and no spaces. Raises ValueError for NaN and half a surrogate pair."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def distributions_digest() -> str:
    """Return the SHA-256 over the sorted lines `name==version` of every installed package."""
    lines = set()
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
        lines.add(f"{name}=={distribution.version}\n")
    return hashlib.sha256("".join(sorted(lines)).encode("utf-8")).hexdigest()


def settings_json(settings: Mapping[str, Any]) -> bytes:
    """Return the settings as canonical JSON, without secrets.

    Left out, at any depth: values whose name contains a word for keys or passwords, and the user and password
    in an address.
    """
    return canonical_json(_plain(settings))


def settings_digest(settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 over `settings_json`."""
    return hashlib.sha256(settings_json(settings)).hexdigest()


def _plain(value: Any) -> Any:
    """Turn a value of the settings into what JSON can hold; a class or function becomes its name."""
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
    """Tell whether a name is that of a secret. A name with a dot is a class path or an address."""
    return "." not in name and _SECRET.search(name) is not None
