"""Find the notebooks of a run, and their parameters."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import helpers
from helpers.standard import BadInput, nearest

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Notebook", "choose", "notebooks_folder", "parameters_for"]


def _import_papermill() -> ModuleType:
    """Import papermill without a grammar of web addresses, which takes a second and checks nothing here.

    nbformat imports jsonschema, and this builds the grammar if the package that has it is there.
    """
    before = sys.modules.get("rfc3987_syntax")
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        return importlib.import_module("papermill")
    finally:
        del sys.modules["rfc3987_syntax"]
        if before is not None:
            sys.modules["rfc3987_syntax"] = before


_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_MINUTES = re.compile(r"\*\*(\d+) min(?:utes)?\*\*(?: \((\d+) reading)?")


@dataclass(frozen=True)
class Notebook:
    """One notebook on disk."""

    # The file.
    path: Path

    @property
    def name(self) -> str:
        """File name without extension."""
        return self.path.stem

    @cached_property
    def content(self) -> NotebookNode:
        """Content, as read by nbformat."""
        import nbformat

        try:
            return nbformat.read(self.path, as_version=4)
        except (OSError, ValueError) as error:
            raise BadInput(f"{self.path} is no notebook: {type(error).__name__}.") from error

    @property
    def _first(self) -> str:
        cells = [cell.source for cell in self.content.cells if cell.cell_type == "markdown"]
        return cells[0] if cells else ""

    @property
    def title(self) -> str:
        """Question that it answers: its first heading, else its name."""
        found = _TITLE.search(self._first)
        return found.group(1).strip() if found else self.name.replace("_", " ")

    @property
    def minutes(self) -> int | None:
        """Reading time in minutes without practice, from its first cell."""
        found = _MINUTES.search(self._first)
        return int(found.group(2) or found.group(1)) if found else None

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Parameters: name -> papermill's description (inferred type, default, help)."""
        papermill = _import_papermill()
        found: dict[str, Any] = papermill.inspect_notebook(str(self.path))
        return found

    @property
    def reads(self) -> int:
        """How many districts its cells read."""
        return sum(
            cell.source.count("read_district(") for cell in self.content.cells if cell.cell_type == "code"
        )

    def section_of(self, code_cell: int) -> str:
        """Return the heading above a code cell, other than the title."""
        heading, count = "", 0
        for cell in self.content.cells:
            if cell.cell_type == "markdown":
                found = re.findall(r"^#{2,6} (.+)$", cell.source, re.MULTILINE)
                heading = found[-1].strip() if found else heading
            elif cell.cell_type == "code":
                count += 1
                if count == code_cell:
                    break
        return heading


def _matches(notebook: Path, wanted: str) -> bool:
    number = notebook.stem.split("_")[0]
    return wanted in (notebook.stem, notebook.name, number) or (
        wanted.isdigit() and number == wanted.zfill(2)
    )


def _in_order(found: Sequence[Path], order: Path) -> list[Path]:
    """Sort the notebooks of a folder in its declared order, or else by name."""
    by_name = {path.stem: path for path in sorted(found)}
    if not order.is_file():
        return list(by_name.values())
    try:
        listed = list(tomllib.loads(order.read_text(encoding="utf-8")).get("notebooks", []))
    except ValueError as error:
        raise BadInput(
            f"{order} can't be read ({error}): list the notebooks' names under notebooks."
        ) from None
    wrong = [f"doesn't list {name}" for name in by_name if name not in listed]
    wrong += [f"lists {name}, of which there is no notebook" for name in listed if name not in by_name]
    wrong += [f"lists {name} twice" for name in by_name if listed.count(name) > 1]
    if wrong:
        raise BadInput(f"{order} {wrong[0]}: name each notebook beside it once, in the order of reading.")
    return [by_name[name] for name in listed]


def choose(folder: Path, only: Sequence[str] | Iterable[str] = ()) -> list[Notebook]:
    """Choose the notebooks of a run, in the declared order."""
    there = [path for path in folder.glob("*.ipynb") if not path.name.startswith(".")]
    if not there:
        raise BadInput(f"{folder} has no notebook.")
    found = _in_order(there, folder / "order.toml")
    wanted = [word.strip() for words in only for word in words.split(",") if word.strip()]
    for word in wanted:
        if not any(_matches(path, word) for path in found):
            names = [path.stem for path in found]
            raise BadInput(
                f"There is no notebook {word!r}. There are: {', '.join(names)}.{nearest(word, names)}"
            )
    return [Notebook(path) for path in found if not wanted or any(_matches(path, word) for word in wanted)]


_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_WORDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "text"}


def _declared_type(described: Mapping[str, Any]) -> str:
    """Return the declared type of a parameter, else the type of its default."""
    name = str(described.get("inferred_type_name", ""))
    if name in _WORDS:
        return name
    try:
        return type(ast.literal_eval(str(described.get("default", "")))).__name__
    except (ValueError, SyntaxError):
        return "str"


def _typed(name: str, value: object, kind: str, where: str) -> object:
    """Convert a value to the type that its parameter declares."""
    text = str(value).strip()
    try:
        if kind == "bool":
            if text.lower() not in _TRUE + _FALSE:
                raise ValueError
            return text.lower() in _TRUE
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        raise BadInput(
            f"Parameter {name} of {where} is {_WORDS[kind]}, and {value!r} is not. Write: -p {name} VALUE."
        ) from None
    if kind == "str":
        return str(value)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return value


def parameters_for(
    notebooks: Sequence[Notebook], parameters: Mapping[str, object]
) -> dict[str, dict[str, object]]:
    """Give each notebook the parameters that it declares, converted; refuse those that none declares."""
    declared = {notebook.name: notebook.parameters for notebook in notebooks}
    known = sorted({name for parameters_of in declared.values() for name in parameters_of})
    for name in parameters:
        if name not in known:
            raise BadInput(
                f"No notebook of this run has a parameter {name!r}. There are: {', '.join(known) or 'none'}."
                f"{nearest(name, known)}"
            )
    return {
        notebook: {
            name: _typed(name, value, _declared_type(own[name]), notebook)
            for name, value in parameters.items()
            if name in own
        }
        for notebook, own in declared.items()
    }


def notebooks_folder() -> Path:
    """Find the notebooks: the folder next to the package, as in a clone."""
    folder = Path(helpers.__file__).resolve().parent.parent / "notebooks"
    if not folder.is_dir():
        raise BadInput(
            f"There is no folder {folder}: the notebooks come with a clone of the project, "
            "not with the package alone."
        )
    return folder
