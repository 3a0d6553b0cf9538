"""What tests, incidents, actions and doses say of a child; where silence is a zero, and where it is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import Silo
from helpers.profile import Profiles, build_profiles, declared_elements
from helpers.standard import standard_table
from helpers.systems import declared
from tests.district_by_hand import district, layout, links, silo
from tests.profile.children_by_hand import FIRST, LAST, YEAR, chosen, enrolled, of, person

TERMS = Path(__file__).parents[1] / "layouts" / "terms" / "edfi_5_0.csv"
FALL, WINTER, SPRING = (pd.Timestamp(day) for day in ("2025-10-01", "2026-01-20", "2026-04-20"))
LONG_AGO = pd.Timestamp("2019-04-20")


def result(
    record: str, day: pd.Timestamp | None, score: float | None, method: str = "Scale score", **more: Any
) -> dict[str, Any]:
    given = {"record": record, "assessment": "Growth", "academic_subject": "Mathematics", "result": score}
    return {**given, "administration_date": day, "score_method": method, **more}


def roster(*records: str, **tables: Any) -> Silo:
    return silo("sis", [person(record) for record in records], session=[YEAR], **tables)


@pytest.mark.full
def test_the_latest_test_of_the_year_counts_on_its_own_scale() -> None:
    test = silo(
        "map_growth",
        [person("1")],
        assessment_result=[
            result("1", SPRING, 222.0), result("1", FALL, 215.0), result("1", SPRING, 61.0, "Percentile"),
            result("1", SPRING, 240.0, objective="Geometry"), result("1", LONG_AGO, 170.0),
            result("1", SPRING, 209.0, academic_subject="Language Arts", assessment="Growth: Reading 2-5"),
            result("1", SPRING, 230.0, academic_subject="Language Arts", assessment="Growth: Language 2-12"),
        ],
    )  # fmt: skip
    other = silo(
        "iready",
        [person("1")],
        assessment_result=[result("1", WINTER, 480.0, assessment="i-Ready Diagnostic")],
    )
    who = {("sis", "s"): "a", ("map_growth", "1"): "a", ("iready", "1"): "a"}
    profiles = build_profiles(district(roster("s"), test, other), links(who))

    math = chosen(profiles, "a", "math_score")
    assert (math["value"], math["rows"], math["as_of"], math["row"]) == ("222.0000", 2, SPRING, 2)
    assert chosen(profiles, "a", "math_percentile")["value_number"] == 61
    assert chosen(profiles, "a", "reading_score")["value_number"] == 209
    # The other test's value stays beside the newest. Scales can't be compared, so neither contradicts.
    both = profiles.recorded[profiles.recorded["element"] == "math_score"].set_index("silo")
    assert both["value_number"].to_dict() == {"map_growth": 222, "iready": 480}
    assert both["chosen"].to_dict() == {"map_growth": True, "iready": False}
    assert both["agrees"].isna().all()
    assert chosen(profiles, "a", "college_test_total")["status"] == "Not collected"
    assert set(profiles.values["school_year"].dropna()) == {2026}
    told = profiles.left_out.set_index("row")["reason"].to_dict()
    assert told == {5: "No element", 6: "Another year"}
    # On the timeline a test is one event.
    taken = profiles.timeline[profiles.timeline["event"] == "Takes a test"]
    assert list(taken["detail"]) == [
        "Growth, Mathematics, 215",
        "i-Ready Diagnostic, Mathematics, 480",
        "Growth, Mathematics, 222",
        "Growth: Reading 2-5, Language Arts, 209",
        "Growth: Language 2-12, Language Arts, 230",
    ]


def test_growth_is_from_one_year_s_season_to_the_next_one_s() -> None:
    """Layouts of two years may name the subject differently; without the same season there is no growth."""
    reading = {"academic_subject": "Language Arts", "assessment": "Growth: Reading 2-5"}
    before = {"school_year": 2025, "term": "Spring"}
    test = silo(
        "map_growth",
        [person("1"), person("2")],
        assessment_result=[
            result("1", LONG_AGO, 201.0, academic_subject="Reading", **before),
            result("1", LONG_AGO, 190.0, academic_subject="Reading", school_year=2025, term="Fall"),
            result("1", FALL, 205.0, term="Fall", **reading),
            result("1", SPRING, 209.0, term="Spring", **reading),
            result("1", SPRING, 222.0, term="Spring"),
            result("2", LONG_AGO, 200.0, **before), result("2", FALL, 215.0, term="Fall"),
        ],
    )  # fmt: skip
    who = {("sis", "s"): "a", ("map_growth", "1"): "a", ("map_growth", "2"): "b"}
    profiles = build_profiles(district(roster("s"), test), links(who))

    reading_growth = chosen(profiles, "a", "reading_growth")
    assert (reading_growth["value_number"], reading_growth["rows"], reading_growth["as_of"]) == (8, 2, SPRING)
    assert chosen(profiles, "a", "math_growth")["status"] != "Reported", "no test of last spring"
    assert chosen(profiles, "b", "math_growth")["status"] != "Reported", "another season"


@pytest.mark.full
def test_the_day_of_a_test_opens_no_school_year_but_its_own_word_does() -> None:
    def years(**more: Any) -> set[int]:
        test = silo("map_growth", [person("1")], assessment_result=[result("1", FALL, 215.0, **more)])
        values = build_profiles(district(test), links({("map_growth", "1"): "a"})).values
        return set(values["school_year"].dropna())

    assert years() == set()
    assert years(school_year=2026) == {2026}


@pytest.mark.full
def test_a_value_by_an_unverified_tie_gives_way_and_stays_marked() -> None:
    def shown(*systems: str, statuses: dict[tuple[str, str], str]) -> dict[str, Any]:
        tests = [
            silo(
                name, [person("1")], layout("map_growth"),
                assessment_result=[result("1", FALL, 200.0 + place)],
            )
            for place, name in enumerate(systems)
        ]  # fmt: skip
        who = {("sis", "s"): "a", **{(name, "1"): "a" for name in systems}}
        return chosen(build_profiles(district(roster("s"), *tests), links(who, statuses)), "a", "math_score")

    only = shown("x", statuses={("x", "1"): "Unverified"})
    assert (only["value_number"], only["link_status"]) == (200, "Unverified")
    both = shown("x", "y", statuses={("x", "1"): "Unverified"})
    assert (both["value_number"], both["link_status"]) == (201, "Verified")
    # Of two tests of one day the first by name of its export counts.
    assert shown("x", "y", statuses={})["value_number"] == 200


def incident(record: str, number: str | None, part: str | None = "Offender", **more: Any) -> dict[str, Any]:
    given = {"record": record, "incident_id": number, "participation": part, "date": SPRING}
    return {**given, "school_id": "S", **more}


def conduct(**tables: Any) -> Silo:
    people = [person(record) for record in ("1", "2", "3")]
    return silo("behavior", people, session=[YEAR], **tables)


def counted(behavior: Silo, *others: Silo, who: dict[tuple[str, str], str] | None = None) -> Profiles:
    ties = {("behavior", record): record for record in ("1", "2", "3")}
    ties |= {("sis", f"s{record}"): record for record in ("1", "2", "3")}
    known = roster("s1", "s2", "s3") if not others else others[0]
    return build_profiles(district(known, behavior), links(ties if who is None else who))


def test_incidents_are_counted_of_those_who_did_them() -> None:
    profiles = counted(
        conduct(
            incident=[
                incident("1", "7"), incident("1", "7"), incident("1", None), incident("1", None),
                incident("1", "8", "Victim"), incident("2", "7", "Witness"), incident("1", "9", None),
                incident("1", "5", date=LONG_AGO),
            ],
            discipline_action=[
                {"record": "1", "begin_date": SPRING, "days": 1.5},
                {"record": "1", "begin_date": SPRING, "days": 1.0},
                {"record": "2", "begin_date": SPRING, "days": 1.0},
                {"record": "2", "begin_date": SPRING, "days": None},
            ],
        )
    )  # fmt: skip

    one = chosen(profiles, "1", "incidents")
    assert (one["value"], one["rows"]) == ("4", 5)
    assert chosen(profiles, "1", "discipline_days")["value"] == "2.5000"
    # The length of one action isn't known, so neither is the sum.
    assert chosen(profiles, "2", "discipline_days")["status"] == "Empty"
    assert list(profiles.left_out["reason"]) == ["Another year"]
    assert (profiles.timeline["event"] == "Incident").sum() == 7


@pytest.mark.full
def test_no_incident_is_a_zero_only_where_the_system_covers_the_child_in_that_year() -> None:
    told = [incident("1", "7")]
    # A list of pupils without a day or a spell is no roster of this year.
    unknown = counted(conduct(incident=told))
    assert [chosen(unknown, child, "incidents")["status"] for child in "123"] == [
        "Reported",
        "Empty",
        "Empty",
    ]

    own = conduct(incident=told, school_enrollment=[enrolled("2")])
    zero = chosen(counted(own), "2", "incidents")
    assert (zero["value"], zero["rows"], zero["record"]) == ("0", 0, "2")
    assert chosen(counted(own), "3", "incidents")["status"] == "Empty"
    # Of no other kind of exception anything is known: no action was recorded of anybody.
    assert chosen(counted(own), "2", "discipline_days")["status"] == "Not collected"

    listed = silo(
        "behavior", [person("1"), person("2", as_of=LAST), person("3", as_of=LONG_AGO)], incident=told
    )
    assert [chosen(counted(listed), child, "incidents")["status"] for child in "23"] == ["Reported", "Empty"]


@pytest.mark.full
def test_a_school_that_reports_covers_its_children_unless_a_record_is_left_over() -> None:
    sis = roster(
        "s1", "s2", "s3",
        school_enrollment=[enrolled("s1"), enrolled("s2"), enrolled("s3", school_id="T")],
    )  # fmt: skip
    one = silo("behavior", [person("1")], incident=[incident("1", "7")])
    who = {("sis", f"s{child}"): child for child in "123"}

    covered = counted(one, sis, who={**who, ("behavior", "1"): "1"})
    zero = chosen(covered, "2", "incidents")
    assert (zero["value"], zero["rows"], zero["silo"]) == ("0", 0, "behavior")
    assert pd.isna(zero["record"])
    assert chosen(covered, "3", "incidents")["status"] == "Not linked"
    # The record of the incident is tied to nobody: it may be any child's of that school.
    loose = counted(one, sis, who={**who, ("behavior", "1"): "nobody knows"})
    assert chosen(loose, "2", "incidents")["status"] == "Not linked"
    # Another system's number for a school is another number.
    elsewhere = silo("behavior", [person("1")], incident=[incident("1", "7", school_id="044")])
    assert chosen(counted(elsewhere, sis, who={**who, ("behavior", "1"): "1"}), "2", "incidents")[
        "status"
    ] == ("Not linked")


def test_vaccines_are_counted_whenever_they_were_given() -> None:
    doses = [
        {"record": "1", "vaccine": "MMR", "date": LONG_AGO},
        {"record": "1", "vaccine": "MMR", "date": FIRST},
        {"record": "1", "vaccine": "IPV", "date": None},
        {"record": "2", "vaccine": "MMR", "date": None},
        {"record": "2", "vaccine": None, "date": FIRST, "exemption": "Religious"},
    ]
    profiles = build_profiles(
        district(roster("s1", "s2", "s3"), silo("health", [person("1"), person("2")], immunization=doses)),
        links({**{("sis", f"s{at}"): at for at in "123"}, **{("health", at): at for at in "12"}}),
    )

    counts = [chosen(profiles, child, "vaccines_recorded") for child in "12"]
    assert [(each["value"], each["rows"]) for each in counts] == [("1", 2), ("0", 2)]
    assert chosen(profiles, "3", "vaccines_recorded")["status"] == "Not linked"
    assert len(of(profiles, "1", "vaccines_recorded")) == 1
    assert profiles.left_out.empty
    assert list(profiles.timeline["event"]) == ["Dose"]


def test_what_is_declared_exists() -> None:
    listed = pd.read_csv(TERMS)
    terms = {
        f"edfi:{resource}.{path}" for resource, path in zip(listed["resource"], listed["path"], strict=True)
    }
    for each in declared_elements():
        assert each.term is None or each.term in terms
    tables = [(each.table, each.where) for each in (*declared_elements(), *declared().timeline)]
    for table, where in tables:
        if where:
            columns = {column.name for column in standard_table(table).columns}
            assert {column for alternative in where for column in alternative} <= columns
    for event in declared().timeline:
        assert {*event.detail, event.date} <= {column.name for column in standard_table(event.table).columns}


def test_a_suspension_of_unknown_length_makes_the_sum_unknown_and_another_action_does_not() -> None:
    def action(
        record: str, days: float | None, discipline: str = "Out of School Suspension"
    ) -> dict[str, Any]:
        return {"record": record, "begin_date": SPRING, "days": days, "discipline": discipline}

    profiles = counted(
        conduct(
            discipline_action=[
                action("1", 2.0), action("1", 1.0), action("1", None, "In School Suspension"),
                action("2", 2.0), action("2", None),
                action("3", 5.0, "In School Suspension"),
            ],
        )
    )  # fmt: skip
    assert chosen(profiles, "1", "suspension_days")["value_number"] == 3
    assert chosen(profiles, "2", "suspension_days")["status"] == "Empty"
    assert chosen(profiles, "3", "suspension_days")["value_number"] == 0


def test_a_result_without_a_date_is_set_aside_and_not_what_nobody_collects() -> None:
    """Of four children in a district one has no date, one a date, too, one no result, one no record."""
    test = silo(
        "map_growth",
        [person(record) for record in "123"],
        assessment_result=[
            result("1", None, 210.0), result("1", None, 212.0), result("1", None, None, "Percentile"),
            result("2", None, 215.0), result("2", SPRING, 222.0),
        ],
    )  # fmt: skip
    who = {("sis", child): child for child in "abcd"}
    who |= {("map_growth", record): child for record, child in zip("123", "abc", strict=True)}
    profiles = build_profiles(district(roster(*"abcd"), test), links(who))

    said = {child: chosen(profiles, child, "math_score") for child in "abcd"}
    assert {child: one["status"] for child, one in said.items()} == {
        "a": "Set aside: no date",
        "b": "Reported",
        "c": "Empty",
        "d": "Not linked",
    }
    assert (said["a"]["row"], said["a"]["rows"], said["a"]["link_status"]) == (2, 2, "Verified")
    assert pd.isna(said["a"]["value"])
    assert said["b"]["value_number"] == 222
    # An empty cell says nothing, with or without a date; and the rows are listed as left out all the same.
    assert chosen(profiles, "a", "math_percentile")["status"] == "Not collected"
    assert list(profiles.left_out["reason"]) == ["No date"] * 4


def test_where_no_row_has_a_date_a_system_still_collects_it() -> None:
    test = silo("map_growth", [person("1"), person("2")], assessment_result=[result("1", None, 210.0)])
    who = {("sis", "a"): "a", ("sis", "b"): "b", ("map_growth", "1"): "a", ("map_growth", "2"): "b"}
    profiles = build_profiles(district(roster("a", "b"), test), links(who))
    statuses = [chosen(profiles, child, "math_score")["status"] for child in "ab"]
    assert statuses == ["Set aside: no date", "Empty"]
