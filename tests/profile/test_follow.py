"""The child whom the notebooks follow has a story of which several systems tell a part."""

from __future__ import annotations

import pandas as pd

from helpers.profile import pick_example_child
from tests.district_by_hand import district, links, silo

NAMES = ("ana", "ben", "cho")
DAYS = pd.date_range("2026-01-05", periods=10, freq="D")


def absences(record: str, count: int) -> list[dict[str, object]]:
    return [
        {"record": record, "date": day, "attendance_event_category": "Excused Absence"}
        for day in DAYS[:count]
    ]


def percentiles_of(record: str, *percentiles: float) -> list[dict[str, object]]:
    return [
        {
            "record": record,
            "academic_subject": "Mathematics",
            "administration_date": day,
            "score_method": "Percentile",
            "result": result,
        }
        for day, result in zip(DAYS, percentiles, strict=False)
    ]


def test_more_parts_of_a_story_come_before_fewer_and_no_child_needs_one() -> None:
    people = [{"record": name, "first_name": name} for name in NAMES]
    others = silo("meals", [{"record": "x", "first_name": "Xi"}])
    who = links({**{("sis", name): name for name in NAMES}, ("meals", "x"): "x"})
    quiet = district(silo("sis", people), others)
    assert pick_example_child(quiet, who) == "ana"
    # Ana was away for nine days and tested higher; Ben was away for ten; Cho was, too, and tested lower.
    marks = absences("ana", 9) + absences("ben", 10) + absences("cho", 10)
    results = percentiles_of("ana", 40, 60) + percentiles_of("ben", 50, 50) + percentiles_of("cho", 60, 40)
    assert pick_example_child(district(silo("sis", people, attendance_event=marks), others), who) == "ben"
    told = silo("sis", people, attendance_event=marks, assessment_result=results)
    assert pick_example_child(district(told, others), who) == "cho"


def test_absences_of_another_year_are_no_part_of_it() -> None:
    people = [{"record": name, "first_name": name} for name in NAMES]
    who = links({("sis", name): name for name in NAMES})
    old = [{**mark, "date": mark["date"] - pd.DateOffset(years=2)} for mark in absences("ben", 10)]
    marks = old + absences("cho", 10)
    assert pick_example_child(district(silo("sis", people, attendance_event=marks)), who) == "cho"


def test_a_plan_and_visits_to_the_nurse_are_parts_of_a_story() -> None:
    people = [{"record": name, "first_name": name} for name in NAMES]
    who = links({**{("sis", name): name for name in NAMES}, ("meals", "x"): "x"})
    visits = [{"record": "ben", "date": day} for day in DAYS[:3]] + [
        {"record": "cho", "date": DAYS[0]},
        {"record": "cho", "date": DAYS[1]},
    ]
    plans = [{"record": "ben", "begin_date": DAYS[0]}, {"record": "cho", "end_date": DAYS[0]}]
    told = silo("sis", people, health_visit=visits, program=plans)
    assert pick_example_child(district(told, silo("meals", [{"record": "x"}])), who) == "ben"


def test_a_record_that_waits_for_a_person_comes_last_and_one_unverified_tie_does_no_harm() -> None:
    both = [{"record": name, "first_name": name} for name in NAMES[:2]]
    folder = district(silo("sis", both), silo("meals", both), silo("clubs", both), silo("iready", both[:0]))
    ties = {(name, child): child for name in ("sis", "meals", "clubs") for child in NAMES[:2]}
    assert pick_example_child(folder, links(ties, {("clubs", "ana"): "Review"})) == "ben"
    assert pick_example_child(folder, links(ties, {("clubs", "ana"): "Unverified"})) == "ana"
