"""What a decision on whom to believe does, by the truth: gains and losses add up; no decision, no change."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.profile import Profiles, build_profiles, compare_profiles
from helpers.profile.survivorship import Survivorship
from helpers.score import judge_decision


@pytest.fixture(scope="module")
def decided(district: District, district_links: Links) -> Profiles:
    """Profiles by a team that believes the till before everybody."""
    believed = dict.fromkeys(("birth_date", "last_surname", "first_name"), ("meals",))
    decision = Survivorship(
        decided=dt.date(2026, 5, 4), by="team", because="the till asks", believed_first=believed
    )
    return build_profiles(district, district_links, survivorship=decision)


@pytest.mark.full
def test_gains_and_losses_of_a_decision_add_up(
    district: District, district_profiles: Profiles, decided: Profiles
) -> None:
    scores = judge_decision(district, district_profiles, decided)
    moved = scores["made_right"] - scores["made_wrong"]
    pd.testing.assert_series_equal(
        scores["right_before"] + moved, scores["right_after"], check_names=False, check_dtype=False
    )
    assert (scores["made_right"] + scores["made_wrong"]).le(scores["changed"]).all()
    assert scores["right_before"].le(scores["of_children"]).all()
    assert set(scores.loc[scores["changed"].gt(0), "element"]) <= {
        "birth_date",
        "last_surname",
        "first_name",
    }
    some = judge_decision(district, district_profiles, decided, only=["birth_date", "last_surname"])
    same = scores[scores["element"].isin(["birth_date", "last_surname"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, same)
    assert scores["changed"].sum() > 0, "the till writes some child otherwise"
    assert set(compare_profiles(district_profiles, decided)["element"]) >= set(
        scores.loc[scores["changed"].gt(0), "element"]
    )


@pytest.mark.full
def test_no_decision_changes_nothing(district: District, district_profiles: Profiles) -> None:
    scores = judge_decision(district, district_profiles, district_profiles)
    assert scores[["changed", "made_right", "made_wrong"]].to_numpy().sum() == 0
