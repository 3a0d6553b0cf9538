"""Every row of every file has ended somewhere, and the sums say where."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.link import link_district
from helpers.profile import Profiles, build_profiles
from helpers.profile.lineage import account_for_rows
from helpers.standard import fact_tables

WHERE = (
    "rows_in_profiles", "rows_left_out", "rows_without_child", "rows_structure", "rows_set_aside",
    "rows_quarantined",
)  # fmt: skip


def put_together(district: District) -> tuple[District, Profiles]:
    return district, build_profiles(district, link_district(district))


@pytest.fixture(scope="module")
def made(district: District) -> tuple[District, Profiles]:
    return put_together(district)


def check(district: District, profiles: Profiles) -> pd.DataFrame:
    sums = account_for_rows(district, profiles)
    assert (sums["rows"] == sums[list(WHERE)].sum(axis="columns")).all(), sums
    assert sums["rows"].sum() == district.accounts["rows"].sum()
    assert list(sums["silo"].dropna()) == list(district)
    return sums


def test_every_row_of_a_made_district_has_ended_somewhere(made: tuple[District, Profiles]) -> None:
    district, profiles = made
    sums = check(district, profiles).set_index("silo")
    used = district.accounts.groupby("silo")["rows_used"].sum()
    assert (sums[list(WHERE[:3])].sum(axis="columns") == used.reindex(sums.index)).all()
    # A roster lists adults; of a lunchroom's list every row is a child's, or left out.
    about_nobody = sums["rows_without_child"].to_dict()
    assert about_nobody["sis"]
    assert not about_nobody["meals"]
    assert set(sums.index[sums["rows_left_out"] > 0]) <= set(profiles.left_out["silo"])


def test_a_row_left_out_says_why_and_is_in_no_profile(made: tuple[District, Profiles]) -> None:
    district, profiles = made
    place = ["silo", "file", "row"]
    values = profiles.recorded.dropna(subset=["file"])
    behind = pd.concat([values[place], profiles.timeline[place]]).drop_duplicates()
    facts = pd.concat(
        [
            district.fact(table)[place].assign(table=table)
            for table in fact_tables()
            if len(district.fact(table))
        ]
    )
    left = profiles.left_out.groupby([*place, "table"]).size()
    whole = facts.groupby([*place, "table"]).size().reindex(left.index)
    gone = pd.MultiIndex.from_frame(left[left == whole].index.to_frame(index=False)[place])
    only_there = gone[~gone.isin(pd.MultiIndex.from_frame(district.person_rows[place]))]
    several = facts.drop_duplicates().groupby(place).size()
    only_there = only_there[only_there.isin(several[several == 1].index)]
    assert len(only_there)
    assert not only_there.isin(pd.MultiIndex.from_frame(behind)).any()
    assert profiles.left_out["reason"].notna().all()


@pytest.mark.full
@pytest.mark.parametrize("name", ["grand_bend_joinable", "grand_bend_oneroster_1p1"])
def test_every_row_of_real_files_has_ended_somewhere(real_files: Path, name: str) -> None:
    check(*put_together(read_district(real_files / name)))


def test_every_row_of_exports_by_hand_has_ended_somewhere(exports_by_hand: Path) -> None:
    check(*put_together(read_district(exports_by_hand)))
