"""The size of the house: lines, modules, folders, long and tangled functions, public names.

``python -m tests.house.measure`` prints it. ``limits.toml`` has what may not grow; a test holds it.
"""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import grimp
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

__all__ = ["PROJECT", "SOURCE", "code_lines", "long_functions", "measure_house", "tangled_functions"]

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = ("helpers", "synthetic_data")
MOST_MODULES = 15
MOST_LINES = 60
COMPLEXITIES = (15, 20)

_NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip
_WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(source: str) -> int:
    r"""Count the lines of a module without docstrings, comments and blank lines.

    >>> code_lines('def two() -> int:\n    "Return two."\n\n    return 2  # always\n')
    2
    """
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in _NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - set(_docstring_lines(ast.parse(source))))


def _docstring_lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, _WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
            told = node.body[0]
            yield from range(told.lineno, (told.end_lineno or told.lineno) + 1)


def long_functions(source: str, most: int = MOST_LINES) -> list[str]:
    r"""List the functions with more lines than ``most``, docstring and all.

    >>> long_functions("def a():\n    return 1\n\n\ndef b():\n    x = 1\n    return x\n", most=2)
    ['b']
    """
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or node.lineno) - node.lineno + 1 > most
    ]


def tangled_functions(project: Path, above: int) -> list[str]:
    """List the functions whose cyclomatic complexity by ruff's C901 is above a number, as file and line."""
    asked = ["--isolated", "--ignore-noqa", "--select", "C901", "--output-format", "json", "--exit-zero"]
    limit = ["--config", f"lint.mccabe.max-complexity = {above}"]
    ruff = [sys.executable, "-m", "ruff", "check", *asked, *limit, *SOURCE]
    told = json.loads(subprocess.run(ruff, cwd=project, check=True, capture_output=True, text=True).stdout)
    places = ((Path(one["filename"]), one["location"]["row"]) for one in told)
    return sorted(f"{path.relative_to(project)}:{row}" for path, row in places)


def _circles() -> int:
    """Count groups of modules that import each other in a circle; imports for types alone count.

    A face, ``__init__.py``, loads its room's modules when they are asked for, and is left out.
    """
    graph = grimp.build_graph(*SOURCE, exclude_type_checking_imports=False)
    names = sorted(name for name in graph.modules if not graph.find_children(name))
    place = {name: at for at, name in enumerate(names)}
    ends = [
        (place[one], place[other])
        for one in names
        for other in graph.find_modules_directly_imported_by(one) & place.keys()
    ]
    one, other = np.array(ends, dtype="int64").reshape(-1, 2).T
    tied = csr_array((np.ones(len(ends)), (one, other)), shape=(len(names), len(names)))
    _, of = connected_components(tied, directed=True, connection="strong")
    return int((np.bincount(of) > 1).sum())


def _public_names(project: Path) -> dict[str, int]:
    rooms = sorted(path.parent.name for path in (project / "helpers").glob("*/__init__.py"))
    return {room: len(import_module(f"helpers.{room}").__all__) for room in rooms}


def _toml_lines(project: Path) -> int:
    files = (path for root in SOURCE for path in (project / root).rglob("*.toml"))
    lines = (line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)


def measure_house(project: Path = PROJECT) -> dict[str, int]:
    """Count what the house consists of; names of rooms have their public names."""
    modules = [path for root in SOURCE for path in sorted((project / root).rglob("*.py"))]
    sources = [path.read_text(encoding="utf-8") for path in modules]
    tests = [path.read_text(encoding="utf-8") for path in sorted((project / "tests").rglob("*.py"))]
    folders = Counter(path.parent for path in modules if path.name != "__init__.py")
    rooms = _public_names(project)
    return {
        "lines of code": sum(map(code_lines, sources)),
        "lines of TOML": _toml_lines(project),
        "lines of tests": sum(map(code_lines, tests)),
        "modules": len(modules),
        f"folders over {MOST_MODULES} modules": sum(many > MOST_MODULES for many in folders.values()),
        "circles of imports": _circles(),
        **{
            f"functions over complexity {above}": len(tangled_functions(project, above))
            for above in COMPLEXITIES
        },
        f"functions over {MOST_LINES} lines": sum(len(long_functions(source)) for source in sources),
        "public names of rooms": sum(rooms.values()),
        **{f"public names of {room}": many for room, many in rooms.items()},
    }


def main() -> None:
    """Print the size of the house."""
    figures = measure_house()
    width = max(map(len, figures))
    for name, count in figures.items():
        sys.stdout.write(f"{name:{width}}  {count:>8,}\n")


if __name__ == "__main__":
    main()
