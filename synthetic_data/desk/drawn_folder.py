"""Write a folder of exports with heads that others published, and the truth about each cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from helpers.standard import STRING
from synthetic_data.desk.cells import Fact, Writing, draw_writing, write_cell
from synthetic_data.desk.clerks import Person, everybody, slipped
from synthetic_data.desk.draw_files import Export, draw_exports
from synthetic_data.desk.facts import FIRST_DAY, WEEKS, facts_of
from synthetic_data.population import make_population
from synthetic_data.scenario import load_scenario
from synthetic_data.streams import rng_for

__all__ = ["DrawnFolder", "make_drawn_folder"]

MADE = dt.datetime(2026, 1, 30, 7, 0)  # as workbooks record it
BY_HAND = {"programs": 0.08, "survey": 0.1, "visits": 0.15}  # share of rows with a clerk's slip
STAFF_TOO = ("devices", "library", "lms")  # lists of accounts, which staff have too
NO_CHILD = ("calendar", "schools", "staff")
WIDEST = 32  # a field of a fixed-width file is cut there


@dataclass(frozen=True)
class DrawnFolder:
    """The truth about a folder: persons of rows (file, row, person, role), what cells mean, and its exports.

    ``values``: file, row, head, concept, text, means; empty if it wasn't wanted, as for a large folder.
    """

    exports: tuple[Export, ...]
    people: pd.DataFrame
    rows: pd.DataFrame
    values: pd.DataFrame


def make_drawn_folder(
    folder: Path, half: str, students: int = 300, seed: int = 1, count: int = 25, *, values: bool = True
) -> DrawnFolder:
    """Write the folder and return its truth."""
    people = everybody(make_population(load_scenario("workshop", students=students, seed=seed)))
    whose: list[tuple[str, int, str]] = []
    means: list[tuple[str, int, str, str, str, str]] = []
    exports = draw_exports(seed, half, count)
    for export in exports:
        lines = _lines(export, people, seed)
        path = folder / export.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_write(export, [line.texts for line in lines]))
        begins = 1 + len(_heads(export))
        whose += [(export.path, at, line.person) for at, line in enumerate(lines, begins) if line.person]
        if values:
            means += [
                (export.path, at, head, concept, text, meaning)
                for at, line in enumerate(lines, begins)
                for (head, concept), text, meaning in zip(export.columns, line.texts, line.means, strict=True)
            ]
    roles = {one.person: one.role for one in people}
    rows = pd.DataFrame(whose, columns=["file", "row", "person"])
    facts = ["person", "role", "first", "preferred", "last", "born", "grade", "school"]
    told = pd.DataFrame([[str(getattr(one, name)) for name in facts] for one in people], columns=facts)
    return DrawnFolder(
        tuple(exports),
        told.astype(STRING),
        rows.assign(role=rows["person"].map(roles)).astype(
            {"file": STRING, "person": STRING, "role": STRING}
        ),
        pd.DataFrame(means, columns=["file", "row", "head", "concept", "text", "means"]),
    )


@dataclass(frozen=True)
class _Line:
    texts: list[str]
    means: list[str]
    person: str


def _lines(export: Export, people: Sequence[Person], seed: int) -> list[_Line]:
    """Write the rows of a file, from first to last."""
    rng = rng_for(seed, "desk", "file", export.path)
    writing = draw_writing(rng)
    if export.about == "calendar":
        return _calendar(export, people, writing, rng)
    there = _who(export, people, rng)
    lines: list[_Line] = []
    for one in there:
        for fact in facts_of(export, one, seed):
            written = slipped(one, rng) if rng.random() < BY_HAND.get(export.about, 0.0) else one
            cells = [write_cell(concept, written, fact, writing, rng) for _, concept in export.columns]
            child = "" if export.about in NO_CHILD else one.person
            lines.append(_Line([cell.text for cell in cells], [cell.means for cell in cells], child))
    if export.about in ("attendance", "lms", "meals", "visits"):
        return [lines[at] for at in rng.permutation(len(lines))]
    return lines


def _who(export: Export, people: Sequence[Person], rng: np.random.Generator) -> list[Person]:
    """Choose the people in a file, sorted by name."""
    if export.about in ("staff", "schools"):
        there = [one for one in people if one.role == "Staff"]
        if export.about == "schools":
            there = list({one.school_id: one for one in there if one.school_id}.values())
    else:
        there = [one for one in people if one.role == "Student" and one.grade]
        share = {"students": 1.0, "attendance": 1.0, "grades": 0.6, "assessments": 0.75, "college": 0.25,
                 "incidents": 0.12, "programs": 0.2, "visits": 0.2}.get(export.about, 0.6)  # fmt: skip
        there = [one for one in there if rng.random() < share]
    if export.about in STAFF_TOO:
        there += [one for one in people if one.role == "Staff" and rng.random() < 0.3]
    return sorted(there, key=lambda one: (one.last.casefold(), one.first.casefold(), one.person))


def _calendar(
    export: Export, people: Sequence[Person], writing: Writing, rng: np.random.Generator
) -> list[_Line]:
    """Write a line a school day of one school."""
    lines = []
    for week in range(WEEKS):
        for day in (0, 1, 2, 3, 6):
            fact = Fact(FIRST_DAY + dt.timedelta(days=7 * week + day), {"period": "", "other_flag": "Y"}, {})
            cells = [write_cell(concept, people[0], fact, writing, rng) for _, concept in export.columns]
            lines.append(_Line([cell.text for cell in cells], [cell.means for cell in cells], ""))
    return lines


def _heads(export: Export) -> list[list[str]]:
    """Give the lines above the rows: one head, or two, or a title over merged cells, or none."""
    heads = [head for head, _ in export.columns]
    if export.form == "no_header":
        return []
    if export.form == "two_row_head" or any("|" in head for head in heads):
        parts = [head.split("|", 1) if "|" in head else _split(head) for head in heads]
        return [[above for above, _ in parts], [below for _, below in parts]]
    if export.form == "merged_xlsx":
        return [[f"{export.system} {export.about}", *[""] * (len(heads) - 1)], heads]
    return [heads]


def _split(head: str) -> list[str]:
    """Split a head of several words, as a report with two lines of heads does."""
    words = head.replace("_", " ").split(" ")
    return [" ".join(words[:-1]), words[-1]]


def _write(export: Export, rows: list[list[str]]) -> bytes:
    """Format rows as the file's form says."""
    lines = _heads(export) + rows
    if export.form in ("xlsx", "merged_xlsx"):
        return _workbook(export, lines)
    if export.form == "fixed":
        widths = [min(WIDEST, 1 + max(len(line[at]) for line in lines)) for at in range(len(export.columns))]
        text = "".join(
            "".join(cell[: width - 1].ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            + "\r\n"
            for line in lines
        )
        return text.encode("utf-8")
    out = io.StringIO(newline="")
    delimiter = {"tab": "\t", "semicolon": ";"}.get(export.form, ",")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode("utf-16" if export.form == "utf-16" else "utf-8")


def _workbook(export: Export, lines: list[list[str]]) -> bytes:
    """Format a workbook with one sheet; a title stands in merged cells, as a person makes it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("Sheet1")
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            if cell:
                sheet.write_string(row, column, cell)
    if export.form == "merged_xlsx" and len(export.columns) > 1:
        sheet.merge_range(0, 0, 0, min(5, len(export.columns) - 1), lines[0][0])
    book.close()
    return out.getvalue()
