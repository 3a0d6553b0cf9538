"""Whole columns of ids that are wrong on purpose, and sound ones beside them: whether each is told apart."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.files import District, read_district
from helpers.link.id_columns import verify_id_columns
from helpers.link.matches import LARGEST_BLOCK
from helpers.link.records import Places, Students, make_ready
from helpers.link.values.identifiers import equal_ids
from helpers.score import read_answer_key
from synthetic_data.district import make_district
from synthetic_data.kinds import faults_on_request

__all__ = ["PLANTED", "mistaken", "planted_columns"]

# What is planted, in turn: other systems' columns stay sound beside it.
PLANTED: tuple[dict[str, str], ...] = (
    {"iready": "id_column_of_another_system", "special_education": "id_column_shifted"},
    {"screener": "id_column_of_another_system", "iready": "id_column_shifted"},
    {"meals": "id_column_shifted", "special_education": "id_column_of_another_system"},
    {"screener": "id_column_shifted", "meals": "id_column_of_another_system"},
    {},
)
LEVELS = ("manual", "rostered")


def planted_columns(
    seeds: Sequence[int], students: int, *, people_only: bool = True, **overrides: Any
) -> pd.DataFrame:
    """Make a district a seed, with wrong columns in two of its systems or in none, and judge all columns.

    Parameters
    ----------
    seeds
        One district each; what is planted goes round by `PLANTED`, the exchange level by `LEVELS`.
    students
        Children in each.
    people_only
        Write only the files that name persons.
    **overrides
        Further keys of the scenario.

    Returns
    -------
    pandas.DataFrame
        One row a seed, column and system against which it was judged, lists within columns aside: ``seed``,
        ``level``, ``silo``, ``column``, ``identification_system``, ``against_system``, ``ids``,
        ``comparable``, ``rate``, ``status``, as in the table *id_columns*; ``planted`` (string: the fault, NA
        in a sound column); ``of_another`` (rate, of the ids that meet one elsewhere: those that meet another
        child's only, by the key).
    """
    parts = []
    for place, seed in enumerate(seeds):
        planted = PLANTED[place % len(PLANTED)]
        level = LEVELS[place // len(PLANTED) % len(LEVELS)]
        rates = {f"{silo}.{kind}": 1.0 for silo, kind in planted.items()}
        settings = {"level": level, "people_only": people_only, **overrides}
        with tempfile.TemporaryDirectory() as folder:
            made = make_district(
                folder=Path(folder) / "district", seed=seed, students=students, fault_rates=rates, **settings
            )
            parts.append(_judged(read_district(made), planted).assign(seed=seed, level=settings["level"]))
    first = ["seed", "level", "silo", "column"]
    whole = pd.concat(parts, ignore_index=True)
    return whole[[*first, *whole.columns.difference(first, sort=False)]]


def mistaken(columns: pd.DataFrame) -> pd.DataFrame:
    """Pick the columns of which the judgement is wrong.

    Parameters
    ----------
    columns
        From `planted_columns`.

    Returns
    -------
    pandas.DataFrame
        Planted columns of which five ids or more can be compared and that are not refused; and refused ones
        that were not planted, and whose ids meet the right children.
    """
    refused, planted = columns["status"].eq("Refused"), columns["planted"].notna()
    missed = planted & ~refused & columns["comparable"].ge(5)
    return columns[missed | (refused & ~planted & ~columns["of_another"].gt(0.5))]


def _judged(district: District, planted: dict[str, str]) -> pd.DataFrame:
    students = make_ready(district.people, district.identifiers, district.unique_people, tuple(district))
    places = Places(district.person_rows, district.layouts, district.kinds)
    table = verify_id_columns(students, LARGEST_BLOCK, places).table
    table = table[table["against_silo"].isna() & table["part"].isna()]
    told = [
        "silo",
        "column",
        "identification_system",
        "against_system",
        "ids",
        "comparable",
        "rate",
        "status",
    ]
    table = table[told].merge(
        _truly(district, students),
        on=["silo", "identification_system", "against_system"],
        how="left",
        validate="many_to_one",
    )
    columns = {(fault.silo, fault.kind): fault.column for fault in faults_on_request()}
    wrong = pd.DataFrame(
        [(silo, columns[silo, kind], kind) for silo, kind in planted.items()],
        columns=["silo", "column", "planted"],
    ).astype("string")
    return table.merge(wrong, on=["silo", "column"], how="left", validate="many_to_one")


def _truly(district: District, students: Students) -> pd.DataFrame:
    """Say by the key how many of a system's ids lead to other children only."""
    rows = read_answer_key(district.folder).rows
    place = ["silo", "file", "row"]
    whose = district.person_rows.merge(
        rows.loc[rows["part"].eq("Subject"), [*place, "person"]].drop_duplicates(place),
        on=place,
        how="inner",
        validate="many_to_one",
    ).drop_duplicates(["silo", "record"])
    people = students.people[["silo", "record"]].merge(
        whose[["silo", "record", "person"]], on=["silo", "record"], how="left", validate="one_to_one"
    )
    person = people["person"].fillna(people["silo"] + people["record"]).to_numpy(dtype=object)
    silo, system = people["silo"].to_numpy(dtype=object), students.ids["system"].to_numpy(dtype=object)
    number = students.ids["number"].to_numpy(dtype="int64")
    left, right, _ = equal_ids(students.ids, LARGEST_BLOCK)
    one, other = np.concatenate([left, right]), np.concatenate([right, left])
    pairs = pd.DataFrame(
        {
            "silo": silo[number[one]],
            "identification_system": system[one],
            "against_system": np.where(system[one] == "Undeclared", system[other], system[one]),
            "id": one,
            "right": person[number[one]] == person[number[other]],
        }
    )
    pairs = pairs[silo[number[one]] != silo[number[other]]]
    by = ["silo", "identification_system", "against_system"]
    right = pairs.groupby([*by, "id"])["right"].any().groupby(by).mean()
    truly = (1 - right).rename("of_another").reset_index()
    return truly.astype({"silo": "string", "identification_system": "string", "against_system": "string"})
