"""A child's year in small pictures: one time axis, the same scales for every child, no rank for a family."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from helpers.report.child.shown_elements import page_terms
from helpers.report.child.statements import Event
from helpers.report.child.year import bunched_since, draw_year, latest_grades, latest_scores, missed_days
from helpers.report.messages import Voice, language

MONTHS = language("en").sentences.short_months


def happened(day: date, kind: str, detail: str | None = None, word: str = "", silo: str = "silo") -> Event:
    return Event(day, kind, word, silo, "f", 1, detail)


def missed(*days: date, word: str = "Excused Absence") -> list[Event]:
    return [happened(day, "attendance_exception", word=word) for day in days]


def score(day: date, test: str, subject: str, percentile: float) -> Event:
    silo = "map" if "MAP" in test else "iready"
    return happened(day, "test_percentile", f"{test}, {subject}, {percentile:g}", silo=silo)


def drawn(
    events: list[Event], *, years: int = 2, percentiles: bool = True, voice: Voice = "educator", **more: Any
) -> str:
    spoken = language("en")
    return draw_year(
        events,
        page_terms().pictured,
        {},
        lambda key, **values: spoken.say(voice, f"picture.{key}", **values),
        school_year=2026,
        years=years,
        until=date(2026, 4, 30),
        months=MONTHS,
        names={"map": "MAP Growth", "iready": "i-Ready"},
        percentiles=percentiles,
        **more,
    ).svg


def places(svg: str, shape: str) -> list[tuple[float, float]]:
    """Positions of marks of a shape, across in percent and down in pixels."""
    found = re.findall(rf'<(?:rect|circle) c?x="([\d.]+)%" c?y="([\d.]+)"[^>]*class="{shape}"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_days_of_a_week_stand_on_one_another_and_an_excuse_fills_them() -> None:
    monday = date(2026, 1, 12)
    week = [monday + timedelta(days=day) for day in range(3)]
    svg = drawn([*missed(*week[:2]), *missed(week[2], word="Unexcused Absence")])
    (full, second), (hollow,) = places(svg, "block"), places(svg, "hollow")
    assert full[0] == second[0] == hollow[0]
    assert full[1] > second[1] > hollow[1]


def test_where_no_system_shows_attendance_the_picture_says_so_and_draws_no_empty_year() -> None:
    card = happened(date(2025, 11, 1), "report_card", "Mathematics 7, 88, B")
    unknown, none_missed = drawn([card], attendance=False), drawn([card])
    assert "Days missed: not known" in unknown
    assert "not known" not in none_missed
    # The line on which blocks stand; each month has one, too.
    assert none_missed.count('class="base"') - unknown.count('class="base"') == 1
    # A day that is on record is drawn, whoever counts.
    assert "not known" not in drawn(missed(date(2026, 1, 12)), attendance=False)


def test_a_day_stands_at_the_same_place_for_every_child() -> None:
    day = date(2026, 1, 12)
    alone = places(drawn(missed(day)), "block")
    among = places(drawn(missed(date(2024, 9, 2), day, date(2026, 6, 1))), "block")
    assert alone[0] in among
    # An axis of one year has twice the room, and the same height for a day.
    assert places(drawn(missed(day), years=1), "block")[0][1] == alone[0][1]


def test_a_day_with_two_marks_is_missed_once_and_with_its_excuse() -> None:
    day = date(2026, 1, 12)
    both = missed(day, word="Unexcused Absence") + missed(day)
    assert missed_days(both) == {day: "Excused Absence"}
    assert missed_days(list(reversed(both))) == {day: "Excused Absence"}
    assert missed_days([happened(day, "attendance_exception", word="Tardy")]) == {}


def test_a_message_is_full_if_anybody_opened_it() -> None:
    opened, unread = date(2026, 1, 15), date(2026, 2, 6)
    svg = drawn(
        [
            happened(opened, "absence_message"),
            happened(opened, "absence_message", "2026-01-15 18:00"),
            happened(unread, "absence_message"),
        ]
    )
    assert len(places(svg, "dot")) == 1
    assert len(places(svg, "ring")) == 1


def test_tests_of_two_makers_share_a_panel_and_a_higher_percentile_stands_higher() -> None:
    events = [
        score(date(2025, 9, 23), "MAP Growth", "Reading", 50),
        score(date(2026, 3, 30), "MAP: Reading 2-5", "Language Arts", 80),
        score(date(2026, 1, 15), "i-Ready", "Reading", 56),
        score(date(2026, 1, 20), "i-Ready", "Mathematics", 42),
    ]
    svg = drawn(events)
    assert svg.count('class="panel-title"') == 3  # days, reading, math
    first, last = places(svg, "dot")[:2]
    assert first[1] > last[1]
    assert svg.count(">MAP Growth<") == 1
    assert ">i-Ready<" in svg
    assert latest_scores(events)["reading"] == [
        ("map", 80, date(2026, 3, 30)),
        ("iready", 56, date(2026, 1, 15)),
    ]


@pytest.mark.parametrize("first", [1, 4, 30, 50, 52, 80, 97, 99])
@pytest.mark.parametrize("second", [1, 4, 30, 50, 52, 80, 97, 99])
@pytest.mark.parametrize("last", [date(2026, 4, 10), date(2026, 5, 28)])
def test_names_of_series_stay_in_the_panel_and_off_each_other(first: int, second: int, last: date) -> None:
    """A series that ends in May has its name to the left: on a phone there is no room at the right."""
    svg = drawn(
        [
            score(date(2026, 3, 20), "i-Ready", "Reading", first),
            score(last, "MAP Growth", "Reading", second),
        ],
        years=1,
    )
    label = r'y="([\d.]+)" overflow="visible"><text [^>]*>{}</text>'
    height = float(re.search(r'class="strip" height="(\d+)">(?=<rect[^>]*class="band")', svg)[1])  # type: ignore[index]
    one, other = (float(re.search(label.format(name), svg)[1]) for name in ("i-Ready", "MAP Growth"))  # type: ignore[index]
    # Eleven pixels above the base line and three below it are the letters.
    assert all(11 <= place <= height - 3 for place in (one, other))
    assert abs(one - other) >= 14


@pytest.mark.parametrize(
    ("years", "month", "day", "whole"),
    [
        (1, 9, 20, True),
        (1, 2, 1, False),
        (1, 5, 20, True),
        (2, 1, 1, True),
        (2, 4, 1, False),
        (2, 6, 20, True),
    ],
)
def test_a_name_that_a_phone_has_no_room_for_is_cut(years: int, month: int, day: int, whole: bool) -> None:
    """A phone shows all of one year, and of two years the second half of the picture."""
    word = "Junior Varsity Basketball"
    when = date(2026 if month < 7 else 2025, month, day)
    svg = drawn([happened(when, "joins_activity", word)], years=years)
    assert (f">{word}</text>" in svg) is whole
    assert ("…</text>" in svg) is not whole


def test_a_name_that_begins_outside_of_a_phone_s_picture_is_not_shown_there() -> None:
    for day, hidden in ((date(2025, 8, 1), True), (date(2025, 9, 10), False)):
        svg = drawn([happened(day, "joins_activity", "Debate")])
        label = re.search(r'<svg [^>]*overflow="visible"([^>]*)><text [^>]*>Debate', svg)
        assert label is not None
        assert ("before" in label[1]) is hidden


@pytest.mark.parametrize(
    ("years", "days", "beside", "whole"),
    [
        (2, [date(2025, 5, 5), date(2025, 5, 20)], "start", True),  # over this year's half, which is empty
        (2, [date(2025, 9, 20), date(2026, 1, 5)], "start", True),
        (2, [date(2025, 9, 20), date(2026, 5, 20)], "end", True),
        (2, [date(2025, 9, 20), date(2026, 5, 1), date(2026, 5, 20)], "end", True),
        (2, [date(2026, 2, 10), date(2026, 5, 20)], "start", False),
        (1, [date(2026, 2, 10), date(2026, 5, 20)], "end", True),
        (1, [date(2026, 2, 10), date(2026, 4, 27), date(2026, 5, 20)], "end", True),
    ],
)
def test_the_name_of_a_row_is_on_none_of_its_marks(
    years: int, days: list[date], beside: str, whole: bool
) -> None:
    name = "Disciplinary action"
    svg = drawn([happened(day, "joins_activity", name) for day in days], years=years)
    label = re.search(
        r'<svg x="([\d.]+)%" y="[\d.]+" overflow="visible"([^>]*)><text [^>]*anchor="(\w+)">(Disc[^<]*)',
        svg,
    )
    marks = [float(x) for x in re.findall(r'<svg x="([\d.]+)%" y="[\d.]+" overflow="visible"><rect', svg)]
    assert label is not None
    assert len(marks) == len(days)
    assert (label[3], label[4] == name) == (beside, whole)
    # A phone shows half of two years.
    for wide in (290 * years, 700):
        if wide == 290 * years and "before" in label[2]:
            continue
        at = wide * float(label[1]) / 100
        left, right = (
            (at + 8, at + 8 + 7 * len(label[4]))
            if label[3] == "start"
            else (at - 8 - 7 * len(label[4]), at - 8)
        )
        assert not [one for one in marks if left - 3 < wide * one / 100 < right + 3]


def test_no_number_ranks_a_child_for_its_family() -> None:
    events = [score(date(2026, 3, 30), "MAP Growth", "Reading", 83)]
    assert ">50<" in drawn(events)
    family = drawn(events, percentiles=False, years=1, voice="family")
    assert not re.search(r">(50|83)<", family)
    assert "percentile" not in family


def test_grades_below_the_scale_stand_on_its_edge_and_are_told_as_they_are() -> None:
    def card(percent: float, course: str = "MATH-05") -> Event:
        return happened(date(2025, 10, 24), "report_card", f"{course}, {percent:g}, F")

    at_edge, below = (re.search(r'y1="([\d.]+)"[^>]*class="solid"', drawn([card(one)])) for one in (50, 31))
    assert at_edge is not None
    assert below is not None
    assert at_edge[1] == below[1]
    assert latest_grades([card(31), card(92, "ELA-05"), card(70, "ART-05")]) == {
        "english": 92.0,
        "math": 31.0,
    }


def test_many_kinds_of_events_share_a_last_row_and_none_is_lost() -> None:
    events = [
        happened(date(2025, 10, 1) + timedelta(days=at), "joins_activity", f"Club {at}") for at in range(12)
    ]
    svg = drawn(events)
    assert len(re.findall(r'<svg x="[\d.]+%" y="[\d.]+" overflow="visible"><rect', svg)) == 12
    assert "Club 6<" in svg
    assert "Club 7<" not in svg
    assert "others<" in svg


@pytest.mark.parametrize(("late", "found"), [(7, False), (8, True)])
def test_days_bunch_where_a_fifth_more_than_an_even_spread_comes_after_a_day(late: int, found: bool) -> None:
    begin, until = date(2025, 9, 1), date(2026, 3, 20)  # 200 days
    early = [begin + timedelta(days=20 * at) for at in range(5)]
    days = early + [date(2025, 12, 30) + timedelta(days=at * 70 // late) for at in range(late)]
    since = bunched_since(days, begin, until)
    assert (since == (date(2025, 12, 30), late)) is found
    assert bunched_since(days[-5:], begin, until) is None  # too few to speak of
