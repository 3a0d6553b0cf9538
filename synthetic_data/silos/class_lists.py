"""Gradebooks for who only wants to know who is in the learning system: a list of each grade of a school.

A real learning system tells whom it takes for a pupil in its gradebooks only, and a district has one for
every section: sixteen thousand for a hundred thousand children. Where only people are written, there is one
for each grade of a school instead: that of the course that everybody takes (English), all its sections in one
export as Canvas writes it, before an assignment is set.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from helpers.files.writers.values import render
from helpers.layouts import load_layout
from helpers.standard import STRING
from synthetic_data.columns import is_among
from synthetic_data.population.names import fold
from synthetic_data.scenario import Scenario
from synthetic_data.silos.gradebook_pages import LAYOUT, SUMS, Users
from synthetic_data.silos.observation import NOBODY, Recorded, Truth, keep, look_up, on_day

__all__ = ["class_lists"]

TAKEN_BY_ALL = "ELA"


def class_lists(scenario: Scenario, truth: Truth, users: Users, day: pd.Timestamp) -> list[Recorded]:
    """Write one gradebook for each grade of a middle or high school.

    Parameters
    ----------
    scenario
        Its school year.
    truth
        Who sits in which section.
    users
        Accounts of all children.
    day
        The day of the exports.

    Returns
    -------
    list of Recorded
        One file a course, children by name.
    """
    schooling, children = truth.schooling, truth.population.children
    courses = schooling.courses
    grade = courses["grade_level"]
    wanted = courses["course_code"].str.startswith(f"{TAKEN_BY_ALL}-") & (grade >= "06") & (grade != "KG")
    wanted &= courses["school_year"] == scenario.school_year
    sections = keep(
        schooling.sections, is_among(schooling.sections["course_id"], courses["course_id"][wanted])
    )
    seats = schooling.section_enrollment
    seats = keep(
        seats,
        (seats["role"] == "Student")
        & on_day(seats, day)
        & is_among(seats["section_id"], sections["section_id"]),
    )
    course = look_up(seats["section_id"], sections, "section_id", "course_id")
    place = np.asarray(pd.Index(children["person"]).get_indexer(pd.Index(seats["person"])))
    name = np.array(
        [
            f"{fold(last)} {fold(first)}"
            for last, first in zip(
                children["last_surname"].array.take(place),
                children["first_name"].array.take(place),
                strict=True,
            )
        ],
        dtype=object,
    )
    number, distinct = pd.factorize(course, sort=True)
    order = np.lexsort((users.number.to_numpy(dtype=object)[place], name, number))
    place, number = place[order], number[order]
    student = children["last_surname"].array.take(place) + ", " + children["first_name"].array.take(place)
    rows = pd.DataFrame(
        {
            "Student": student,
            "ID": users.number.take(place),
            "SIS User ID": users.user_id.take(place),
            "SIS Login ID": users.login.take(place),
            "Section": seats["section_id"].array.take(order),
            **{title: np.full(len(place), np.nan) for title in SUMS},
        }
    )
    whom = pd.DataFrame(
        {"person": children["person"].array.take(place), "part": pd.array(["Subject"] * len(place), "string")}
    )
    table = render(rows, load_layout(LAYOUT).file_named("gradebook"), structure={"points_possible": {}})
    structure, written = table.rows.iloc[:1], table.rows.iloc[1:]
    about_nobody = pd.DataFrame({"person": [pd.NA], "part": [NOBODY]}, dtype=STRING)
    bounds = np.searchsorted(number, np.arange(len(distinct) + 1)).tolist()
    lists = []
    for at, (start, stop) in enumerate(pairwise(bounds)):
        lists.append(
            Recorded(
                file="gradebook",
                path=f"gradebooks/{day:%Y-%m-%d}_Grades-{distinct[at]}.csv",
                frame=replace(
                    table, rows=pd.concat([structure, written.iloc[start:stop]], ignore_index=True)
                ),
                people=pd.concat([about_nobody, whom.iloc[start:stop]], ignore_index=True),
            )
        )
    return lists
