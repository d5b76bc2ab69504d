"""What feeds and sitemaps share of XML. Pure."""

import re
from typing import Any

HEAD = 2**16  # bytes in which a document type is looked for before parsing

# What XML 1.0 forbids and sites send all the same, U+0000 and lone surrogates among it.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def without_controls(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def local_name(element: Any) -> str:
    """An element's name in lower case, without its namespace or its undeclared prefix."""
    return str(element.tag).rsplit("}", 1)[-1].rsplit(":", 1)[-1].lower()


def announces_entities(document: bytes) -> bool:
    """Whether a document type with entities stands in the first HEAD bytes, UTF-16's zeros left out.

    Asked before parsing, so that nothing is expanded first.
    """
    head = document[:HEAD].replace(b"\x00", b"")
    return b"<!ENTITY" in head.partition(b"<!DOCTYPE")[2]


def declares_entities(element: Any) -> bool:
    """Whether the document type of the element's document defines entities, as no honest list does.

    For what stands further down than HEAD or in a charset that hides it.
    """
    subset = element.getroottree().docinfo.internalDTD
    return subset is not None and next(iter(subset.iterentities()), None) is not None
