"""Records of JSON lines and XML as text: those that have the same elements are written at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from helpers.files.row_text import as_arrow, holds_any, joined, text_of
from helpers.files.text_table import split_path
from helpers.layouts import Column, FileLayout

__all__ = ["json_records", "xml_records"]

CANONICAL_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")
PLACE = re.compile(r'"?@@(\d+)@@"?')
AT_ONCE = 50_000
SPECIAL_IN_JSON = '"\\' + "".join(map(chr, range(32)))

Cells = tuple[pa.Array, npt.NDArray[np.int64] | None, str]
"""Texts, which of them stands in which row (without places, one a row), and what stands around each."""


def json_records(rows: pd.DataFrame, file: FileLayout, end: str) -> Iterator[bytes]:
    """Write each row as one line of JSON, some rows at a time."""
    cells = {name: _json_cells(rows[name], _declared(name, file)) for name in rows.columns}

    def around(whole: dict[str, Any]) -> str:
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + end

    return _records(rows, cells, around)


def xml_records(rows: pd.DataFrame, file: FileLayout) -> Iterator[bytes]:
    """Write each row as one element, indented below its root, some rows at a time."""
    cells = {name: _xml_cells(rows[name], "@" in name.rpartition(".")[2]) for name in rows.columns}
    return _records(rows, cells, lambda whole: _element(str(file.record), whole, 1))


def _records(
    rows: pd.DataFrame, cells: dict[str, Cells], around: Callable[[dict[str, Any]], str]
) -> Iterator[bytes]:
    if rows.empty:
        return
    columns = list(map(str, rows.columns))
    there = [rows[name].notna().to_numpy(bool) for name in columns]
    shape = _shapes(there, len(rows))
    # A few rows at a time: a large file is in memory once, not once a step.
    for start in range(0, len(rows), AT_ONCE):
        here = shape[start : start + AT_ONCE]
        lines, places = [], []
        for number in np.unique(here).tolist():
            place = np.flatnonzero(here == number) + start
            names = [name for name, is_there in zip(columns, there, strict=True) if is_there[place[0]]]
            lines.append(_alike(names, place, cells, around))
            places.append(place)
        if len(lines) > 1:
            order = np.argsort(np.concatenate(places), kind="stable")
            lines = [pa.concat_arrays(lines).take(pa.array(order))]
        yield text_of(lines[0])


def _shapes(there: list[npt.NDArray[np.bool_]], count: int) -> npt.NDArray[np.int64]:
    """Give rows the same number where they have the same elements."""
    shape = np.zeros(count, dtype="int64")
    doubled = 0
    for column in there:
        if column.all() or not column.any():
            continue
        if doubled == 40:  # no number may grow beyond 64 bits
            shape, doubled = pd.factorize(shape)[0].astype("int64"), 20
        shape, doubled = 2 * shape + column, doubled + 1
    return shape


def _alike(
    names: list[str],
    place: npt.NDArray[np.intp],
    cells: dict[str, Cells],
    around: Callable[[dict[str, Any]], str],
) -> pa.Array:
    """Write rows that have the same elements: the text between their values is the same."""
    whole: dict[str, Any] = {}
    for column, name in enumerate(names):
        _nest(split_path(name), f"@@{column}@@", whole)
    first, *rest = PLACE.split(around(whole))
    if not names:
        return pa.array([first] * len(place), pa.large_string())
    pieces: list[Any] = [first]
    for at, after in zip(rest[::2], rest[1::2], strict=True):
        texts, codes, mark = cells[names[int(at)]]
        whole_part = codes is None and place[-1] - place[0] + 1 == len(place)
        own = texts.slice(place[0], len(place)) if whole_part else texts.take(pa.array(_of(codes, place)))
        pieces[-1] += mark
        pieces += [own, mark + after]
    return joined(pieces)


def _of(codes: npt.NDArray[np.int64] | None, place: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    return place if codes is None else codes[place]


def _nest(steps: list[str | int], value: Any, whole: dict[str, Any]) -> None:
    """Put a value into nested dicts and lists; elements are numbered from 1 and come in order."""
    place: Any = whole
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        fresh: Any = value if following is None else ([] if isinstance(following, int) else {})
        if isinstance(step, int):
            while len(place) < step:
                place.append(fresh)
            place = place[step - 1]
        elif following is None:
            place[step] = value
        else:
            place = place.setdefault(step, fresh)


def _declared(name: str, file: FileLayout) -> Column | None:
    general = re.sub(r"\[\d+\]", "[]", name)
    return next((column for column in file.columns if column.name == general), None)


def _json_cells(cells: pd.Series, declared: Column | None) -> Cells:
    number = declared is not None and (declared.json_number or declared.type in ("number", "integer"))
    boolean = declared is not None and declared.type == "boolean"
    if not number and not boolean:
        return _quoted(cells, SPECIAL_IN_JSON, lambda text: json.dumps(text, ensure_ascii=False))
    return _each(cells, lambda text: json.dumps(_json_value(text, number, boolean)))


def _json_value(text: str, number: bool, boolean: bool) -> str | int | float | bool:
    if boolean and text in ("true", "false"):
        return text == "true"
    if number and CANONICAL_NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def _xml_cells(cells: pd.Series, attribute: bool) -> Cells:
    if attribute:
        return _quoted(cells, '&<>"\n\r\t', quoteattr)
    plain = as_arrow(cells)
    if not holds_any(plain, "&<>"):
        return plain, None, ""
    return _each(cells, escape)


def _quoted(cells: pd.Series, special: str, write: Callable[[str], str]) -> Cells:
    """Put cells between quotes; where one has a special letter, each distinct cell is written by itself."""
    plain = as_arrow(cells)
    if holds_any(plain, special):
        return _each(cells, write)
    return plain, None, '"'


def _each(cells: pd.Series, write: Callable[[str], str]) -> Cells:
    """Write each distinct cell once."""
    codes, distinct = pd.factorize(cells, use_na_sentinel=True)
    return pa.array([write(str(text)) for text in distinct], pa.large_string()), codes.astype("int64"), ""


def _element(name: str, content: Any, depth: int) -> str:
    indent = "\t" * depth
    if isinstance(content, list):
        return "".join(_element(name, one, depth) for one in content)
    if not isinstance(content, dict):
        return f"{indent}<{name}>{content}</{name}>\n"
    attributes = "".join(f' {key[1:]}="{value}"' for key, value in content.items() if key[0] == "@")
    inside = "".join(_element(key, value, depth + 1) for key, value in content.items() if key[0] != "@")
    return f"{indent}<{name}{attributes}>\n{inside}{indent}</{name}>\n"
