"""Faults of format: dates, numbers, whole files."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from synthetic_data.faults.scene import FaultContext

__all__ = [
    "bad_rows_attendance",
    "byte_order_mark",
    "column_case_changed",
    "duplicate_column_names",
    "first_of_january",
    "impossible_year",
    "money_as_text",
    "month_day_swapped",
    "percentile_zero",
    "row_too_long",
    "semicolon_csv",
    "space_in_header",
    "two_digit_year",
]


def first_of_january(scene: FaultContext) -> None:
    """2014-05-23 -> 2014-01-01: the day was not known at the counter."""
    scene.change_each(lambda text: f"{text[:4]}-01-01" if text else text)


def month_day_swapped(scene: FaultContext) -> None:
    """03/11/2014 -> 11/03/2014, where both are months."""

    def swap(text: str) -> str:
        month, day, year = [*text.split("/"), "", ""][:3]
        return f"{day}/{month}/{year}" if day.isdigit() and int(day) <= 12 else text

    scene.change_each(swap)


def impossible_year(scene: FaultContext) -> None:
    """2026-02-01 -> 0226-02-01 or 2126-02-01: a slip of a finger in a year."""

    def slipped(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        early = pd.Series(rng.random(len(text)) < 0.5, index=text.index)
        return text.where(text == "", ("0" + text.str[0] + text.str[2:]).where(early, "21" + text.str[2:]))

    scene.change_text(slipped)


def bad_rows_attendance(scene: FaultContext) -> None:
    """2026-02-01 -> 2026-02-31: a day that no calendar has."""
    scene.change_each(lambda text: f"{text[:5]}02-31" if text else text)


def two_digit_year(scene: FaultContext) -> None:
    """1/14/2026 -> 1/14/26: the century is gone."""
    scene.change_each(lambda text: f"{text[:-4]}{text[-2:]}" if text else text)


def money_as_text(scene: FaultContext) -> None:
    """-$3.20 -> ($3.20): a debt as an accountant writes it."""
    scene.change_each(lambda text: f"({text[1:]})" if text.startswith("-$") else text)


def percentile_zero(scene: FaultContext) -> None:
    """1 -> 0: a percentile just outside of its range."""
    scene.change_each(lambda text: "0" if text else text)


def row_too_long(scene: FaultContext) -> None:
    """End a row in one separator too many."""
    rows = scene.people
    chosen = scene.choose(rows["part"] == "Teacher")
    scene.write(chosen, [""] * len(chosen), column="+1")


def byte_order_mark(scene: FaultContext) -> None:
    """Save as "CSV UTF-8" from a spreadsheet: three bytes stand before the first header."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        scene.save_as(scene.pages[number], "encoding", "utf-8-sig")


def semicolon_csv(scene: FaultContext) -> None:
    """Save on a computer whose list separator is a semicolon."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        scene.save_as(scene.pages[number], "delimiter", ";")


def column_case_changed(scene: FaultContext) -> None:
    """TestRITScore -> TestRitScore: a column's name in other case."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        page = scene.pages[number]
        other = re.sub(r"[A-Z]{2,}(?=[A-Z])", lambda run: run[0].capitalize(), scene.fault.column)
        header = [other if name == scene.fault.column else name for name in page.table.header]
        scene.reshape(page, header=header)


def space_in_header(scene: FaultContext) -> None:
    """Grade ->  Grade: a space in front of a column's name, as it comes when lists are typed by hand."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        page = scene.pages[number]
        header = [f" {name}" if name == scene.fault.column else name for name in page.table.header]
        scene.reshape(page, header=header)


def duplicate_column_names(scene: FaultContext) -> None:
    """Give a column the name of the one before it."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        page = scene.pages[number]
        header = list(page.table.header)
        at = header.index(scene.fault.column)
        header[at] = header[at - 1]
        scene.reshape(page, header=header)
