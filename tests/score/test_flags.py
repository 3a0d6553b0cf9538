"""What links cost in children: flags by the links against flags by the truth."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links, link_district
from helpers.profile import build_profiles
from helpers.score import missed_flags, true_crosswalk, true_flags
from helpers.score.flags import CHRONIC, FALLING_BY, FLAGS, SINCE_LAST_YEAR, Flags, flagged_children


@pytest.fixture(scope="module")
def rightly(clean_district: District) -> Links:
    return replace(link_district(clean_district, "exact"), crosswalk=true_crosswalk(clean_district))


@pytest.fixture(scope="module")
def truly(clean_district: District, rightly: Links) -> Flags:
    return true_flags(clean_district, rightly)


def lost(district: District, links: Links, truly: Flags) -> pd.DataFrame:
    return missed_flags(district, links, truly=truly).set_index("flag")


@pytest.mark.full
def test_flags_are_what_profiles_say(clean_district: District, rightly: Links, truly: Flags) -> None:
    pages = build_profiles(clean_district, rightly)
    chronic = pages.profile["attendance_chronically_absent"].eq(True).sum()
    values = pages.values[pages.values["chosen"] & pages.values["element"].eq("grade_average")]
    years = values.pivot(index="child", columns="school_year", values="value_number")
    fell = (years[pages.school_year - 1] - years[pages.school_year] >= FALLING_BY - 1e-9).sum()
    assert (int(truly.by_child[CHRONIC].sum()), int(truly.by_child[SINCE_LAST_YEAR].sum())) == (chronic, fell)
    assert chronic > 0
    assert fell > 0


@pytest.mark.full
def test_right_links_lose_nobody(clean_district: District, rightly: Links, truly: Flags) -> None:
    costs = lost(clean_district, rightly, truly)
    assert costs.index.tolist() == list(FLAGS)
    assert costs["true_count"].tolist() == costs["found"].tolist()
    assert (costs[["missed", "unknown", "false_count"]] == 0).all(axis=None)


def test_where_nobody_is_joined_nothing_is_known(
    clean_district: District, rightly: Links, truly: Flags
) -> None:
    alone = rightly.crosswalk
    alone = alone.assign(child=alone["silo"] + " " + alone["record"])
    costs = lost(clean_district, replace(rightly, crosswalk=alone), truly)
    # Of some who left the roster the attendance system's own record is opened.
    opened = truly.owner.drop_duplicates("person").set_index("person")["silo"]
    there = int(truly.by_child[CHRONIC].reindex(opened.index[opened.ne("attendance")]).sum())
    assert costs.loc[CHRONIC, ["missed", "unknown"]].tolist() == [there, there]
    assert (costs["false_count"] == 0).all()


def test_who_gets_anothers_record_is_flagged_for_the_other(
    clean_district: District, rightly: Links, truly: Flags
) -> None:
    crosswalk = rightly.crosswalk
    flagged = truly.by_child[CHRONIC]
    theirs = crosswalk[crosswalk["silo"].eq("attendance")].set_index("child")["record"]
    theirs = theirs[~theirs.index.duplicated(keep=False)]
    here = flagged.reindex(theirs.index)
    away, there = here.index[here.eq(True)][0], here.index[here.eq(False)][0]
    swapped = crosswalk["silo"].eq("attendance") & crosswalk["child"].isin([away, there])
    child = crosswalk["child"].where(~swapped, crosswalk["child"].map({away: there, there: away}))
    costs = lost(clean_district, replace(rightly, crosswalk=crosswalk.assign(child=child)), truly)
    assert costs.loc[CHRONIC, ["missed", "unknown", "false_count"]].tolist() == [1, 0, 1]


def test_who_has_no_flag_is_not_listed_even_if_a_figure_is_unknown(
    clean_district: District, rightly: Links, truly: Flags
) -> None:
    listed = flagged_children(clean_district, {"right": rightly})
    due = truly.by_child.eq(True).any(axis="columns")
    unknown = truly.by_child.isna().any(axis="columns")
    assert (unknown & ~due).any()
    assert set(listed["person"]) == set(due.index[due])
    assert listed["right"].all()
