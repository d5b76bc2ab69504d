"""Private names of other packages that the project uses, found in the source."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.structure.imports import FOLDERS, ROOT

_PRIVATE = re.compile(r"_[A-Za-z]\w*")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, order=True)
class Use:
    """One place where a private name of another package is used or overridden."""

    name: str
    place: str  # file:line


@cache
def uses() -> frozenset[Use]:
    """Find every use of a private name that no code of the project defines."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in _paths()}
    own = {name for tree in trees.values() for name in _defined(tree)}
    return frozenset(
        Use(name, f"{path.relative_to(ROOT)}:{line}")
        for path, tree in trees.items()
        for name, line in _foreign(tree, own)
    )


def _paths() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (ROOT / folder).rglob("*.py")


def _foreign(tree: ast.Module, own: set[str]) -> Iterator[tuple[str, int]]:
    bases = _foreign_imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not _is_ours(node.module or "."):
            parts = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from ((part, node.lineno) for part in parts if _PRIVATE.fullmatch(part))
        elif isinstance(node, ast.Attribute) and _PRIVATE.fullmatch(node.attr) and node.attr not in own:
            yield node.attr, node.lineno
        elif isinstance(node, ast.ClassDef):
            sources = [
                bases[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in bases
            ]
            for name, line in _members(node):
                if any(_knows(module, base, name) for module, base in sources):
                    yield name, line


def _foreign_imports(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Map each name that a module imports from another package to that package's module and name."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and not _is_ours(node.module)
        for alias in node.names
    }


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in {"", *FOLDERS}


def _members(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    """Yield the private names that a class defines or uses on itself."""
    for part in ast.walk(node):
        if isinstance(part, _FUNCTIONS) and _PRIVATE.fullmatch(part.name):
            yield part.name, part.lineno
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and _PRIVATE.fullmatch(part.id):
            yield part.id, part.lineno
        elif (
            isinstance(part, ast.Attribute)
            and _PRIVATE.fullmatch(part.attr)
            and isinstance(part.value, ast.Name | ast.Call)
        ):
            yield part.attr, part.lineno


def _knows(module: str, base: str, name: str) -> bool:
    """Say whether a class of another package, or one that it inherits from, has a private name."""
    owner = getattr(importlib.import_module(module), base)
    return inspect.isclass(owner) and (hasattr(owner, name) or name in _attributes(owner.__mro__))


@cache
def _attributes(classes: tuple[type, ...]) -> frozenset[str]:
    """Return the private attributes that the methods of a class and of its bases use on self."""
    found: set[str] = set()
    for cls in classes:
        with suppress(OSError, TypeError):  # written in C
            found.update(re.findall(r"self\.(_\w+)", inspect.getsource(cls)))
    return frozenset(found)


def _defined(tree: ast.Module) -> Iterator[str]:
    """Yield the private names that a module of ours defines: functions, classes, variables, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
