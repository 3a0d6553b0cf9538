"""Standard values -> the text that a system would write: the inverse of types, formats and codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.text_table import TextTable, default_settings
from helpers.layouts import STRING, BadInput, Column, FileLayout, nearest

__all__ = ["render"]

PICTURE = re.compile(r"^(?P<currency>\$?)(?P<group>#,##)?0(?:\.(?P<decimals>0+))?$")


def _number(picture: str | None) -> Callable[[Any], str]:
    if picture is None:
        return lambda value: repr(int(value)) if float(value).is_integer() else repr(float(value))
    shape = PICTURE.match(picture)
    if shape is None:
        raise BadInput(f"A number's picture is like 0.00 or $#,##0.00, not {picture!r}.")
    decimals = len(shape["decimals"] or "")
    comma = "," if shape["group"] else ""

    def write(value: Any) -> str:
        sign = "-" if round(float(value), decimals) < 0 else ""
        return f"{sign}{shape['currency']}{abs(float(value)):{comma}.{decimals}f}"

    return write


def _inverse(codes: dict[str, str]) -> dict[str, str]:
    inverse: dict[str, str] = {}
    for written, meaning in codes.items():
        inverse.setdefault(meaning, written)
    return inverse


def _writer(column: Column) -> Callable[[Any], str]:
    """Give the function that writes one standard value of a column."""
    formats = column.formats()
    written = formats[0] if formats else None
    if column.type in ("date", "datetime"):
        later = pd.Timedelta(days=1 if column.exclusive else 0)
        return lambda value: (pd.Timestamp(value) + later).strftime(written or "%Y-%m-%d")
    if column.type == "boolean":
        yes, no = (written or "true|false").split("|")
        return lambda value: yes if value else no
    if column.type in ("number", "integer"):
        return _number(written)
    if column.type in ("year", "school_year"):
        if written == "YYYY-YYYY":
            return lambda value: f"{int(value) - 1}-{int(value)}"
        return lambda value: str(int(value))
    if column.type == "code":
        inverse = _inverse(dict(column.code_map()))
        prefix = f"{column.namespace}#" if written == "descriptor" and column.namespace else ""

        def write_code(value: Any) -> str:
            if value not in inverse:
                raise BadInput(
                    f"Column {column.name!r} has no code for {value!r}.{nearest(str(value), inverse)} "
                    f"It has: {', '.join(inverse)}."
                )
            return prefix + inverse[value]

        return write_code
    if column.type == "list" and not column.item:
        inverse = _inverse(dict(column.code_map()))
        return lambda value: ",".join(inverse.get(one, one) for one in str(value).split(";"))
    return str


def _text(values: pd.Series, column: Column, empty: str | None) -> pd.Series:
    """Write a column; each distinct value is written once."""
    places, distinct = pd.factorize(values, use_na_sentinel=True)
    write = _writer(column)
    texts = np.array([write(value) for value in distinct] + [empty], dtype=object)
    return pd.Series(pd.array(texts[places], dtype=STRING), index=values.index)


def render(frame: pd.DataFrame, file: FileLayout) -> TextTable:
    """Write standard values as a system's own text.

    Parameters
    ----------
    frame
        Columns are the file's native columns (numbered paths for elements of nested files), cells
        standard values: dates, numbers, booleans, standard codes, ids as strings. A declared column that
        is not there is empty. Lists are joined by ``;``; columns with `item` or `parts` hold the text.
    file
        The kind of file.

    Returns
    -------
    TextTable
        Every declared column in declared order, as text.

    Raises
    ------
    BadInput
        When the frame has a column that the layout does not declare, or a value has no code.
    """
    nested = file.format != "csv"
    declared = {re.sub(r"\[\]", "[{}]", column.name): column for column in file.columns}
    shapes = [
        (re.compile(re.escape(name).replace(r"\[\{\}\]", r"\[\d+\]")), column)
        for name, column in declared.items()
        if column.pattern is None
    ]
    found: dict[str, Column] = {}
    for shape, column in shapes:
        for name in map(str, frame.columns):
            if shape.fullmatch(name):
                found[name] = column
    for name in map(str, frame.columns):
        if name not in found and (taken := file.by_pattern(name)) is not None:
            found[name] = taken
    unknown = [str(name) for name in frame.columns if name not in found]
    if unknown:
        names = [column.name for column in file.columns]
        raise BadInput(
            f"File {file.name!r} declares no column {unknown[0]!r}.{nearest(unknown[0], names)} "
            f"It has: {', '.join(names)}."
        )
    empty = None if nested else ""
    columns = {}
    names = list(found)
    if not nested:
        names = [
            name
            for column in file.columns
            for name in (
                [column.name] if column.pattern is None else [n for n in found if found[n] is column]
            )
        ]
    for name in names:
        if name in frame.columns:
            columns[name] = _text(frame[name].reset_index(drop=True), found[name], empty)
        else:
            columns[name] = pd.Series(pd.array([""] * len(frame), dtype=STRING))
    rows = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))
    header = () if nested else tuple(re.sub(r"#\d+$", "", name) for name in names)
    return TextTable(header, rows, default_settings(file))
