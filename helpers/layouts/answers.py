"""A folder's answers: what a person said of its files where their values decide nothing."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from helpers.layouts.column import Column
from helpers.layouts.layout import FileLayout, Layout, Makes
from helpers.standard import BadInput, StrictModel, faults_of, nearest, text_of, toml_of

__all__ = ["ANSWERS", "DONT_KNOW", "NO_RESULTS", "Answers", "read_answers", "with_answers", "write_answers"]

ANSWERS = "district.toml"
DONT_KNOW = "don't know"
NO_RESULTS = "no results"
HEAD = """\
# What people said of these files; every command reads it. `bigpicture start` asks and writes it.
# To take an answer back, delete its line.
"""

OF_LAYOUTS = ("numbers", "codes", "days", "people", "rows", "results")
Of = dict[str, dict[str, str]]


class Answers(StrictModel):
    """Answers of a folder, each by its layout, then by file or column; "don't know" changes nothing."""

    # The system that lists the children of the district.
    roster: str | None = None
    # Column -> who assigns its numbers: State, District, or a name of their own.
    numbers: Of = {}
    # Column -> value -> what it means in the standard.
    codes: dict[str, Of] = {}
    # Column -> which of day and month comes first.
    days: dict[str, dict[str, Literal["day first", "month first", "don't know"]]] = {}
    # File -> who is in it.
    people: dict[str, dict[str, Literal["Student", "Staff", "Guardian", "don't know"]]] = {}
    # File -> table -> whether its rows are that.
    rows: dict[str, dict[str, dict[str, Literal["yes", "no", "don't know"]]]] = {}
    # File -> how the scores are expressed whose headers don't say.
    results: Of = {}

    def layouts(self) -> set[str]:
        """List the layouts that answers are about."""
        return {name for kind in OF_LAYOUTS for name in getattr(self, kind)}

    def has(self, key: tuple[str, ...]) -> bool:
        """Return whether a question was answered, with "don't know" at least."""
        here: Any = self.model_dump()
        for part in key:
            if not isinstance(here, dict) or here.get(part) is None:
                return False
            here = here[part]
        return True


def read_answers(folder: Path) -> Answers:
    """Read a folder's answers; none without a file."""
    path = folder / ANSWERS
    if not path.is_file():
        return Answers()
    try:
        return Answers.model_validate(toml_of(text_of(path)))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path} isn't valid TOML: {error}") from None
    except ValidationError as error:
        raise BadInput(f"{path} cannot be used:\n{faults_of(error, Answers)}") from None


def write_answers(answers: Mapping[tuple[str, ...], str]) -> str:
    """Write answers by key, one in each line."""
    lines = [
        f"{'.'.join(map(_key, key))} = {json.dumps(answer, ensure_ascii=False)}"
        for key, answer in sorted(answers.items())
    ]
    return HEAD + "".join(f"{line}\n" for line in lines)


def _key(part: str) -> str:
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part, ensure_ascii=False)


def with_answers(layout: Layout, answers: Answers, where: Path) -> Layout:
    """Return a layout as the answers complete it; what it only guesses becomes declared, or goes."""
    own = {
        kind: given[layout.layout]
        for kind in OF_LAYOUTS
        if layout.layout in (given := getattr(answers, kind))
    }
    guesses = any(makes.guess is not None for file in layout.files for makes in file.makes)
    if not own and not guesses:
        return layout
    for fault in _faults(layout, own):
        raise BadInput(f"{where}: {fault}")
    given = layout.model_dump()
    given["file"] = [_with_file(file, own).model_dump() for file in layout.files]
    try:
        return Layout.model_validate(given)
    except ValidationError as error:
        raise BadInput(
            f"{where} doesn't fit the layout {layout.layout}:\n{faults_of(error, Layout)}"
        ) from None


def _faults(layout: Layout, own: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Describe answers about a column or file that the layout doesn't have."""
    columns = {column.name for file in layout.files for column in file.columns}
    files = {file.name for file in layout.files}
    for kind, given in own.items():
        there, what = (columns, "column") if kind in ("numbers", "codes", "days") else (files, "file")
        yield from (
            f"{kind}.{layout.layout}: the layout has no {what} {name!r}.{nearest(name, there)}"
            for name in given
            if name not in there
        )


def _with_file(file: FileLayout, own: Mapping[str, Mapping[str, Any]]) -> FileLayout:
    columns = [_with_column(column, own) for column in file.columns]
    makes = [made for one in file.makes if (made := _with_rows(one, file.name, own)) is not None]
    return file.model_copy(update={"columns": columns, "makes": makes})


def _with_column(column: Column, own: Mapping[str, Mapping[str, Any]]) -> Column:
    def said(kind: str) -> Any:
        return own.get(kind, {}).get(column.name, DONT_KNOW)

    update: dict[str, Any] = {}
    if (system := said("numbers")) != DONT_KNOW:
        update["identification_system"] = system
    if (order := said("days")) != DONT_KNOW:
        update["format"] = [_in_order(one, order == "day first") for one in column.formats()]
    if (codes := said("codes")) != DONT_KNOW:
        known = {value: meaning for value, meaning in codes.items() if meaning != DONT_KNOW}
        update["codes"] = {**column.code_map(), **known}
    return column.model_copy(update=update)


def _in_order(declared: str, day_first: bool) -> str:
    """Put day and month of a date format into an order."""
    day, month = declared.find("%d"), declared.find("%m")
    if -1 in (day, month) or (day < month) == day_first:
        return declared
    return declared.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _with_rows(makes: Makes, file: str, own: Mapping[str, Mapping[str, Any]]) -> Makes | None:
    """Return what a file makes by its answer, else by its guess; None if it makes nothing."""
    update: dict[str, Any] = {"guess": None}
    if makes.table == "people" and (role := own.get("people", {}).get(file, DONT_KNOW)) != DONT_KNOW:
        update["set"] = {**makes.set, "role": role}
        update["take"] = {target: source for target, source in makes.take.items() if target != "role"}
    if makes.guess is None:
        return makes.model_copy(update=update)
    known_days = any(own.get("days", {}).get(one, DONT_KNOW) != DONT_KNOW for one in makes.take.values())
    guessed = ("yes" if known_days else "no") if makes.guess == "days" else makes.guess
    used = own.get("rows", {}).get(file, {}).get(makes.table, DONT_KNOW)
    if makes.table == "assessment_result" and makes.guess != "days":
        method = own.get("results", {}).get(file, DONT_KNOW)
        used = method if method in (DONT_KNOW, NO_RESULTS) else "yes"
        if used == "yes":
            update["set"] = {**makes.set, "score_method": method}
    used = guessed if used == DONT_KNOW else used
    return makes.model_copy(update=update) if used == "yes" else None
