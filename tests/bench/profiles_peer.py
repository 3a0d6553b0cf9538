"""One row a child as a careful analyst makes it: load each table, group, merge on the child with validate.

Usage: python -m tests.bench.profiles_peer STANDARD OUT

It takes the same crosswalk and the same tables, one at a time and only the columns that it needs. It says
nothing of where a value comes from, of other systems that say otherwise, of other years, of events and of
what was left out; days enrolled aren't derived, so that absences have no rate.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

YEAR_BEGINS = pd.Timestamp("2025-07-01")
RECORD = ["silo", "record"]


def load(folder: Path, name: str, columns: list[str]) -> pd.DataFrame:
    """Load some columns of a table, of all children."""
    parts = [pd.read_parquet(path, columns=columns) for path in sorted(folder.glob(f"part-*/{name}.parquet"))]
    return pd.concat(parts, ignore_index=True)


def main(folder: Path, out: Path) -> None:
    """Put one row a child together and write it."""
    crosswalk = load(folder, "crosswalk", [*RECORD, "child"])
    profile = pd.DataFrame({"child": crosswalk["child"].drop_duplicates().sort_values()}).reset_index(
        drop=True
    )

    def of_child(name: str, columns: list[str]) -> pd.DataFrame:
        rows = load(folder, name, [*RECORD, *columns]).dropna(subset=["record"])
        return rows.merge(crosswalk, on=RECORD, how="inner", validate="many_to_one")

    def add(columns: pd.DataFrame) -> None:
        nonlocal profile
        profile = profile.merge(columns.reset_index(), on="child", how="left", validate="one_to_one")

    people = of_child(
        "people", ["first_name", "last_surname", "birth_date", "sex", "home_language", "grade_level"]
    )
    people = people.assign(other=people["silo"].ne("sis")).sort_values("other", kind="stable")
    add(people.groupby("child")[["first_name", "last_surname", "birth_date", "sex", "home_language"]].first())

    spells = of_child("school_enrollment", ["school_id", "grade_level", "begin_date"])
    spells = spells.sort_values("begin_date", kind="stable")
    add(spells.groupby("child")[["school_id", "grade_level"]].last())

    events = of_child("attendance_event", ["date", "attendance_event_category"])
    events = events[events["date"] >= YEAR_BEGINS]
    absent = events[events["attendance_event_category"].isin(["Excused Absence", "Unexcused Absence"])]
    add(absent.groupby("child").agg(days_absent=("date", "nunique")))
    tardy = events[events["attendance_event_category"].eq("Tardy")]
    add(tardy.groupby("child").agg(days_tardy=("date", "nunique")))

    grades = of_child("course_grade", ["numeric_grade"])
    add(grades.groupby("child").agg(grade_average=("numeric_grade", "mean")))
    work = of_child("assignment_score", ["score", "score_possible"]).dropna()
    sums = work.groupby("child")[["score", "score_possible"]].sum()
    add((sums["score"] / sums["score_possible"]).rename("points_share").to_frame())
    credits = of_child("course_transcript", ["earned_credits"])
    add(credits.groupby("child").agg(credits=("earned_credits", "sum")))

    tests = of_child(
        "assessment_result",
        ["academic_subject", "score_method", "objective", "administration_date", "result"],
    )
    tests = tests[tests["objective"].isna() & tests["result"].notna()]
    tests = tests.sort_values("administration_date", kind="stable")
    latest = tests.groupby(["child", "silo", "academic_subject", "score_method"])["result"].last()
    wide = latest.unstack([1, 2, 3])
    wide.columns = pd.Index(["_".join(map(str, names)) for names in wide.columns])
    add(wide)

    answers = of_child("survey_response", ["response"])
    add(answers.groupby("child").agg(mean_answer=("response", "mean")))
    for name in (
        "incident", "discipline_action", "health_visit", "immunization", "message", "participation",
        "application", "contact", "screener_result",
    ):  # fmt: skip
        rows = of_child(name, [])
        add(rows.groupby("child").size().rename(name).to_frame())
    meals = of_child("meal_eligibility", ["eligibility", "begin_date"]).sort_values(
        "begin_date", kind="stable"
    )
    add(meals.groupby("child")[["eligibility"]].last())
    out.mkdir(parents=True, exist_ok=True)
    profile.to_parquet(out / "profile.parquet", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
