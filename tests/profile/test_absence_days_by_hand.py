"""Days of a year as a row of letters, and what each definition of absence counts of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.profile.indicators import definition
from helpers.profile.indicators.absence_days import LaidOutDays, days_measured, lay_out_days
from helpers.profile.indicators.definitions import Definition
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import CALENDAR, DAYS, YEAR, absent, enrolled

# There; not expected (or unknown); late; part of a day; absent without and with an excuse.
MARKS = {".": 1, "-": 0, "L": 4, "P": 5, "U": 6, "E": 7}
STATUSES = pd.Series(
    [None, "Present", None, "Present", "Tardy", "Partial", "Unexcused Absence", "Excused Absence"],
    dtype="string",
)
FIRST = pd.Timestamp("2026-03-02")
SUSPENDED_ON = "-SSS------"


def laid(*rows: tuple[str, str, str], suspended: str = "", **more: list[Any]) -> LaidOutDays:
    """Lay out days (child, school, a letter a day) from March 2 on; suspended are all alike."""
    marks = np.array([[MARKS[letter] for letter in days] for *_, days in rows], dtype="int8")
    away = np.array([[letter == "S" for letter in suspended.ljust(len(days), "-")] for *_, days in rows])
    table = pd.DataFrame(
        {
            "child": [child for child, *_ in rows],
            "school": [school for _, school, _ in rows],
            "link_status": more.get("link_status", ["Verified"] * len(rows)),
            "fresh_on": more.get("fresh_on", [FIRST + pd.Timedelta(days=marks.shape[1] - 1)] * len(rows)),
        }
    ).astype({"child": "string", "school": "string", "link_status": "string"})
    return LaidOutDays(
        table,
        marks,
        away & (marks > 0),
        STATUSES,
        int(FIRST.to_datetime64().astype("datetime64[D]").astype("int64")),
    )


def of_definition(**more: Any) -> Definition:
    given = {"name": "d", "title": "t", "by": "b", "source": "s", "default": True, "own": True}
    return Definition(**{"value": "absent_share", **given, **more})


def measured(days: str | LaidOutDays, suspended: str = "", since: Any = None, **more: Any) -> pd.Series:
    """Count the days of one child under a definition."""
    one = laid(("c", "S", days), suspended=suspended) if isinstance(days, str) else days
    from_day = None if since is None else pd.Series({"c": pd.Timestamp(since)}, dtype="datetime64[us]")
    return days_measured({"child": one, "school": one}, of_definition(**more), from_day).iloc[0]


def counted(days: str, **more: Any) -> tuple[float, float]:
    row = measured(days, **more)
    return row["numerator"], row["denominator"]


def test_absences_are_a_share_of_the_days_on_which_a_child_was_expected() -> None:
    row = measured("..UE-L-P..")
    assert (row["numerator"], row["denominator"], row["value"]) == (2, 8, 0.25)
    assert row["as_of"] == pd.Timestamp("2026-03-11")
    assert measured("..UE-L-P--")["as_of"] == pd.Timestamp("2026-03-09"), (
        "the last day of which anything is known"
    )
    there = measured("..UE-L-P..", value="present_share")
    assert (there["numerator"], there["value"]) == (6, 0.75)
    days = measured("..UE-L-P..", value="absent_days")
    assert (days["value"], days["denominator"]) == (2, 8)


def test_what_is_an_absence_is_up_to_the_definition() -> None:
    assert counted("UEEPLL....", absent=("Unexcused Absence",)) == (1, 10)
    assert counted("UEEPLL....", absent=("Unexcused Absence", "Tardy")) == (3, 10)
    half = measured("UEEPPL....", partial=0.5)
    assert (half["numerator"], half["detail"]) == (4, "school=S; partial_days=2")
    assert measured("UEEPPL....")["detail"] == "school=S"


def test_a_suspension_is_an_absence_where_a_definition_says_so_and_one_day_counts_once() -> None:
    # Suspended on three days: marked absent on one, late on another, and not expected on the third.
    days = ".UL-......"
    assert counted(days, suspended=SUSPENDED_ON) == (1, 9)
    absent_too = measured(days, suspended=SUSPENDED_ON, suspensions="absent")
    assert (absent_too["numerator"], absent_too["denominator"]) == (2, 9)
    assert absent_too["detail"] == "school=S; suspension_days=1"
    # Part of a day and a suspension are one whole day.
    assert counted(".PP.......", suspended=SUSPENDED_ON, suspensions="absent", partial=0.5) == (3, 10)


@pytest.mark.parametrize(("last", "numbers"), [(1, (0, 1)), (3, (1, 3)), (4, (2, 4)), (10, (3, 10))])
def test_only_the_last_days_of_the_system_are_looked_at(last: int, numbers: tuple[int, int]) -> None:
    assert counted("U.....UU..", last_days=last) == numbers


def test_who_left_before_the_last_days_was_expected_on_none_of_them() -> None:
    row = measured("UU--------", last_days=4)
    assert (row["numerator"], row["denominator"]) == (0, 0)
    assert pd.isna(row["value"])
    # It is as new as the system: a child who isn't expected any more is known until today.
    assert row["as_of"] == FIRST + pd.Timedelta(days=9)
    assert measured("UU--------", last_days=4, value="absent_days")["value"] == 0


@pytest.mark.parametrize(
    ("since", "numbers"),
    [
        (None, (3, 10)),
        ("2026-03-01", (3, 10)),
        ("2026-03-02", (2, 9)),
        ("2026-03-08", (1, 3)),
        ("2026-03-11", (0, 0)),
    ],
)
def test_only_days_after_a_childs_date_count(since: str | None, numbers: tuple[int, int]) -> None:
    row = measured("U.....UU..", since=since or pd.NaT)
    assert (row["numerator"], row["denominator"]) == numbers


def test_over_all_schools_a_day_counts_once_by_its_most_certain_mark() -> None:
    both = laid(
        ("a", "S", "..U.-----."), ("a", "T", "-..LU.---E"), ("b", "S", "U---------"),
        link_status=["Verified", "Unverified", "Unlinked"],
        fresh_on=[FIRST, FIRST + pd.Timedelta(days=3), FIRST],
    )  # fmt: skip
    children = both.of_children()
    assert children.rows["child"].tolist() == ["a", "b"]
    assert children.rows["link_status"].tolist() == ["Unverified", "Unlinked"]
    assert children.rows["fresh_on"].tolist() == [FIRST + pd.Timedelta(days=3), FIRST]
    days = {"child": children, "school": both}
    by_child = days_measured(days, of_definition())
    assert by_child[["numerator", "denominator"]].values.tolist() == [[3, 7], [1, 1]]
    assert by_child["detail"].isna().all()
    by_school = days_measured(days, of_definition(per="school"))
    assert by_school[["numerator", "denominator"]].values.tolist() == [[1, 5], [2, 6], [1, 1]]
    assert by_school["detail"].tolist() == ["school=S", "school=T", "school=S"]


def test_nobody_has_no_days() -> None:
    none = laid_out(attendance_event=[], school_enrollment=[])
    assert none.rows.empty
    assert none.of_children().rows.empty
    assert days_measured({"child": none}, of_definition()).empty


def laid_out(
    *others: Any, children: str = "ab", actions: Any = (), as_of: Any = None, **tables: Any
) -> LaidOutDays:
    """Lay out the days of children whom attendance has, and whose profiles trust it."""
    people = [{"record": record, "as_of": DAYS[-1]} for record in children]
    given = {"calendar": CALENDAR, "session": [YEAR], **tables}
    behavior = silo("behavior", [{"record": child} for child in children], discipline_action=list(actions))
    known = district(silo("attendance", people, **given), behavior, *others)
    who = {(name, child): child for name in ("attendance", "behavior", "lms") for child in children}
    tied = links(who, {("attendance", "b"): "Unverified"})
    given = {
        "element": "days_enrolled",
        "status": "Reported",
        "chosen": True,
        "school_year": 2026,
        "value": "9",
    }
    others_said = {"chosen": False}, {"element": "first_name"}, {"school_year": 2025}, {"status": "Withheld"}
    said = pd.DataFrame(
        [{"child": child, "silo": "attendance", **given} for child in children]
        # Whom nobody trusts for days.
        + [{"child": child, "silo": "lms", **given, **more} for child in children for more in others_said]
    )
    profiles = SimpleNamespace(recorded=said, school_year=2026, crosswalk=tied.crosswalk)
    return lay_out_days(known, profiles, as_of)  # type: ignore[arg-type]


def test_the_days_of_a_year_are_those_of_the_system_that_a_profile_trusts() -> None:
    elsewhere = silo(
        "lms", [{"record": "a", "as_of": DAYS[-1]}], calendar=CALENDAR, school_enrollment=[enrolled("a")],
        attendance_event=absent("a", *range(9)),
    )  # fmt: skip
    found = laid_out(
        elsewhere,
        school_enrollment=[enrolled("a"), enrolled("b", days=20)],
        attendance_event=[*absent("a", 3, 4), *absent("b", 5, word="Excused Absence")],
    )
    counts = days_measured({"child": found.of_children()}, definition("chronic_absence"))
    assert counts[["child", "numerator", "denominator", "link_status"]].values.tolist() == [
        ["a", 2, 180, "Verified"],
        ["b", 1, 20, "Unverified"],
    ]
    assert counts["as_of"].tolist() == [DAYS[179], DAYS[19]]
    assert set(counts["fresh_on"]) == {DAYS[179]}


@pytest.mark.parametrize(("days", "fresh"), [(-1, 0), (0, 0), (9, 9)])
def test_days_are_as_new_as_the_export_says_and_never_older_than_the_last_of_them(
    days: int, fresh: int
) -> None:
    found = laid_out(
        as_of={"attendance": DAYS[179] + pd.Timedelta(days=days), "lms": DAYS[179] + pd.Timedelta(days=99)},
        school_enrollment=[enrolled("a"), enrolled("b")], attendance_event=[],
    )  # fmt: skip
    assert set(found.rows["fresh_on"]) == {DAYS[179] + pd.Timedelta(days=fresh)}


def test_a_suspension_lasts_as_many_of_the_childs_school_days_as_it_has_from_its_first_on() -> None:
    day = pd.Timedelta(days=1)
    in_school = {"discipline": "In School Suspension"}
    cases: dict[str, tuple[pd.Timestamp, float | None, dict[str, str], list[pd.Timestamp]]] = {
        "a": (DAYS[4], 2, {}, [DAYS[4], DAYS[5]]),
        "b": (DAYS[4], 1.5, {}, [DAYS[4], DAYS[5]]),  # half a day is a day
        "c": (DAYS[4] + day, 1, {}, [DAYS[5]]),  # it began on a Saturday
        "d": (DAYS[179], 9, {}, [DAYS[179]]),  # and ends with the year
        "e": (DAYS[0], 1, {}, [DAYS[0]]),
        "f": (DAYS[4], 0, {}, []),
        "g": (DAYS[4], None, {}, []),
        "h": (DAYS[4], 2, in_school, []),
        "i": (DAYS[0] - day, 2, {}, []),
    }
    out = "Out of School Suspension"
    found = laid_out(
        children="".join(cases),
        actions=[
            {"record": child, "begin_date": begin, "days": days, "discipline": out, **more}
            for child, (begin, days, more, _) in cases.items()
        ],
        school_enrollment=[enrolled(child) for child in cases],
        attendance_event=[],
    )
    assert found.rows["child"].tolist() == list(cases)
    for (*_, expected), suspended in zip(cases.values(), found.suspended, strict=True):
        at = np.flatnonzero(suspended) + found.first
        assert list(pd.to_datetime(at.astype("datetime64[D]"))) == expected
