"""A system of which a grade or a school knows hardly anybody isn't for them: a limit, and no gap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from helpers.files import District, Silo
from helpers.gaps import first_steps, measure_gaps, scorecard_and_records
from helpers.gaps.presence import worded
from helpers.link import Links
from helpers.report.pages.gap_tables import unplaced_blocks
from tests.district_by_hand import district, layout, links, silo, table

GRADES = ["KG", "01", "02", "06", "07"]
EACH = 10


def two_systems(lms_without_grades: bool = True, missing: int = 2) -> tuple[District, Links]:
    """Ten children a grade; the learning system has those of 06 and 07, but for a few of the latter."""
    children = [(f"{grade}-{at}", grade) for grade in GRADES for at in range(EACH)]
    roster = [{"record": name, "grade_level": grade, "school_id": "1" if grade < "06" else "2"}
              for name, grade in children]  # fmt: skip
    used = [name for name, grade in children if grade in ("06", "07")][: 2 * EACH - missing]
    lms = [{"record": name, "grade_level": None if lms_without_grades else "06"} for name in used]
    who = {("sis", name): name for name, _ in children} | {("lms", name): name for name in used}
    return district(silo("sis", roster), silo("lms", lms)), links(who)


def line(card: pd.DataFrame, measure: str, left: str, right: str | None = None) -> Any:
    found = card[card["measure"].eq(measure) & card["left_silo"].eq(left)]
    found = found[
        found["right_silo"].isna() if right is None else found["right_silo"].eq(right).fillna(False)
    ]
    assert len(found) == 1, f"{measure}: {len(found)} lines"
    return found.iloc[0]


@pytest.mark.full
@pytest.mark.parametrize("lms_without_grades", [True, False])
def test_children_of_grades_that_a_system_is_not_for_are_missing_nowhere(lms_without_grades: bool) -> None:
    card = measure_gaps(*two_systems(lms_without_grades))
    assert line(card, "children known", "lms").denominator == 50
    meant = line(card, "meant children known", "lms")
    assert (meant.numerator, meant.denominator, meant.is_limit) == (18, 20, False)
    outside = line(card, "outside its grades", "lms")
    assert (outside.numerator, outside.column, outside.is_limit) == (30, "grades KG to 02", True)
    assert not card["measure"].eq("outside its schools").any()  # its grades say all
    found = line(card, "match rate", "sis", "lms")
    assert (found.numerator, found.denominator) == (18, 20)
    assert line(card, "only in left", "sis", "lms").value == 2
    assert line(card, "only in right", "sis", "lms").value == 0


def test_a_system_for_all_grades_has_no_such_line() -> None:
    card = measure_gaps(*two_systems())
    own = card[card["left_silo"].eq("sis") & card["right_silo"].isna()]
    assert set(own.loc[own["kind"].eq("Coverage"), "measure"]) == {"children known"}


def test_a_school_without_anybody_is_told_where_its_grades_do_not_explain_it() -> None:
    roster = [{"record": f"{school}-{at}", "grade_level": "06", "school_id": school}
              for school in ("1", "2") for at in range(EACH)]  # fmt: skip
    lms = [{"record": f"2-{at}"} for at in range(EACH)]
    who = {("sis", one["record"]): one["record"] for one in roster}
    tied = links(who | {("lms", one["record"]): one["record"] for one in lms})
    card = measure_gaps(district(silo("sis", roster), silo("lms", lms)), tied)
    assert line(card, "outside its schools", "lms").numerator == EACH
    assert line(card, "match rate", "sis", "lms").value == 1


def test_nobody_is_outside_where_no_system_says_grades() -> None:
    people, few = [{"record": f"s{at}"} for at in range(40)], [{"record": f"m{at}"} for at in range(2)]
    who = {("sis", f"s{at}"): f"c{at}" for at in range(40)} | {("map", f"m{at}"): f"c{at}" for at in range(2)}
    card = measure_gaps(district(silo("sis", people), silo("map", few)), links(who))
    assert line(card, "match rate", "sis", "map").denominator == 40
    assert not card["measure"].isin(["meant children known", "outside its grades"]).any()


def test_the_scorecard_and_records_a_line_are_those_that_are_missing() -> None:
    behind = scorecard_and_records(*two_systems())[1]
    orphans = behind[behind["measure"].eq("only in left")]
    assert orphans[["left_silo", "right_silo", "silo"]].drop_duplicates().values.tolist() == [
        ["sis", "lms", "sis"]
    ]
    assert sorted(orphans["record"]) == ["07-8", "07-9"]


@pytest.mark.parametrize(
    ("grades", "words"),
    [
        (("06",), "grade 06"),
        (("PK", "KG", "01", "09", "12"), "grades PK to 01, 09, 12"),
        (("UG", "01"), "grades UG, 01"),
    ],
)
def test_grades_are_said_as_from_and_to(grades: tuple[str, ...], words: str) -> None:
    assert worded(grades) == words


def roster_and(*others: Silo, who: dict[tuple[str, str], str]) -> pd.DataFrame:
    people = [{"record": f"s{at}", "grade_level": "06", "school_id": "1"} for at in range(20)]
    tied = links({("sis", f"s{at}"): f"c{at}" for at in range(20)} | who)
    return measure_gaps(district(silo("sis", people), *others), tied)


def test_who_has_no_plan_is_missing_in_no_list_of_plans() -> None:
    plans = [{"record": f"p{at}", "program_type": "Special education"} for at in range(3)]
    kept = silo("plans", [{"record": f"p{at}"} for at in range(3)], program=plans)
    card = roster_and(kept, who={("plans", f"p{at}"): f"c{at}" for at in range(3)})

    known = line(card, "children known", "plans")
    assert (known.numerator, known.denominator, known.is_limit) == (3, 20, True)
    found = line(card, "match rate", "sis", "plans")
    assert (found.numerator, found.denominator) == (3, 3)
    assert first_steps(card).empty


def test_of_records_that_may_be_anybodys_nobody_says_whom_the_system_knows() -> None:
    names = [{"record": f"n{at}", "linkable_by": "Name only", "grade_level": "06"} for at in range(20)]
    card = roster_and(silo("survey", names), who={("survey", f"n{at}"): f"n{at}" for at in range(20)})

    known = line(card, "children known", "survey")
    assert pd.isna(known.value)
    assert known.denominator == 20
    assert line(card, "children known", "sis").value == 1


ONLY_ID = {"linkable_by": "Identifier only", "name_status": "None", "birth_date_status": "None"}


def test_a_number_that_matches_nobody_is_missing_in_no_other_system() -> None:
    """Ten children of the test are found in the learning system, two aren't, and three can't be placed."""
    roster, tied = two_systems(missing=0)
    tested = [f"{grade}-{at}" for grade in ("06", "07") for at in range(5)]
    gone = [{"record": f"gone{at}", "grade_level": grade} for at, grade in enumerate(("07", "06"))]
    bare = [{"record": f"bare{at}", **ONLY_ID} for at in range(3)]
    nobody = [{"record": "n", "grade_level": None}]
    test = silo("test", [*({"record": one} for one in tested), *gone, *bare, *nobody])
    who = {("test", one): one for one in [*tested, "gone0", "gone1", "bare0", "bare1", "bare2", "n"]}
    who |= {(row.silo, row.record): row.child for row in tied.crosswalk.itertuples()}
    card = measure_gaps(district(*roster.silos.values(), test), links(who))

    lost = line(card, "only in right", "lms", "test")
    assert (lost.numerator, lost.denominator) == (2, 12)  # nor is a name without a grade one of its children
    placed = line(card, "can't be placed", "test")
    assert (placed.numerator, placed.denominator, placed.owner) == (3, 16, "whoever runs the system")
    assert line(card, "can't be placed", "sis").numerator == 0


def test_a_system_of_which_nothing_can_be_placed_gets_the_sentence_and_comes_first() -> None:
    # One number is in both, and nobody linked it: the two could be joined.
    ids = {
        name: [{"record": f"{name}0", "identification_system": "District", "identifier": "4711"}]
        for name in ("sis", "bare")
    }
    roster = silo("sis", [{"record": f"sis{at}"} for at in range(12)], identifiers=ids["sis"])
    bare = silo("bare", [{"record": f"bare{at}", **ONLY_ID} for at in range(12)], identifiers=ids["bare"])
    who = {(name, f"{name}{at}"): f"{name}{at}" for name in ("sis", "bare") for at in range(12)}
    card = measure_gaps(district(roster, bare), links(who))

    assert pd.isna(line(card, "ways to join", "sis", "bare").blocked_by)
    for measure in ("match rate", "only in left", "only in right"):
        found = line(card, measure, "sis", "bare")
        assert pd.isna(found.value)
        assert not found.is_limit
        assert found.next_step.startswith("Nothing in bare can be placed")
    assert line(card, "can't be placed", "bare").value == 1
    first = first_steps(card).iloc[0]
    assert (first["measure"], first["left_silo"], first["touched"]) == ("in no other system", "bare", 12)
    said = unplaced_blocks(card, {"bare": layout("bare"), "sis": layout("sis")})[0].text
    assert "Nothing in bare can be placed (whoever runs the system)." in said


def test_files_of_one_system_that_do_not_join_are_found_and_named() -> None:
    named = {"table": "people", "take": {"local_id": "id", "first_name": "name"}}
    kinds = [
        {"name": "children", "path": "children.csv", "format": "csv", "row_is": "a child", "key": ["id"],
         "columns": [{"name": "id"}, {"name": "name"}], "makes": [named]},
        {"name": "results", "path": "results.csv", "format": "csv", "row_is": "a test", "key": ["id"],
         "columns": [{"name": "id"}], "makes": [{"table": "people", "take": {"local_id": "id"}}]},
    ]  # fmt: skip
    test = silo("test", [{"record": f"t{at}"} for at in range(6)], layout("test", file=kinds))
    rows = [("children", "t0"), ("children", "t1"), *(("results", f"t{at}") for at in range(1, 6))]
    rows = [{"file": f"test/{file}.csv", "record": record} for file, record in rows]
    test = replace(
        test,
        person_rows=table("person_rows", "test", rows),
        kinds={f"test/{name}.csv": (name,) for name in ("children", "results")},
    )
    card = roster_and(test, who={("test", f"t{at}"): f"c{at}" for at in range(6)})
    found = line(card, "own files don't join", "test")
    assert (found.numerator, found.denominator, found.example_file) == (4, 5, "test/results.csv")
    assert not card.loc[card["left_silo"].eq("sis"), "measure"].eq("own files don't join").any()


def test_two_systems_without_a_child_in_common_meet_through_a_third() -> None:
    low, high, apart = (
        silo(name, [{"record": f"{name}{at}", **ONLY_ID} for at in range(10)])
        for name in ("low", "high", "apart")
    )
    who = {("low", f"low{at}"): f"c{at}" for at in range(10)}
    who |= {("high", f"high{at}"): f"c{at + 10}" for at in range(10)}
    who |= {("apart", f"apart{at}"): f"a{at}" for at in range(10)}
    card = roster_and(high, low, apart, who=who)

    def blocked(left: str, right: str) -> bool:
        return line(card, "ways to join", left, right).blocked_by is not pd.NA

    assert not blocked("high", "low")
    assert blocked("low", "apart")
    assert blocked("sis", "apart")


def test_of_two_systems_for_different_grades_nobody_is_missing_in_the_other() -> None:
    grades = ("01", "09")
    children = [(f"{grade}-{at}", grade) for grade in grades for at in range(20)]
    roster = [{"record": name, "grade_level": grade} for name, grade in children]
    low, high = (
        [{"record": name, "grade_level": grade} for name, grade in children if grade == own] for own in grades
    )
    who = {("sis", name): name for name, _ in children}
    who |= {
        (name, each["record"]): each["record"] for name, its in (("low", low), ("high", high)) for each in its
    }
    card = measure_gaps(district(silo("sis", roster), silo("high", high), silo("low", low)), links(who))
    found = line(card, "match rate", "high", "low")
    assert pd.isna(found.value)
    assert found.is_limit
    assert "different grades" in found.next_step
    assert line(card, "match rate", "sis", "low").value == 1
