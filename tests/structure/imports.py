"""Who imports whom among the packages of the project, read from the source and not from what was loaded."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("crawler", "spiders", "pipelines", "settings")

# The packages from the ground up. A package imports only packages of earlier lines; packages on one line
# do not import each other.
LINES: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("urls", "arabic"),
    ("items", "storage"),
    ("archive", "discovery", "lanes"),
    ("site", "tables"),
    ("extraction", "ledger", "registry", "stories"),
    ("health",),
    ("options",),
    ("run",),
    ("extract",),
    ("capture",),
    ("politeness",),
    ("spider",),
    ("coverage",),
    ("report", "verify"),
    ("compact", "export", "replay", "search", "wacz"),
    ("picture", "withhold"),
    ("evidence",),
    ("browse", "demo"),
    ("reextract",),
    ("extensions",),
    ("pipelines",),
    ("survey",),
    ("commands",),
    ("spiders", "settings"),
)
RANK = {room: rank for rank, line in enumerate(LINES) for room in line}


@dataclass(frozen=True, kw_only=True, slots=True)
class Module:
    """One source file: its dotted name, its room, its length in lines and the modules it imports."""

    name: str
    room: str
    lines: int
    imports: frozenset[str]

    @property
    def flat(self) -> bool:
        """Whether the module lies in crawler/ itself and not in a package there."""
        return (ROOT / "crawler" / f"{self.room}.py").exists()


def modules() -> list[Module]:
    """Read every module of the project, sorted by name."""
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    files = {_dotted(path): path for path in paths if path != ROOT / "crawler" / "__init__.py"}
    return [_module(name, files[name], files) for name in sorted(files)]


def room_imports(found: list[Module]) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    """Map each pair (importing room, imported room) to the pairs of modules that make it."""
    rooms = {module.name: module.room for module in found}
    pairs = defaultdict(list)
    for module in found:
        for imported in sorted(module.imports):
            if rooms[imported] != module.room:
                pairs[module.room, rooms[imported]].append((module.name, imported))
    return pairs


def upward(found: list[Module]) -> list[str]:
    """List every import of a room that does not stand on a line above, as `module imports module`."""
    return [
        f"{importer} imports {imported}"
        for (room, other), pairs in sorted(room_imports(found).items())
        if RANK[other] >= RANK[room]
        for importer, imported in pairs
    ]


def circles(found: list[Module]) -> list[frozenset[str]]:
    """Find the groups of rooms that reach each other by imports."""
    return _circles({(importer, imported) for importer, imported in room_imports(found)})


def module_circles(found: list[Module]) -> list[frozenset[str]]:
    """Find the groups of modules that reach each other by imports, inside a room as well."""
    return _circles({(module.name, imported) for module in found for imported in module.imports})


def _circles(arrows: set[tuple[str, str]]) -> list[frozenset[str]]:
    following = defaultdict(set)
    for start, end in arrows:
        following[start].add(end)
    reach = {start: _reached(start, following) for start in list(following)}
    groups = {
        frozenset(node for node in reach if node in reach[start] and start in reach[node])
        for start in reach
        if start in reach[start]
    }
    return sorted(groups, key=sorted)


def _reached(start: str, following: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for node in following.get(waiting.pop(), ()):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen


def _module(name: str, path: Path, known: Mapping[str, Path]) -> Module:
    source = path.read_text("utf-8")
    imports = {imported for imported in _imported(ast.parse(source), known) if imported != name}
    return Module(name=name, room=_room(name), lines=source.count("\n"), imports=frozenset(imports))


def _imported(tree: ast.AST, known: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                if name in known:
                    yield name
                elif node.module in known:
                    yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if parts[0] == "crawler" and len(parts) > 1 else parts[0]
