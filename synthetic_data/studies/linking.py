"""Studies of linking: fault rates, id columns, training."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.files import District, read_district
from helpers.link import (
    LARGEST_BLOCK,
    SHIPPED,
    LinkModel,
    Records,
    SourceLocations,
    declared_model,
    equal_ids,
    join_all_on_id,
    link_district,
    prepare_records,
    train_on_districts,
    verify_id_columns,
)
from helpers.score import read_answer_key, summarize_links
from helpers.standard import Measured, as_table, figure
from synthetic_data.district import make_district
from synthetic_data.error_families import apply_errors
from synthetic_data.faults.scene import faults_on_request
from synthetic_data.system_folders import system_folders

__all__ = ["DIALS", "SEEDS", "injected_columns", "links_by_fault_rate", "mistaken", "planted_columns"]


# The rates are partly measured, partly judged (each system's `faults.toml`). So we report a figure that
# depends on them for a range of the dial, not for one setting.

DIALS = (0.0, 0.5, 1.0, 2.0)


def links_by_fault_rate(
    dials: Sequence[float] = DIALS,
    *,
    students: int = 150,
    seeds: Sequence[int] = (7,),
    level: str = "manual",
) -> pd.DataFrame:
    """Generate, read and link small districts that differ only in how often records go wrong."""
    found = []
    for dial in dials:
        for seed in seeds:
            folder = make_district(
                "workshop", students=students, seed=seed, level=level, faults=dial, people_only=True
            )
            district = read_district(folder, written=False)
            ways = {
                "Looked up by number": join_all_on_id(district.people, district.identifiers),
                "Standardized": link_district(district, "standardized"),
                "Resolved": link_district(district, "resolved"),
            }
            for way, links in ways.items():
                scores = summarize_links(district, links, with_evidence=False).populations
                counts = scores.loc[scores["population"].eq("All"), ["possible", "linked", "right"]]
                found.append(counts.assign(fault_factor=dial, method=way))
    every = pd.concat(found, ignore_index=True)
    summed = every.groupby(["fault_factor", "method"], sort=False).sum().reset_index()
    wrong, missed = summed["linked"] - summed["right"], summed["possible"] - summed["right"]
    return as_table("links_by_fault_rate", summed.assign(wrong=wrong, missed=missed))


ROUNDS = 5


@cache
def injected_columns() -> tuple[dict[str, str], ...]:
    """Return the wrong columns of each round, by system; in the last round, no column stays right."""
    declared = {name: folder.declared("study.toml") for name, folder in system_folders().items()}
    return tuple(
        {
            name: one["kind"]
            for name, study in declared.items()
            for one in study.get("wrong_id_column", ())
            if one["round"] == place
        }
        for place in range(1, ROUNDS + 1)
    )


LEVELS = ("manual", "rostered")


def planted_columns(
    seeds: Sequence[int], students: int, *, people_only: bool = True, **overrides: Any
) -> pd.DataFrame:
    """Generate a district per seed, with wrong columns in two systems or none, and judge all columns."""
    parts = []
    for place, seed in enumerate(seeds):
        injected = injected_columns()[place % ROUNDS]
        level = LEVELS[place // ROUNDS % len(LEVELS)]
        rates = {f"{silo}.{kind}": 1.0 for silo, kind in injected.items()}
        settings = {"level": level, "people_only": people_only, **overrides}
        with tempfile.TemporaryDirectory() as folder:
            made = make_district(
                folder=Path(folder) / "district", seed=seed, students=students, fault_rates=rates, **settings
            )
            parts.append(_judged(read_district(made), injected).assign(seed=seed, level=settings["level"]))
    first = ["seed", "level", "silo", "column"]
    whole = pd.concat(parts, ignore_index=True)
    return whole[[*first, *whole.columns.difference(first, sort=False)]]


def mistaken(columns: pd.DataFrame) -> pd.DataFrame:
    """Select the columns with a wrong judgment."""
    refused, injected = columns["status"].eq("Refused"), columns["injected"].notna()
    missed = injected & ~refused & columns["comparable"].ge(5)
    return columns[missed | (refused & ~injected & ~columns["of_another"].gt(0.5))]


def _judged(district: District, injected: dict[str, str]) -> pd.DataFrame:
    students = prepare_records(district.people, district.identifiers, district.unique_people, tuple(district))
    locations = SourceLocations(district.person_rows, district.layouts, district.kinds)
    table = verify_id_columns(students, LARGEST_BLOCK, locations).table
    table = table[table["against_silo"].isna() & table["part"].isna()]
    shown = [
        "silo",
        "column",
        "identification_system",
        "against_system",
        "ids",
        "comparable",
        "rate",
        "status",
    ]
    table = table[shown].merge(
        _truly(district, students),
        on=["silo", "identification_system", "against_system"],
        how="left",
        validate="many_to_one",
    )
    columns = {(fault.silo, fault.kind): fault.column for fault in faults_on_request()}
    wrong = pd.DataFrame(
        [(silo, columns[silo, kind], kind) for silo, kind in injected.items()],
        columns=["silo", "column", "injected"],
    ).astype("string")
    return table.merge(wrong, on=["silo", "column"], how="left", validate="many_to_one")


def _truly(district: District, students: Records) -> pd.DataFrame:
    """Compute from the key how many of a system's ids lead only to other children."""
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


# Training never sees the answer key: it sees records and pairs, as in a real district. Run ``python -m
# synthetic_data.studies.linking`` after a change in the comparisons.

# We report scores on other scenarios and seeds than these. Each district trains twice: as the catalog's
# faults leave it, and with errors of another origin. Only the family for development is used.
SCENARIO = "pandemic"
SEEDS = (9001, 9002)
STUDENTS = 5_000
FAMILY = "development"
DRAWN_PAIRS = 2_000_000
ACCEPT, REVIEW = figure("link/thresholds.accept_dated"), figure("link/thresholds.review")


def train_shipped_model(students: int = STUDENTS) -> LinkModel:
    """Generate the training districts and train on their records."""
    districts = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            made = make_district(
                SCENARIO,
                Path(folder) / str(seed),
                level="none",
                seed=seed,
                students=students,
                people_only=True,
            )
            erring = apply_errors(made, Path(folder) / f"{seed}-{FAMILY}", FAMILY, seed=seed)
            districts += [read_district(made), read_district(erring)]
    seeds = " and ".join(str(seed) for seed in SEEDS)
    size = Measured("enrolled", students)
    trained_on = (
        f"two synthetic districts of {size.text} {size.noun} (scenario {SCENARIO}, level none, seeds "
        f"{seeds}), each with the catalog's faults alone and with the errors of family {FAMILY}"
    )
    model = train_on_districts(
        districts, start=declared_model(), trained_on=trained_on, drawn_pairs=DRAWN_PAIRS
    )
    return replace(model, accept=ACCEPT, review=REVIEW)


if __name__ == "__main__":
    path = train_shipped_model().save(SHIPPED)
    sys.stdout.write(f"{path} written\n")
