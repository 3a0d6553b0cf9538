from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.profile import attendance_days
from helpers.profile.facts.attendance import derive_days
from helpers.standard import as_table
from helpers.standard.elements import attendance_terms
from tests.district_by_hand import table
from tests.tiers import examples

MONDAY = pd.Timestamp("2026-01-05")
ABSENT, EXCUSED, LATE = "Unexcused Absence", "Excused Absence", "Tardy"


def week(*off: int, school: str = "S", days: int = 5) -> list[dict[str, Any]]:
    """Five school days from a Monday on; those in `off` are holidays."""
    return [
        {"school_id": school, "date": MONDAY + pd.Timedelta(days=day), "is_instructional": day not in off}
        for day in range(days)
    ]


def spell(record: str = "1", first: int = 0, last: int | None = 4, school: str = "S") -> dict[str, Any]:
    end = None if last is None else MONDAY + pd.Timedelta(days=last)
    return {
        "record": record,
        "school_id": school,
        "begin_date": MONDAY + pd.Timedelta(days=first),
        "end_date": end,
    }


def event(day: int, word: str | None = ABSENT, record: str = "1", school: str | None = "S") -> dict[str, Any]:
    date = MONDAY + pd.Timedelta(days=day)
    return {"record": record, "school_id": school, "date": date, "attendance_event_category": word}


def frames(
    calendar: list[dict[str, Any]],
    spells: list[dict[str, Any]],
    events: list[dict[str, Any]],
    as_of: int | None = 30,
) -> dict[str, pd.DataFrame]:
    given = {"calendar": calendar, "school_enrollment": spells, "attendance_event": events}
    made = {name: table(name, "attendance", rows) for name, rows in given.items() if rows}
    day = MONDAY + pd.Timedelta(days=as_of) if as_of is not None else pd.NaT
    person = {"silo": "attendance", "record": "1", "role": "Student", "name_status": "None"}
    person |= {"birth_date_status": "None", "linkable_by": "Nothing"}
    made["people"] = as_table("people", pd.DataFrame([{**person, "as_of": day}]))
    return made


def by_day(days: pd.DataFrame, record: str = "1") -> dict[int, str | None]:
    mine = days[days["record"] == record]
    place = (mine["date"] - MONDAY).dt.days
    return {
        int(day): None if pd.isna(said) else said for day, said in zip(place, mine["status"], strict=True)
    }


def test_a_day_without_an_event_is_a_day_at_school() -> None:
    days = attendance_days(frames(week(), [spell()], [event(1), event(3, LATE)]))

    assert by_day(days) == {0: "Present", 1: ABSENT, 2: "Present", 3: LATE, 4: "Present"}
    assert days["covered"].all()
    # A mark points at its event, a generated day at the enrollment that expects the child.
    assert list(days["file"].str.extract(r"/(\w+)\.csv")[0]) == [
        "school_enrollment", "attendance_event", "school_enrollment", "attendance_event", "school_enrollment"
    ]  # fmt: skip


def test_an_end_in_the_year_9999_is_no_end() -> None:
    endless = {**spell(), "end_date": pd.Timestamp("9999-12-31")}
    assert by_day(attendance_days(frames(week(), [endless], [event(1)]))) == by_day(
        attendance_days(frames(week(), [spell(last=None)], [event(1)]))
    )
    assert len(attendance_days(frames(week(), [endless], [event(1)]))) == 5


@pytest.mark.parametrize(
    "words", [[LATE, ABSENT], [ABSENT, LATE], [EXCUSED, LATE, ABSENT], ["Partial", LATE]]
)
def test_of_two_marks_the_most_certain_counts_whatever_their_order(words: list[str]) -> None:
    order = attendance_terms().order
    days = attendance_days(frames(week(), [spell()], [event(2, word) for word in words]))

    assert by_day(days)[2] == min(words, key=order.index)
    assert len(days) == 5


def test_an_unknown_mark_leaves_the_day_unknown_unless_another_says_more() -> None:
    days = attendance_days(
        frames(week(), [spell()], [event(1, None), event(2, "Dismissed"), event(3, None), event(3)])
    )

    assert by_day(days) == {0: "Present", 1: None, 2: None, 3: ABSENT, 4: "Present"}
    assert list(days["covered"]) == [True, False, False, True, True]


def test_without_a_calendar_there_is_no_day() -> None:
    assert attendance_days(frames([], [spell()], [event(1)])).empty
    assert attendance_days(frames(week(school="another"), [spell()], [event(1)])).empty


def test_events_outside_a_spell_or_on_a_day_off_are_not_counted_and_stay_visible() -> None:
    events = [event(1), event(2), event(4), event(1, record="2"), event(0, school="T"), event(3)]
    days = derive_days(frames(week(2), [spell(last=3)], events))

    assert list(days.counted) == [True, False, False, False, False, True]
    # At a school without a calendar nobody can say whether the event is out of place.
    assert list(days.out_of_place) == [False, True, True, True, False, False]


def test_an_event_without_a_school_goes_to_the_childs_spell_of_that_day() -> None:
    calendar = [*week(), *week(school="T")]
    spells = [spell(last=1), spell(first=2, school="T")]
    days = attendance_days(frames(calendar, spells, [event(1, school=None), event(3, school=None)]))

    assert list(days.loc[days["status"] == ABSENT, "school_id"]) == ["S", "T"]


def test_overlapping_spells_give_each_day_once() -> None:
    days = attendance_days(
        frames(week(), [spell(last=3), spell(first=1), spell(first=2, last=2)], [event(2)])
    )

    assert by_day(days) == {0: "Present", 1: "Present", 2: ABSENT, 3: "Present", 4: "Present"}
    assert len(days) == 5


def test_no_day_after_the_one_for_which_the_export_speaks() -> None:
    days = attendance_days(frames(week(), [spell(last=None)], [event(1)], as_of=2))

    assert sorted(by_day(days)) == [0, 1, 2]


def test_without_such_a_day_the_newest_event_says_how_far_the_export_reaches() -> None:
    events = [event(day % 10) for day in range(200)]
    mistyped = [*events, event(90)]
    calendar = week(5, 6, days=120)

    for given_events in (events, mistyped):
        days = attendance_days(frames(calendar, [spell(last=None)], given_events, as_of=None))
        assert max(by_day(days)) == 9


def test_silence_is_no_presence_where_nothing_says_how_far_it_reaches() -> None:
    days = attendance_days(frames(week(), [spell()], [], as_of=None))

    assert len(days) == 5
    assert not days["covered"].any()
    assert days["status"].isna().all()


def test_a_calendar_that_says_two_things_of_a_day_holds_no_school() -> None:
    calendar = [*week(), {"school_id": "S", "date": MONDAY, "is_instructional": False}]

    assert sorted(by_day(attendance_days(frames(calendar, [spell()], [])))) == [1, 2, 3, 4]


def test_the_word_of_a_calendar_counts_where_it_has_no_flag() -> None:
    words = ["Instructional day", "Holiday", "Make-up day", "Teacher only day"]
    calendar = [
        {"school_id": "S", "date": MONDAY + pd.Timedelta(days=day), "calendar_event": word}
        for day, word in enumerate(words)
    ]

    assert sorted(by_day(attendance_days(frames(calendar, [spell()], [])))) == [0, 2]


RECORDS, SCHOOLS = ["1", "2"], ["S", "T"]
SPELLS = st.lists(
    st.builds(
        lambda record, school, first, length: spell(record, first, first + length, school),
        st.sampled_from(RECORDS), st.sampled_from(SCHOOLS), st.integers(0, 13), st.integers(0, 8),
    ),
    max_size=6,
)  # fmt: skip
EVENTS = st.lists(
    st.builds(
        event,
        st.integers(-2, 16), st.sampled_from([*attendance_terms().status, "Dismissed"]),
        st.sampled_from(RECORDS), st.sampled_from(SCHOOLS),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=examples(30))
@given(SPELLS, EVENTS, st.sets(st.integers(0, 13)))
def test_days_equal_those_counted_one_by_one(
    spells: list[dict[str, Any]], events: list[dict[str, Any]], off: set[int]
) -> None:
    calendar = week(*off, days=14) + week(school="T", days=14)
    terms = attendance_terms()
    expected: dict[tuple[str, str, pd.Timestamp], str] = {}
    for each in spells:
        for day in calendar:
            if day["school_id"] == each["school_id"] and day["is_instructional"]:
                if each["begin_date"] <= day["date"] <= each["end_date"]:
                    expected[each["record"], each["school_id"], day["date"]] = "Present"
    for place in expected:
        words = [
            terms.status.get(each["attendance_event_category"])
            for each in events
            if (each["record"], each["school_id"], each["date"]) == place
        ]
        said = [word for word in words if word]
        if words:
            expected[place] = min(said, key=terms.order.index) if said else "unknown"

    days = attendance_days(frames(calendar, spells, events))

    found = zip(
        days["record"], days["school_id"], days["date"], days["status"].fillna("unknown"), strict=True
    )
    assert {(record, school, date): status for record, school, date, status in found} == expected
    assert len(days) == len(expected)
