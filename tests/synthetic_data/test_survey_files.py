"""The survey's files: answers under a name, and groups in which no child can be seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.layouts import load_layout
from synthetic_data.life.wellbeing.surveys import ABOUT_ME, COMPETENCIES, OUR_SCHOOL, said_no
from synthetic_data.systems.survey.maker import SMALLEST_GROUP
from tests.synthetic_data.one_silo import write_silo
from tests.synthetic_data.truth import truth

SETTINGS: dict[str, object] = {"students": 400, "seed": 11}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("survey")
    return folder, write_silo(folder, "survey", level="governed", **SETTINGS)


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "silos" / "survey" / f"{name}.csv", dtype=str, keep_default_na=False)


def test_the_layout_says_that_it_is_the_kit_s_own_and_asks_three_items_a_competency() -> None:
    layout = load_layout("wellbeing/casel_survey")
    assert layout.source_status == "own"
    about_me = layout.file_named("about_me")
    assert [column.name for column in about_me.columns if column.name in ABOUT_ME] == list(ABOUT_ME)
    asked = [makes.set for makes in about_me.makes if makes.table == "survey_response"]
    assert [one["item"] for one in asked] == list(ABOUT_ME)
    assert [one["competency"] for one in asked[::3]] == list(COMPETENCIES)


def test_in_the_confidential_part_no_child_stands(written: tuple[Path, pd.DataFrame]) -> None:
    folder, whose = written
    groups = whose.loc[whose["file"].str.contains("our_school")]
    assert len(groups) > 100
    assert groups[["person", "part"]].isna().all(axis=None), "the key knows nobody there, either"
    part = table(folder, "our_school_2026")
    assert not {"First name", "Last name", "Student number"} & set(part.columns)
    assert set(part["Item"]) == set(OUR_SCHOOL)
    facts = read_district(folder)["survey"].facts["survey_response"]
    confidential = facts.loc[facts["survey"] == "Our school"]
    assert len(confidential) == len(groups)
    assert confidential["record"].isna().all()
    assert facts.loc[facts["survey"] == "About me", "record"].notna().all()


def test_small_groups_are_withheld_and_others_add_up(written: tuple[Path, pd.DataFrame]) -> None:
    folder, _ = written
    part, named = table(folder, "our_school_2026"), table(folder, "about_me_2026")
    small = part["Answers"] == "<10"
    assert small.any()
    assert (part.loc[small, ["Mean", "Favourable"]] == "*").all(axis=None)
    told = part.loc[~small].assign(n=part.loc[~small, "Answers"].astype(int))
    assert (told["n"] >= SMALLEST_GROUP).all()
    assert told["Mean"].astype(float).between(1, 5).all()
    assert told["Favourable"].astype(float).between(0, 1).all()
    # Both parts are filled in at one sitting.
    group = ["School", "Grade", "Window"]
    sat = named.groupby(group).size()
    counted = told.drop_duplicates(group).set_index(group)["n"]
    assert (sat.reindex(counted.index) == counted).all()
    withheld = part.loc[small].drop_duplicates(group).set_index(group).index
    assert (sat.reindex(withheld) < SMALLEST_GROUP).all()


def test_children_from_grade_3_on_whose_parents_agreed_are_asked(written: tuple[Path, pd.DataFrame]) -> None:
    folder, whose = written
    named = pd.concat([table(folder, f"about_me_{year}") for year in (2025, 2026)])
    assert set(named["Grade"]) == {str(grade) for grade in range(3, 13)}
    population = truth(**SETTINGS).population
    refused = population.children.loc[said_no(truth(**SETTINGS).scenario, len(population.children)), "person"]
    assert len(refused) > 5
    assert not whose["person"].isin(refused).any()


def test_limits_say_who_opted_out_and_what_is_confidential(clean_district_folder: Path) -> None:
    key = {
        name: pd.read_parquet(clean_district_folder / "answer_key" / f"{name}.parquet")
        for name in ("rows", "limits")
    }
    limits = key["limits"].loc[key["limits"]["silo"] == "survey"]
    assert {"Opted out", "Confidential", "Not served"} <= set(limits["reason"])
    held = set(key["rows"].loc[key["rows"]["silo"] == "survey", "person"])
    persons = limits["person"].dropna()
    assert held.isdisjoint(persons)
    assert persons.is_unique
    everybody = set(key["rows"].loc[key["rows"]["silo"] == "attendance", "person"])
    assert everybody <= held | set(persons)


def test_a_clean_export_is_read_without_a_finding(clean_district: District) -> None:
    silo = clean_district["survey"]
    assert silo.findings.empty
    assert (silo.accounts["rows"] == silo.accounts["rows_used"] + silo.accounts["rows_structure"]).all()
    assert silo.people["linkable_by"].eq("Name only").all()
    assert silo.identifiers.empty, "a name and nothing else"


def test_the_key_holds_the_mean_of_the_newest_answers(written: tuple[Path, pd.DataFrame]) -> None:
    folder, whose = written
    rows = whose.dropna(subset=["person"])[["file", "row", "person"]]
    facts = read_district(folder)["survey"].facts["survey_response"]
    facts = facts.merge(rows, on=["file", "row"], how="inner", validate="many_to_one")
    facts = facts.loc[facts["date"] >= "2025-07-01"]
    newest = facts.groupby(["person", "competency"])["date"].transform("max")
    means = facts.loc[facts["date"] == newest].groupby(["competency", "person"])["response"].mean()
    values = truth(**SETTINGS).life.values
    values = values.loc[values["as_of"] == values["as_of"].max()]
    for competency, element in COMPETENCIES.items():
        true = values.loc[values["element"] == element].set_index("person")["value"].astype(float)
        assert len(true) > 150
        said = means[competency]
        assert said.index.symmetric_difference(true.index).empty
        assert np.abs(said - true.reindex(said.index)).max() < 0.0001


def test_the_number_is_carried_where_ids_are_agreed(written: tuple[Path, pd.DataFrame]) -> None:
    identifiers = read_district(written[0])["survey"].identifiers
    assert set(identifiers["identification_system"]) == {"District"}


def test_answers_follow_the_traits() -> None:
    life = truth(students=3000).life
    surveys = life.surveys
    now = (surveys.year == 2026) & (surveys.window == 1)
    child, answers = surveys.child[now], surveys.answers[now].astype(float)
    answers[answers == 0] = np.nan
    mean = np.nanmean(answers, axis=1)
    for trait in ("engagement", "well_being", "support"):
        assert np.corrcoef(mean, getattr(life.latent, trait)[child])[0, 1] > 0.3
    assert 3 < mean.mean() < 4
