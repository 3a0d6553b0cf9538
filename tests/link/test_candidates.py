"""Candidates: whom it is worth comparing, and that it is never everybody with everybody."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.link.candidates import (
    candidates_across_birth_dates,
    candidates_with_birth_date,
    candidates_without_birth_date,
)
from helpers.link.records import Units, make_units, prepare_records
from tests.link.records import frames, record


def units_of(*rows: dict[str, Any], **columns: list[Any]) -> Units:
    """Give every record as a unit of its own."""
    people, identifiers = frames(*rows)
    for name, values in columns.items():
        people[name] = pd.Series(values, dtype="string")
    students = prepare_records(people, identifiers)
    return make_units(students, np.arange(len(students)))


def pairs_of(found: tuple[pd.DataFrame, pd.DataFrame]) -> set[tuple[int, int]]:
    return set(found[0][["left", "right"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ana", "Lopez", "2012-05-17"), ("Ana", "Lopez", "2012-05-18")),
        (("Ana", "Lopez", "2012-05-17"), ("Ana", "Lopes", "2012-05-17")),
        (("Ana", "Lopez", "2012-03-04"), ("Anita", "Lopez", "2012-04-03")),
        (("Ana", "Lopez", "2012-05-17"), ("Ama", "Lopex", "2012-05-17")),
    ],
)
def test_a_child_with_one_error_is_a_candidate(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    units = units_of(record("a", "1", *one), record("b", "2", *other))
    assert pairs_of(candidates_with_birth_date(units)) == {(0, 1)}


def test_strangers_are_none() -> None:
    units = units_of(
        record("a", "1", "Ana", "Lopez", "2012-05-17"), record("b", "2", "Ben", "Hill", "2011-01-30")
    )
    assert pairs_of(candidates_with_birth_date(units)) == set()


def test_a_misspelled_name_is_looked_for_at_the_same_school() -> None:
    rows = [
        record("a", "1", "Wyatt", "Hawkins", "2012-05-17"),
        record("b", "2", "Wyatt", "Hwakins"),
        record("b", "3", "Wyatt", "Hwakins"),
    ]
    schools = ["Oak Elementary", "Oak Elementary", "Elm High"]
    units = units_of(*rows, school_name=schools, grade_level=["03", "03", "11"])
    found = candidates_across_birth_dates(units, units.dated, ~units.dated)
    assert pairs_of(found) == {(0, 1)}


def test_a_common_name_is_asked_for_its_school_and_not_dropped() -> None:
    children = [
        record("a", f"{n:03}", "Jose", "Garcia", f"2012-{n % 12 + 1:02}-{n % 28 + 1:02}") for n in range(60)
    ]
    rows = [*children, record("b", "x", "Jose", "Garcia")]
    schools = [f"School {n // 3}" for n in range(60)] + ["School 7"]
    units = units_of(*rows, school_name=schools)
    pairs = pairs_of(candidates_across_birth_dates(units, units.dated, ~units.dated))
    assert pairs == {(21, 60), (22, 60), (23, 60)}


@pytest.mark.parametrize("born", ["", "2012-05-17"])
def test_one_name_for_everybody_stays_bounded_and_is_reported(born: str) -> None:
    rows = [record(silo, f"{n:04}", "Jose", "Garcia", born) for silo in "ab" for n in range(800)]
    units = units_of(*rows)
    find = candidates_with_birth_date(units) if born else candidates_without_birth_date(units, units.named)
    assert len(find[0]) <= 20 * len(units)
    assert find[1]["records"].item() >= len(units)


def test_units_hold_every_form_of_every_record() -> None:
    people, identifiers = frames(
        record("a", "1", "Bob", "Garcia Lopez", "2012-05-17", preferred_first_name="Bobby"),
        record("b", "2", "ROBERT", "Garcia", "2012-05-18"),
    )
    students = prepare_records(people, identifiers)
    units = make_units(students, np.zeros(2, dtype="int64"))
    assert len(units) == 1
    texts = np.array(units.names.texts, dtype=object)
    assert {"bob", "bobby", "robert"} <= set(texts[units.names.first])
    assert {"garcia lopez", "garcia"} <= set(texts[units.names.last])
    assert list(units.values["birth_days"].texts) == ["2012-05-17", "2012-05-18"]
    assert not len(units.values["emails"])
