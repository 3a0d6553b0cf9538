"""A whole column of ids that holds other children's: every test of the key passes, and each row is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.scene import CellChange, Page, Scene
from synthetic_data.silos.observation import look_up

__all__ = ["id_column_of_another_system", "id_column_shifted"]

# Files of one system that hold one roster: an id column that was filled wrongly is wrong in both.
ALSO_IN = {"ela": ("math",)}
# Whose numbers a column should hold.
SHOULD_HOLD = {
    "Student State ID": "state_id",
    "Student_StateID": "state_id",
    "state_studentnumber": "state_id",
    "Student Number": "district_number",
    "Customer ID": "district_number",
}


def id_column_of_another_system(scene: Scene) -> None:
    """Fill a column with another system's numbers, each of which is by value another child's here."""
    children = scene.truth.population.children
    here = children.loc[children["grade_level"].notna(), ["person", SHOULD_HOLD[scene.fault.column]]]
    order = scene.rng.permutation(len(here))
    numbers = pd.DataFrame(
        {
            "person": here["person"].array.take(order),
            "number": here[SHOULD_HOLD[scene.fault.column]].array.take(np.roll(order, 1)),
        }
    ).astype(STRING)
    for page in _pages(scene):
        number = look_up(page.people["person"], numbers, "person", "number")
        _write(scene, page, number.where(page.table.rows[scene.fault.column].fillna("").ne("")))


def id_column_shifted(scene: Scene) -> None:
    """Move a column up by one row: a cell was deleted, or the column was pasted one row too high."""
    for page in _pages(scene):
        text = page.table.rows[scene.fault.column]
        _write(scene, page, pd.Series(np.roll(text.to_numpy(dtype=object), -1), dtype=STRING))


def _pages(scene: Scene) -> list[Page]:
    return [*scene.pages, *map(scene.of_kind, ALSO_IN.get(scene.fault.file, ()))]


def _write(scene: Scene, page: Page, after: pd.Series) -> None:
    """Write a column's new text; all of it is one fault."""
    before = page.table.rows[scene.fault.column].reset_index(drop=True)
    changes = after.notna().to_numpy(dtype=bool) & before.fillna("").ne(after.fillna("")).to_numpy(dtype=bool)
    at = np.flatnonzero(changes)
    group = np.zeros(len(at), dtype="int64")
    scene.cells.append(CellChange(page, scene.fault.column, at, list(after.iloc[at]), group))
