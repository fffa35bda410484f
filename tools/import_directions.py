"""Check that every room imports only from the rooms above it, and no experiment another.

    python tools/import_directions.py [FOLDER OF THE PACKAGE]

Prints ``file:line: what is wrong`` for every import against the direction; the exit code is 1 if
there is one. Imports inside functions and for type checkers only count too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

# Each room may import from those on earlier lines; rooms on one line may import from each other.
ORDER = (
    ("autograd",),
    ("nn", "optim", "losses", "metrics"),
    ("text", "audio", "vision"),
    ("data",),
    ("record",),
    ("train",),
    ("rl",),
    ("compress",),
    ("runs",),
    ("experiments",),
    ("claims",),
    ("views",),
    ("laboratory",),
    ("lab", "cli"),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}

# Free for every room; the catalogue among them may import nothing but these.
FREE = frozenset({"errors", "expression", "fields", "files", "words", "deferred", "catalogue"})
HEAVY = frozenset(
    ["torch", "numpy", "scipy", "sklearn", "matplotlib", "plotly", "gymnasium", "rich", "tyro"]
)


def main(package: Path) -> int:
    """Print what is wrong; the exit code."""
    files = sorted(package.rglob("*.py"))
    if not files:
        print(f"{package}: no Python files", file=sys.stderr)
        return 2
    wrong = [line for file in files for line in complaints(file, package)]
    print("\n".join(wrong) or f"{len(files)} files import in the right directions")
    return 1 if wrong else 0


def complaints(file: Path, package: Path) -> Iterator[str]:
    """One line for every import of ``file`` against the direction."""
    inside = file.relative_to(package).with_suffix("").parts
    here = inside[0]
    if here in {"__init__", "__main__"}:  # the package's doors lead everywhere
        return
    if here not in RANK and here not in FREE:
        yield f"{file}:1: {here} is a room without a place in the order"
        return
    for line, module in imports(file, inside, package.name):
        problem = _problem(here, inside, module.split("."), package.name)
        if problem:
            yield f"{file}:{line}: {problem}"


def imports(file: Path, inside: tuple[str, ...], package: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported in ``file``."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = [package, *inside][: len(inside) + 1 - node.level]
                base = ".".join([*parents, *([base] if base else [])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def _problem(here: str, inside: tuple[str, ...], module: list[str], package: str) -> str | None:
    if module[0] != package:
        if here == "catalogue" and module[0] in HEAVY:
            return f"catalogue imports {module[0]}; listing must not wait for it"
        return None
    there = module[1] if len(module) > 1 else ""
    if there in FREE or there not in RANK:  # a free module, or a name of the package itself
        return None
    if here in FREE:
        return f"{here} imports {there}; what is free for all imports no room"
    if here == there == "experiments" and len(module) > 3 and module[2:4] != list(inside[1:3]):
        return f"an experiment imports another, {'.'.join(module[2:4])}"
    if RANK[there] > RANK[here]:
        return f"{here} imports {there}, which is below it"
    return None


if __name__ == "__main__":
    default = Path(__file__).resolve().parents[1] / "src" / "tidu"
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else default))
