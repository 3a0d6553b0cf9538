"""Gradebooks stand as Canvas exports them, totals follow from cells, and users.csv knows the children."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.shared_districts import SharedDistricts
from tests.synthetic_data.one_silo import write_silo

CLEAN = {"students": 200, "faults": 0.0}
ASSIGNMENT = re.compile(r" \((\d+)\)$")
WHO = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
SUMS = [
    "Current Points",
    "Final Points",
    "Current Score",
    "Unposted Current Score",
    "Final Score",
    "Unposted Final Score",
]
GROUPS = ["Homework", "Quizzes", "Tests", "Projects"]


@pytest.fixture(scope="module")
def folder(districts: SharedDistricts) -> Path:
    return districts.folder(**CLEAN)


def books(folder: Path) -> dict[str, list[list[str]]]:
    found = {}
    for path in sorted((folder / "silos" / "lms" / "gradebooks").iterdir()):
        with path.open(encoding="utf-8", newline="") as lines:
            found[path.name] = list(csv.reader(lines))
    return found


def users(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "silos" / "lms" / "users.csv", dtype=str, keep_default_na=False)


def key(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "answer_key" / f"{table}.parquet")


def as_number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d+\.\d\d", text) else None


def test_columns_and_rows_stand_where_canvas_puts_them(folder: Path) -> None:
    marked = tested = 0
    for name, (header, *rows) in books(folder).items():
        assert re.fullmatch(r"2026-04-09_Grades-[A-Za-z0-9_-]+\.csv", name)
        assignments = [head for head in header if ASSIGNMENT.search(head)]
        sums = [f"{group} {one}" for group in GROUPS for one in SUMS]
        assert header == [*WHO, *assignments, *sums, *SUMS]
        assert {len(row) for row in rows} == {len(header)}

        first = header.index(assignments[0])
        last = first + len(assignments)
        if rows[0][0] == "":
            marked += 1
            filled = set(rows[0])
            assert filled == {"", "Manual Posting"}
            assert all(not cell for cell in rows[0][:first] + rows[0][last:])
            rows = rows[1:]
        points, *people = rows
        assert points[:first] == ["    Points Possible", "", "", "", ""]
        assert all(10 <= float(cell) <= 100 for cell in points[first:last])
        assert set(points[last:]) == {"(read only)"}
        names = [row[0] for row in people]
        if "Student, Test" in names:
            tested += 1
            assert names[-1] == "Student, Test"
            *people, test = people
            assert test[2] == ""
            for column in (at for at, head in enumerate(header) if head.endswith("Unposted Final Score")):
                nothing_set = all(row[column] == "" for row in people)
                assert test[column] == ("" if nothing_set else "0.00")
        assert "Student, Test" not in [row[0] for row in people]
        cells = {cell for row in people for cell in row[first:last]}
        assert all(cell in ("EX", "N/A", "") or as_number(cell) is not None for cell in cells)
        assert all(re.fullmatch(r"\d{7,8}", row[1]) for row in people)
    assert marked >= 2
    assert tested >= 5


def test_every_marker_occurs(folder: Path) -> None:
    cells = [
        cell
        for header, *rows in books(folder).values()
        for row in rows
        for head, cell in zip(header, row, strict=True)
        if ASSIGNMENT.search(head)
    ]

    assert {"EX", "N/A", "", "0.00"} <= set(cells)


def test_totals_follow_from_the_cells(folder: Path) -> None:
    """The unposted totals use every score that the file shows; the others can only leave some out."""
    checked = 0
    for header, *rows in books(folder).values():
        by_hand = rows[0] if rows[0][0] == "" else None
        points = next(row for row in rows if row[0] == "    Points Possible")
        for row in rows[rows.index(points) + 1 :]:
            shown = [
                (as_number(cell), float(most), cell)
                for head, cell, most in zip(header, row, points, strict=True)
                if ASSIGNMENT.search(head)
            ]
            earned = sum(score for score, _, _ in shown if score is not None)
            possible = sum(most for score, most, _ in shown if score is not None)
            of_all = sum(most for _, most, cell in shown if cell not in ("EX", "N/A"))
            total = dict(zip(header[-len(SUMS) :], row[-len(SUMS) :], strict=True))
            assert float(total["Current Points"]) == pytest.approx(earned)
            if possible:
                assert float(total["Unposted Current Score"]) == pytest.approx(
                    100 * earned / possible, abs=0.006
                )
            else:
                assert total["Unposted Current Score"] == ""
            if of_all:
                assert float(total["Unposted Final Score"]) == pytest.approx(100 * earned / of_all, abs=0.006)
            if by_hand is None:
                assert total["Current Score"] == total["Unposted Current Score"]
                assert total["Final Score"] == total["Unposted Final Score"]
            checked += 1
    assert checked > 300


def test_some_scores_that_are_posted_by_hand_are_not_posted_yet(folder: Path) -> None:
    hidden = [
        row
        for header, *rows in books(folder).values()
        for row in rows
        if row[header.index("Current Score", 30)] != row[header.index("Unposted Current Score", 30)]
    ]

    assert hidden


def test_users_know_every_child_of_the_gradebooks_by_login_and_number(folder: Path) -> None:
    known = users(folder)
    assert known["login_id"].is_unique
    assert known["user_id"].is_unique
    assert known["login_id"].str.fullmatch(r"[a-z]+\d*").all()
    by_login = known.set_index("login_id")
    numbers: dict[str, str] = {}
    for _, *rows in books(folder).values():
        for row in rows:
            if row[0].strip() in ("", "Points Possible", "Student, Test"):
                continue
            user = by_login.loc[row[3]]
            assert user["sortable_name"] == row[0]
            assert user["user_id"] == row[2]
            assert user["status"] == "active"
            assert numbers.setdefault(row[3], row[1]) == row[1]
    assert len(numbers) > 80
    assert len(set(numbers.values())) == len(numbers)
    assert "Student, Test" not in set(known["sortable_name"])
    assert {"active", "deleted"} == set(known["status"])
    assert (known["first_name"] + " " + known["last_name"] == known["full_name"]).all()
    assert (known["short_name"] != known["full_name"]).any(), "some children chose what they are called"


@pytest.mark.full
@pytest.mark.parametrize(("level", "share"), [("none", 0.0), ("manual", 0.7), ("governed", 1.0)])
def test_the_share_of_children_with_the_districts_number_is_that_of_the_level(
    districts: SharedDistricts, level: str, share: float
) -> None:
    made = districts.folder(students=300, level=level, faults=0.0)
    rows = key(made, "rows")
    rows = rows.loc[rows["file"].eq("lms/users.csv") & rows["part"].eq("Subject")].sort_values("row")
    known = users(made).iloc[rows["row"].to_numpy(dtype="int64") - 2]
    carried = known["user_id"].str.fullmatch(r"\d{6}")

    assert carried.mean() == pytest.approx(share, abs=0.1)
    assert (known.loc[~carried, "user_id"] == known.loc[~carried, "login_id"]).all()


def test_who_is_not_in_it_is_a_limit(folder: Path) -> None:
    limits, rows = key(folder, "limits"), key(folder, "rows")
    limits = limits.loc[limits["silo"].eq("lms")]
    listed = set(rows.loc[rows["silo"].eq("lms") & rows["part"].eq("Subject"), "person"])
    people = limits.dropna(subset=["person"])

    assert "Not served" in set(people["reason"])
    assert set(people["reason"]) <= {"Not served", "Roster date"}
    assert not set(people["person"]) & listed
    other = rows.loc[rows["silo"].isin(["sis", "meals"]) & rows["part"].eq("Subject"), "person"]
    assert set(other) <= listed | set(people["person"])
    assert {"birth_date", "sex"} <= set(limits["column"].dropna())


@pytest.mark.full
def test_read_through_its_layout_it_gives_what_the_key_says(folder: Path, districts: SharedDistricts) -> None:
    """Scores, markers and points come back cell for cell; what a child has that day is what the key holds."""
    district = districts.read("lms", **CLEAN)
    scores = district.silos["lms"].facts["assignment_score"]
    test_users = set(district.people.loc[district.people["role"].eq("Test user"), "record"])
    scores = scores.loc[~scores["record"].isin(test_users)]
    scores = scores.loc[~scores["file"].str.endswith("submissions.csv")]
    counts = {"EX": 0, "N/A": 0, "graded": 0}
    for header, *rows in books(folder).values():
        for row in rows:
            if row[0].strip() in ("", "Points Possible", "Student, Test"):
                continue
            for head, cell in zip(header, row, strict=True):
                if ASSIGNMENT.search(head) and cell:
                    counts[cell if cell in counts else "graded"] += 1
    assert scores["score"].notna().sum() == counts["graded"]
    assert scores["score_status"].eq("Excused").sum() == counts["EX"]
    assert scores["score_status"].eq("Not assigned").sum() == counts["N/A"]
    assert scores["score_possible"].notna().all()

    rows = key(folder, "rows")
    person = rows.loc[rows["silo"].eq("lms"), ["file", "row", "person"]]
    whose = scores.merge(person, on=["file", "row"], how="left", validate="many_to_one")
    earned = whose.loc[whose["score"].notna()].groupby("person")["score"].sum()
    values = key(folder, "values")
    values = values.loc[values["element"].eq("points_earned")].sort_values("as_of")
    # Where it was the same on the day of these exports, the key has the newest day only.
    then = values.loc[values["as_of"].isin([pd.Timestamp("2026-04-09"), pd.Timestamp("2026-04-30")])]
    then = then.drop_duplicates("person").set_index("person")["value"].astype(float)
    assert len(earned) > 80
    pd.testing.assert_series_equal(earned, then.loc[earned.index], check_names=False, check_dtype=False)


def test_sections_are_called_by_the_districts_codes_where_codes_are_agreed(
    tmp_path: Path, folder: Path
) -> None:
    agreed = tmp_path / "agreed"
    write_silo(agreed, "lms", students=120, faults=0.0, code_agreement="governed")
    codes = {row[4] for _, *rows in books(agreed).values() for row in rows if row[1]}
    assert all(re.fullmatch(r"\d{3}-26-[A-Z]+-\d\d-\d", code) for code in codes)
    own = {row[4] for _, *rows in books(folder).values() for row in rows if row[1]}
    assert not own & codes
    assert len(own) == len(books(folder))
