"""Faults of codes and categories."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic_data.faults.scene import FaultContext, chosen_pieces

__all__ = [
    "category_renamed",
    "code_with_typo",
    "eligibility_backdated",
    "free_text_teacher_name",
    "gender_marker_differs",
    "grade_level_codes",
    "history_missing_closed_school",
    "local_category_at_one_school",
    "neither_absent_nor_tardy",
    "null_as_text",
    "status_not_collected",
]


YEAR = "application_academic_school_year"


def eligibility_backdated(scene: FaultContext) -> None:
    """11/03/2025 -> 08/25/2025: a determination is made to hold from the child's first day on."""
    rows = scene.page.table.rows
    first = rows.groupby(["person_identifier", YEAR])[scene.fault.column].transform("first")
    chosen = scene.choose(first != scene.text())
    scene.write(chosen, first.iloc[chosen])


def status_not_collected(scene: FaultContext) -> None:
    """Leave last year's eligibility empty for all children of a school, where everybody ate free."""
    text, years = scene.text(), scene.text(YEAR)
    enrollments = scene.truth.schooling.school_enrollment
    before = enrollments.loc[enrollments["school_year"] == enrollments["school_year"].min()]
    where = before.drop_duplicates("person", keep="last").set_index("person")["school_id"]
    school = scene.people["person"].map(where).where((years == years.min()) & (text != ""))
    schools = np.sort(np.asarray(school.dropna().unique(), dtype=object))
    for group, name in enumerate(schools[scene.choose(np.arange(len(schools)))].tolist()):
        positions = np.flatnonzero((school == name).fillna(False))
        scene.write(positions, [""] * len(positions), groups=np.full(len(positions), group))


def code_with_typo(scene: FaultContext) -> None:
    """Not Eligible -> Not Eligibile: a word of a code list misspelled at the source."""

    def misspelled(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        return text.replace("Not Eligible", "Not Eligibile")

    scene.change_text(misspelled)


SEASONS = {"Fall": " 1", "Winter": " 2", "Spring": " 3"}
OTHER_MARKER = {"F": "M", "M": "F"}
ENDINGS = {"1": "1st", "2": "2nd", "3": "3rd"}


def gender_marker_differs(scene: FaultContext) -> None:
    """F -> M, in a child's latest term: changed in one system, and in no other."""
    person, text, term = scene.people["person"], scene.text(), scene.text("TermName")
    season = term.str.partition(" ")[0].map(SEASONS)
    rows = pd.DataFrame({"person": person, "term": term.str.partition(" ")[2] + season})
    rows = rows.dropna().sort_values("term", kind="stable").drop_duplicates("person", keep="last")
    latest = np.isin(np.arange(len(person)), rows.index)
    chosen = scene.choose(latest & text.isin(list(OTHER_MARKER)).to_numpy(dtype=bool))
    scene.write(chosen, text.iloc[chosen].map(OTHER_MARKER))


def grade_level_codes(scene: FaultContext) -> None:
    """3 -> 3rd, in the whole list of a grade: a grade in words of one's own."""
    text = scene.text()
    for group, (_, positions) in enumerate(chosen_pieces(scene)):
        own = [
            "Kinder" if grade == "K" else ENDINGS.get(grade, f"{grade}th") for grade in text.iloc[positions]
        ]
        scene.write(positions, own, groups=np.full(len(positions), group))


def neither_absent_nor_tardy(scene: FaultContext) -> None:
    """Dismissed, and nothing else: an event of a kind that no list of codes knows."""
    text = scene.text()
    chosen = scene.choose(text.str.contains("#", regex=False))
    after = text.iloc[chosen].str.replace(r"#.*$", "#Dismissed", regex=True)
    scene.write(chosen, after)


def null_as_text(scene: FaultContext) -> None:
    """Empty -> NULL: a database's word for nothing, exported as if it were an answer."""
    empty = (scene.text() == "").fillna(False) & (scene.people["part"] == "Subject").fillna(False)
    chosen = scene.choose(empty)
    scene.write(chosen, ["NULL"] * len(chosen))


def free_text_teacher_name(scene: FaultContext) -> None:
    """Deshawn W., 7: a child typed in, not chosen from the list: no number, an initial for a surname."""
    last, first, grade = scene.text(), scene.text("StudentFirst"), scene.text("GradeLevelShort")
    chosen = scene.choose((last.notna() & first.notna()).to_numpy(dtype=bool))
    groups = np.arange(len(chosen))
    short = first.iloc[chosen] + " " + last.iloc[chosen].str[0] + "., " + grade.iloc[chosen].fillna("?")
    scene.write(chosen, short, "StudentFirst", groups)
    for column in ("StudentLast", "StudentID", "StudentSchoolID"):
        there = scene.text(column).iloc[chosen].notna().to_numpy(dtype=bool)
        scene.write(chosen[there], [None] * int(there.sum()), column, groups[there])


def category_renamed(scene: FaultContext) -> None:
    """Corrective -> Tier 1: a school goes by a policy of its own from some day on. One fault a school."""
    text, school = scene.text(), scene.text("SchoolID")
    other = {"Staff-managed": "Tier 1", "Administrator-managed": "Tier 2"}
    fits = text.isin(list(other))
    day = scene.text("IssueTS.date")
    names = np.sort(np.asarray(school.loc[fits.to_numpy(dtype=bool)].dropna().unique(), dtype=object))
    for group, name in enumerate(names[scene.choose(np.arange(len(names)))].tolist()):
        theirs = (fits & (school == name)).fillna(False).to_numpy(dtype=bool)
        late = theirs & (day >= day.loc[theirs].sort_values().iloc[int(theirs.sum()) // 2]).to_numpy(
            dtype=bool
        )
        positions = np.flatnonzero(late)
        scene.write(positions, text.iloc[positions].replace(other), groups=np.full(len(positions), group))


def local_category_at_one_school(scene: FaultContext) -> None:
    """Staff-managed -> In Uniform: a category that exists at one school only. One fault a record."""
    text, school = scene.text(), scene.text("SchoolID")
    names = np.sort(np.asarray(school.dropna().unique(), dtype=object))
    if not len(names):
        return
    own = names[int(scene.rng.integers(len(names)))]
    chosen = scene.choose(((school == own) & text.notna()).fillna(False).to_numpy(dtype=bool))
    scene.write(chosen, ["In Uniform"] * len(chosen))


def history_missing_closed_school(scene: FaultContext) -> None:
    """Lose all that an earlier year held of a school. One fault a school."""
    school, day = scene.text("SchoolID"), scene.text("IssueTS.date")
    year = pd.to_numeric(day.str[:4]) + (pd.to_numeric(day.str[5:7]) > 6).astype("Int64")
    before = ((year < year.max()) & school.notna()).fillna(False).to_numpy(dtype=bool)
    names = np.sort(np.asarray(school.loc[before].unique(), dtype=object))
    for group, name in enumerate(names[scene.choose(np.arange(len(names)))].tolist()):
        positions = np.flatnonzero(before & (school == name).fillna(False).to_numpy(dtype=bool))
        scene.drop_rows(positions, np.full(len(positions), group))
