"""Read JSON lines: one record per line, one column per scalar path, elements numbered from 1."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.files.findings import Findings
from helpers.files.limits import TooMuch, too_empty, too_wide
from helpers.files.text_table import Parsed, TextTable, default_settings
from helpers.layouts import FileLayout
from helpers.standard import STRING

__all__ = ["array_as_lines", "flatten", "parse_json_lines", "paths_in_json_lines", "paths_of_line"]

ARRAY = re.compile(rb"\s*\[\s*[{\]]")
SPACES = re.compile(r"[ \t\r\n]*")


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def flatten(record: Any, path: str, into: dict[str, str]) -> None:
    """Flatten a nested record into scalar paths."""
    if isinstance(record, dict):
        within = path + "." if path else ""
        for name, value in record.items():
            if isinstance(value, str):  # nearly every value
                into[within + name] = value
            else:
                flatten(value, within + name, into)
    elif isinstance(record, list):
        for number, value in enumerate(record, start=1):
            flatten(value, f"{path}[{number}]", into)
    else:
        into[path] = _scalar(record)


def _decoder(again: list[str] | None = None) -> json.JSONDecoder:
    """Build a decoder for all lines of a file; `again` collects repeated names of an object."""

    def whole(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if again is not None and len(record) < len(pairs):
            again.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return record

    # Numbers stay text: an id may be longer than any number, and 1.50 isn't 1.5.
    return json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=whole)


def _paths(line: str, decoder: json.JSONDecoder) -> dict[str, str] | None:
    """Parse a line into scalar paths; None if it isn't a record."""
    try:
        record = decoder.decode(line)
        if not isinstance(record, dict):
            return None
        flat: dict[str, str] = {}
        flatten(record, "", flat)
        return flat
    except (ValueError, RecursionError):
        return None


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole_letters(flat: dict[str, str], row: int, findings: Findings) -> dict[str, str]:
    """Replace lone surrogates with U+FFFD, since no text can contain them; report where."""
    mended = {}
    for path, text in flat.items():
        name, whole = _whole(path), _whole(text)
        mended[name] = whole
        if (name, whole) != (path, text):
            findings.add("text_not_decodable", "read_as", row=row, column=name, read_as=whole)
    return mended


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def array_as_lines(data: bytes) -> bytes:
    """Convert a JSON array of records to one record per line; leave other text unchanged."""
    if not ARRAY.match(data):
        return data
    text = data.decode("utf-8", errors="replace")
    decoder = _decoder()
    place = text.index("[") + 1
    lines = []
    while True:
        place = SPACES.match(text, place).end()  # type: ignore[union-attr]
        if text[place : place + 1] == "]":
            place += 1
            break
        try:
            _, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        # Outside strings a line break is a space; inside strings there is none.
        lines.append(_one_line(text[place:end]))
        place = SPACES.match(text, end).end()  # type: ignore[union-attr]
        if text[place : place + 1] == ",":
            place += 1
    if rest := text[place:].strip():
        lines.append(_one_line(rest))
    return "".join(line + "\n" for line in lines).encode("utf-8")


def paths_of_line(line: str) -> dict[str, str] | None:
    """Parse one line into scalar paths."""
    return _paths(line, _decoder())


def paths_in_json_lines(data: bytes, lines: int = 50) -> list[str]:
    """List the scalar paths of the first lines, elements as ``[]``; empty if they aren't records."""
    names: dict[str, None] = {}
    decoder = _decoder()
    for line in data[: 1 << 20].split(b"\n")[:lines]:
        flat = _paths(line.decode("utf-8", errors="replace"), decoder)
        if flat and "\\u" in line.decode("utf-8", errors="replace"):
            flat = {_whole(path): text for path, text in flat.items()}
        names.update(dict.fromkeys(re.sub(r"\[\d+\]", "[]", path) for path in flat or ()))
    return list(names)


def parse_json_lines(data: bytes, file: FileLayout, findings: Findings) -> Parsed:
    """Read JSON lines; report and set aside lines that aren't records."""
    lines = data.decode("utf-8").split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    cells: dict[str, list[str | None]] = {}
    numbers: list[int] = []
    filled = 0
    blank: list[int] = []
    again: list[str] = []
    decoder = _decoder(again)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            blank.append(number)
            continue
        again.clear()
        flat = _paths(line, decoder)
        if flat is None:
            findings.add("record_broken", "row_set_aside", row=number, expected="one JSON object")
            continue
        for name in again:
            findings.add(
                "column_repeated", "value_set_aside", row=number, column=name, expected="each name once"
            )
        if "\\u" in line:
            flat = _whole_letters(flat, number, findings)
        for path, text in flat.items():
            column = cells.get(path)
            if column is None:
                column = cells[path] = []
            if len(column) < len(numbers):
                column.extend([None] * (len(numbers) - len(column)))
            column.append(text)
        numbers.append(number)
        filled += len(flat)
        trouble = too_wide(len(cells), "different names") or too_empty(len(numbers), len(cells), filled)
        if trouble:
            raise TooMuch(trouble)
    findings.add_rows("row_blank", "row_set_aside", blank)
    for column in cells.values():
        column.extend([None] * (len(numbers) - len(column)))
    rows = pd.DataFrame(
        {path: pd.array(pa.array(column, pa.large_string()), dtype=STRING) for path, column in cells.items()},
        index=pd.RangeIndex(len(numbers)),
    )
    table = TextTable((), rows, default_settings(file))
    return Parsed(table, np.array(numbers, "int64"), len(lines), 0)
