"""Generate Canvas gradebook files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import TextTable, default_settings, render, render_column, unique_names
from helpers.layouts import FileLayout, load_layout
from helpers.standard import STRING, isin_text
from synthetic_data.columns import mapped, marked, pick, positions_in, ranked, text, within
from synthetic_data.life.learning.assignments import (
    GROUPS,
    Coursework,
    Standing,
    Totals,
    standing,
    totals,
)
from synthetic_data.observation import NOBODY, Recorded, Truth, keep, look_up, on_day
from synthetic_data.population.names import fold
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = ["Users", "class_lists", "gradebook_pages"]


Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]

CANVAS = "lms/canvas_gradebook"
WHO = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# Canvas shows points if assignment groups have no weights.
SUMS = (
    "Current Points",
    "Final Points",
    "Current Score",
    "Unposted Current Score",
    "Final Score",
    "Unposted Final Score",
)
MANUAL_POSTING = "Manual Posting"
TEST_STUDENT = "Student, Test"
WITH_TEST_STUDENT = 0.3  # share of sections whose teacher used student view


@dataclass(frozen=True)
class Users:
    """Accounts of all children, by index: text columns."""

    number: Any
    """The system's own number, counted up."""
    login: Any
    user_id: Any
    """The district's number where the roster sent it, else text of the system's own."""
    from_roster: Mask
    next_number: int


def gradebook_pages(
    scenario: Scenario, truth: Truth, users: Users, day: pd.Timestamp, agreed: bool
) -> list[Recorded]:
    """Generate the gradebooks of all sections that run on a day."""
    coursework = truth.life.coursework
    now = standing(coursework, np.datetime64(day, "D"))
    file = load_layout(CANVAS).file_named("gradebook")
    sheets = _sheets(scenario, truth, coursework, now)
    names = _section_names(truth, coursework.sections, agreed)
    cells = _cells(scenario, truth, users, coursework, now, sheets, names, file)
    persons = truth.population.children["person"].array
    whom = np.full(int(sheets.rows.sum()), -1)
    child_row = sheets.first_row[sheets.sheet_of_place] + sheets.row_of_place
    whom[child_row] = coursework.roster.child[sheets.place]
    person = persons.take(whom, allow_fill=True)
    part = pick((NOBODY, "Subject"), (whom >= 0).astype("int64"))

    settings = default_settings(file)
    files = _file_names(names[sheets.section], day)
    recorded = []
    for sheet, header in enumerate(_headers(coursework, sheets)):
        start, rows = int(sheets.first_cell[sheet]), int(sheets.rows[sheet])
        columns = {
            name: cells[start + at * rows : start + (at + 1) * rows]
            for at, name in enumerate(unique_names(header))
        }
        lines = slice(int(sheets.first_row[sheet]), int(sheets.first_row[sheet]) + rows)
        recorded.append(
            Recorded(
                file="gradebook",
                path=files[sheet],
                frame=TextTable(tuple(header), pd.DataFrame(columns), settings),
                people=pd.DataFrame({"person": person[lines], "part": part[lines]}),
            )
        )
    return recorded


@dataclass(frozen=True)
class Sheets:
    """Positions of all cells: sheets are the sections with a child, in order of sections."""

    section: Codes
    """Place in `Coursework.sections` of each sheet."""
    by_hand: Mask
    test: Mask
    """Whether a sheet has a row of manual posting, and the test student."""
    assignment: Codes
    """Visible assignments, sheet by sheet."""
    column_of_assignment: Codes
    sheet_of_assignment: Codes
    place: Codes
    """Rows of the roster, sheet by sheet, sorted by name."""
    row_of_place: Codes
    sheet_of_place: Codes
    rows: Codes
    columns: Codes
    first_cell: Codes
    first_row: Codes

    def at(self, sheet: Codes, column: Codes | int, row: Codes | int) -> Codes:
        """Return positions in the list of all cells, column by column."""
        return self.first_cell[sheet] + column * self.rows[sheet] + row

    @property
    def points_row(self) -> Codes:
        """Row of points possible in each sheet."""
        return self.by_hand.astype("int64")


def _sheets(scenario: Scenario, truth: Truth, coursework: Coursework, now: Standing) -> Sheets:
    count = len(coursework.sections)
    children = truth.population.children
    place = np.flatnonzero(now.listed)
    section = np.unique(coursework.roster.section[place])
    sheet_of = np.full(count, -1)
    sheet_of[section] = np.arange(len(section))
    rank = np.argsort(_by_name(scenario, children))
    sheet = sheet_of[coursework.roster.section[place]]
    order = np.lexsort((rank[coursework.roster.child[place]], sheet))
    place, sheet = place[order], sheet[order]
    seated = np.bincount(sheet, minlength=len(section))

    assignment = np.flatnonzero(now.visible & (sheet_of[coursework.section] >= 0))
    of_assignment = sheet_of[coursework.section[assignment]]
    set_ = np.bincount(of_assignment, minlength=len(section))
    by_hand = marked(of_assignment[coursework.by_hand[assignment]], len(section))
    rng = rng_for(scenario.seed, "lms", "test students")
    test = (rng.random(count) < WITH_TEST_STUDENT)[section]
    rows = by_hand + 1 + seated + test
    columns = len(WHO) + set_ + len(SUMS) * (len(GROUPS) + 1)
    return Sheets(
        section=section,
        by_hand=by_hand,
        test=test,
        assignment=assignment,
        column_of_assignment=len(WHO) + within(set_),
        sheet_of_assignment=of_assignment,
        place=place,
        row_of_place=within(seated) + 1 + by_hand[sheet],
        sheet_of_place=sheet,
        rows=rows,
        columns=columns,
        first_cell=np.cumsum(rows * columns) - rows * columns,
        first_row=np.cumsum(rows) - rows,
    )


def _by_name(scenario: Scenario, children: pd.DataFrame) -> Codes:
    """Sort children by name; those of one name come in any order."""
    name = mapped(children["last_surname"], fold) + mapped(children["first_name"], fold)
    draw = rng_for(scenario.seed, "lms", "children of one name").random(len(children))
    return np.lexsort((draw, ranked(name)))


def _cells(
    scenario: Scenario,
    truth: Truth,
    users: Users,
    coursework: Coursework,
    now: Standing,
    sheets: Sheets,
    names: Words,
    file: FileLayout,
) -> Any:
    """Write the cells of all sheets into one list, column by column."""
    cells = np.full(int((sheets.rows * sheets.columns).sum()), "", dtype=object)
    every, points_row = np.arange(len(sheets.section)), sheets.points_row
    children = truth.population.children
    child = coursework.roster.child[sheets.place]
    sheet, row = sheets.sheet_of_place, sheets.row_of_place

    def put(at: Codes, words: Any) -> None:
        cells[at] = words if isinstance(words, str) else np.asarray(words, dtype=object)

    student = (children["last_surname"] + ", " + children["first_name"]).array
    section_names = names[sheets.section]
    who: Sequence[Any] = (student, users.number, users.user_id, users.login)
    for column, words in enumerate(who):
        put(sheets.at(sheet, column, row), words.take(child))
    put(sheets.at(sheet, len(WHO) - 1, row), section_names[sheet])

    # Structural rows.
    put(sheets.at(every, 0, points_row), "    Points Possible")
    points = _numbers(coursework.points[sheets.assignment], file, " (0)")
    of, column_of = sheets.sheet_of_assignment, sheets.column_of_assignment
    put(sheets.at(of, column_of, points_row[of]), points)
    by_hand = coursework.by_hand[sheets.assignment]
    put(sheets.at(of[by_hand], column_of[by_hand], 0), MANUAL_POSTING)
    width = len(SUMS) * (len(GROUPS) + 1)
    first_sum = sheets.columns - width
    for column in range(width):
        put(sheets.at(every, first_sum + column, points_row), "(read only)")

    # Scores.
    column_at = np.full(len(coursework.section), -1)
    column_at[sheets.assignment] = column_of
    sheet_at, row_at = (np.full(len(coursework.roster.child), -1) for _ in range(2))
    sheet_at[sheets.place], row_at[sheets.place] = sheet, row
    assignment, place = coursework.assignment[now.cell], coursework.place[now.cell]
    score = np.where(now.graded, coursework.score[now.cell].astype("float64"), np.nan)
    why = np.select([~now.assigned, now.excused], [0, 1], -1)
    reasons = pd.Series(pick(("Not assigned", "Excused"), why))
    put(
        sheets.at(sheet_at[place], column_at[assignment], row_at[place]),
        _numbers(score, file, " (0)", reasons),
    )

    # Totals: each group, then all together.
    by_group = _sums(totals(coursework, now, by_group=True))
    of_all = _sums(totals(coursework, now))
    for number, (groups, whole) in enumerate(zip(by_group, of_all, strict=True)):
        for group in range(len(GROUPS)):
            at = sheets.at(sheet, first_sum[sheet] + group * len(SUMS) + number, row)
            put(at, _numbers(groups[sheets.place, group], file, f"{GROUPS[group]} {SUMS[number]}"))
        at = sheets.at(sheet, first_sum[sheet] + len(GROUPS) * len(SUMS) + number, row)
        put(at, _numbers(whole[sheets.place], file, SUMS[number]))

    _test_students(scenario, users, coursework, sheets, section_names, first_sum, put)
    return pd.array(cells, dtype=STRING)


def _sums(of: Totals) -> tuple[Numbers, ...]:
    """Return totals in the order of `SUMS`; points include everything graded, posted or not."""
    return of.earned, of.earned, of.current, of.unposted_current, of.final, of.unposted_final


def _numbers(numbers: Numbers, file: FileLayout, name: str, reasons: pd.Series | None = None) -> Words:
    """Format numbers with two decimals, like Canvas.

    The layout doesn't require two, because a gradebook saved in another program has fewer.
    """
    declared = next((column for column in file.columns if column.name == name), None) or file.by_pattern(name)
    if declared is None:
        raise KeyError(name)
    column = declared.model_copy(update={"format": "0.00"})
    return render_column(pd.Series(np.round(numbers, 2)), column, reasons).to_numpy(dtype=object)


def _test_students(
    scenario: Scenario,
    users: Users,
    coursework: Coursework,
    sheets: Sheets,
    section_names: Words,
    first_sum: Codes,
    put: Any,
) -> None:
    """Write the test student below the children: nothing is graded, so final scores are zero."""
    sheet = np.flatnonzero(sheets.test)
    row = sheets.rows[sheet] - 1
    rng = rng_for(scenario.seed, "lms", "test students", "numbers")
    numbers = users.next_number + np.cumsum(rng.integers(1, 40, len(sheet)))
    raw = rng.bytes(20 * len(sheet)).hex()
    put(sheets.at(sheet, 0, row), TEST_STUDENT)
    put(sheets.at(sheet, 1, row), text([str(number) for number in numbers.tolist()]))
    put(sheets.at(sheet, 3, row), text([raw[at : at + 40] for at in range(0, len(raw), 40)]))
    put(sheets.at(sheet, 4, row), section_names[sheet])
    # Without assignments there is no score; the last column is for all groups together.
    has_set = np.zeros((len(sheets.section), len(GROUPS) + 1), dtype=bool)
    has_set[sheets.sheet_of_assignment, coursework.group[sheets.assignment]] = True
    has_set[:, -1] = has_set.any(axis=1)
    for group in range(len(GROUPS) + 1):
        for number, name in enumerate(SUMS):
            zero = np.full(len(sheet), "Points" in name) | (("Final" in name) & has_set[sheet, group])
            column = first_sum[sheet] + group * len(SUMS) + number
            put(sheets.at(sheet[zero], column[zero], row[zero]), "0.00")


def _headers(coursework: Coursework, sheets: Sheets) -> list[list[str]]:
    titles, numbers = (words[sheets.assignment] for words in (coursework.title, coursework.number))
    heads = [f"{title} ({number})" for title, number in zip(titles, numbers, strict=True)]
    sums = [*(f"{group} {name}" for group in GROUPS for name in SUMS), *SUMS]
    bounds = np.searchsorted(sheets.sheet_of_assignment, np.arange(len(sheets.section) + 1))
    return [
        [*WHO, *heads[start:stop], *sums]
        for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]


def _section_names(truth: Truth, sections: Codes, agreed: bool) -> Words:
    """Name sections by the district's codes, or as a school does: subject, period and teacher."""
    table = truth.schooling.sections.iloc[sections]
    codes = table["section_id"].to_numpy(dtype=object)
    if agreed:
        return codes
    staff = truth.population.staff
    surname = dict(zip(staff["person"], staff["last_surname"], strict=True))
    words = [
        f"{title} P{period} {surname[teacher]}"
        for title, period, teacher in zip(table["title"], table["period"], table["teacher"], strict=True)
    ]
    twice = pd.Series(words).duplicated(keep=False)
    return np.array(
        [
            f"{word} ({code.partition('-')[0]})" if again else word
            for word, code, again in zip(words, codes, twice, strict=True)
        ],
        dtype=object,
    )


def _file_names(names: Words, day: pd.Timestamp) -> list[str]:
    """Name files by section, in characters valid on every computer."""
    plain = [re.sub(r"[^A-Za-z0-9-]+", "_", _without_accents(name)).strip("_") for name in names]
    again = pd.Series(plain).groupby(pd.Series(plain)).cumcount()
    return [
        f"gradebooks/{day:%Y-%m-%d}_Grades-{word}{f'_{number + 1}' if number else ''}.csv"
        for word, number in zip(plain, again, strict=True)
    ]


def _without_accents(name: str) -> str:
    return "".join(letter if letter.isascii() else fold(letter) for letter in name)


# A real learning system identifies students only in gradebooks, one per section: sixteen thousand for a
# hundred thousand children. With people only, we write one per grade of a school instead: the English course
# that everybody takes, all its sections in one Canvas export, before any assignment.

TAKEN_BY_ALL = "ELA"


def class_lists(scenario: Scenario, truth: Truth, users: Users, day: pd.Timestamp) -> list[Recorded]:
    """Generate one gradebook for each grade of a middle or high school."""
    schooling, children = truth.schooling, truth.population.children
    courses = schooling.courses
    grade = courses["grade_level"]
    wanted = courses["course_code"].str.startswith(f"{TAKEN_BY_ALL}-") & (grade >= "06") & (grade != "KG")
    wanted &= courses["school_year"] == scenario.school_year
    sections = keep(
        schooling.sections, isin_text(schooling.sections["course_id"], courses["course_id"][wanted])
    )
    seats = schooling.section_enrollment
    seats = keep(
        seats,
        (seats["role"] == "Student")
        & on_day(seats, day)
        & isin_text(seats["section_id"], sections["section_id"]),
    )
    course = look_up(seats["section_id"], sections, "section_id", "course_id")
    place = positions_in(children["person"], seats["person"])
    number, distinct = pd.factorize(course, sort=True)
    order = np.lexsort((np.argsort(_by_name(scenario, children))[place], number))
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
    table = render(rows, load_layout(CANVAS).file_named("gradebook"), structure={"points_possible": {}})
    structure, student_rows = table.rows.iloc[:1], table.rows.iloc[1:]
    about_nobody = pd.DataFrame({"person": [pd.NA], "part": [NOBODY]}, dtype=STRING)
    bounds = np.searchsorted(number, np.arange(len(distinct) + 1)).tolist()
    lists = []
    for at, (start, stop) in enumerate(pairwise(bounds)):
        lists.append(
            Recorded(
                file="gradebook",
                path=f"gradebooks/{day:%Y-%m-%d}_Grades-{distinct[at]}.csv",
                frame=replace(
                    table, rows=pd.concat([structure, student_rows.iloc[start:stop]], ignore_index=True)
                ),
                people=pd.concat([about_nobody, whom.iloc[start:stop]], ignore_index=True),
            )
        )
    return lists
