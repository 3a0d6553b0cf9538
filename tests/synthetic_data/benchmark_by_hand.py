"""A set of the benchmark small enough to count by hand, and a writer of entries."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["CHILDREN", "PAIR_COLUMNS", "RECORDS", "write_entry", "write_set"]

DATED, NAMED, NUMBER = "name and birth date", "name only", "number only"
PAIR_COLUMNS = ["left_system", "left_record", "right_system", "right_record"]

# System, record, what it can be linked by, school year, child. Ana and Ben are siblings; the nurse mixed two
# children.
RECORDS = [
    ("sis", "1", DATED, "2026", "Ana"),
    ("meals", "01", DATED, "2026", "Ana"),
    ("survey", "about.csv#1", NAMED, "2025", "Ana"),
    ("sis", "2", DATED, "2026", "Ben"),
    ("meals", "02", NAMED, "2026", "Ben"),
    ("sis", "3", DATED, "2026", "Chi"),
    ("clubs", "3", NUMBER, "2026", "Chi"),
    ("health", "9", DATED, "2026", ""),
]
CHILDREN = [("Ana", "H1", "Spanish"), ("Ben", "H1", "Spanish"), ("Chi", "H2", "Vietnamese")]


def write_set(
    folder: Path,
    records: Sequence[tuple[str, str, str, str, str]] = RECORDS,
    children: Sequence[tuple[str, str, str]] = CHILDREN,
) -> Path:
    """Write a set with its key."""
    folder.mkdir(parents=True)
    columns = ["system", "record", "linkable_by", "school_year"]
    _write(folder / "records.csv", columns, [row[:4] for row in records])
    _write(folder / "key.csv", ["system", "record", "child"], [(*row[:2], row[4]) for row in records])
    _write(folder / "children.csv", ["child", "household", "name_origin"], children)
    return folder


def write_entry(path: Path, rows: Iterable[Sequence[object]], more: Sequence[str] = ()) -> Path:
    """Write an entry of pairs; `more` are columns after the four of a pair."""
    return _write(path, [*PAIR_COLUMNS, *more], rows)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path
