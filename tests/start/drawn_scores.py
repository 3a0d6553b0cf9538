"""Measure the road from a folder of drawn exports to children on a page.

``python -m tests.start.drawn_scores HALF STUDENTS SEED`` makes the folder, drafts, reads and links it with
nothing declared; then it answers the open questions as somebody would who has the folder and public
documentation, and measures again. It prints what was asked, the links, and what is right of each field.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from helpers.files import District, draft_layouts, read_district
from helpers.layouts import all_layouts
from helpers.link import Links, link_district
from helpers.profile import build_profiles
from helpers.start import Question, open_questions, save_answers
from synthetic_data.desk.drawn_folder import DrawnFolder, make_drawn_folder
from synthetic_data.desk.facts import absences

__all__ = ["answers_of", "field_scores", "link_scores", "score_cells"]

# What a person who knows the test's documentation says that numbers are.
METHODS = {
    "raw_score": "Test score", "subscore": "Test score", "points": "Test score", "scale_score": "Scale score",
    "percentile": "Percentile", "percent_mark": "Percent correct",
}  # fmt: skip
SCORES = ("scale_score", "percentile", "raw_score", "subscore")
CODES = {"unexcused": "Unexcused Absence", "excused": "Excused Absence", "tardy": "Tardy"}
MOST_ASKED = 20
DONT_KNOW = "don't know"


def answers_of(
    questions: Sequence[Question], district: District, truth: DrawnFolder
) -> dict[tuple[str, ...], str]:
    """Choose an offered answer to each question; don't know where nothing outside the answer key says it."""
    return {one.key: _answer(one, district, truth) for one in questions[:MOST_ASKED]}


def _answer(question: Question, district: District, truth: DrawnFolder) -> str:
    kind, known = question.key[0], [answer for answer, _ in question.choices]
    if kind == "roster":
        # The largest list of students is what a district calls its roster.
        own = truth.rows[truth.rows["role"].eq("Student")].groupby("file")["person"].nunique()
        silo_of = {
            str(file): str(silo) for silo, file in district.accounts[["silo", "file"]].itertuples(index=False)
        }
        about = {export.path for export in truth.exports if export.about == "students"}
        files = [file for file in own.sort_values(ascending=False, kind="stable").index if file in about]
        found = next((silo for file in files for path, silo in silo_of.items() if path.startswith(file)), "")
        return found if found in known else DONT_KNOW
    layout, name = question.key[1], question.key[2]
    (silo,) = [silo for silo, one in district.layouts.items() if one.layout == layout]
    kinds = district[silo].kinds
    paths = [path for path, of in kinds.items() if kind in ("days", "codes") or name in of]
    export = next(one for one in truth.exports for path in paths if path.startswith(one.path))
    if kind == "people":
        roles = truth.rows.loc[truth.rows["file"].eq(export.path), "role"].mode()
        return str(roles.iloc[0]) if len(roles) and roles.iloc[0] in known else DONT_KNOW
    concepts = dict(export.columns)
    if kind == "results":
        written = all_layouts(district.folder / "layouts")[layout]
        file = next(one for one in written.files if one.name == name)
        columns = [
            makes.take["result"]
            for makes in file.makes
            if makes.table == "assessment_result" and "result" in makes.take
        ]
        said = {METHODS.get(concepts.get(column, ""), "no results") for column in columns}
        return next((each for each in METHODS.values() if each in said), "no results")
    if kind == "rows":
        wanted = {
            "attendance_event": "attendance",
            "incident": "incidents",
            "assessment_result": "assessments",
        }
        return "yes" if wanted.get(question.key[3]) == export.about else "no"
    cells = truth.values[truth.values["file"].eq(export.path) & truth.values["head"].eq(name)]
    if kind == "days":
        days = pd.to_datetime(cells["means"], errors="coerce")
        first = pd.to_numeric(cells["text"].str.extract(r"^(\d+)")[0], errors="coerce")
        return "day first" if first.eq(days.dt.day).sum() > first.eq(days.dt.month).sum() else "month first"
    means = cells.loc[cells["text"].eq(question.key[3]), "means"]
    word = CODES.get(str(means.iloc[0]), DONT_KNOW) if len(means) else DONT_KNOW
    return word if word in known else DONT_KNOW


def _records(district: District, links: Links, truth: DrawnFolder) -> pd.DataFrame:
    """Give each row about a student its record and child: file, row, person, silo, record, child."""
    students = truth.rows[truth.rows["role"].eq("Student")]
    read = district.person_rows.assign(file=district.person_rows["file"].astype("string"))
    # A sheet's path begins with its workbook's.
    names = {
        path: next((one.path for one in truth.exports if path.startswith(one.path)), path)
        for path in read["file"].unique()
    }
    read = read.assign(file=read["file"].map(names).astype("string"))
    rows = students.merge(read, on=["file", "row"], how="left", validate="one_to_many")
    cross = links.crosswalk[["silo", "record", "child"]]
    return rows.merge(cross, on=["silo", "record"], how="left", validate="many_to_one")


def link_scores(district: District, links: Links, truth: DrawnFolder) -> dict[str, float]:
    """Count pairs of records in different systems: those of one person, joined, and joined rightly."""
    rows = _records(district, links, truth)
    # A row that nothing read is a record of its own, linked to nobody.
    lost = rows["record"].isna()
    rows["silo"] = rows["silo"].fillna(rows["file"])
    rows["record"] = rows["record"].fillna(rows["person"])
    rows["child"] = rows["child"].where(~lost, "lost " + rows["file"] + " " + rows["person"])
    rows["child"] = rows["child"].fillna("none " + rows["silo"] + " " + rows["record"])
    units = rows[["silo", "record", "person", "child"]].drop_duplicates()

    def pairs(by: list[str]) -> int:
        every = units.groupby(by).size()
        within = units.groupby([*by, "silo"]).size()
        return int((every * (every - 1) // 2).sum() - (within * (within - 1) // 2).sum())

    true, joined, right = pairs(["person"]), pairs(["child"]), pairs(["person", "child"])
    return {"pairs": true, "recall": right / true, "precision": right / joined if joined else 1.0}


def field_scores(district: District, links: Links, truth: DrawnFolder, seed: int) -> pd.DataFrame:
    """Count the children whose names, birth date, grade, school and days absent are right or wrong."""
    rows = _records(district, links, truth).dropna(subset=["child"])
    child = rows.groupby("person")["child"].agg(lambda one: one.mode().iloc[0])
    people = truth.people.set_index("person").loc[child.index]
    profile = build_profiles(district, links).profile.set_index("child").reindex(child)
    profile.index = child.index
    told: dict[str, pd.Series] = {
        "first name": people["first"], "surname": people["last"], "birth date": people["born"],
        "grade": people["grade"], "school": people["school"],
    }  # fmt: skip
    shown = {
        "first name": "roster_first_name", "surname": "roster_last_surname",
        "birth date": "roster_birth_date",
        "grade": "roster_grade_level", "school": "roster_school",
    }  # fmt: skip
    counts = []
    for field, true in told.items():
        seen = (
            profile[shown[field]].astype("string")
            if shown[field] in profile
            else pd.Series(pd.NA, true.index, dtype="string")
        )
        seen = seen.str[:10] if field == "birth date" else seen
        same = seen.str.casefold().eq(true.str.casefold())
        if field == "first name":
            same |= seen.str.casefold().eq(people["preferred"].str.casefold())
        counts.append(_count(field, same.fillna(False), seen.isna()))
    counts.append(_days_absent(profile, truth, seed))
    return pd.DataFrame(counts)


def _count(field: str, same: pd.Series, missing: pd.Series) -> dict[str, object]:
    wrong = int((~same & ~missing).sum())
    return {
        "field": field,
        "of": len(same),
        "right": int(same.sum()),
        "wrong": wrong,
        "missing": int(missing.sum()),
    }


def _days_absent(profile: pd.DataFrame, truth: DrawnFolder, seed: int) -> dict[str, object]:
    """Compare with the days drawn, of the children whom a file of absences has."""
    about = {export.path for export in truth.exports if export.about == "attendance"}
    known = truth.rows.loc[
        truth.rows["file"].isin(about) & truth.rows["role"].eq("Student"), "person"
    ].unique()
    true = pd.Series(
        {
            who: sum(kind != "tardy" for _, kind in absences(SimpleNamespace(person=who), seed))
            for who in known
        }
    )
    true = true[true > 0]
    shown = (
        profile["attendance_days_absent"]
        if "attendance_days_absent" in profile
        else pd.Series(dtype="Float64")
    )
    seen = shown.reindex(true.index)
    return _count("days absent", seen.eq(true).fillna(False).astype(bool), seen.isna())


def score_cells(district: District, truth: DrawnFolder) -> dict[str, int]:
    """Count the cells with a score: read as a result with its day; read with another day; not read."""
    results = district.fact("assessment_result")
    cells = truth.values[truth.values["concept"].isin(SCORES) & truth.values["text"].ne("")]
    number = pd.to_numeric(cells["means"], errors="coerce")
    cells = cells.assign(number=number).dropna(subset=["number"])
    names = {
        path: next((one.path for one in truth.exports if path.startswith(one.path)), path)
        for path in results["file"].unique()
    }
    read = results.assign(
        file=results["file"].map(names).astype("string"), number=results["result"].astype("float64")
    )
    days = truth.values[truth.values["concept"].eq("test_date")].drop_duplicates(["file", "row"])
    cells = cells.merge(
        days[["file", "row", "means"]].rename(columns={"means": "day"}),
        on=["file", "row"],
        how="left",
        validate="many_to_one",
    )
    found = cells.drop_duplicates(["file", "row", "number"]).merge(
        read.drop_duplicates(["file", "row", "number"])[["file", "row", "number", "administration_date"]],
        on=["file", "row", "number"], how="left", validate="one_to_one", indicator=True,
    )  # fmt: skip
    here = found["_merge"].eq("both")
    other = here & found["day"].notna() & found["administration_date"].notna()
    other &= found["administration_date"].dt.strftime("%Y-%m-%d").ne(found["day"])
    rows = set(cells[["file", "row", "number"]].itertuples(index=False, name=None))
    extra = [
        one
        for one in read[["file", "row", "number"]].dropna().itertuples(index=False, name=None)
        if one not in rows
    ]
    return {
        "cells": len(found),
        "read": int(here.sum()),
        "other day": int(other.sum()),
        "no score": len(extra),
    }


def _measure(half: str, students: int, seed: int, folder: Path) -> Iterator[str]:
    truth = make_drawn_folder(folder, half, students=students, seed=seed)
    clock = time.process_time()

    def spent() -> str:
        nonlocal clock
        before, clock = clock, time.process_time()
        return f"{clock - before:.1f} s"

    started = draft_layouts(folder)
    yield f"start {spent()}: {len(started.drafted)} drafted, left {dict(started.left)}"
    district = read_district(folder)
    yield f"read {spent()}: {len(district)} systems, rows {int(district.accounts['rows'].sum())}"
    links = link_district(district)
    yield f"link {spent()}: untouched {_shown(link_scores(district, links, truth))}"
    questions = open_questions(district, links)
    yield f"questions {spent()}: {len(questions)}"
    given = answers_of(questions, district, truth)
    for one in questions[:MOST_ASKED]:
        yield f"  {'.'.join(one.key)}: guess {one.guess}, answered {given[one.key]}"
    save_answers(folder, given)
    district = read_district(folder)
    links = link_district(district)
    yield f"answered: {_shown(link_scores(district, links, truth))}"
    yield f"still open: {len(open_questions(district, links))}"
    yield field_scores(district, links, truth, seed).to_string(index=False)
    yield f"scores: {score_cells(district, truth)}"


def _shown(scores: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.5g}" for name, value in scores.items())


def main() -> None:
    """Print the measures of one folder."""
    half, students, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        for line in _measure(half, students, seed, Path(folder) / "drawn"):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
