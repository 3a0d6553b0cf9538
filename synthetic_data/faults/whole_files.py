"""Files saved in another way than their system saves them."""

from __future__ import annotations

import re

import numpy as np

from synthetic_data.scene import Scene

__all__ = [
    "byte_order_mark",
    "column_case_changed",
    "duplicate_column_names",
    "row_too_long",
    "semicolon_csv",
    "space_in_header",
]


def row_too_long(scene: Scene) -> None:
    """End a row in one separator too many."""
    rows = scene.people
    chosen = scene.choose(np.flatnonzero((rows["part"] == "Teacher").to_numpy(dtype=bool)))
    scene.write(chosen, [""] * len(chosen), column="+1", groups=np.arange(len(chosen)))


def byte_order_mark(scene: Scene) -> None:
    """Save as "CSV UTF-8" from a spreadsheet: three bytes stand before the first header."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        scene.save_as(scene.pages[number], "encoding", "utf-8-sig")


def semicolon_csv(scene: Scene) -> None:
    """Save on a computer whose list separator is a semicolon."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        scene.save_as(scene.pages[number], "delimiter", ";")


def column_case_changed(scene: Scene) -> None:
    """TestRITScore -> TestRitScore: a column's name in other case."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        page = scene.pages[number]
        other = re.sub(r"[A-Z]{2,}(?=[A-Z])", lambda run: run[0].capitalize(), scene.fault.column)
        header = [other if name == scene.fault.column else name for name in page.table.header]
        scene.reshape(page, header=header)


def space_in_header(scene: Scene) -> None:
    """Grade ->  Grade: a space in front of a column's name, as it comes when lists are typed by hand."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        page = scene.pages[number]
        header = [f" {name}" if name == scene.fault.column else name for name in page.table.header]
        scene.reshape(page, header=header)


def duplicate_column_names(scene: Scene) -> None:
    """Give a column the name of the one before it."""
    for number in scene.choose(np.arange(len(scene.pages))).tolist():
        page = scene.pages[number]
        header = list(page.table.header)
        at = header.index(scene.fault.column)
        header[at] = header[at - 1]
        scene.reshape(page, header=header)
