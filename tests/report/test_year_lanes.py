"""A year in lanes: every system keeps its lane, every mark its place, and no text gets out of its place."""

from __future__ import annotations

import re
from datetime import date

from helpers.report.charts.timeline import Happening, year_timeline

BEGIN, END = date(2025, 7, 1), date(2026, 6, 30)


def test_marks_stand_in_the_order_of_days_between_both_ends() -> None:
    days = [date(2025, 7, 1), date(2025, 12, 30), date(2026, 6, 30), date(2024, 1, 1)]
    drawn = year_timeline([Happening(day, "SIS", "Starts") for day in days], ["SIS"], {}, BEGIN, END)
    at = [float(one) for one in re.findall(r'<svg x="([\d.]+)%', drawn.markup)]
    assert at == sorted(at)
    assert at[0] == 1
    assert at[-1] == 99
    assert len(at) == 3  # what was in another year isn't drawn
    assert "3 dated lines from July 2025 to June 2026, by system: SIS 3." in drawn.text


def test_a_system_that_dates_nothing_keeps_its_lane_and_says_so() -> None:
    one = [Happening(date(2026, 1, 5), "SIS", "Starts")]
    drawn = year_timeline(one, ["SIS", "Meals"], {"Meals": "does not cover her"}, BEGIN, END)
    assert drawn.markup.count('class="lane"') == 2
    assert "does not cover her" in drawn.markup
    assert "Meals 0" in drawn.text


def test_kinds_are_told_apart_by_shape_and_said_in_words() -> None:
    kinds = ["Tardy", "Excused Absence", "<b>&"]
    drawn = year_timeline([Happening(date(2026, 1, 5), "A", kind) for kind in kinds], ["A"], {}, BEGIN, END)
    shapes = re.findall(r'viewBox="-7 -7 14 14" aria-hidden="true">(.*?)</svg>', drawn.markup)
    assert len(set(shapes)) == 3
    assert "&lt;b&gt;&amp; (1)" in drawn.markup
    assert "<b>" not in drawn.markup
