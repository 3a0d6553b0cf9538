"""Complete a layout, a file or a range of columns that is like another: it declares only what differs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from helpers.standard import BadInput, nearest, text_of, toml_of
from helpers.systems import systems

__all__ = ["completed", "layout_paths"]

NAME = re.compile(r'^layout = "([^"\n]+)"$', re.MULTILINE)


@cache
def layout_paths() -> Mapping[str, Path]:
    """Map the declared name of each layout of a known system to its file."""
    found: dict[str, Path] = {}
    for system in systems().values():
        for path in system.layout_files():
            named = NAME.search(path.read_text(encoding="utf-8"))
            if named is None:
                raise BadInput(f'{path} has no line such as layout = "meals/mealtime_customers"; add it.')
            if named[1] in found:
                raise BadInput(f"Two files declare the layout {named[1]!r}: {found[named[1]]} and {path}.")
            found[named[1]] = path
    return found


def completed(given: dict[str, Any], above: tuple[str, ...] = ()) -> dict[str, Any]:
    """Complete a layout with the one that it is like, and its files with those that they are like."""
    if "like" in given:
        given = _with_layout(given, above)
    if not isinstance(given.get("file"), list):
        return given
    files: dict[str, dict[str, Any]] = {}
    completed_files = []
    for file in given["file"]:
        if isinstance(file, dict) and isinstance(file.get("name"), str):
            file = _with_file(file, files)
            files[file["name"]] = file
        completed_files.append(file)
    return {**given, "file": completed_files}


def _with_layout(own: dict[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
    """Complete a layout with another one, less the files that it is `without`."""
    name, paths = str(own["like"]), layout_paths()
    _check_known([name], paths, "the layout is like", "layout of a known system")
    if name in above:
        raise ValueError(f"the layout {name!r} is like itself ({', '.join(above)}): let one declare all")
    there = completed(toml_of(text_of(paths[name])), (*above, name))
    files: dict[Any, Any] = {file.get("name"): file for file in _listed(there, "file")}
    without = _listed(own, "without")
    _check_known(without, files, "the layout is without", f"file of {name}")
    for place, file in enumerate(_listed(own, "file")):
        which = file.get("name") if isinstance(file, dict) else None
        if isinstance(which, str) and which in files:
            files[which] = _changed(file, files[which])
        else:
            files[place] = file
    kept = [file for key, file in files.items() if key not in without]
    return {**there, **{key: own[key] for key in own.keys() - {"like", "without"}}, "file": kept}


def _changed(own: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    """Return a file of another layout with the columns and settings that this layout declares anew."""
    which, what = f"file {own['name']!r}", "column of it in the layout that it is like"
    columns: dict[Any, Any] = {one.get("name", place): one for place, one in enumerate(there["columns"])}
    without = _listed(own, "without")
    _check_known(without, columns, f"{which} is without", what)
    order = list(columns)
    for place, column in enumerate(_listed(own, "columns")):
        name = column.get("name") if isinstance(column, dict) else None
        if not isinstance(name, str):
            name = f"column {place}"
        elif "after" in column:
            order = [one for one in order if one != name]
            _check_known([column["after"]], order, f"{which}: column {name!r} is after", what)
            order.insert(order.index(column["after"]) + 1, name)
            column = {key: value for key, value in column.items() if key != "after"}
        columns[name] = column
    kept = [columns[name] for name in dict.fromkeys([*order, *columns]) if name not in without]
    return {**there, **{key: own[key] for key in own.keys() - {"without"}}, "columns": kept}


def _listed(given: dict[str, Any], key: str) -> list[Any]:
    """Return a list that is declared, if any."""
    if not isinstance(listed := given.get(key, []), list):
        raise ValueError(f"{key} is {listed!r}, and has to be a list")
    return listed


def _check_known(names: Iterable[Any], known: Iterable[Any], says: str, what: str) -> None:
    """Refuse a name that isn't known; suggest the nearest."""
    known = [one for one in known if isinstance(one, str)]
    for name in names:
        if name not in known:
            raise ValueError(f"{says} {name!r}, which is no {what}.{nearest(str(name), known)}")


def _with_file(file: dict[str, Any], others: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Complete a file that is `like` another: its settings, and ranges of its columns."""
    if "like" in file:
        other = _other_file(file["name"], file["like"], others)
        kept = {key: value for key, value in other.items() if key not in ("columns", "makes")}
        file = {**kept, **{key: value for key, value in file.items() if key != "like"}}
    columns: list[Any] = []
    for column in file.get("columns", ()):
        if isinstance(column, dict) and "like" in column:
            columns += _span(file["name"], column, others)
        else:
            columns.append(column)
    return {**file, "columns": columns} if "columns" in file else file


def _other_file(name: str, like: Any, others: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if like not in others:
        raise ValueError(
            f"file {name!r} is like {like!r}, which is no file before it.{nearest(str(like), others)}"
        )
    return others[like]


def _span(name: str, asked: dict[str, Any], others: dict[str, dict[str, Any]]) -> list[Any]:
    """Return the other file's columns within a range; a term that names the other file names this one."""
    columns = _other_file(name, asked["like"], others).get("columns", [])
    names = [column.get("name") for column in columns]
    unknown = sorted(asked.keys() - {"like", "from", "to"})
    unknown += [str(asked[end]) for end in ("from", "to") if end in asked and asked[end] not in names]
    if unknown:
        raise ValueError(
            f"file {name!r}: columns like {asked['like']!r} have no {unknown[0]!r}."
            f"{nearest(unknown[0], [str(one) for one in names if one])}"
        )
    first = names.index(asked["from"]) if "from" in asked else 0
    last = names.index(asked["to"]) if "to" in asked else len(names) - 1
    return [_renamed(column, asked["like"], name) for column in columns[first : last + 1]]


def _renamed(column: dict[str, Any], other: str, name: str) -> dict[str, Any]:
    """Return a column with this file's name in its term: oneroster:orgs.status, oneroster:courses.status."""
    if not isinstance(term := column.get("term"), str):
        return column
    return {**column, "term": term.replace(f":{other}.", f":{name}.", 1)}
