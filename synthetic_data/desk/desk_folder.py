"""Write a folder like that of a district's data desk: about thirty exports in layouts unknown to the kit.

This is the generator's test data and appears in no report. ``files.toml`` declares each file's format.
PowerSchool-like, Clever-like and so on mean that the columns follow a documented or observed ``source``, with
values of synthetic children. If the source is the kit's own, it follows the habits of such files that
``facts`` and district staff describe. Nothing here depends on what the reader can read.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from helpers.standard import STRING
from synthetic_data.desk.clerks import EXCEL_BEGINS, Person, everybody, slipped, texts
from synthetic_data.population import make_population
from synthetic_data.scenario import load_scenario
from synthetic_data.streams import rng_for

__all__ = ["make_desk_folder"]

FIRST_DAY = dt.date(2025, 9, 2)
DAYS = 150  # up to the end of January
MADE = dt.datetime(2026, 1, 30, 7, 0)  # as workbooks record it
# Other files in the folder that are no exports.
BESIDE = {
    "PowerSchool/how to run this.pdf": b"%PDF-1.4\n%%EOF\n",
    "lunch/~$FR eligibility 25-26 (Debbie).xlsx": b"\x06Debbie" + b" " * 158,
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "notes.txt": b"Ask Debbie for the new lunch file on Mondays.\nOld roster: don't use!!\n",
}


@dataclass(frozen=True)
class ExportLine:
    """One row of a file: its cells and its person; nobody for a title, a total or a header."""

    cells: list[str]
    person: str | None = None


def make_desk_folder(folder: Path, students: int = 300, seed: int = 29) -> pd.DataFrame:
    """Write the folder and return the person of each row, stored outside it, because no desk has that."""
    people = everybody(make_population(load_scenario("workshop", students=students, seed=seed)))
    roles = {one.person: one.role for one in people}
    declared = tomllib.loads((Path(__file__).parent / "files.toml").read_text(encoding="utf-8"))["file"]
    whose: list[tuple[str, int, str]] = []
    for file in declared:
        lines = _lines(file, people, rng_for(seed, "desk", file["path"]))
        path = folder / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_workbook(file, lines) if path.suffix == ".xlsx" else _text(file, lines))
        shown = f"{file['path']}/{file['sheet']}" if "sheet" in file else file["path"]
        whose += [(shown, at, line.person) for at, line in enumerate(lines, 1) if line.person]
    for name, data in BESIDE.items():
        (folder / name).write_bytes(data)
    truth = pd.DataFrame(whose, columns=["file", "row", "person"])
    truth["role"] = truth["person"].map(roles)
    return truth.astype({"file": STRING, "row": "Int64", "person": STRING, "role": STRING})


def _who(file: Mapping[str, Any], people: Sequence[Person], rng: np.random.Generator) -> list[Person]:
    """Choose the people in a file, sorted by name."""
    wanted = {
        "enrolled": lambda one: one.role == "Student" and one.grade != "",
        "last year": lambda one: one.role == "Student" and one.grade_before != "",
        "staff": lambda one: one.role == "Staff",
    }[file["who"]]
    there = [one for one in people if wanted(one)]
    if "grades" in file:
        last_year = file["who"] == "last year"
        grades = [one.grade_before if last_year else one.grade for one in there]
        there = [one for one, grade in zip(there, grades, strict=True) if grade in file["grades"]]
    there = [one for one in there if rng.random() < file.get("share", 1.0)]
    staff = [one for one in people if one.role == "Staff"]
    chosen = rng.permutation(len(staff))[: file.get("staff", 0)]
    there += [staff[place] for place in chosen]
    return sorted(there, key=lambda one: (one.last.casefold(), one.first.casefold(), one.person))


def _lines(file: Mapping[str, Any], people: Sequence[Person], rng: np.random.Generator) -> list[ExportLine]:
    """Write the rows of a file, from first to last."""
    heads = [head for head, _ in file["columns"]]
    begin = [ExportLine(list(cells)) for cells in file.get("titles", [])]
    if file.get("header", True) and not file.get("json"):
        begin.append(ExportLine(heads))
    rows: list[ExportLine] = []
    there = _who(file, people, rng)
    least, most = file.get("rows", [1, 1])
    for one in there:
        for _ in range(int(rng.integers(least, most + 1))):
            values = texts(slipped(one, rng) if rng.random() < file.get("slips", 0.0) else one)
            cells = [_cell(what, values, rng) for _, what in file["columns"]]
            rows.append(ExportLine(cells, one.person))
    every = file.get("pages", len(rows) or 1)
    lines = [ExportLine([file["first_line"]])] if "first_line" in file else []
    for start in range(0, len(rows), every):
        lines += begin if start == 0 else [ExportLine([f"Page {start // every + 1}"]), *begin]
        lines += [ExportLine(list(cells)) for cells in file.get("below", [])] if start == 0 else []
        lines += rows[start : start + every]
    count = str(len(there))
    return lines + [
        ExportLine([c.replace("{count}", count) for c in cells]) for cells in file.get("ends", [])
    ]


def _cell(what: str, values: Mapping[str, str], rng: np.random.Generator) -> str:
    """Write one cell: of a person, constant, or random."""
    if what.startswith("="):
        return what[1:]
    if not what.startswith("@"):
        return values[what]
    kind, _, rest = what[1:].partition(" ")
    day = FIRST_DAY + dt.timedelta(days=int(rng.integers(DAYS)))
    drawn = {
        "score": lambda: str(rng.integers(int(rest.split()[0]), int(rest.split()[1]) + 1)),
        "pick": lambda: str(rng.choice(np.array(rest.split("|"), dtype=object))),
        "day": lambda: day.strftime(rest),
        "day_excel": lambda: f"@{day.isoformat()}",
        "serial": lambda: str((day - EXCEL_BEGINS).days),
        "money": lambda: f"{rng.normal(6, 11):.2f}",
        "guid": lambda: rng.bytes(6).hex(),
    }
    return drawn[kind]()


def _text(file: Mapping[str, Any], lines: Sequence[ExportLine]) -> bytes:
    """Format delimited text, fixed-width text or a list of objects."""
    if file.get("json"):
        heads = [head for head, _ in file["columns"]]
        records = [dict(zip(heads, line.cells, strict=True)) for line in lines]
        return json.dumps(records, indent=1, ensure_ascii=False).encode("utf-8")
    end = file.get("line_end", "\n")
    if "widths" in file:
        rows = ["".join(c[:w - 1].ljust(w) for c, w in zip(line.cells, file["widths"], strict=False)).rstrip()
                if line.person or len(line.cells) > 1 else "".join(line.cells) for line in lines]  # fmt: skip
        return (end.join(rows) + end).encode("utf-8")
    out = io.StringIO(newline="")
    form: dict[str, Any] = {"delimiter": file.get("delimiter", ","), "lineterminator": end}
    if file.get("quote") == "all":
        form["quoting"] = csv.QUOTE_ALL
    writer = csv.writer(out, **form)
    for line in lines:
        if "first_line" in file and line.cells == [file["first_line"]]:
            out.write(f"{file['first_line']}{end}")
        else:
            writer.writerow(line.cells)
    text = out.getvalue() if file.get("final_line_end", True) else out.getvalue().removesuffix(end)
    # Letters that a code page lacks become question marks, as in the programs that write it.
    return text.encode(file.get("encoding", "utf-8"), errors="replace")


def _workbook(file: Mapping[str, Any], lines: Sequence[ExportLine]) -> bytes:
    """Format a workbook with one sheet, with numbers and dates as Excel stores them."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet(file["sheet"])
    as_day = book.add_format({"num_format": "m/d/yyyy"})
    for row, line in enumerate(lines):
        for column, cell in enumerate(line.cells):
            if cell.startswith("@"):
                sheet.write_datetime(row, column, dt.datetime.fromisoformat(cell[1:]), as_day)
            elif file.get("numbers") and line.person and cell.isdecimal():
                sheet.write_number(row, column, int(cell))
            elif cell:
                sheet.write_string(row, column, cell)
    book.close()
    return out.getvalue()
