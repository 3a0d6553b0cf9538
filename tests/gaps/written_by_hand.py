"""Silos of which a test says what is written in their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from helpers.files import Silo
from helpers.files.file_profile import FileProfile
from tests.district_by_hand import layout, silo

KIND = "list"


def written_silo(
    name: str,
    columns: Sequence[Mapping[str, Any]],
    take: Mapping[str, str],
    *,
    codes: Mapping[tuple[str, str], tuple[str | None, int]] | None = None,
    dates: Mapping[tuple[str, str], int] | None = None,
    files: Sequence[str] = ("list.csv",),
    heads: Mapping[str, Sequence[str]] | None = None,
    system: str = "",
) -> Silo:
    """Make a silo with one kind of file.

    Parameters
    ----------
    name
        Name of the silo.
    columns
        As a layout declares them.
    take
        What people take from them.
    codes, dates
        (column, as written) -> meaning and times, or times; with several files ``file:column``.
    files
        Their names.
    heads
        By file the heads that it has; all declared ones when not given.
    system
        The kit's name of the system; the silo's when not given.
    """
    declared = layout(
        system or name,
        file=[
            {
                "name": KIND,
                "path": "*.csv",
                "format": "csv",
                "row_is": "a child",
                "columns": list(columns),
                "makes": [{"table": "people", "take": dict(take)}],
            }
        ],
    )
    paths = [f"{name}/{file}" for file in files]
    known = {column["name"] for column in columns}

    def where(column: str) -> tuple[str, str]:
        file, _, own = column.rpartition(":")
        return (f"{name}/{file}" if file else paths[0]), own

    value_rows: list[dict[str, Any]] = []
    for is_date, told in ((False, codes or {}), (True, dates or {})):
        for (place, written), said in told.items():
            file, column = where(place)
            meaning, times = (None, said) if is_date else said  # type: ignore[misc]
            value_rows.append(
                {"silo": name, "file": file, "kind": KIND, "column": column, "is_date": is_date,
                 "as_written": written, "standard": meaning, "times": times, "row": 2}
            )  # fmt: skip
    column_rows = [
        {"silo": name, "file": path, "kind": KIND, "head": head, "column": head if head in known else None,
         "rows": 4, "filled": 4}
        for path, file in zip(paths, files, strict=True)
        for head in ((heads or {}).get(file) or [column["name"] for column in columns])
    ]  # fmt: skip
    file_rows = [
        {"silo": name, "file": path, "encoding": "utf-8", "line_end": "lf", "delimiter": ","}
        for path in paths
    ]
    made = silo(name, [{"record": f"{name}{at}"} for at in range(4)], declared)
    return replace(made, written=FileProfile(file_rows, column_rows, value_rows))
