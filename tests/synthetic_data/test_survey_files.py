"""The survey's files: answers under a name, and groups in which no child can be seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.layouts import load_layout
from synthetic_data.life.free_text import OPEN_QUESTIONS, draw_open_answers, sentences
from synthetic_data.life.wellbeing.surveys import ABOUT_ME, COMPETENCIES, OUR_SCHOOL, opted_out
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
    numbers, words = asked[: len(ABOUT_ME)], asked[len(ABOUT_ME) :]
    assert [one["item"] for one in numbers] == list(ABOUT_ME)
    assert [one["competency"] for one in numbers[::3]] == list(COMPETENCIES)
    # And two open questions, which are about no competency.
    assert [one["item"] for one in words] == ["Proud of", "Wants to improve"]
    assert not any("competency" in one for one in words)
    assert [about_me.column(name).sensitivity for name in OPEN_QUESTIONS] == ["restricted", "restricted"]


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
    refused = population.children.loc[
        opted_out(truth(**SETTINGS).scenario, len(population.children)), "person"
    ]
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


def test_a_child_is_read_by_name_only(clean_district: District) -> None:
    silo = clean_district["survey"]
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


@pytest.mark.full
def test_children_write_sentences_of_their_grade_and_some_write_nothing() -> None:
    made = truth(students=3000, seed=31)
    surveys = made.life.surveys
    assert surveys.words.shape == (len(surveys.child), len(OPEN_QUESTIONS))
    spans = [range(3, 6), range(6, 9), range(9, 13)]
    written = [
        [set(surveys.words[np.isin(surveys.grade, span), place]) - {-1} for span in spans] for place in (0, 1)
    ]
    # No sentence of one span or question is one of another, and all of them occur.
    every = [number for of_question in written for of_span in of_question for number in of_span]
    assert len(every) == len(set(every)) == 72
    assert len({sentences()[number] for number in every}) == 72
    # Seven children of ten write at all, and leave 15 of 100 questions empty.
    answers, children = surveys.words >= 0, np.unique(surveys.child)
    writes = np.array([answers[surveys.child == one].any() for one in children])
    assert abs(writes.mean() - 0.70) < 4 * np.sqrt(0.7 * 0.3 / len(children))
    of_writers = answers[np.isin(surveys.child, children[writes])]
    assert abs(of_writers.mean() - 0.85) < 0.02


def test_what_a_child_writes_depends_on_nobody_else() -> None:
    scenario = truth(**SETTINGS).scenario
    child, grade = np.arange(300), np.arange(300) % 10 + 3
    whole = draw_open_answers(scenario, 2026, "fall", child, grade, 300)
    some = child % 7 == 2
    assert (draw_open_answers(scenario, 2026, "fall", child[some], grade[some], 300) == whole[some]).all()
    assert draw_open_answers(scenario, 2026, "fall", child[:0], grade[:0], 300).shape == (0, 2)
    assert (draw_open_answers(scenario, 2026, "spring", child, grade, 300) != whole).any()


@pytest.mark.full
def test_without_free_text_nobody_writes_and_no_column_asks(tmp_path: Path) -> None:
    write_silo(tmp_path, "survey", free_text=False, **SETTINGS)
    assert not set(OPEN_QUESTIONS) & set(table(tmp_path, "about_me_2026").columns)
    life = truth(free_text=False, **SETTINGS).life
    assert not life.values["element"].isin([*OPEN_QUESTIONS.values(), "own_goal"]).any()
    # Whatever else is drawn is the same.
    usual = truth(**SETTINGS).life.values
    others = usual[~usual["element"].isin([*OPEN_QUESTIONS.values(), "own_goal"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(life.values.reset_index(drop=True), others)


def test_the_key_holds_the_words_that_a_child_wrote_last(written: tuple[Path, pd.DataFrame]) -> None:
    folder, whose = written
    rows = whose.dropna(subset=["person"])[["file", "row", "person"]]
    facts = read_district(folder)["survey"].facts["survey_response"]
    facts = facts.loc[facts["date"].ge("2025-07-01") & facts["response_text"].notna()]
    facts = facts.merge(rows, on=["file", "row"], how="inner", validate="many_to_one").sort_values("date")
    values = truth(**SETTINGS).life.values
    values = values.loc[values["as_of"] == values["as_of"].max()]
    for item, element in (("Proud of", "proud_of"), ("Wants to improve", "wants_to_improve")):
        last = facts.loc[facts["item"] == item].groupby("person")["response_text"].last()
        true = values.loc[values["element"] == element].set_index("person")["value"]
        assert len(true) > 80
        assert last.to_dict() == true.to_dict()


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
