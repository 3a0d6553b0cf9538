"""Faults of a file of five rows: what the log says of each, and that undo takes every one back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import TextTable
from helpers.files.text_table import default_settings
from helpers.layouts import FileLayout
from synthetic_data.faults.apply import Log, apply_faults, undo
from synthetic_data.faults.scene import STAGES, Fault, FaultContext, NoSuchFile, Page
from tests.tiers import examples

HEADS = ("ID", "Name", "Grade")
ROWS = [("1", "Ana", "05"), ("2", "Ben", "05"), ("3", "Cleo", "06"), ("4", "Dan", "06"), ("5", "Eva", "KG")]
PERSONS = ["P1", "P2", "P3", "P4", "P5"]
FILE = FileLayout.model_validate(
    {
        "name": "list",
        "path": "list.csv",
        "format": "csv",
        "row_is": "a child",
        "columns": [{"name": head} for head in HEADS],
    }
)
Deed = Callable[[FaultContext], None]


def rows_of(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(HEADS), dtype="string")


def people_of(*persons: str) -> pd.DataFrame:
    return pd.DataFrame({"person": persons, "part": "Subject"}, dtype="string")


def page_of(rows: list[tuple[str, str, str]] | None = None, sorted_by: tuple[str, ...] = ()) -> Page:
    """A list of five children, with a header in row 1."""
    table = TextTable(HEADS, rows_of(*(rows or ROWS)), default_settings(FILE))
    people = people_of(*PERSONS)
    return Page("lms", "lms/list.csv", FILE, table, people, table.rows[:0], people[:0], sorted_by)


def fault(kind: str, stage: str = "cells", file: str = "list") -> Fault:
    texts = ("rate_is", "looks_like", "consequence", "base_rate", "source")
    given = {**dict.fromkeys(texts, ""), "detected_by": f"{kind} found", "strength": "own"}
    return Fault(kind, "lms", file, stage, 1.0, case="twins", column="Name", **given)


def happen(page: Page, *deeds: tuple[str, str, Deed]) -> pd.DataFrame:
    """Let faults (kind, stage, what they do) happen to a page, and give the log."""
    log = Log()
    apply_faults(
        {page.path: page},
        [(fault(kind, stage), 1.0, 0) for kind, stage, _ in deeds],
        {kind: deed for kind, _, deed in deeds},
        None,  # type: ignore[arg-type]
        lambda _: np.random.default_rng(0),
        log,
    )
    return log.table()


def write(places: list[int], *after: str, column: str = "Name") -> Deed:
    return lambda scene: scene.write(places, list(after), column, np.arange(len(places)))


def drop(*places: int) -> Deed:
    return lambda scene: scene.drop_rows(list(places), np.arange(len(places)))


def add(after: int, row: tuple[str, str, str], person: str) -> Deed:
    return lambda scene: scene.add_rows([after], rows_of(row), people_of(person))


def names(page: Page) -> list[str]:
    return page.table.rows["Name"].tolist()


def assert_undone(page: Page, log: pd.DataFrame, rows: list[tuple[str, str, str]] | None = None) -> None:
    back, clean = undo(page.table, log, 2, FILE, page.sorted_by), page_of(rows).table
    pd.testing.assert_frame_equal(back.rows, clean.rows)
    assert (back.header, back.settings) == (clean.header, clean.settings)


def test_a_cell_changed_twice_gets_the_text_back_that_it_had_before_both() -> None:
    page = page_of()
    log = happen(
        page, ("typo", "cells", write([1], "Benn")), ("nickname", "cells", write([1, 3], "Benny", "Danny"))
    )

    assert names(page) == ["Ana", "Benny", "Cleo", "Danny", "Eva"]
    changes = log[["order", "before", "after"]].values.tolist()
    assert changes == [[1, "Ben", "Benn"], [2, "Benn", "Benny"], [3, "Dan", "Danny"]]
    assert_undone(page, log)


def test_a_changed_cell_is_logged_with_its_row_its_column_and_the_person_of_that_row() -> None:
    page = page_of()
    log = happen(page, ("typo", "cells", write([3, 0], "Dam", "Anna")))

    # The header is row 1, so the first child is in row 2.
    told = log[["fault", "row", "column", "person", "before", "after"]].values.tolist()
    assert told == [
        ["lms.typo.0001", 5, "Name", "P4", "Dan", "Dam"],
        ["lms.typo.0002", 2, "Name", "P1", "Ana", "Anna"],
    ]
    for name, same in (
        ("silo", "lms"),
        ("file", page.path),
        ("case", "twins"),
        ("detected_by", "typo found"),
    ):
        assert log[name].eq(same).all()


def test_a_deleted_row_is_logged_with_its_person_and_its_text_the_lowest_row_first() -> None:
    page = page_of()
    log = happen(page, ("lost", "rows", drop(0, 3)))

    assert names(page) == ["Ben", "Cleo", "Eva"]
    assert page.people["person"].tolist() == ["P2", "P3", "P5"]
    assert log[["fault", "row_before", "person"]].values.tolist() == [
        ["lms.lost.0002", 5, "P4"],
        ["lms.lost.0001", 2, "P1"],
    ]
    assert [json.loads(text) for text in log["before"]] == [["4", "Dan", "06"], ["1", "Ana", "05"]]
    assert log["row"].isna().all()
    assert_undone(page, log)


def test_a_row_that_two_faults_delete_is_deleted_once_by_the_first_of_them() -> None:
    page = page_of()
    log = happen(page, ("lost", "rows", drop(1)), ("school_lost", "rows", drop(1, 2)))

    assert names(page) == ["Ana", "Dan", "Eva"]
    assert log[["kind", "row_before", "person"]].values.tolist() == [
        ["school_lost", 4, "P3"],
        ["lost", 3, "P2"],
    ]
    assert_undone(page, log)


def test_inserted_rows_name_the_fault_and_the_person_of_their_own() -> None:
    page = page_of()
    log = happen(
        page,
        ("twice", "rows", add(2, ("3", "Cleo", "06"), "P3")),
        ("ghost", "rows", add(0, ("9", "Test", "05"), "P9")),
        ("before", "rows", add(-1, ("0", "Zoe", "05"), "P0")),
    )

    assert names(page) == ["Zoe", "Ana", "Test", "Ben", "Cleo", "Cleo", "Dan", "Eva"]
    assert page.people["person"].tolist() == ["P0", "P1", "P9", "P2", "P3", "P3", "P4", "P5"]
    assert log[["kind", "row", "person"]].values.tolist() == [
        ["before", 2, "P0"],
        ["ghost", 4, "P9"],
        ["twice", 7, "P3"],  # below the row that it repeats
    ]
    assert json.loads(log["after"].iloc[1]) == ["9", "Test", "05"]
    assert_undone(page, log)


def test_a_row_is_inserted_where_it_belongs_in_the_file_before_others_were_deleted() -> None:
    page = page_of()
    log = happen(page, ("lost", "rows", drop(0, 2)), ("twice", "rows", add(3, ("4", "Dan", "06"), "P4")))

    assert names(page) == ["Ben", "Dan", "Dan", "Eva"]
    assert log["row"].dropna().tolist() == [4]
    assert_undone(page, log)


def test_rows_change_before_cells_and_settings_last_whatever_the_order_of_the_plan() -> None:
    page = page_of()
    log = happen(
        page,
        ("semicolons", "settings", lambda scene: scene.save_as(scene.page, "delimiter", ";")),
        ("typo", "cells", write([0], "Benn")),
        ("lost", "rows", drop(0)),
        ("renamed", "columns", lambda scene: scene.reshape(scene.page, header=["No", "Name", "Grade"])),
    )

    assert log["kind"].tolist() == ["renamed", "lost", "typo", "semicolons"]
    assert STAGES == ("columns", "rows", "cells", "settings")
    assert names(page) == ["Benn", "Cleo", "Dan", "Eva"]
    assert page.table.settings["delimiter"] == ";"
    assert page.table.header == ("No", "Name", "Grade")
    assert_undone(page, log)


def test_columns_in_another_order_and_a_number_among_the_settings_come_back() -> None:
    page = page_of()
    log = happen(
        page,
        ("moved", "columns", lambda scene: scene.reshape(scene.page, [2, 0, 1], ["Level", "ID", "Name"])),
        ("no_header", "settings", lambda scene: scene.save_as(scene.page, "header_row", 0)),
    )

    assert page.table.rows.columns.tolist() == ["Level", "ID", "Name"]
    assert page.table.rows.iloc[0].tolist() == ["05", "1", "Ana"]
    assert log["column"].tolist() == ["columns", "header", "header_row"]
    assert_undone(page, log)


def test_a_cell_beyond_the_header_is_no_other_rows_and_goes_again() -> None:
    page = page_of()
    log = happen(page, ("comma", "cells", write([1], "Jr.", column="+1")))

    assert page.table.rows["+1"].isna().tolist() == [True, False, True, True, True]
    assert log["before"].isna().all()
    assert_undone(page, log)


def test_cells_beyond_the_header_stay_where_the_clean_file_had_them() -> None:
    """The first row had two cells too many before any fault."""
    clean = page_of()
    more = {"+1": ["Jr.", None, None, None, None], "+2": ["x", None, None, None, None]}
    clean.table.rows[list(more)] = pd.DataFrame(more, dtype="string")
    page = replace(clean, new=[], dropped=[])
    log = happen(
        page,
        ("renamed", "columns", lambda scene: scene.reshape(scene.page, header=["No", "Name", "Grade"])),
        ("comma", "cells", write([2], "Sr.", column="+1")),
    )
    assert page.table.rows.columns.tolist() == ["No", "Name", "Grade", "+1", "+2"]
    assert page.table.rows["+1"].fillna("").tolist() == ["Jr.", "", "Sr.", "", ""]
    back = undo(page.table, log, 2, FILE)
    pd.testing.assert_frame_equal(back.rows, clean.table.rows)


def test_a_deleted_element_of_a_nested_file_comes_back_with_its_names_in_their_order() -> None:
    file = FileLayout.model_validate({**FILE.model_dump(exclude_unset=True), "format": "json_lines"})
    names = ["ID", "Name", "Grade"]
    rows = pd.DataFrame(
        [("1", None, "05"), ("2", "Ben", "05"), ("3", None, "06")], columns=names, dtype="string"
    )
    table = TextTable((), rows, default_settings(file))
    people = people_of("P1", "P2", "P3")
    page = Page("lms", "lms/list.jsonl", file, table, people, rows[:0], people[:0])
    assert page.first_row == 1
    log = happen(page, ("lost", "rows", drop(1)))
    assert json.loads(log["before"].iloc[0]) == {"ID": "2", "Name": "Ben", "Grade": "05"}
    assert log["row_before"].tolist() == [2]
    # No row that is left has a name, so the written file has no such element.
    written = TextTable((), page.table.rows.drop(columns="Name"), page.table.settings)
    pd.testing.assert_frame_equal(undo(written, log, 1, file).rows, rows)


def test_a_sorted_file_is_sorted_by_what_it_says_now_and_the_log_follows() -> None:
    page = page_of(sorted_by=("Name",))
    log = happen(page, ("typo", "cells", write([0, 2], "Zana", "Bleo")))

    assert names(page) == ["Ben", "Bleo", "Dan", "Eva", "Zana"]
    assert page.people["person"].tolist() == ["P2", "P3", "P4", "P5", "P1"]
    assert log[["row", "after", "person"]].values.tolist() == [[6, "Zana", "P1"], [3, "Bleo", "P3"]]
    assert_undone(page, log)


def test_a_file_without_faults_is_not_sorted_again() -> None:
    page = page_of(ROWS[::-1], sorted_by=("Name",))
    log = happen(page, ("semicolons", "settings", lambda scene: None))

    assert log.empty
    assert names(page) == ["Eva", "Dan", "Cleo", "Ben", "Ana"]
    assert undo(page.table, log, 2, FILE, page.sorted_by).rows["Name"].tolist() == names(page)


def test_a_fault_of_a_file_that_isnt_written_does_not_happen() -> None:
    def elsewhere(scene: FaultContext) -> None:
        scene.of_kind("another")

    page = page_of()
    with pytest.raises(NoSuchFile):
        elsewhere(FaultContext(fault("typo"), {page.path: page}, None, None, 1.0, 0))  # type: ignore[arg-type]
    log = happen(page, ("typo", "cells", elsewhere), ("nickname", "cells", write([0], "Annie")))
    assert log["kind"].tolist() == ["nickname"]


PLACES = st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True)
DEEDS = st.one_of(
    PLACES.map(lambda places: ("rows", drop(*places))),
    st.integers(-1, 4).map(lambda after: ("rows", add(after, ("9", "Test", "05"), "P9"))),
    st.tuples(st.integers(0, 4), st.sampled_from([*HEADS, "+1"])).map(
        lambda cell: ("cells", write_if_there(cell[0], f"new {cell}", cell[1]))
    ),
    st.permutations([0, 1, 2]).map(
        lambda order: ("columns", lambda scene: scene.reshape(scene.page, order, [f"H{at}" for at in order]))
    ),
    st.sampled_from([";", "\t"]).map(
        lambda mark: ("settings", lambda scene: scene.save_as(scene.page, "delimiter", mark))
    ),
)


def write_if_there(place: int, text: str, column: str) -> Deed:
    def deed(scene: FaultContext) -> None:
        if place < len(scene.page.table.rows) and column in (*scene.page.table.rows.columns, "+1"):
            scene.write([place], [text], column)

    return deed


@settings(max_examples=examples(50))
@given(st.lists(DEEDS, max_size=8))
def test_whatever_happens_undo_gives_the_clean_file(deeds: list[tuple[str, Any]]) -> None:
    page = page_of()
    log = happen(page, *((f"fault{at}", stage, deed) for at, (stage, deed) in enumerate(deeds)))
    assert log["order"].tolist() == list(range(1, len(log) + 1))
    assert_undone(page, log)
