"""Apply faults with a log, and undo them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import TextTable, unique_names
from helpers.layouts import FileLayout
from helpers.standard import STRING, as_table, missing
from helpers.systems import system
from synthetic_data.columns import replaced
from synthetic_data.faults.scene import STAGES, CellChange, Fault, FaultContext, NoSuchFile, Page, Positions
from synthetic_data.observation import Truth
from synthetic_data.row_order import sorted_positions
from synthetic_data.streams import rng_for

__all__ = ["Log", "apply_faults", "fault_streams", "undo", "with_columns"]


def undo(
    table: TextTable,
    faults: pd.DataFrame,
    first_row: int,
    file: FileLayout | None = None,
    sorted_by: Sequence[str] = (),
) -> TextTable:
    """Restore the text of a file to its state before its faults.

    A file that its system sorts is sorted again by what was recorded in it then.
    """
    falling = faults.sort_values("order", ascending=False)
    settings = dict(table.settings)
    whole = falling.loc[falling["row"].isna() & falling["row_before"].isna()]
    reshaped = whole["column"].isin(["columns", "header"])
    for one in whole.loc[~reshaped].itertuples(index=False):
        declared = settings[str(one.column)]
        settings[str(one.column)] = int(str(one.before)) if isinstance(declared, int) else str(one.before)

    rows = table.rows
    cells = falling.loc[falling["row"].notna() & falling["column"].notna()]
    # The first change of a cell has its original text.
    first = cells.drop_duplicates(["row", "column"], keep="last")
    rows = rows.copy(deep=False)
    for column, changes in first.groupby("column", sort=False):
        gone = pd.Series([pd.NA] * len(rows), dtype=STRING)
        text = rows[str(column)].copy() if column in rows.columns else gone
        text.iloc[changes["row"].to_numpy(dtype="int64") - first_row] = changes["before"].array
        rows[str(column)] = text
    surplus = [name for name in rows.columns if name.startswith("+") and rows[name].isna().all()]
    rows = rows.drop(columns=surplus)

    added = falling.loc[falling["row"].notna() & falling["column"].isna(), "row"]
    rows = rows.drop(index=list(added.to_numpy(dtype="int64") - first_row)).reset_index(drop=True)
    dropped = falling.loc[falling["row_before"].notna()].sort_values("row_before")
    if len(dropped):
        lost = [json.loads(str(text)) for text in dropped["before"]]
        if isinstance(lost[0], dict):
            # A nested file drops an element that no row has; we restore its position here.
            order = [*lost[0], *(name for name in rows.columns if name not in lost[0])]
            rows = rows.reindex(columns=order).astype(STRING)
        again = pd.DataFrame(lost, columns=list(rows.columns))
        positions = dropped["row_before"].to_numpy(dtype="int64") - first_row
        kept = np.setdiff1d(np.arange(len(rows) + len(positions)), positions)
        rows = pd.concat([rows.set_axis(kept), again.astype(STRING).set_axis(positions)]).sort_index()

    if file is not None and file.nested:
        rows = rows[sorted(map(str, rows.columns), key=_place_in(file))]
    result = TextTable(table.header, rows, settings)
    for one in whole.loc[reshaped].itertuples(index=False):
        after, before = json.loads(str(one.after)), json.loads(str(one.before))
        if one.column == "columns":
            back = [after.index(place) for place in before]
            header = list(result.header)
            result = TextTable(result.header, result.rows.iloc[:, back], result.settings)
            result = with_columns(result, None, header)
        else:
            result = with_columns(result, None, before)
    if file is not None and sorted_by and not falling.empty:
        sorted_again = sorted_positions(result.rows, sorted_by, file)
        result = replace(result, rows=result.rows.iloc[sorted_again].reset_index(drop=True))
    return result


def _place_in(file: FileLayout) -> Callable[[Any], tuple[int, list[int]]]:
    """Sort the numbered elements of a nested file in the order of its declared columns."""
    declared = {column.name: place for place, column in enumerate(file.columns)}
    return lambda name: (
        declared[re.sub(r"\[\d+\]", "[]", name)],
        [int(number) for number in re.findall(r"\[(\d+)\]", name)],
    )


def with_columns(table: TextTable, order: list[int] | None, header: list[str] | None) -> TextTable:
    """Reorder columns, or change the texts of the header."""
    rows, heads = table.rows, table.header if header is None else tuple(header)
    if order is not None:
        rows = rows.iloc[:, order]
    names = unique_names(heads) if heads else list(rows.columns)
    rows = rows.set_axis([*names, *(f"+{n + 1}" for n in range(rows.shape[1] - len(names)))], axis=1)
    return TextTable(heads, rows, table.settings)


TEXTS = ("fault", "kind", "case", "silo", "file", "column", "before", "after", "person", "detected_by")
LOGGED: dict[str, Any] = {**dict.fromkeys(TEXTS, STRING), **dict.fromkeys(("row", "row_before"), "Int64")}


class Log:
    """The faults of a district, in the order in which they happened."""

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in LOGGED}

    def add(self, faults: Fault | Sequence[Fault], page: Page, groups: Positions, **columns: Any) -> None:
        """Log the changes of a fault; changes of one fault and group are one instance."""
        each = [faults] * len(groups) if isinstance(faults, Fault) else list(faults)
        known = {
            "fault": [
                f"{fault.name}.{group + 1:04d}" for fault, group in zip(each, groups.tolist(), strict=True)
            ],
            "kind": [fault.kind for fault in each],
            "case": [fault.case for fault in each],
            "silo": [page.silo] * len(each),
            "file": [page.path] * len(each),
            "detected_by": [fault.detected_by for fault in each],
            **columns,
        }
        for name, logged in self._columns.items():
            logged.extend(known.get(name, [None] * len(each)))

    def moved(self, page: Page, row: npt.NDArray[np.int64]) -> None:
        """Correct the rows logged for a page whose rows were sorted: old place -> new place."""
        rows, first, now = self._columns["row"], page.first_row, (row + page.first_row).tolist()
        for at, path in enumerate(self._columns["file"]):
            if path == page.path and rows[at] is not None:
                rows[at] = now[rows[at] - first]

    def touched(self) -> set[str]:
        """Return the paths of the files with a fault."""
        return set(self._columns["file"])

    def table(self) -> pd.DataFrame:
        """Return the table `key_faults`."""
        order = np.arange(1, len(self._columns["fault"]) + 1)
        columns: dict[str, Any] = {
            name: pd.array(cells, dtype=LOGGED[name]) for name, cells in self._columns.items()
        }
        return as_table("key_faults", pd.DataFrame({"order": order, **columns}))


def fault_streams(seed: int) -> Callable[[Fault], np.random.Generator]:
    """Return the random stream of every kind of fault of a district."""
    return lambda fault: rng_for(seed, system(fault.silo).stream_key, "fault", fault.kind)


def apply_faults(
    pages: Mapping[str, Page],
    plan: Sequence[tuple[Fault, float, int]],
    functions: Mapping[str, Callable[[FaultContext], None]],
    truth: Truth,
    stream: Callable[[Fault], np.random.Generator],
    log: Log,
) -> None:
    """Apply the faults of one silo to its pages."""
    kinds = {page.kind for page in pages.values()}
    for stage in STAGES:
        for fault, rate, minimum in plan:
            if fault.stage == stage and fault.file in kinds:
                scene = FaultContext(fault, pages, truth, stream(fault), rate, minimum)
                try:
                    functions[fault.kind](scene)
                except NoSuchFile:
                    continue  # with people only, a fault in a record that is in another file, too
                _apply(scene, log)
        if stage == "rows":
            for page in pages.values():
                _apply_rows(page, log)
        if stage == "cells":
            touched = log.touched()
            for page in pages.values():
                if page.sorted_by and page.path in touched:
                    _sort(page, log)


def _sort(page: Page, log: Log) -> None:
    """Sort a file by its current text: a row with a wrong name comes where that name belongs."""
    order = sorted_positions(page.table.rows, page.sorted_by, page.file)
    if (order == np.arange(len(order))).all():
        return
    page.table = replace(page.table, rows=page.table.rows.iloc[order].reset_index(drop=True))
    page.people = page.people.iloc[order].reset_index(drop=True)
    log.moved(page, np.argsort(order))


def _apply(scene: FaultContext, log: Log) -> None:
    for page, group, order, header in scene.columns:
        _apply_columns(page, scene.fault, group, order, header, log)
    for change in scene.cells:
        _apply_cells(scene.fault, change, log)
    for page, group, setting, after in scene.settings:
        before = page.table.settings[setting]
        page.table = replace(page.table, settings={**page.table.settings, setting: after})
        log.add(
            scene.fault, page, np.array([group]), column=[setting], before=[str(before)], after=[str(after)]
        )


def _apply_columns(
    page: Page, fault: Fault, group: int, order: list[int] | None, header: list[str] | None, log: Log
) -> None:
    table = page.table
    for what, before, after in (
        ("columns", list(range(table.rows.shape[1])), order),
        ("header", list(table.header), header),
    ):
        if after is not None:
            log.add(
                fault,
                page,
                np.array([group]),
                column=[what],
                before=[json.dumps(before, ensure_ascii=False)],
                after=[json.dumps(after, ensure_ascii=False)],
            )
    page.table = with_columns(table, order, header)


def _apply_cells(fault: Fault, change: CellChange, log: Log) -> None:
    page, name, at = change.page, change.column, change.positions
    rows = page.table.rows.copy(deep=False)
    # A cell beyond the header is in no other row.
    text = rows[name].array if name in rows.columns else missing(len(rows), STRING)
    before = text.take(at).tolist()
    rows[name] = replaced(text, at, pd.array(change.after, dtype=STRING))
    log.add(
        fault,
        page,
        change.group,
        row=(at + page.first_row).tolist(),
        column=[name] * len(at),
        before=before,
        after=change.after,
        person=page.people["person"].iloc[at].tolist(),
    )
    page.table = replace(page.table, rows=rows)


def _as_json(page: Page, rows: pd.DataFrame) -> list[str]:
    """Serialize rows as JSON: cells in order; in a nested file by name, because rows may lack elements."""
    cells = zip(*(rows[name].tolist() for name in rows.columns), strict=True)
    texts = ([None if cell is pd.NA else cell for cell in row] for row in cells)
    if page.file.nested:
        names = list(map(str, rows.columns))
        return [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in texts]
    return [json.dumps(row, ensure_ascii=False) for row in texts]


def _apply_rows(page: Page, log: Log) -> None:
    """Delete rows from the bottom up, then insert rows from the top down."""
    if not page.dropped and not page.new:
        return
    rows, people = page.table.rows, page.people
    gone = np.zeros(len(rows), dtype=bool)
    if page.dropped:
        positions = np.concatenate([positions for positions, _, _ in page.dropped])
        groups = np.concatenate([groups for _, groups, _ in page.dropped])
        faults = [fault for positions, _, fault in page.dropped for _ in positions]
        # Delete each row once, from the bottom up.
        _, first = np.unique(positions, return_index=True)
        falling = first[::-1]
        positions = positions[falling]
        log.add(
            [faults[at] for at in falling.tolist()],
            page,
            groups[falling],
            row_before=(positions + page.first_row).tolist(),
            before=_as_json(page, rows.iloc[positions]),
            person=people["person"].iloc[positions].tolist(),
        )
        gone[positions] = True
    kept = np.flatnonzero(~gone)
    if page.new:
        # A column without values accepts any dtype; here all are text.
        alike = [new.rows.reindex(columns=rows.columns).astype(STRING) for new in page.new]
        added = pd.concat(alike, ignore_index=True)
        added_people = pd.concat([new.people for new in page.new], ignore_index=True)
        after = np.concatenate([new.after for new in page.new])
        # Stable sort by the position after which a row comes; rows of the clean file come first.
        place = np.concatenate([kept, after])
        order = np.lexsort((np.arange(len(place)), np.r_[np.zeros(len(kept)), np.ones(len(after))], place))
        rows = pd.concat([rows.iloc[kept], added], ignore_index=True).iloc[order].reset_index(drop=True)
        people = pd.concat([people.iloc[kept], added_people], ignore_index=True)
        people = people.iloc[order].reset_index(drop=True)
        faults = [new.fault for new in page.new for _ in range(len(new.after))]
        groups = np.concatenate([new.group for new in page.new])
        new_rows = np.flatnonzero(order >= len(kept))
        number = order[new_rows] - len(kept)
        log.add(
            [faults[one] for one in number.tolist()],
            page,
            groups[number],
            row=(new_rows + page.first_row).tolist(),
            after=_as_json(page, rows.iloc[new_rows]),
            person=people["person"].iloc[new_rows].tolist(),
        )
    elif gone.any():
        rows, people = rows.iloc[kept].reset_index(drop=True), people.iloc[kept].reset_index(drop=True)
    page.table, page.people = replace(page.table, rows=rows), people
    page.new, page.dropped = [], []
