"""Format standard values as a system writes them: the inverse of types, formats and codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.readers.workbook import write_number
from helpers.files.text_table import TextTable, default_settings
from helpers.layouts import Column, FileLayout
from helpers.standard import STRING, BadInput, constant, nearest

__all__ = ["render", "render_column"]


def _inverse(codes: Mapping[str, str]) -> dict[str, str]:
    inverse: dict[str, str] = {}
    for code, meaning in codes.items():
        inverse.setdefault(meaning, code)
    return inverse


def _writer(column: Column) -> Callable[[Any], str]:
    """Return the function that formats one standard value of a column."""
    formats = column.formats()
    column_format = formats[0] if formats else None
    if column.type in ("date", "datetime"):
        later = timedelta(days=1 if column.exclusive else 0)

        def write_moment(value: Any) -> str:
            moment: datetime = value if isinstance(value, datetime) else pd.Timestamp(value)
            return (moment + later).strftime(column_format or "%Y-%m-%d")

        return write_moment
    if column.type == "time" and column_format:
        return lambda value: datetime.strptime(value, "%H:%M:%S").strftime(column_format)
    if column.type == "boolean":
        yes, no = (column_format or "true|false").split("|")
        return lambda value: yes if value else no
    if column.type in ("number", "integer"):
        return write_number(column_format)
    if column.type in ("year", "school_year"):
        if column_format == "YYYY-YYYY":
            return lambda value: f"{int(value) - 1}-{int(value)}"
        return lambda value: str(int(value))
    if column.type == "code":
        inverse = _inverse(dict(column.code_map()))
        prefix = f"{column.namespace}#" if column_format == "descriptor" and column.namespace else ""

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


def _as_it_is(values: pd.Series, column: Column) -> pd.Series | None:
    """Return values that are written unchanged, or as lists; None if each needs formatting."""
    if column.type == "list" and not column.item and not column.code_map():
        return values.str.replace(";", ",", regex=False).astype(STRING)
    return values if _writer(column) is str else None


def _text(values: pd.Series, column: Column, empty: str | None) -> pd.Series:
    """Format a column; each distinct value is formatted once."""
    if values.dtype == STRING and (plain := _as_it_is(values, column)) is not None:
        return plain if empty is None else plain.fillna(empty)
    codes, distinct = pd.factorize(values, use_na_sentinel=True)
    write = _writer(column)
    known = distinct.to_pydatetime() if isinstance(distinct, pd.DatetimeIndex) else distinct
    texts = np.array([write(value) for value in known] + [empty], dtype=object)
    return pd.Series(pd.array(texts, dtype=STRING).take(codes), index=values.index)


def _marked(text: pd.Series, reasons: pd.Series, column: Column, name: str) -> pd.Series:
    """Write the marker of a reason where there is no value."""
    inverse = _inverse(column.markers)
    there = reasons.notna().to_numpy(bool)
    unknown = sorted(set(map(str, reasons[there])) - set(inverse))
    if unknown:
        raise BadInput(
            f"Column {name!r} has no marker for {unknown[0]!r}.{nearest(unknown[0], inverse)} "
            f"It has: {', '.join(inverse)}."
        )
    if (there & (text != "").to_numpy(bool)).any():
        raise BadInput(
            f"Column {name!r} has a value and a reason for none in one row: leave one of them out."
        )
    return text.mask(there, reasons.map(inverse).astype(STRING))


def render_column(values: pd.Series, column: Column, reasons: pd.Series | None = None) -> pd.Series:
    """Format the cells of one column of a delimited file.

    This formats a column of many small files of one kind at once.
    """
    text = _text(values, column, "")
    return text if reasons is None else _marked(text, reasons, column, column.name)


def _structure(
    file: FileLayout, given: Mapping[str, Mapping[str, Any]], columns: Mapping[str, Column]
) -> pd.DataFrame:
    """Write the requested structure rows, in declared order."""
    known = [row.name for row in file.not_data]
    for name, cells in given.items():
        if name not in known:
            raise BadInput(f"File {file.name!r} has no row {name!r}.{nearest(name, known)}")
        for column in cells:
            if column not in columns:
                raise BadInput(
                    f"Row {name!r} says something of {column!r}, which the frame doesn't have."
                    f"{nearest(column, columns)}"
                )
    lines = []
    for row in file.not_data:
        if row.name not in given:
            continue
        line = []
        for head, declared in columns.items():
            value = given[row.name].get(head)
            number = value is not None and not isinstance(value, str)
            line.append(_writer(declared)(value) if number else value or declared.in_rows.get(row.name, ""))
        line[0] = line[0] or row.written
        lines.append(line)
    return pd.DataFrame(lines, columns=list(columns)).astype(STRING)


def render(
    frame: pd.DataFrame, file: FileLayout, structure: Mapping[str, Mapping[str, Any]] | None = None
) -> TextTable:
    """Format standard values as a system's own text.

    Parameters
    ----------
    frame
        Columns are the file's native columns (numbered paths for elements of nested files), cells are
        standard values: dates, numbers, booleans, standard codes, ids as strings. A missing declared column
        is written empty, or omitted if optional. Lists are joined by ``;``; columns with `item` or `parts`
        contain the text. Columns of a pattern are named by their header, and come in the order of the frame.
        A column with markers may have ``<column>_status`` with the reasons for missing values.
    file
        The kind of file.
    structure
        Structure rows to write above the data, by the layout's name for them: the value of each column, as a
        number or text. The layout's own texts for a column (``(read only)``) and for the first cell are
        filled in.

    Returns
    -------
    TextTable
        Every declared column in declared order, as text.

    Raises
    ------
    BadInput
        When the frame has a column, or `structure` a row or column, that the layout does not declare, or a
        value has no code, or a reason no marker.
    """
    nested = file.nested
    declared = {column.name: column for column in file.columns if column.pattern is None}
    place = {name: number for number, name in enumerate(declared)}
    # A nested element's column is declared without its number.
    named = {str(name): re.sub(r"\[\d+\]", "[]", str(name)) for name in frame.columns}
    known = [name for name, element in named.items() if element in declared]
    found = {name: declared[named[name]] for name in sorted(known, key=lambda name: place[named[name]])}
    reasons = {
        f"{name}_status": name
        for name in map(str, frame.columns)
        if (marked := found.get(name) or file.by_pattern(name)) is not None and marked.markers
    }
    for name in map(str, frame.columns):
        if name not in found and name not in reasons and (taken := file.by_pattern(name)) is not None:
            found[name] = taken
    unknown = [str(name) for name in frame.columns if name not in found and name not in reasons]
    if unknown:
        names = [column.name for column in file.columns]
        raise BadInput(
            f"File {file.name!r} declares no column {unknown[0]!r}.{nearest(unknown[0], names)} "
            f"It has: {', '.join(names)}."
        )
    empty = None if nested else ""
    by_name = found
    if not nested:
        by_name = {
            name: column
            for column in file.columns
            for name in (
                [column.name]
                if column.pattern is None and not (column.optional and column.name not in found)
                else [one for one in found if found[one] is column]
            )
        }
    columns = {}
    for name, column in by_name.items():
        if name in frame.columns:
            columns[name] = _text(frame[name].reset_index(drop=True), column, empty)
        else:
            columns[name] = pd.Series(constant("", len(frame)))
    for status, name in reasons.items():
        if status in frame.columns:
            why = frame[status].reset_index(drop=True)
            columns[name] = _marked(columns[name], why, by_name[name], name)
    rows = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))
    if structure:
        rows = pd.concat([_structure(file, structure, by_name), rows], ignore_index=True)
    header = () if nested else tuple(re.sub(r"#\d+$", "", name) for name in by_name)
    return TextTable(header, rows, default_settings(file))
