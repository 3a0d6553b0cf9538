"""Faults of gradebooks, report cards, transcripts and sign-in logs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.faults.scene import FaultContext
from synthetic_data.observation import NOBODY

__all__ = [
    "assignment_id_lost",
    "attempt_sent_twice",
    "credit_of_a_year_each_semester",
    "grade_without_point",
    "letter_and_number_disagree",
    "moment_in_other_form",
    "points_row_lost",
    "score_typed_as_word",
    "score_with_comma",
    "signed_in_as_nobody",
    "submission_twice",
    "transfer_grades_lost",
]


WORDS = ("absent", "late", "see me", "redo")


def assignment_id_lost(scene: FaultContext) -> None:
    """Quiz 3 (3104177) -> Quiz 3: somebody tidied a column title."""
    strips = scene.strips()
    for number in scene.choose(np.arange(len(strips))).tolist():
        page, column = strips[number]
        header = list(page.table.header)
        at = list(page.table.rows.columns).index(column)
        header[at] = header[at].rpartition(" (")[0]
        scene.reshape(page, header=header)


def points_row_lost(scene: FaultContext) -> None:
    """Lose the row that says how many points there were: sorted away, or taken for an empty line."""
    structure = np.asarray((scene.people["part"] == NOBODY).fillna(False), dtype=bool)
    first = pd.concat([page.table.rows.iloc[:, 0] for page in scene.pages], ignore_index=True)
    points = first.str.strip() == "Points Possible"
    chosen = scene.choose(structure & points.to_numpy(dtype=bool))
    scene.drop_rows(chosen, np.arange(len(chosen)))


def score_typed_as_word(scene: FaultContext) -> None:
    """8.00 -> absent: a remark where a number belongs."""

    def remarked(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        words = np.array(WORDS, dtype=object)[rng.integers(0, len(WORDS), len(text))]
        typed = pd.Series(words, index=text.index, dtype=STRING)
        return text.where(~text.str.contains(r"\d"), typed)

    scene.change_text(remarked, among="Subject")


def score_with_comma(scene: FaultContext) -> None:
    """8.50 -> 8,50: typed on a computer whose decimal mark is a comma."""
    scene.change_each(lambda text: text.replace(".", ","), among="Subject")


SECTION = "studentSectionAssociationReference"
LETTERS = "ABCDF"
SECOND = 60  # the second submission comes so many minutes later, at most


def transfer_grades_lost(scene: FaultContext) -> None:
    """Lose the grades that a child got at an earlier school."""
    grades = scene.page.table.rows
    child = grades[f"{SECTION}.studentUniqueId"]
    school, begin = grades[f"{SECTION}.schoolId"], grades[f"{SECTION}.beginDate"]
    latest = pd.DataFrame({"child": child, "school": school, "begin": begin})
    latest = latest.sort_values(["child", "begin"], kind="stable").drop_duplicates("child", keep="last")
    now = latest.set_index("child")["school"]
    at = now.index.get_indexer(pd.Index(child))
    elsewhere = (school.array != now.array.take(at)).to_numpy(dtype=bool)
    moved = np.unique(at[elsewhere])
    chosen = scene.choose(moved)
    lost = np.flatnonzero(elsewhere & np.isin(at, chosen))
    scene.drop_rows(lost, np.searchsorted(np.sort(chosen), at[lost]))


def grade_without_point(scene: FaultContext) -> None:
    """87 -> 870: a grade typed with one digit after the point, and without the point."""
    scene.change_each(lambda text: f"{text}0" if text.isdigit() else text)


def letter_and_number_disagree(scene: FaultContext) -> None:
    """B beside 87 -> C beside 87: the letter was changed by hand, or by another scale."""

    def other(letter: str) -> str:
        place = LETTERS.find(letter) if letter else -1
        return letter if place < 0 else LETTERS[place + 1 if place + 1 < len(LETTERS) else place - 1]

    scene.change_each(other)


def credit_of_a_year_each_semester(scene: FaultContext) -> None:
    """0.5 -> 1: a course that lasts the year gives its whole credit twice."""
    scene.change_each(lambda text: "1" if text == "0.5" else text)


def attempt_sent_twice(scene: FaultContext) -> None:
    """Send an attempt at a course again, right behind the first."""
    rows = scene.page.table.rows
    chosen = scene.choose(np.arange(len(rows)))
    scene.add_rows(chosen, rows.iloc[chosen], scene.people.iloc[chosen])


def submission_twice(scene: FaultContext) -> None:
    """List a submission twice, as it was handed in and as it was handed in again, under one number."""
    rows = scene.page.table.rows
    column = "SubmissionDateTime"
    chosen = scene.choose(scene.text(column).fillna("") != "")
    again = rows.iloc[chosen].copy()
    first = pd.to_datetime(again[column], format="%Y-%m-%d %H:%M:%S")
    later = first + pd.to_timedelta(scene.rng.integers(1, SECOND, len(chosen)), unit="min")
    again[column] = later.dt.strftime("%Y-%m-%d %H:%M:%S").astype(STRING)
    scene.add_rows(chosen, again, scene.people.iloc[chosen])


def signed_in_as_nobody(scene: FaultContext) -> None:
    """1201397 -> 9201397: an account that was merged into another keeps its own events."""
    scene.change_each(lambda text: f"9{text[1:]}" if text else text)


def moment_in_other_form(scene: FaultContext) -> None:
    """2026-03-05 21:04:11 -> 2026/03/05 21:04:11: from another version of the same tool."""
    scene.change_each(lambda text: text.replace("-", "/"))
