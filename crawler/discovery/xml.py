"""What feeds and sitemaps share of XML. Pure."""

import re
from typing import Any

# What XML 1.0 forbids and sites send all the same, U+0000 and lone surrogates among it.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def without_controls(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def local_name(element: Any) -> str:
    """An element's name in lower case, without its namespace or its undeclared prefix."""
    return str(element.tag).rsplit("}", 1)[-1].rsplit(":", 1)[-1].lower()


def declares_entities(element: Any) -> bool:
    """Whether the document type of the element's document defines entities, as no honest list does."""
    subset = element.getroottree().docinfo.internalDTD
    return subset is not None and next(iter(subset.iterentities()), None) is not None
