"""Questions about a few children: who is looked for, of whom it can't be said, and why."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.profile.indicators import declared_indicators
from helpers.profile.questions import (
    answer_questions,
    children_for,
)
from helpers.profile.store.source import Source
from helpers.standard import BadInput
from tests.profile.questions_by_hand import TODAY, asked, by_hand, on_roster, value

ABSENT_AND_FAILING = "chronically_absent and grade_average < 65"


def four_children() -> Source:
    """Ana is absent and failing, Ben is present, nobody knows Cleo's marks; Dan's attendance isn't joined."""
    rows = [
        *on_roster("ana", "ben", "cleo", "dan"),
        value("ana", "chronically_absent", True, "attendance"), value("ana", "grade_average", 51.0, "sis"),
        value("ben", "chronically_absent", False, "attendance"), value("ben", "grade_average", None, "sis"),
        value("cleo", "chronically_absent", True, "attendance"),
        value("cleo", "grade_average", None, "sis", status="Empty", record="sis-cleo"),
        value("dan", "chronically_absent", None, "attendance"), value("dan", "grade_average", 60.0, "sis"),
        # A record of attendance that nobody tied to the roster: it may be Dan's.
        value("stranger", "chronically_absent", True, "attendance"),
    ]  # fmt: skip
    return by_hand(rows)


def test_unknown_is_counted_and_never_a_no(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer=ABSENT_AND_FAILING)
    row = answer_questions(four_children(), declared=declared).iloc[0]
    assert (row.concerned, row.children, row.of_children, row.unknown, row.answerable) == (4, 1, 2, 2, 1)
    assert row.status == "Not answerable"
    listed = children_for(four_children(), "q", declared=declared).set_index("child")
    assert listed["answer"].to_dict() == {"ana": "Yes", "cleo": "Unknown", "dan": "Unknown", "ben": "No"}
    assert next(iter(listed.index)) == "ana"
    assert listed["why"].fillna("").to_dict() == {
        "ana": "", "cleo": "Not said", "dan": "Not joined", "ben": "Not collected",
    }  # fmt: skip
    assert listed.loc["dan", "lacks"] == "chronically_absent"


def test_who_must_be_joined_and_how_many_systems_one_would_open(tmp_path: Path) -> None:
    row = answer_questions(four_children(), declared=asked(tmp_path, answer=ABSENT_AND_FAILING)).iloc[0]
    assert (row.silos_needed, row.keys_needed) == ("attendance; sis", "sis + attendance")
    assert (row.platforms_before, row.platforms_after) == (2, 1)
    assert row.fresh_days == "chronically_absent 7; grade_average 90"
    assert pd.isna(row.missing_silos)


def test_what_is_too_old_is_not_an_answer(tmp_path: Path) -> None:
    rows = [
        *on_roster("ana", "ben"), value("ana", "chronically_absent", True, "attendance"),
        value("ben", "chronically_absent", True, "attendance", as_of=TODAY - pd.Timedelta(days=20)),
    ]  # fmt: skip
    strict = asked(tmp_path, answer="chronically_absent", fresh_days={"chronically_absent": 14})
    row = answer_questions(by_hand(rows), declared=strict).iloc[0]
    assert (row.children, row.unknown, row.why) == (1, 1, "Not fresh")
    lenient = asked(tmp_path, answer="chronically_absent", fresh_days={"chronically_absent": 30})
    assert answer_questions(by_hand(rows), declared=lenient).iloc[0].children == 2


def test_who_may_not_see_it_gets_no_answer_from_it(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer=ABSENT_AND_FAILING)
    row = answer_questions(four_children(), declared=declared, forbidden=["chronically_absent"]).iloc[0]
    assert (row.status, row.why, row.children, row.answerable) == ("Not answerable", "Not permitted", 0, 0)
    listed = children_for(four_children(), "q", declared=declared, forbidden=["chronically_absent"])
    assert "Yes" not in set(listed["answer"])


def test_a_class_is_asked_about_and_nobody_else(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer=ABSENT_AND_FAILING)
    row = answer_questions(four_children(), declared=declared, children=["ana", "ben"]).iloc[0]
    assert (row.concerned, row.children, row.unknown) == (2, 1, 0)


def test_a_question_that_concerns_nobody_says_so(tmp_path: Path) -> None:
    """Of Ben we don't know the language: he may be one, and a misspelled word still shows."""
    rows = [*on_roster("ana", "ben"), value("ana", "home_language", "spa", "sis")]
    of_nobody = asked(tmp_path, of="home_language == 'spanish'", answer="on_record(home_language)")
    row = answer_questions(by_hand(rows), declared=of_nobody).iloc[0]
    assert (row.concerned, row.why, row.children) == (1, "Concerns nobody", 0)
    alone = answer_questions(by_hand(rows), declared=of_nobody, children=["ana"]).iloc[0]
    assert (alone.concerned, alone.why) == (0, "Concerns nobody")
    of_ben = answer_questions(by_hand(rows), declared=of_nobody, children=["ben"]).iloc[0]
    assert of_ben.why == "Not collected"
    # What no system has is missing, though the language alone rules out whoever is known.
    needs = asked(
        tmp_path, of="home_language == 'arabic' and on_record(math_growth)", answer="math_growth > 0"
    )
    needs_test = answer_questions(by_hand(rows), declared=needs).iloc[0]
    assert needs_test.why == "Not collected"
    of_ana = asked(tmp_path, of="home_language == 'spa'", answer="on_record(home_language)")
    assert answer_questions(by_hand(rows), declared=of_ana).iloc[0].why == "Not collected"


def test_what_holds_in_every_year_is_known_in_this_one(tmp_path: Path) -> None:
    rows = [
        *on_roster("ana", "ben"),
        value("ana", "home_language", "spa", "sis"),
        value("ben", "home_language", "eng", "sis"),
    ]
    row = answer_questions(by_hand(rows), declared=asked(tmp_path, answer="home_language == 'spa'")).iloc[0]
    assert (row.children, row.unknown, row.status) == (1, 0, "Answered")


@pytest.mark.parametrize(
    ("answer", "whom"), [("chronically_absent", "ana"), ("last_year.chronically_absent", "ben")]
)
def test_what_was_last_year_is_told_only_where_last_year_is_asked_for(
    tmp_path: Path, answer: str, whom: str
) -> None:
    rows = [
        *on_roster("ana", "ben"),
        value("ana", "chronically_absent", True, "attendance"),
        value("ana", "chronically_absent", False, "attendance", school_year=2025),
        value("ben", "chronically_absent", False, "attendance"),
        value("ben", "chronically_absent", True, "attendance", school_year=2025),
    ]
    listed = children_for(by_hand(rows), "q", declared=asked(tmp_path, answer=answer)).set_index("child")
    assert listed.index[listed["answer"].eq("Yes")].tolist() == [whom]


def plans(unplaced: int) -> Source:
    """Of twenty children one has a plan; so many plans are of nobody on the roster."""
    names = [f"c{number:02}" for number in range(20)]
    rows = [*on_roster(*names), value("c00", "special_education", "Active", "special_education")]
    rows += [value(name, "special_education", None, "special_education") for name in names[1:]]
    rows += [
        value(f"x{number}", "special_education", "Active", "special_education") for number in range(unplaced)
    ]
    return by_hand(rows)


def test_that_there_is_no_plan_can_be_said_only_once_all_plans_are_joined(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer="not on_record(special_education)")
    row = answer_questions(plans(unplaced=0), declared=declared).iloc[0]
    assert (row.children, row.of_children, row.unknown, row.status) == (19, 20, 0, "Answered")
    row = answer_questions(plans(unplaced=1), declared=declared).iloc[0]
    assert (row.children, row.of_children, row.unknown) == (0, 1, 19)
    assert (row.status, row.why) == ("Not answerable", "Not joined")


def test_what_has_no_school_year_is_known_now_and_what_is_of_last_year_is_not(tmp_path: Path) -> None:
    last_year = {"school_year": 2025}
    rows = [
        *on_roster("ana", "ben"),
        value("ana", "special_education", "Active", "special_education", school_year=None),
        value("ben", "special_education", "Active", "special_education", **last_year),
    ]
    declared = asked(tmp_path, answer="special_education == 'Active'")
    listed = children_for(by_hand(rows), "q", declared=declared).set_index("child")
    assert listed["answer"].to_dict() == {"ana": "Yes", "ben": "Unknown"}


def test_a_question_about_some_asks_nothing_of_the_others(tmp_path: Path) -> None:
    declared = asked(tmp_path, of="on_record(special_education)", answer="special_education == 'Active'")
    row = answer_questions(plans(unplaced=0), declared=declared).iloc[0]
    assert (row.concerned, row.children) == (1, 1)
    row = answer_questions(plans(unplaced=3), declared=declared).iloc[0]
    assert (row.concerned, row.children, row.unknown) == (20, 1, 19)  # it may be about any of the others


def test_an_indicator_is_known_unknown_or_says_nothing_of_a_child(tmp_path: Path) -> None:
    default = next(each for each in declared_indicators() if each.name == "on_track").default.name
    told = {"school_year": 2026, "indicator": "on_track", "definition": default, "elements": "credits_earned"}
    rows = [*on_roster("ana", "ben", "cleo"), value("ana", "credits_earned", 1.0, "attendance")]
    rows += [
        value("cleo", "credits_earned", None, "attendance"),
        value("x", "credits_earned", 1.0, "attendance"),
    ]
    said = {"ana": "Flagged", "ben": "Not applicable", "cleo": "Unknown"}
    known = by_hand(rows, (), [{**told, "child": child, "status": word} for child, word in said.items()])
    declared = asked(tmp_path, answer="indicator.on_track == 'Flagged'")
    listed = children_for(known, "q", declared=declared).set_index("child")
    assert listed["answer"].to_dict() == {"ana": "Yes", "cleo": "Unknown", "ben": "No"}
    assert listed["why"].dropna().to_dict() == {"cleo": "Not joined"}  # the reason of what it was made of
    assert listed.loc["ana", "silos"] == "attendance"
    for name in ("indicator.on_track", "credits_earned"):  # what it was made of could be read from it
        row = answer_questions(known, declared=declared, forbidden=[name]).iloc[0]
        assert (row.children, row.why) == (0, "Not permitted")
        assert pd.isna(row.missing_silos)
    with pytest.raises(BadInput, match="compute_indicators"):
        answer_questions(by_hand(rows), declared=declared)


def test_who_has_left_is_not_asked_about(tmp_path: Path) -> None:
    rows = [
        *on_roster("ana", "ben"),
        *(value(one, "chronically_absent", True, "attendance") for one in ("ana", "ben")),
    ]
    move = {"domain": "roster", "event": "Leaves", "silo": "sis", "record": "sis-ben"}
    moves = [
        {**move, "child": "ben", "date": pd.Timestamp("2026-01-10"), "kind": "leaves_school"},
        {**move, "child": "ana", "date": pd.Timestamp("2026-01-10"), "kind": "leaves_school"},
        {**move, "child": "ana", "date": pd.Timestamp("2026-01-11"), "kind": "starts_at_school"},
    ]
    row = answer_questions(by_hand(rows, moves), declared=asked(tmp_path, answer="chronically_absent")).iloc[
        0
    ]
    assert (row.concerned, row.children) == (1, 1)


def test_what_is_asked_of_one_child_is_unknown_until_all_of_it_is_known(tmp_path: Path) -> None:
    declared = asked(tmp_path, grain="child", details=["grade_average", "chronically_absent"])
    listed = children_for(four_children(), "q", declared=declared).set_index("child")
    assert listed["answer"].to_dict() == {"ana": "Yes", "ben": "Unknown", "cleo": "Unknown", "dan": "Unknown"}
    assert listed.loc["ana", "details"] == "grade_average: 51.0; chronically_absent: True"
    assert listed.loc["dan", "details"] == "grade_average: 60.0; chronically_absent: not joined"


def test_a_district_without_a_roster_or_without_anybody_is_answered_too(tmp_path: Path) -> None:
    declared = asked(tmp_path, answer="chronically_absent")
    rows = [value("ana", "chronically_absent", True, "attendance")]
    assert answer_questions(by_hand(rows), declared=declared).iloc[0].children == 1
    nobody = by_hand([value("ana", "rate", 1.0, "attendance", chosen=False)])
    row = answer_questions(nobody, declared=declared).iloc[0]
    assert (row.children, row.answerable, row.missing_silos) == (0, 0, "attendance")


def test_a_questions_file_of_0_1_0_still_lists_its_details(tmp_path: Path) -> None:
    now = asked(tmp_path, grain="child", details=["grade_average"])
    before = asked(tmp_path, grain="child", tells=["grade_average"])
    found = [children_for(four_children(), "q", declared=each) for each in (now, before)]
    assert found[0]["details"].notna().any()
    pd.testing.assert_frame_equal(*found)
