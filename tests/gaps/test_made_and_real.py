"""The scorecard of systems that somebody made, and of real folders, holds what its contract says."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.gaps import declared_measures, detected, first_steps, measure_gaps, scorecard_and_records
from helpers.link import Links, link_district
from helpers.report import first_actions
from helpers.report.pages.gaps import gaps_page
from helpers.score import judge_matches
from helpers.standard import as_table
from synthetic_data.district import make_district
from tests.gaps.test_scope import line

BLOCKS = {"Not joinable", "Not fresh", "Not permitted"}


@pytest.fixture(scope="module")
def links(district_links: Links) -> Links:
    return district_links


@pytest.fixture(scope="module")
def card(district: District, links: Links) -> pd.DataFrame:
    return measure_gaps(district, links, *judge_matches(district, links.crosswalk))


def naming(district: District) -> list[str]:
    """The systems that name a child; those of whose records nobody is told stand in no pair."""
    students = district.people.loc[district.people["role"].eq("Student"), "silo"]
    return [silo for silo in district if students.eq(silo).any()]


def keeps_its_contract(card: pd.DataFrame, district: District) -> None:
    assert card.equals(as_table("scorecard", card))
    rates = card[card["unit"].eq("rate") & card["value"].notna()]
    assert np.allclose(rates["value"], rates["numerator"] / rates["denominator"])
    assert (rates["low"].le(rates["value"]) & rates["value"].le(rates["high"])).all()
    others = card[card["unit"].ne("rate") & card["value"].notna()]
    assert others["value"].equals(others["numerator"])
    minutes = others["unit"].eq("minutes")
    assert others.loc[~minutes, "low"].isna().all()
    assert others.loc[minutes, "low"].le(others.loc[minutes, "value"]).all()
    assert others.loc[minutes, "high"].ge(others.loc[minutes, "value"]).all()
    assert set(card["blocked_by"].dropna()) <= BLOCKS
    assert card.loc[card["blocked_by"].notna(), "right_silo"].notna().all()
    assert card[["is_limit", "needs_key", "next_step"]].notna().all(axis=None)
    for each in card[["next_step", "left_silo", "right_silo", "column"]].to_dict("records"):
        said = each.pop("next_step")
        for name in each.values():
            said = said.replace(name, "") if isinstance(name, str) else said
        assert not re.search(r"\d|[{}_]", said), said
    of_measures = card[card["measure"].isin([one.name for one in declared_measures()])]
    assert not of_measures.duplicated(["left_silo", "right_silo", "measure", "column"]).any()
    stands = set(district.person_rows[["file", "row"]].itertuples(index=False, name=None))
    # What is said of files, and of codes in them, may stand in a row that is about no person.
    of_files = of_measures["kind"].isin(["Format", "Permission"]) | of_measures["measure"].str.contains(
        "codes"
    )
    place = ["example_file", "example_row"]
    examples = of_measures.loc[~of_files, place].dropna().drop_duplicates()
    assert set(examples.itertuples(index=False, name=None)) <= stands
    rows = district.accounts.set_index("file")["rows"]
    examples = of_measures.loc[of_files, place].dropna().drop_duplicates()
    assert examples["example_row"].between(1, examples["example_file"].map(rows)).all()
    assert card[["effect", "owner"]].notna().all(axis=None)


@pytest.mark.full
def test_every_pair_of_systems_keeps_the_contract(card: pd.DataFrame, district: District) -> None:
    silos = naming(district)
    pairs = card.dropna(subset=["right_silo"])[["left_silo", "right_silo"]].drop_duplicates()
    assert list(pairs.itertuples(index=False, name=None)) == list(combinations(silos, 2))
    assert silos[0] == "sis"
    keeps_its_contract(card, district)


def test_with_a_key_each_pair_that_is_joined_is_judged(
    card: pd.DataFrame, district: District, links: Links
) -> None:
    judged = card[card["measure"].eq("matches that are right")]
    assert judged["needs_key"].all()
    assert (judged["numerator"] <= judged["denominator"]).all()
    assert judged["value"].notna().all()
    children = {silo: set(its) for silo, its in links.crosswalk.groupby("silo")["child"]}
    joined = {pair for pair in combinations(naming(district), 2) if children[pair[0]] & children[pair[1]]}
    assert set(judged[["left_silo", "right_silo"]].itertuples(index=False, name=None)) == joined
    assert {("sis", "attendance"), ("sis", "meals"), ("sis", "lms")} <= joined


def test_what_a_system_fills_and_holds_is_told(card: pd.DataFrame) -> None:
    given = line(card, "scores given", "lms")
    assert given.is_limit
    assert 0 < given.numerator < given.denominator
    told = card.loc[card["measure"].eq("children with an entry"), "left_silo"]
    assert set(told) >= {"sis", "attendance", "lms", "map_growth", "iready"}
    no_birth_date = card[card["measure"].eq("column filled") & card["column"].eq("birth_date")]
    limits = set(no_birth_date.loc[no_birth_date["is_limit"], "left_silo"])
    assert limits >= {"lms", "iready", "family"}
    assert not limits & {"sis", "attendance", "meals", "map_growth", "special_education"}


@pytest.mark.full
def test_behind_a_line_stand_as_many_as_it_counts(
    card: pd.DataFrame, district: District, links: Links
) -> None:
    behind = scorecard_and_records(district, links)[1]
    assert len(behind.merge(district.people, on=["silo", "record"], validate="many_to_one")) == len(behind)
    for name in ("only in left", "only in right", "listed and never seen", "records to review"):
        counted = card.loc[card["measure"].eq(name), "numerator"].sum()
        children = behind[behind["measure"].eq(name)].merge(
            links.crosswalk, on=["silo", "record"], how="left", validate="many_to_one"
        )
        by = ["left_silo", "right_silo", "record" if name == "records to review" else "child"]
        assert len(children.drop_duplicates(by)) == counted, name


def assert_contract_holds_without_a_key(folder: Path) -> None:
    """Measure a folder without an answer key: what needs the key is not judged."""
    district = read_district(folder)
    links = link_district(district)
    card = measure_gaps(district, links)
    keeps_its_contract(card, district)
    assert card.loc[card["needs_key"], "value"].isna().all()
    assert set(card.loc[card["needs_key"], "next_step"]) == {"cannot be judged without a key"}
    unjoined = card[card["blocked_by"].eq("Not joinable") & card["measure"].eq("match rate")]
    assert unjoined["value"].isna().all()
    assert len(first_steps(card))


def test_real_folders_keep_the_contract_without_a_key(real_files: Path) -> None:
    assert_contract_holds_without_a_key(real_files / "grand_bend_joinable")


@pytest.mark.full
def test_folders_without_a_mark_keep_the_contract_without_a_key(unmarked_folder: Path) -> None:
    assert_contract_holds_without_a_key(unmarked_folder)


REAL = (
    "grand_bend_assessments", "grand_bend_joinable", "grand_bend_oneroster_1p1",
    "third_party_oneroster_1p1_school",
)  # fmt: skip


def assert_page_names_nobody(folder: Path, tmp_path: Path) -> None:
    """Write the page of a real folder: it says that it is restricted, and contains no child's name."""
    district = read_district(folder)
    links = link_district(district)
    card = measure_gaps(district, links)
    keeps_its_contract(card, district)
    to_do = first_actions(district, links, card, judged=False)
    path = gaps_page(tmp_path / "gaps.html", district, links, card, actions=to_do)
    page = path.read_text(encoding="utf-8")
    assert "Real data: restricted" in page
    assert "cannot be judged without a key" in page
    names = district.people[["first_name", "last_surname"]].stack().dropna().unique()
    words = set(re.findall(r"\w+", re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)))
    assert not {str(each) for each in names if len(str(each)) > 5} & words


@pytest.mark.full
@pytest.mark.parametrize("name", REAL)
def test_every_real_folder_gets_its_page_and_no_small_number(
    real_files: Path, name: str, tmp_path: Path
) -> None:
    assert_page_names_nobody(real_files / name, tmp_path)


@pytest.mark.full
def test_a_folder_without_a_mark_gets_its_page(exports_by_hand: Path, tmp_path: Path) -> None:
    assert_page_names_nobody(exports_by_hand, tmp_path)


@pytest.mark.full
def test_a_clean_governed_district_raises_no_alarm(tmp_path: Path) -> None:
    folder = make_district(students=80, level="governed", faults=0.0, folder=tmp_path / "clean")
    district = read_district(folder)
    links = link_district(district)
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    assert detected(measure_gaps(district, links), findings).empty
