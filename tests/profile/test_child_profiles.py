from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District, read_district
from helpers.link import Links
from helpers.profile import Profiles, build_profiles, declared_elements, element
from helpers.profile.facts.school_years import school_years
from helpers.profile.profiles import profile_of
from helpers.profile.rules import RULES
from helpers.profile.values import folded
from helpers.standard import BadInput, fact_tables
from helpers.standard.elements import DECLARED, read_declarations
from tests.district_by_hand import district, layout, links, silo, table
from tests.profile.children_by_hand import (
    CALENDAR,
    DAYS,
    FIRST,
    LAST,
    YEAR,
    absent,
    chosen,
    enrolled,
    of,
    person,
)


@pytest.fixture(scope="module")
def three() -> tuple[District, Links]:
    """Ana is in all three systems, Ben in two without an absence, Cleo in meals only, Dan leaves early."""
    sis = silo(
        "sis",
        [
            person("s1", sex="Female"),
            person("s2", "Ben", "Ode"),
            person("s4", "Dan", "Lund"),
            person("t", role="Staff"),
        ],
        session=[YEAR],
        section=[{"section_id": "x", "course_id": "ART", "session_id": "2026"}],
        school_enrollment=[enrolled("s1"), enrolled("s2"), enrolled("s4")],
        section_enrollment=[
            {"record": "s1", "role": "Student", "section_id": "x"},
            {"record": "t", "role": "Staff", "section_id": "x"},
            {"record": None, "role": "Student", "section_id": "x"},
        ],
    )
    attendance = silo(
        "attendance",
        [
            person("1", as_of=LAST),
            person("2", "Ben", "Ode", as_of=LAST),
            person("4", "Dan", "Lund", as_of=LAST),
        ],
        calendar=CALENDAR,
        school_enrollment=[enrolled("1"), enrolled("2"), enrolled("4", days=9)],
        attendance_event=[
            *absent("1", *range(17), word="Excused Absence"),
            *absent("1", 20),
            *absent("1", 20, 30, 31, word="Tardy"),
            *absent("4", 1, 150),
            {"record": "1", "school_id": "S", "date": pd.Timestamp("1926-02-03")},
            {"record": "1", "school_id": "S", "date": None},
        ],
    )
    meals = silo(
        "meals",
        [person("m1"), person("m3", "Cleo", "Wu")],
        meal_account=[
            {"record": "m1", "balance": 3.5, "as_of": "2026-05-01"},
            {"record": "m1", "balance": -1.25, "as_of": "2026-06-01"},
            {"record": "m3", "balance": 0.0, "as_of": "2026-06-01"},
        ],
    )
    who = {("sis", "s1"): "ana", ("attendance", "1"): "ana", ("meals", "m1"): "ana"}
    who |= {("sis", "s2"): "ben", ("attendance", "2"): "ben", ("meals", "m3"): "cleo"}
    who |= {("sis", "s4"): "dan", ("attendance", "4"): "dan"}
    return district(sis, attendance, meals), links(who, {("meals", "m3"): "Unlinked"})


@pytest.fixture(scope="module")
def profiles(three: tuple[District, Links]) -> Profiles:
    return build_profiles(*three)


def test_attendance_is_counted_from_exceptions(profiles: Profiles) -> None:
    numbers = {
        name: chosen(profiles, "ana", name)["value"]
        for name in ("days_enrolled", "days_absent", "days_tardy")
    }

    # The day with an absence and a late mark is an absence.
    assert numbers == {"days_enrolled": "180", "days_absent": "18", "days_tardy": "2"}
    rate = chosen(profiles, "ana", "rate")
    assert (rate["value"], rate["value_number"]) == ("0.9000", pytest.approx(0.9))
    assert chosen(profiles, "ana", "chronically_absent")["value"] == "true"  # 18 of 180 is a tenth
    assert chosen(profiles, "ana", "days_absent")["rows"] == 18


def test_zero_is_only_where_the_system_covers_the_child(profiles: Profiles) -> None:
    ben, cleo = chosen(profiles, "ben", "days_absent"), chosen(profiles, "cleo", "days_absent")

    assert (ben["value"], ben["rows"], ben["status"]) == ("0", 0, "Reported")
    assert (cleo["status"], cleo["silo"]) == ("Not linked", "attendance")
    assert pd.isna(cleo["value"])
    assert (chosen(profiles, "ben", "courses")["value"], chosen(profiles, "ben", "courses")["rows"]) == (
        "0",
        0,
    )
    assert chosen(profiles, "ben", "account_balance")["status"] == "Not linked"
    assert chosen(profiles, "ben", "home_language")["status"] == "Not collected"
    assert chosen(profiles, "ben", "sex")["status"] == "Empty"
    assert chosen(profiles, "cleo", "account_balance")["value"] == "0.00"


def test_too_short_a_stay_is_no_chronic_absence(profiles: Profiles) -> None:
    dan = chosen(profiles, "dan", "chronically_absent")

    assert (dan["status"], chosen(profiles, "dan", "days_absent")["value"]) == ("Not applicable", "1")
    assert pd.isna(dan["value"])
    assert element("chronically_absent").definition == "CA-17"


def test_the_newest_balance_counts(profiles: Profiles) -> None:
    balance = chosen(profiles, "ana", "account_balance")

    assert (balance["value"], balance["row"], balance["rows"]) == ("-1.25", 3, 2)


def test_every_fact_row_stands_behind_something_or_is_left_out_with_its_reason(
    profiles: Profiles, three: tuple[District, Links]
) -> None:
    accounts = profiles.accounts
    assert (accounts["rows"] == accounts["rows_used"] + accounts["rows_left_out"]).all()
    out = profiles.left_out.groupby(["table", "silo"]).size()
    for row in accounts.itertuples():
        facts = three[0].fact(row.table)
        assert row.rows == (facts["silo"] == row.silo).sum()
        assert row.rows_left_out == out.get((row.table, row.silo), 0)

    reasons = profiles.left_out.sort_values(["table", "row"]).groupby("table")["reason"].agg(list).to_dict()
    assert reasons == {
        # Dan's second absence after he left, a date a century off, no date.
        "attendance_event": ["No element", "Another year", "No date"],
        "section_enrollment": ["Not a student", "No child named"],
    }
    assert not profiles.timeline["date"].isin([DAYS[150], pd.Timestamp("1926-02-03")]).any()


def test_the_profile_holds_nothing_of_its_own(profiles: Profiles, three: tuple[District, Links]) -> None:
    again = profile_of(profiles.values, three[1].crosswalk, 2026, declared_elements())

    pd.testing.assert_frame_equal(profiles.profile, again)
    assert list(profiles.profile["child"]) == ["ana", "ben", "cleo", "dan"]
    ana = profiles.profile.set_index("child").loc["ana"]
    assert (ana["attendance_days_absent"], ana["silos"], ana["attendance_rate"]) == (
        18,
        3,
        pytest.approx(0.9),
    )
    assert pd.isna(profiles.profile.set_index("child").loc["cleo", "attendance_chronically_absent"])


def test_another_year_can_be_asked_for_and_an_unknown_one_is_refused(three: tuple[District, Links]) -> None:
    with pytest.raises(BadInput, match=r"2031.*2026"):
        build_profiles(*three, school_year=2031)


def test_without_a_calendar_recorded_days_are_told_and_no_rate() -> None:
    known = silo(
        "edfi",
        [person("1"), person("2"), person("3")],
        attendance_event=[
            *absent("1", 3, 4),
            *absent("1", 4, 5, word="Tardy"),
            *absent("3", 5, word="Tardy"),
        ],
    )
    profiles = build_profiles(
        district(known), links({("edfi", str(at)): name for at, name in enumerate("abc", 1)})
    )

    assert (chosen(profiles, "a", "days_absent")["value"], chosen(profiles, "a", "days_tardy")["value"]) == (
        "2",
        "1",
    )
    # A late mark and no absence is no zero either.
    for child in "bc":
        assert chosen(profiles, child, "days_absent")["status"] == "Empty"
        assert pd.isna(chosen(profiles, child, "days_absent")["value"])
    for name in ("rate", "chronically_absent", "days_enrolled", "days_present"):
        assert set(of(profiles, "a", name)["status"]) == {"Not collected"}
    assert len(profiles.timeline) == 5
    assert profiles.left_out.empty


def test_courses_are_those_of_the_newest_day() -> None:
    classes = [
        {"record": "1", "section_id": "fall", "begin_date": FIRST, "end_date": "2025-12-19"},
        {"record": "1", "section_id": "spring", "begin_date": "2026-01-06", "end_date": LAST},
        {"record": "1", "section_id": "year", "begin_date": FIRST, "end_date": None},
        {"record": "2", "section_id": "fall", "begin_date": FIRST, "end_date": "2025-12-19"},
    ]
    roster = silo("sis", [person("1"), person("2")], session=[YEAR], section_enrollment=classes)
    profiles = build_profiles(district(roster), links({("sis", "1"): "a", ("sis", "2"): "b"}))

    courses = [chosen(profiles, child, "courses") for child in "ab"]
    assert [(each["value"], each["rows"]) for each in courses] == [("2", 3), ("0", 1)]
    assert profiles.left_out.empty


@pytest.mark.full
def test_two_records_of_a_child_count_a_day_once_and_the_open_one_is_newer() -> None:
    both = silo(
        "attendance",
        [person("1", as_of=LAST), person("2", as_of=LAST)],
        session=[YEAR],
        calendar=[*CALENDAR, *({**day, "school_id": "T"} for day in CALENDAR)],
        school_enrollment=[
            enrolled("1", 100),
            enrolled("2", begin_date=DAYS[90], end_date=None, school_id="T"),
        ],
        attendance_event=[*absent("1", 95), {**absent("2", 95)[0], "school_id": "T"}],
    )
    profiles = build_profiles(district(both), links({("attendance", "1"): "a", ("attendance", "2"): "a"}))

    days = chosen(profiles, "a", "days_enrolled")
    assert (days["value"], chosen(profiles, "a", "days_absent")["value"]) == ("180", "1")
    assert pd.isna(days["record"])
    assert chosen(profiles, "a", "school")["value"] == "T"
    assert profiles.left_out.empty


def test_every_element_names_a_rule_that_exists_and_a_table() -> None:
    for each in declared_elements():
        assert each.rule in RULES
        assert each.table in ("people", "identifiers", *fact_tables())


def test_a_wrong_declaration_is_refused_with_all_its_faults(tmp_path: Path) -> None:
    wrong = tmp_path / "elements.toml"
    wrong.write_text(
        '[[element]]\nname = "x"\ndomain = "roster"\ntenet = "Wise"\nper = "child"\ntype = "string"\n'
        'sensitivity = "public"\ntable = "people"\nrule = "person_field"\ntrustt = []\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as refused:
        read_declarations(wrong)
    for fault in ("tenet", "Did you mean trust?", "days_until_stale", "timeline", "attendance"):
        assert fault in str(refused.value)


GROUP = """
[[group]]
domain = "roster"
tenet = "Supported"
type = "string"
table = "people"
rule = "person_field"
days_until_stale = 365
[group.element.nickname]
meaning = "Name that friends use"
[group.element.shoe_size]
type = "number"
sensitivity = "internal"
meaning = "Size of a shoe"
"""


def test_an_element_has_what_its_group_shares_and_its_own_value_counts_more(tmp_path: Path) -> None:
    path = tmp_path / "elements.toml"
    rest = DECLARED.read_text(encoding="utf-8")
    path.write_text(GROUP + rest[rest.index("[[timeline]]") :], encoding="utf-8")
    nickname, shoe_size = read_declarations(path).element
    assert (nickname.name, nickname.type, nickname.per) == ("nickname", "string", "school_year")
    assert (shoe_size.name, shoe_size.type, shoe_size.rule) == ("shoe_size", "number", "person_field")
    assert (nickname.sensitivity, shoe_size.sensitivity) == ("restricted", "internal")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('tenet = "Supported"', 'tenett = "Supported"', "group.0.tenett: unknown name. Did you mean tenet?"),
        ('tenet = "Supported"\n', "", "group.0.element.shoe_size.tenet: Field required"),
        ('"internal"', '"secret"', "group.0.element.shoe_size.sensitivity (is 'secret')"),
        ("[group.element.nickname]", "[group.nickname]", "group.0.nickname: unknown name"),
        ("[[group]]", "group = [3]", "group.0 (is 3)"),
    ],
)
def test_a_fault_of_a_group_is_named_with_its_place(old: str, new: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "elements.toml"
    path.write_text(new if "3" in new else GROUP.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_declarations(path)
    assert fault in str(refused.value)


def test_folding_leaves_letters_and_digits() -> None:
    assert list(folded(pd.Series(["José-Luis", "o'neil", None, "NGUYỄN"], dtype="string")).fillna("")) == [
        "joseluis", "oneil", "", "nguyen",
    ]  # fmt: skip


@pytest.mark.full
def test_a_value_has_the_place_in_which_it_stands(tmp_path: Path) -> None:
    """Each in its own row, where several rows are one child's and the last has not everything."""
    rows = ["1,Ruiz,Ana,03/02/2014,6", "2,Diaz,Eva,07/08/2013,6", "1,Ruiz-Diaz,Ana,,", "1,Ruiz-Diaz,,,"]
    head = "Customer ID,Customer Last Name,Customer First Name,Customer Birthdate,Grade,"
    head += "District School Number,PIN,Active Status,Balance\n"
    whole = head + "".join(f"{row},7,1111,Active,$1.00\n" for row in rows)
    (tmp_path / "meals.csv").write_text(whole, encoding="utf-8")
    known = read_district(tmp_path)
    (name,) = known
    profiles = build_profiles(known, links({(name, "1"): "C1", (name, "2"): "C2"}))

    told = {each: chosen(profiles, "C1", each) for each in ("last_surname", "first_name", "birth_date")}
    assert {each: (place["value"], place["row"], place["rows"]) for each, place in told.items()} == {
        "last_surname": ("Ruiz-Diaz", 5, 3),
        "first_name": ("Ana", 4, 3),
        "birth_date": ("2014-03-02", 2, 3),
    }
    assert chosen(profiles, "C2", "birth_date")["row"] == 3


@pytest.mark.full
def test_a_value_that_is_not_there_has_the_place_of_a_file_that_has_its_column() -> None:
    """Files go by how they were read, not by their names; a column that may be left out is no proof."""
    makes = {"table": "people", "take": {"local_id": "id", "first_name": "first", "last_surname": "last"}}
    page = {"path": "*.csv", "format": "csv", "row_is": "one child", "makes": [makes]}
    names = [{"name": "id"}, {"name": "first"}, {"name": "last"}]
    book = [{"name": "id"}, {"name": "first", "optional": True}, {"name": "last", "optional": True}]
    files = [{**page, "name": "users", "columns": names}, {**page, "name": "book", "columns": book}]
    people = [{"record": "c1", "first_name": "Ana"}, {"record": "c2", "last_surname": "Diaz"}]
    one = silo("lms", people, layout("lms", file=files))
    rows = [
        {"record": "c1", "file": "lms/second export.csv", "row": 7},
        {"record": "c1", "file": "lms/first export.csv", "row": 3},
        {"record": "c2", "file": "lms/second export.csv", "row": 8},
    ]
    kinds = {"lms/second export.csv": ("users",), "lms/first export.csv": ("book",)}
    one = replace(one, person_rows=table("person_rows", "lms", rows), kinds=kinds)
    profiles = build_profiles(district(one), links({("lms", "c1"): "C1", ("lms", "c2"): "C2"}))

    surname, first = (chosen(profiles, "C1", each) for each in ("last_surname", "first_name"))
    assert (surname["status"], surname["file"], surname["row"]) == ("Empty", "lms/second export.csv", 7)
    # The reader would say so if the name stood elsewhere than in the last row.
    assert (first["file"], first["row"], first["rows"]) == ("lms/first export.csv", 3, 2)


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("days", "absences", "status", "value"),
    [
        (9, 9, "Not applicable", None),
        (10, 0, "Reported", "false"),
        (10, 1, "Reported", "true"),
        (11, 1, "Reported", "false"),
        (11, 2, "Reported", "true"),
    ],
)
def test_ten_days_enrolled_are_enough_and_a_tenth_of_them_is_chronic(
    days: int, absences: int, status: str, value: str | None
) -> None:
    attendance = silo(
        "attendance", [person("1", as_of=LAST)], session=[YEAR], calendar=CALENDAR,
        school_enrollment=[enrolled("1", days=days)], attendance_event=absent("1", *range(absences)),
    )  # fmt: skip
    profiles = build_profiles(district(attendance), links({("attendance", "1"): "ana"}))
    told = chosen(profiles, "ana", "chronically_absent")
    assert (told["status"], None if pd.isna(told["value"]) else told["value"]) == (status, value)


def test_a_school_year_turns_on_the_first_of_july() -> None:
    days = pd.Series(pd.to_datetime(["2025-06-30", "2025-07-01", "2025-12-31", "2026-06-30", "2026-07-01"]))
    assert school_years({}).of(days).tolist() == [2025, 2026, 2026, 2026, 2027]


@pytest.mark.parametrize(("rows", "is_year"), [(1, False), (2, True), (3, True)])
def test_one_row_in_fifty_makes_a_school_year_and_fewer_do_not(rows: int, is_year: bool) -> None:
    dates = [pd.Timestamp("2024-10-01")] * rows + [pd.Timestamp("2025-10-01")] * (100 - rows)
    events = silo(
        "attendance", [person("1")],
        attendance_event=[{"record": "1", "school_id": "S", "date": date} for date in dates],
    )  # fmt: skip
    years = school_years({"attendance_event": events.fact("attendance_event")})
    assert years.years == ((2025, 2026) if is_year else (2026,))
