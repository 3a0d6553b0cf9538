"""College and career planning: a class year in place of a grade, names that children typed, applications."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synthetic_data.district import clean_pages, plan_faults
from synthetic_data.faults import FUNCTIONS
from synthetic_data.faults.scene import FaultContext
from synthetic_data.life.college_plans import INSTITUTIONS, INTERESTS, PLANS
from synthetic_data.observation import Truth as Whole
from synthetic_data.scenario import exchange
from synthetic_data.streams import rng_for
from synthetic_data.systems.career import maker as career
from tests.synthetic_data.truth import Truth, truth


def pages(made: Truth) -> dict[str, pd.DataFrame]:
    whole = Whole(made.population, made.schooling, made.life)
    seen = career.observe(made.scenario, whole, exchange(made.scenario, "career"))
    return {
        page.kind: page.table.rows.assign(person=page.people["person"].array)
        for page in clean_pages(seen).values()
    }


@pytest.fixture(scope="module")
def made() -> Truth:
    return truth(students=1500, seed=31, level="governed")


@pytest.fixture(scope="module")
def files(made: Truth) -> dict[str, pd.DataFrame]:
    return pages(made)


def test_the_class_year_is_that_of_the_grade_in_which_a_child_is(
    made: Truth, files: dict[str, pd.DataFrame]
) -> None:
    students = files["students"]
    grade = made.population.children.set_index("person").loc[students["person"], "grade_level"].astype(int)

    assert students["graduation_year"].astype(int).tolist() == (2026 + 12 - grade).tolist()
    assert set(grade) == set(range(8, 13))


def test_children_are_known_by_email_and_from_rostered_on_by_number(
    clean_district_folder: Path, files: dict[str, pd.DataFrame]
) -> None:
    (path,) = (clean_district_folder / "silos" / "career").glob("career_students_*.csv")
    below = pd.read_csv(path, dtype="string", keep_default_na=False)

    assert "external_student_id" not in below.columns
    assert below["email"].str.endswith("@students.riverbend.example").all()
    assert files["students"]["external_student_id"].str.fullmatch(r"\d{6}").all()
    assert files["students"]["id"].is_unique


def test_only_seniors_apply_and_only_to_invented_places(made: Truth, files: dict[str, pd.DataFrame]) -> None:
    students, admissions = files["students"].set_index("id"), files["admissions"]

    assert set(admissions["university_name"]) <= {one.name for one in INSTITUTIONS}
    assert students.loc[admissions["student_id"], "graduation_year"].eq("2026").all()
    assert not admissions.duplicated(["student_id", "university_name"]).any()
    assert (admissions["status_updated_at"] >= admissions["applied_on"]).all()
    waiting = admissions["status"].eq("applied")
    assert admissions.loc[waiting, "status_updated_at"].eq(admissions.loc[waiting, "applied_on"]).all()
    assert (admissions["status_updated_at"] <= made.scenario.as_of.isoformat()).all()


def test_plans_follow_the_academic_trait(made: Truth) -> None:
    ambitions = made.life.ambitions
    academic = made.life.latent.academic[ambitions.child]
    college = ambitions.plan == 0

    assert 0.15 < academic[college].mean() - academic[~college].mean() < 1.1


def test_the_truth_is_what_the_files_of_the_day_say(made: Truth, files: dict[str, pd.DataFrame]) -> None:
    values = made.life.values
    values = values[values["as_of"].eq(pd.Timestamp(made.scenario.as_of))]
    students = files["students"].set_index("person")
    told = values[values["element"].eq("career_interest")].set_index("person")["value"]
    assert told.to_dict() == students["interests"].str.split(";").str[0].to_dict()
    assert set(told) <= set(INTERESTS)

    told = values[values["element"].eq("applications")].set_index("person")["value"].astype(int)
    count = files["admissions"].groupby("person").size().reindex(students.index, fill_value=0)
    assert told.to_dict() == count.to_dict()


def test_a_goal_is_one_of_the_plan_and_stands_in_the_key(made: Truth, files: dict[str, pd.DataFrame]) -> None:
    students = files["students"].set_index("person")
    goals = students.loc[students["goal"].ne(""), ["post_high_school_plan", "goal"]]
    assert goals.groupby("goal")["post_high_school_plan"].nunique().eq(1).all()
    assert goals["post_high_school_plan"].nunique() == len(PLANS)
    # Seven of ten write at all, and 15 of 100 of these leave the goal empty.
    share = 0.7 * 0.85
    assert abs(len(goals) / len(students) - share) < 4 * np.sqrt(share * (1 - share) / len(students))
    values = made.life.values
    values = values[values["as_of"].eq(pd.Timestamp(made.scenario.as_of)) & values["element"].eq("own_goal")]
    assert values.set_index("person")["value"].to_dict() == goals["goal"].to_dict()


def test_an_older_export_knows_less(made: Truth) -> None:
    ambitions = made.life.ambitions
    january, april = (ambitions.last_visit(np.datetime64(day)) for day in ("2026-01-15", "2026-04-30"))
    known = ~np.isnat(january)

    assert (january[known] <= np.datetime64("2026-01-15")).all()
    assert (april[known] >= january[known]).all()
    assert (~np.isnat(april)).sum() >= known.sum()


def test_who_repeats_a_grade_may_keep_the_class_year(made: Truth) -> None:
    scenario = made.scenario.model_copy(update={"faults": 1.0, "level": "manual"})
    whole = Whole(made.population, made.schooling, made.life)
    seen = career.observe(scenario, whole, exchange(scenario, "career"))
    clean = clean_pages(seen)
    (fault,) = (one for one, _, _ in plan_faults(scenario, "career") if one.kind == "class_year_for_grade")
    scene = FaultContext(fault, clean, whole, rng_for(1, "class year"), 1.0, 0)
    FUNCTIONS[fault.kind](scene)
    children = made.population.children.set_index("person")
    (change,) = scene.cells
    repeats = children.loc[change.page.people["person"].iloc[change.positions]]

    assert len(change.positions)
    assert (repeats["grade_level"] == repeats["grade_level_before"]).all()
    before = change.page.table.rows["graduation_year"].iloc[change.positions].astype(int)
    assert [int(year) for year in change.after] == (before - 1).tolist()
