"""Who is in which system, for whom it is meant, and how new it is: each line from both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.gaps.measures.coverage import (
    agreement,
    completeness,
    coverage,
    entries,
    in_current_year,
    widest_gaps,
)
from helpers.gaps.measures.freshness import ages, days_until_stale, endings, stale_rows
from helpers.gaps.presence import NEVER, Membership, Presence, days_since_1970, scope_of, worded
from helpers.profile import LatestDay
from helpers.standard import as_table
from tests.district_by_hand import PERSON, district, silo

Lines = list[dict[str, Any]]
TODAY = pd.Timestamp("2026-04-30")


def presence(*records: tuple[str, int, dict[str, Any]], of_some: Sequence[str] = ()) -> Presence:
    """Give the records (system, child, what is known) of children; the first system is the roster.

    Who is on the roster, in two systems, or has a birth date here is certainly distinct.
    """
    silos = tuple(dict.fromkeys(silo for silo, _, _ in records))
    rows = sorted(
        ({**PERSON, "silo": silo, "record": f"{silo}{at}", "file": f"{silo}.csv", "row": at + 2,
          "child": child} | more for at, (silo, child, more) in enumerate(records)),
        key=lambda row: silos.index(row["silo"]),
    )  # fmt: skip
    given = pd.DataFrame(rows)
    extra = given[["file", "row", "child"]]
    people = as_table("people", given.drop(columns=list(extra)))
    place = given["silo"].map({name: at for at, name in enumerate(silos)}).to_numpy(dtype="int64")
    child = given["child"].to_numpy(dtype="int64")
    holds = np.zeros((int(child.max()) + 1, len(silos)), dtype=bool)
    holds[child, place] = True
    counts = holds.sum(axis=1) > 1
    counts[child[(place == 0) | people["birth_date"].notna().to_numpy()]] = True
    return Presence(silos, people.assign(**extra), place, child, holds, counts, frozenset(of_some))


def only(lines: Lines, measure: str, left: str, right: str | None = None, column: str | None = None) -> Any:
    (found,) = (
        line
        for line in lines
        if (line["measure"], line["left_silo"], line["right_silo"]) == (measure, left, right)
        and column in (None, line["column"])
    )
    return found


def lag(days: int, pause: int = 0, late: str = "tests") -> dict[str, Any]:
    """Give how far a system is behind the other; one that reports now and then has paused so long before."""
    newest = dict.fromkeys(("sis", "tests"), TODAY) | {late: TODAY - pd.Timedelta(days=days)}
    known = presence(("sis", 0, {}), ("tests", 0, {}))
    return only(ages(known, LatestDay(newest, {late: pause})), "roster lag", "sis", "tests")


@pytest.mark.parametrize(("days", "blocked"), [(30, False), (31, False), (32, True)])
@pytest.mark.parametrize("late", ["sis", "tests"])
def test_exports_up_to_a_month_apart_are_of_one_roster(days: int, blocked: bool, late: str) -> None:
    found = lag(days, late=late)
    assert (found["value"], found["is_limit"]) == (days, False)
    assert (found.get("blocked_by") == "Not fresh") is blocked


@pytest.mark.parametrize(("days", "waits"), [(99, True), (100, True), (101, False)])
@pytest.mark.parametrize("late", ["sis", "tests"])
def test_a_system_that_has_paused_as_long_before_is_not_stale(days: int, waits: bool, late: str) -> None:
    """Tests come a few times a year: between two windows nothing is late, and nothing is blocked."""
    found = lag(days, pause=100, late=late)
    assert (found["value"], found["is_limit"]) == (days, waits)
    assert (found.get("blocked_by") == "Not fresh") is not waits


def test_each_system_is_as_far_behind_as_the_newest_of_all_is_ahead() -> None:
    days = {"sis": TODAY, "lms": TODAY - pd.Timedelta(days=3)}
    known = presence(("sis", 0, {}), ("lms", 0, {}), ("club", 0, {}))
    lines = ages(known, LatestDay(days, {"lms": 3}))
    assert [
        (line["left_silo"], line["value"], line["is_limit"]) for line in lines if not line["right_silo"]
    ] == [
        ("sis", 0, False),
        ("lms", 3, True),
    ]
    # A system without any date is compared with none.
    assert {line["right_silo"] for line in lines} == {None, "lms"}
    assert ages(known, LatestDay({}, {})) == []


def given_scores(*statuses: str | None, given: int = 0) -> tuple[int, int]:
    """Give how much work has a score, of how much: work by its status, without a score, and some with one."""
    scores: list[dict[str, Any]] = [{"record": "lms0", "score_status": status} for status in statuses]
    scores += [{"record": "lms0", "score": 7.0}] * given
    known = presence(("lms", 0, {}))
    told = district(silo("lms", [{"record": "lms0"}], assignment_score=scores))
    line = only(entries(told, known), "scores given", "lms")
    return line["numerator"], line["denominator"]


@pytest.mark.parametrize("status", ["Excused", "Not assigned", "Upcoming"])
def test_work_that_is_not_due_is_no_missing_score(status: str) -> None:
    assert given_scores(status, given=2) == (2, 2)


@pytest.mark.parametrize("status", [None, "Missing", "Late"])
def test_work_that_was_due_and_has_no_score_is_one(status: str | None) -> None:
    assert given_scores(status, given=2) == (2, 3)


def test_a_child_counts_once_among_those_with_an_entry() -> None:
    known = presence(("lms", 0, {}), ("lms", 0, {}), ("lms", 1, {}), ("lms", 2, {}))
    scores = [{"record": f"lms{at}", "score": 1.0} for at in (0, 1, 2)]
    told = district(silo("lms", [{"record": f"lms{at}"} for at in range(4)], assignment_score=scores))
    line = only(entries(told, known), "children with an entry", "lms")
    assert (line["numerator"], line["denominator"], line["example_row"]) == (2, 3, 5)


YEARS = {"sis": TODAY}


def sex_filled(*records: dict[str, Any]) -> tuple[int, int]:
    known = presence(("sis", 0, {}), *(("tests", at, record) for at, record in enumerate(records)))
    line = only(completeness(known, LatestDay(YEARS, {}), {}), "column filled", "tests", column="sex")
    return line["numerator"], line["denominator"]


def test_a_system_is_asked_for_its_records_of_this_year_where_it_has_any() -> None:
    old, new = {"school_year": 2025}, {"school_year": 2026, "sex": "Female"}
    assert sex_filled(old, new) == (1, 1)
    assert sex_filled({**old, "sex": "Male"}, {"school_year": 2026}) == (0, 1)
    # One that has nothing newer is asked for what it has; a record without a year is of this one.
    assert sex_filled(old, {**old, "sex": "Male"}) == (1, 2)
    assert sex_filled(old, {"sex": "Male"}) == (1, 1)


def test_this_year_is_that_of_the_newest_day_and_without_one_of_the_newest_record() -> None:
    known = presence(
        *(("sis", at, {"school_year": year}) for at, year in enumerate((2025, 2026, 2027, None)))
    )
    assert in_current_year(known, LatestDay(YEARS, {})).tolist() == [False, True, True, True]
    assert in_current_year(known, LatestDay({}, {})).tolist() == [False, False, True, True]


def scope(size: int, listed: int, group: str = "grade_level", others: int = 30) -> tuple[bool, int]:
    """Give whether a system that lists some of a group, and many others, leaves that group out.

    And how many children are outside.
    """
    where = {"grade_level": ("01", "06"), "school_id": ("N", "S")}[group]
    roster = [("sis", at, {group: where[0]}) for at in range(size)]
    roster += [("sis", size + at, {group: where[1]}) for at in range(others)]
    listing = [("lms", at, {}) for at in range(listed)]
    listing += [("lms", size + at, {}) for at in range(others)]
    found = scope_of(presence(*roster, *listing))
    outside = found.by_grade if group == "grade_level" else found.by_school
    assert outside[:, 1].sum() == (~found.meant[:, 1]).sum()
    assert not outside[:, 0].any()
    if group == "grade_level":
        assert found.outside_grades == ((), ("01",) if outside.any() else ())
    return bool(outside.any()), int(outside.sum())


@pytest.mark.parametrize(("listed", "outside"), [(1, True), (2, False), (3, False)])
@pytest.mark.parametrize("group", ["grade_level", "school_id"])
def test_a_system_that_lists_less_than_a_tenth_of_a_group_is_not_meant_for_it(
    listed: int, outside: bool, group: str
) -> None:
    assert scope(20, listed, group) == (outside, 20 - listed if outside else 0)


@pytest.mark.parametrize(("size", "outside"), [(9, False), (10, True), (11, True)])
def test_of_fewer_than_ten_children_nothing_is_said(size: int, outside: bool) -> None:
    assert scope(size, 0)[0] is outside


def test_a_system_whose_children_s_grades_are_mostly_unknown_leaves_no_grade_out() -> None:
    def outside(graded: int, unknown: int) -> bool:
        roster = [("sis", at, {"grade_level": "01"}) for at in range(10)]
        roster += [("sis", 10 + at, {"grade_level": "06"}) for at in range(graded)]
        roster += [("sis", 10 + graded + at, {}) for at in range(unknown)]
        listing = [("lms", 10 + at, {}) for at in range(graded + unknown)]
        return bool(scope_of(presence(*roster, *listing)).by_grade.any())

    assert [outside(12, unknown) for unknown in (11, 12, 13)] == [True, True, False]


def test_a_list_of_participants_is_meant_for_those_whom_it_lists() -> None:
    records = [("sis", at, {"grade_level": "01"}) for at in range(3)] + [("club", 0, {})]
    known = presence(*records, of_some=("club",))
    assert scope_of(known).meant[:, 1].tolist() == [True, False, False]
    line = only(coverage(known, scope_of(known)), "children known", "club")
    assert (line["numerator"], line["denominator"], line["is_limit"]) == (1, 3, True)


def test_coverage_is_of_those_a_system_is_meant_for_and_of_everybody() -> None:
    roster = [("sis", at, {"grade_level": "01" if at < 10 else "06"}) for at in range(22)]
    known = presence(*roster, *(("lms", at, {}) for at in range(10, 20)))
    lines = coverage(known, scope_of(known))
    everybody = only(lines, "children known", "lms")
    meant = only(lines, "meant children known", "lms")
    outside = only(lines, "outside its grades", "lms")
    assert (everybody["numerator"], everybody["denominator"]) == (10, 22)
    assert (meant["numerator"], meant["denominator"], meant["example_row"]) == (10, 12, 22)
    assert (outside["numerator"], outside["denominator"], outside["column"]) == (10, 22, "grade 01")
    assert worded(("PK", "KG", "01", "03", "XX")) == "grades PK to 01, 03, XX"


@pytest.mark.parametrize(("named", "told"), [(3, True), (2, True), (1, False)])
def test_a_system_is_counted_once_half_of_its_children_are_told_apart(named: int, told: bool) -> None:
    """Four of its children; those who are joined to the roster are certainly no others."""
    records = [("sis", at, {}) for at in range(4)]
    records += [("list", at if at < named else 10 + at, {}) for at in range(4)]
    known = presence(*records)
    line = only(coverage(known, scope_of(known)), "children known", "list")
    assert (line["numerator"] is not None) is told


def test_two_systems_agree_where_both_say_the_same_and_only_within_one_year() -> None:
    def grade(year: int, grade: str) -> dict[str, Any]:
        return {"school_year": year, "grade_level": grade, "sex": "Female"}

    known = presence(
        ("sis", 0, grade(2026, "05")), ("sis", 1, grade(2026, "05")), ("sis", 2, grade(2026, "05")),
        ("sis", 3, {}),
        ("tests", 0, grade(2025, "04")), ("tests", 1, grade(2026, "05")), ("tests", 2, grade(2026, "04")),
        ("tests", 2, grade(2026, "05")), ("tests", 3, grade(2026, "05")),
    )  # fmt: skip
    lines = agreement(known, LatestDay(YEARS, {}))
    grades = only(lines, "says the same", "sis", "tests", "grade_level")
    # Of the child with two records the first counts; the example is her record on the roster.
    assert (grades["numerator"], grades["denominator"], grades["example_row"]) == (1, 2, 4)
    assert only(lines, "says the same", "sis", "tests", "sex")["denominator"] == 3


def membership(*rows: tuple[int, int, int, int], tells: tuple[bool, bool] = (True, True)) -> Membership:
    """Give since and until of each child in two systems, in days."""
    table = np.array(rows)
    return Membership(table[:, [0, 2]], table[:, [1, 3]], np.array(tells))


def test_a_child_who_began_here_up_to_the_day_of_the_end_there_is_listed_too_long() -> None:
    known = presence(*((silo, child, {}) for silo in ("sis", "lms") for child in range(4)))
    days = membership((5, NEVER, 1, 10), (10, NEVER, 1, 10), (11, NEVER, 1, 10), (1, NEVER, 1, NEVER))
    late = only(endings(known, days), "ended in right only", "sis", "lms")
    # The third came back the day after.
    assert (late["numerator"], late["denominator"], late["is_limit"]) == (2, 4, False)
    assert only(endings(known, days), "ended in left only", "sis", "lms")["numerator"] == 0
    silent = membership((5, NEVER, 1, 10), (5, NEVER, 1, NEVER), (5, NEVER, 1, NEVER), (5, NEVER, 1, NEVER),
                        tells=(False, True))  # fmt: skip
    lines = endings(known, silent)
    assert only(lines, "ended in right only", "sis", "lms")["is_limit"]
    assert not any(line["measure"] == "ended in left only" for line in lines)


@pytest.mark.parametrize(("older", "stale"), [(-1, 0), (0, 0), (1, 1)])
def test_a_newest_row_is_stale_from_the_day_after_its_last_one_on(older: int, stale: int) -> None:
    limit = days_until_stale("screener_result")
    assert limit == 180
    day = TODAY - pd.Timedelta(days=180 + older)
    known = presence(("sis", 0, {}), ("sis", 1, {}), ("screener", 0, {}), ("screener", 1, {}))
    rows = [
        {"record": "screener2", "date": day}, {"record": "screener2", "date": day - pd.Timedelta(days=9)},
        {"record": "screener3", "date": TODAY},
    ]  # fmt: skip
    people = [{"record": "screener2"}, {"record": "screener3"}]
    told = district(silo("screener", people, screener_result=rows))
    here = membership((1, NEVER, 1, NEVER), (1, NEVER, 1, NEVER))
    # Counted from the newest day of any system.
    newest = LatestDay({**YEARS, "screener": TODAY - pd.Timedelta(days=99)}, {})
    line = only(stale_rows(told, known, here, newest), "newest row is stale", "screener")
    assert (line["numerator"], line["denominator"]) == (stale, 2)
    # A child who has left the roster is nobody's to test.
    gone = membership((1, 20, 1, NEVER), (1, NEVER, 1, NEVER))
    line = only(stale_rows(told, known, gone, LatestDay(YEARS, {})), "newest row is stale", "screener")
    assert (line["numerator"], line["denominator"]) == (0, 1)


def test_days_are_counted_from_1970_and_a_missing_one_is_none() -> None:
    assert days_since_1970(pd.Series(pd.to_datetime(["1970-01-02", None]))).tolist() == [1, 0]


def groups(*rows: tuple[str, int, int], silo: str = "lms") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["group", "children", "out_of"]).assign(silo=silo, group_by="grade")
    return table.assign(share=table["children"] / table["out_of"])


def test_the_widest_gap_is_between_the_best_and_the_worst_group_of_ten_or_more() -> None:
    (found,) = widest_gaps(groups(("01", 0, 9), ("02", 5, 10), ("03", 20, 20), ("04", 15, 20))).itertuples()
    assert (found.least, found.most, found.gap) == ("02", "03", 0.5)
    assert found.looked_at == 3
    assert widest_gaps(groups(("01", 0, 9), ("02", 5, 10))).empty


def test_a_gap_counts_if_chance_is_an_unlikely_reason_among_all_pairs_looked_at() -> None:
    assert widest_gaps(groups(("01", 60, 100), ("02", 75, 100)))["apart"].tolist() == [True]
    assert widest_gaps(groups(("01", 65, 100), ("02", 75, 100)))["apart"].tolist() == [False]
    # The same two among twelve groups: 66 pairs.
    others = [(f"x{at}", 67, 100) for at in range(10)]
    assert widest_gaps(groups(("01", 60, 100), ("02", 75, 100), *others))["apart"].tolist() == [False]
