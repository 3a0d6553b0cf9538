from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.files import District
from helpers.gaps import declared_measures, first_steps, measure_gaps
from helpers.gaps.measures import WITHOUT_KEY
from helpers.link import Links
from helpers.standard import as_table
from tests.district_by_hand import district, layout, links, silo

NAMES = ["Ana Ruiz", "Ben Ode", "Cleo Wu", "Dan Lund", "Eva Koh"]


def person(record: str, name: str = "", **more: Any) -> dict[str, Any]:
    first, _, last = name.partition(" ")
    given = {"record": record, "local_id": record, "first_name": first or None, "last_surname": last or None}
    return {**given, "birth_date": "2014-03-02" if name else None, **more}


def ids(system: str, **values: str) -> list[dict[str, Any]]:
    return [
        {"record": record, "identification_system": system, "identifier": value}
        for record, value in values.items()
    ]


@pytest.fixture(scope="module")
def measured() -> tuple[District, Links]:
    """Five children on the roster; four in attendance, one of them unknown to it; tests know ids only."""
    sis = silo(
        "sis",
        [person(f"s{at}", name, sex="Female", as_of="2026-04-30") for at, name in enumerate(NAMES)],
        identifiers=ids("State", s0="100", s1="101", s2="102", s3="103") + ids("District", s0="7", s1="8"),
    )
    attendance = silo(
        "attendance",
        [
            person("a0", NAMES[0], as_of="2026-04-28"),
            person("a1", "Ben Odé", as_of="2026-04-28"),
            person("a2", NAMES[2], as_of="2026-04-28", end_date="2026-03-01"),
            person("a9", "Finn Ray", as_of="2026-04-28"),
        ],
        layout("attendance", file=[{
            "name": "students", "path": "students.csv", "format": "csv", "row_is": "a student",
            "columns": [{"name": "language"}], "makes": [{"table": "people", "take": {"home_language":
            "language"}}],
        }]),
        identifiers=ids("State", a0="100", a1="101", a9="999"),
        findings=[{"kind": "required_empty", "row": 3, "column": "language"}, {"kind": "zeros_lost",
        "times": 4}],
    )  # fmt: skip
    tests = silo(
        "tests",
        [person("t0", name_status="None", birth_date_status="None", linkable_by="Identifier only",
        as_of="2025-05-01"),
         person("t1", name_status="None", birth_date_status="None", linkable_by="Identifier only",
         as_of="2025-05-01")],
        identifiers=ids("Undeclared", t0="8", t1="nobody"),
    )  # fmt: skip
    who = {("sis", f"s{at}"): f"c{at}" for at in range(5)}
    who |= {("attendance", "a0"): "c0", ("attendance", "a1"): "c1", ("attendance", "a2"): "c2"}
    who |= {("attendance", "a9"): "c9", ("tests", "t0"): "c0", ("tests", "t1"): "t1"}
    tied = links(who, {("tests", "t0"): "Unverified", ("tests", "t1"): "Unlinked"})
    pairs = [
        ("sis", "s3", "attendance", "a9", "Review", "Same"),
        ("attendance", "a1", "tests", "t1", "Refused", "Same"),
        # Two children of one name: weighed, refused, and nothing to mend.
        ("attendance", "a2", "tests", "t0", "Refused", "Different"),
    ]
    columns = ["left_silo", "left_record", "right_silo", "right_record", "decision", "evidence_identifier"]
    evidence = pd.DataFrame(pairs, columns=columns).assign(step="Shared identifier", decided_by="Rule")
    weighed = Links(tied.crosswalk, as_table("pairs", evidence), tied.findings, tied.passed_over)
    return district(sis, attendance, tests), weighed


@pytest.fixture(scope="module")
def card(measured: tuple[District, Links]) -> pd.DataFrame:
    return measure_gaps(*measured)


def figures(
    card: pd.DataFrame, measure: str, left: str, right: str | None = None, column: str | None = None
) -> Any:
    """Give numerator, denominator and value of one line."""
    found = card[(card["measure"] == measure) & (card["left_silo"] == left)]
    found = found[found["right_silo"].isna() if right is None else found["right_silo"] == right]
    if column is not None:
        found = found[found["column"] == column]
    assert len(found) == 1, f"{measure}: {len(found)} lines"
    return found.iloc[0]


def test_each_pair_of_systems_is_measured_once_with_the_roster_on_the_left(card: pd.DataFrame) -> None:
    pairs = card.dropna(subset=["right_silo"])[["left_silo", "right_silo"]].drop_duplicates()

    assert [tuple(pair) for pair in pairs.to_numpy()] == [
        ("sis", "attendance"), ("sis", "tests"), ("attendance", "tests"),
    ]  # fmt: skip
    only_where_asked = {
        "meant children known",
        "outside its grades",
        "outside its schools",
        "children with an entry",
        "scores given",
        "rows too many",
        "newest row is stale",
        "restricted without need",
        "own files don't join",
    }
    # What is written in files is tested on files.
    of_files = {each.name for each in declared_measures() if each.kind in ("Format", "Standards")}
    of_codes = {each.name for each in declared_measures() if "codes" in each.name}
    only_where_asked |= of_files | of_codes
    assert set(card["measure"]) >= {each.name for each in declared_measures()} - only_where_asked


def test_match_rate_and_orphans_are_counted_in_children(card: pd.DataFrame) -> None:
    found = figures(card, "match rate", "sis", "attendance")
    assert (found.numerator, found.denominator, found.value) == (3, 5, pytest.approx(0.6))
    assert found.low == pytest.approx(0.2307, abs=1e-4)
    assert found.high == pytest.approx(0.8824, abs=1e-4)
    left = figures(card, "only in left", "sis", "attendance")
    right = figures(card, "only in right", "sis", "attendance")
    assert (left.value, right.value, right.denominator) == (2, 1, 4)
    # The example is the first such child in the files: Dan on the roster's row 5, Finn on attendance's row 5.
    assert (left.example_file, left.example_row) == ("sis/person_rows.csv", 5)
    assert (right.example_file, right.example_row) == ("attendance/person_rows.csv", 5)


def test_shared_keys_are_told_with_what_the_links_say_of_them(card: pd.DataFrame) -> None:
    state = figures(card, "shared key", "sis", "attendance", "State")
    assert (state.numerator, state.denominator) == (2, 5)
    assert figures(card, "key confirmed", "sis", "attendance", "State").value == 1
    # District number 8 is Ben's, and the Undeclared 8 of the tests is tied to Ana: the key test passes,
    # wrongly.
    assert figures(card, "shared key", "sis", "tests", "District = Undeclared").numerator == 1
    wrong = figures(card, "key confirmed", "sis", "tests", "District = Undeclared")
    assert (wrong.value, wrong.example_row) == (0, 3)
    assert figures(card, "comparable by name", "sis", "attendance").value == 1


def test_not_joinable_and_not_fresh_are_two_things(card: pd.DataFrame) -> None:
    ways = {right: figures(card, "ways to join", left, right) for left, right in
            [("sis", "attendance"), ("attendance", "tests")]}  # fmt: skip
    assert (ways["attendance"].value, ways["tests"].value) == (2, 0)
    # Nothing in common, yet Ana is in both, tied through the roster: joinable.
    assert pd.isna(ways["attendance"].blocked_by)
    assert pd.isna(ways["tests"].blocked_by)
    assert figures(card, "roster lag", "sis", "attendance").value == 2
    stale = figures(card, "roster lag", "sis", "tests")
    assert (stale.value, stale.blocked_by) == (364, "Not fresh")
    # Who is missing from an export of last year may have moved: counted, and said.
    found = figures(card, "match rate", "sis", "tests")
    assert (found.numerator, found.blocked_by, found.next_step) == (1, "Not fresh", stale.next_step)
    assert pd.isna(figures(card, "match rate", "sis", "attendance").blocked_by)
    assert figures(card, "days behind", "attendance").value == 2


def test_where_nothing_could_join_two_systems_nobody_is_asked_for() -> None:
    bare = {"name_status": "None", "birth_date_status": "None", "linkable_by": "Identifier only"}
    only_named = {"birth_date": None, "birth_date_status": "None", "linkable_by": "Name only"}
    tests = silo(
        "tests", [person(f"t{at}", **bare) for at in range(3)], identifiers=ids("Undeclared", t0="1", t1="2")
    )
    lms = silo(
        "lms",
        [person(f"l{at}", name, **only_named) for at, name in enumerate(NAMES)],
        identifiers=ids("Undeclared", l0="1", l1="7"),
    )
    who = {("tests", f"t{at}"): f"t{at}" for at in range(3)} | {
        ("lms", f"l{at}"): f"l{at}" for at in range(5)
    }
    card = measure_gaps(district(tests, lms), links(who))
    assert figures(card, "shared key", "tests", "lms", "Undeclared").numerator == 1
    # An undeclared id needs a name or a birth date beside it, and the tests have neither.
    ways = figures(card, "ways to join", "tests", "lms")
    assert (ways.value, ways.blocked_by) == (0, "Not joinable")
    found = card[card["measure"].isin(["match rate", "only in left", "only in right"])]
    assert len(found) == 3
    assert found["value"].isna().all()
    assert set(found["blocked_by"]) == {"Not joinable"}
    assert set(found["next_step"]) == {ways.next_step}
    steps = first_steps(card).set_index("measure")
    assert set(steps.index) == {"match rate", "in no other system"}
    assert "district ID" in steps.loc["in no other system", "next_step"]


def test_a_child_who_left_one_system_only_is_counted(card: pd.DataFrame) -> None:
    late = figures(card, "ended in right only", "sis", "attendance")
    assert (late.value, late.denominator, late.example_row) == (1, 3, 4)
    nobody_says = card["measure"].eq("ended in left only") & card["left_silo"].eq("sis")
    assert not nobody_says.any()  # this roster ends no membership: who has left it can't be asked
    listed = figures(card, "ended and still listed", "attendance")
    assert (listed.numerator, listed.denominator, listed.example_row) == (1, 4, 4)
    # The roster of this district dates no membership: that nobody's has ended is unknown, and not zero.
    assert pd.isna(figures(card, "ended and still listed", "sis").value)
    assert figures(card, "ended and still listed", "sis").is_limit


def test_who_came_back_after_the_other_systems_day_is_not_late() -> None:
    def measured_with(begin: str | None) -> Any:
        sis = silo(
            "sis", [person("s", as_of="2026-04-30", begin_date=begin), person("t", begin_date="2025-08-01")]
        )
        spells = [{"record": "a", "begin_date": "2025-08-18", "end_date": "2026-02-24"}]
        attendance = silo("attendance", [person("a", as_of="2026-04-27")], school_enrollment=spells)
        meals = silo("meals", [person("m", as_of="2026-04-30")])
        who = links({(name, name[0]): "c" for name in ("sis", "attendance", "meals")} | {("sis", "t"): "d"})
        return measure_gaps(district(sis, attendance, meals), who)

    back = measured_with("2026-04-28")
    assert figures(back, "ended in right only", "sis", "attendance").value == 0
    still = measured_with("2025-08-18")
    assert figures(still, "ended in right only", "sis", "attendance").value == 1
    # Meals says nothing of beginnings and ends: that it lists her still is a limit of the system.
    listed = figures(still, "ended in left only", "attendance", "meals")
    assert (listed.value, listed.is_limit) == (1, True)
    assert not figures(still, "ended in right only", "sis", "attendance").is_limit


def test_what_waits_and_what_nobody_verified(card: pd.DataFrame) -> None:
    assert figures(card, "pairs to review", "sis", "attendance").value == 1
    assert figures(card, "pairs refused", "attendance", "tests").value == 1
    assert figures(card, "linked, not verified", "tests").value == pytest.approx(0.5)


def test_coverage_and_completeness(card: pd.DataFrame) -> None:
    known = figures(card, "children known", "attendance")
    # The tests' record by a number alone, which is joined to nobody, may be of one of these.
    assert (known.numerator, known.denominator) == (4, 6)
    assert figures(card, "column filled", "sis", column="sex").value == 1
    # Attendance has a column for the language and leaves it empty; it has none for the sex.
    assert not figures(card, "column filled", "attendance", column="home_language").is_limit
    assert figures(card, "column filled", "attendance", column="sex").is_limit
    assert pd.isna(figures(card, "column filled", "attendance", column="sex").example_file)


def test_two_systems_that_say_two_things(card: pd.DataFrame) -> None:
    surname = figures(card, "says the same", "sis", "attendance", "last_surname")
    assert (surname.numerator, surname.denominator, surname.kind, surname.example_row) == (2, 3, "Meaning", 3)


def test_who_may_be_anybody_makes_no_system_know_everybody() -> None:
    """Six children on the roster; a list knows four of them, and three by a name that nothing ties."""
    roster = silo("sis", [person(f"s{at}", name) for at, name in enumerate([*NAMES, "Gil Roy"])])
    named = {"birth_date_status": "None", "birth_date": None, "linkable_by": "Name only"}
    listed = silo("list", [person(f"l{at}", f"Some Body{at}", **named) for at in range(7)])
    who = {("sis", f"s{at}"): f"c{at}" for at in range(6)} | {("list", f"l{at}"): f"c{at}" for at in range(4)}
    who |= {("list", f"l{at}"): f"alone{at}" for at in range(4, 7)}

    known = figures(measure_gaps(district(roster, listed), links(who)), "children known", "list")

    assert (known.numerator, known.denominator) == (4, 6)


def of_two_years() -> tuple[District, Links]:
    """Four children in fifth grade; tests have two of them from last year, in whose form no school stood."""
    roster = silo(
        "sis",
        [person(f"s{at}", NAMES[at], grade_level="05", school_id="1", as_of="2026-04-30") for at in range(4)],
    )
    tests = silo(
        "tests",
        [
            person("t0", NAMES[0], grade_level="04", school_year=2025),
            person("t1", NAMES[1], grade_level="04", school_year=2025),
            person("t2", NAMES[2], grade_level="05", school_id="1", school_year=2026),
            person("t3", "Dan Lunt", grade_level="03", school_year=2026),
        ],
    )
    return district(roster, tests), links({(name, f"{name[0]}{at}"): f"c{at}" for name in ("sis", "tests")
                                           for at in range(4)})  # fmt: skip


def test_last_year_s_grade_contradicts_nobody_s_of_this_year() -> None:
    card = measure_gaps(*of_two_years())

    grade = figures(card, "says the same", "sis", "tests", "grade_level")
    assert (grade.numerator, grade.denominator, grade.example_row) == (1, 2, 5)
    # A surname is the same in all years.
    surname = figures(card, "says the same", "sis", "tests", "last_surname")
    assert (surname.numerator, surname.denominator) == (3, 4)


@pytest.mark.full
def test_whom_last_year_s_form_alone_names_isn_t_asked_for_what_this_year_s_form_asks() -> None:
    measured, who = of_two_years()

    school = figures(measure_gaps(measured, who), "column filled", "tests", column="school_id")
    assert (school.numerator, school.denominator, school.example_row) == (1, 2, 5)

    old = silo("tests", [person("t0", NAMES[0], grade_level="04", school_year=2025)])
    of_last_year = district(measured["sis"], old)
    alone = links({("sis", f"s{at}"): f"c{at}" for at in range(4)} | {("tests", "t0"): "c0"})
    grade = figures(measure_gaps(of_last_year, alone), "column filled", "tests", column="grade_level")
    assert (grade.numerator, grade.denominator) == (1, 1), (
        "a system that has nothing newer is asked all the same"
    )


def test_findings_are_counted_by_kind(card: pd.DataFrame) -> None:
    empty = figures(card, "required_empty", "attendance")
    assert (empty.kind, empty.value, empty.denominator, empty.column) == ("Completeness", 1, 4, "language")
    assert figures(card, "zeros_lost", "attendance").value == 4


def test_correctness_needs_a_key(card: pd.DataFrame, measured: tuple[District, Links]) -> None:
    without = card[card["needs_key"]]
    assert len(without) == 6
    assert without["value"].isna().all()
    assert set(without["next_step"]) == {WITHOUT_KEY}

    score = {
        "group": "All",
        "population": "All",
        "possible": 4,
        "linked": 3,
        "right": 3,
        "wrong": 0,
        "missed": 1,
    }
    scores = as_table("scores", pd.DataFrame([{"left_silo": "attendance", "right_silo": "sis", **score}]))
    judged = measure_gaps(*measured, scores=scores)
    assert figures(judged, "true matches found", "sis", "attendance").value == pytest.approx(0.75)
    assert figures(judged, "matches that are right", "sis", "attendance").value == 1


def test_rates_are_shares_with_an_interval_around_them(card: pd.DataFrame) -> None:
    rates = card[(card["unit"] == "rate") & card["value"].notna()]
    assert rates["value"].between(0, 1).all()
    assert np.allclose(rates["value"], rates["numerator"] / rates["denominator"])
    assert (rates["low"] <= rates["value"]).all()
    assert (rates["value"] <= rates["high"]).all()
    assert card["is_limit"].notna().all()


def test_no_next_step_holds_a_figure(card: pd.DataFrame) -> None:
    assert not card["next_step"].str.contains(r"\d|\{").any()


def test_an_empty_district_has_an_empty_scorecard() -> None:
    assert measure_gaps(district(silo("sis", [])), links({})).empty
