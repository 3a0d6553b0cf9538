"""Without faults, name and birth date find every child again, but where the key says that they can't."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.link import link_children
from synthetic_data.district import make_district


@pytest.mark.parametrize(
    ("level", "seed", "students"),
    [("none", 3, 400), ("manual", 7, 600), ("manual", 11, 150), ("rostered", 5, 150), ("governed", 9, 300)],
)
def test_every_pair_that_two_systems_hold_is_found(
    tmp_path: Path, level: str, seed: int, students: int
) -> None:
    folder = make_district(folder=tmp_path / "clean", level=level, seed=seed, students=students, faults=0.0)
    district = read_district(folder)
    links = link_children(
        district.people, district.identifiers, method="standardised", unique_people=district.unique_people
    )
    key = folder / "answer_key"
    rows, cases = pd.read_parquet(key / "rows.parquet"), pd.read_parquet(key / "cases.parquet")
    rows = rows.loc[rows["part"] == "Subject", ["silo", "file", "row", "person"]]
    undecidable = set(cases.loc[cases["decidable_by"] != "Name and birth date", "person"])

    records = district.person_rows.merge(
        rows, on=["silo", "file", "row"], how="inner", validate="many_to_one"
    )
    records = records[["silo", "record", "person"]].drop_duplicates()
    whose = records.merge(
        links.crosswalk[["silo", "record", "child"]],
        on=["silo", "record"],
        how="left",
        validate="one_to_one",
    )
    assert whose["child"].notna().all()
    assert whose.groupby("child")["person"].nunique().max() == 1, "nobody is joined to somebody else"
    apart = whose.groupby("person")["child"].nunique()
    assert set(apart.index[apart > 1]) <= undecidable
    assert len(undecidable) < 0.05 * records["person"].nunique() + 5
    assert district.findings.empty, "a clean district gives no finding"
