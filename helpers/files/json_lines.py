"""JSON lines -> rows: one record a line, a column a scalar path, elements numbered from 1."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.parsed import Parsed
from helpers.files.text_table import TextTable, default_settings
from helpers.layouts import STRING, FileLayout

__all__ = ["flatten", "parse_json_lines", "paths_in_json_lines"]


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def flatten(record: Any, path: str, into: dict[str, str]) -> None:
    """Write a nested record as scalar paths."""
    if isinstance(record, dict):
        for name, value in record.items():
            flatten(value, f"{path}.{name}" if path else name, into)
    elif isinstance(record, list):
        for number, value in enumerate(record, start=1):
            flatten(value, f"{path}[{number}]", into)
    else:
        into[path] = _scalar(record)


def paths_in_json_lines(data: bytes, lines: int = 50) -> list[str]:
    """Name the scalar paths of the first lines, elements as ``[]``; nothing when they are no records."""
    names: dict[str, None] = {}
    for line in data[: 1 << 20].split(b"\n")[:lines]:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if not isinstance(record, dict):
            return []
        flat: dict[str, str] = {}
        flatten(record, "", flat)
        names.update(dict.fromkeys(re.sub(r"\[\d+\]", "[]", path) for path in flat))
    return list(names)


def parse_json_lines(data: bytes, file: FileLayout, findings: Findings) -> Parsed:
    """Read JSON lines; a line that is no record is set aside and told.

    Parameters
    ----------
    data
        UTF-8 text.
    file
        The kind of file.
    findings
        Gets record_broken and row_blank.

    Returns
    -------
    Parsed
        One row a record; the row is the line's number.
    """
    lines = data.decode("utf-8").split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    cells: dict[str, list[str | None]] = {}
    numbers: list[int] = []
    blank: list[int] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            blank.append(number)
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            findings.add("record_broken", "row_set_aside", row=number, expected="one JSON object")
            continue
        flat: dict[str, str] = {}
        flatten(record, "", flat)
        for path, text in flat.items():
            column = cells.get(path)
            if column is None:
                column = cells[path] = []
            column.extend([None] * (len(numbers) - len(column)))
            column.append(text)
        numbers.append(number)
    findings.add_rows("row_blank", "row_set_aside", blank)
    for column in cells.values():
        column.extend([None] * (len(numbers) - len(column)))
    rows = pd.DataFrame(
        {path: pd.array(column, dtype=STRING) for path, column in cells.items()},
        index=pd.RangeIndex(len(numbers)),
    )
    table = TextTable((), rows, default_settings(file))
    return Parsed(table, np.array(numbers, "int64"), len(lines), 0)
