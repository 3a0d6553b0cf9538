"""Whoever owns the roster: found and missed add up, and the list that nobody ends holds who has left."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.score import read_answer_key, score_roster_owners
from helpers.standard import STRING, BadInput
from tests.district_by_hand import district as by_hand
from tests.district_by_hand import links, silo


@pytest.fixture(scope="module")
def owners(district: District, district_links: Links) -> pd.DataFrame:
    """Each list of the small made district, judged as the roster."""
    return score_roster_owners(district, district_links).set_index("silo")


def test_found_and_missed_add_up_and_who_has_gone_is_counted(
    owners: pd.DataFrame, district: District
) -> None:
    assert (owners["found"] + owners["missed"]).eq(owners["of_children"]).all()
    assert (owners["found"] + owners["wrong"]).eq(owners["listed"]).all()
    left = read_answer_key(district.folder).cases
    assert left["case"].eq("left").any()
    assert owners.loc["sis", "missed"] <= owners["missed"].min()
    assert owners["wrong"].max() > owners.loc["sis", "wrong"]
    assert owners["takes_over"].between(0, owners["other_systems"]).all()


def test_without_a_key_nothing_is_judged() -> None:
    with pytest.raises(BadInput, match="no answer key"):
        score_roster_owners(by_hand(silo("sis", [{"record": "1"}])), links({("sis", "1"): "a"}))


def test_where_no_system_names_a_school_no_list_is_judged(district: District, district_links: Links) -> None:
    silos = {
        name: replace(each, people=each.people.assign(school_id=pd.Series(pd.NA, each.people.index, STRING)))
        for name, each in district.items()
    }
    assert score_roster_owners(replace(district, silos=silos), district_links).empty
