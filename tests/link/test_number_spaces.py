"""Columns have numbers of one space if their holders say so, or chance can't explain them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.link import Links, Method, link_children
from helpers.link.ids.evidence import locate_ids
from helpers.link.ids.number_spaces import NumberSpaces, find_number_spaces
from helpers.link.records import SourceLocations, prepare_records
from helpers.score import true_crosswalk
from tests.link.records import children, frames, linked, record
from tests.link.test_another_systems_ids import FIRST, LAST
from tests.link.true_meanings import link, pairs_right
from tests.shared_districts import SharedDistricts

ALL = range(200)
RNG = np.random.default_rng(11)
# Numbers from a wide space: moved, they equal themselves nowhere.
WIDE = (1_000_000 + RNG.choice(9_000_000, 440, replace=False)).tolist()
ELSE = (1_000_000 + RNG.choice(9_000_000, 440, replace=False)).tolist()
SCHOOLS = ("Oak Hill", "Northgate", "Riverside", "Lincoln")
PLACES = [(str(RNG.choice(SCHOOLS)), f"{RNG.integers(1, 9):02d}") for _ in range(440)]
STRANGER = 220  # a child of this much higher a number has another name and birth date

Rows = list[dict[str, Any]]
Places = Mapping[int, tuple[str, str]] | list[tuple[str, str]]


def child(number: int) -> tuple[str, str, str]:
    """Give a name and a birth date; no two of 440 children share a whole name or a date."""
    born = pd.Timestamp("2006-01-01") + pd.Timedelta(days=37 * number % 3001)
    return FIRST[number % 20], LAST[(number // 20 + number) % 22], f"{born:%Y-%m-%d}"


def listed(
    silo: str,
    numbers: Mapping[int, object],
    *,
    named: bool = True,
    kind: str = "Undeclared",
    at: Places | None = None,
) -> Rows:
    """Give a row a child, with its number; the record is named after the child."""
    return [
        record(silo, f"{silo}-{one}", *(child(one) if named else ()), **{kind: str(number)})
        | (dict(zip(("school_name", "grade_level"), at[one], strict=True)) if at else {})
        for one, number in numbers.items()
    ]


def given(numbers: Iterable[object], who: Iterable[int] = ALL) -> dict[int, object]:
    """Give each child its number, in this order."""
    return dict(zip(who, numbers, strict=False))


def found(*rows: dict[str, Any]) -> NumberSpaces:
    people, ids = frames(*rows)
    students = prepare_records(people, ids, anchor_order=("sis",))
    locations = SourceLocations(ids[["silo", "record", "file", "row"]], {}, {})
    return find_number_spaces(students, *locate_ids(students, locations), None)


def verdict(*rows: dict[str, Any]) -> str:
    """Give the verdict on the two columns; apart is none."""
    said = found(*rows).pairs["verdict"].tolist()
    assert len(said) <= 1
    return str(said[0]) if said else "apart"


def systems(spaces: NumberSpaces) -> dict[str, str]:
    """Give each silo's system now; its columns' systems, if it has several."""
    return {str(silo): ", ".join(each) for silo, each in spaces.columns.groupby("silo")["system"]}


def who(together: frozenset[tuple[str, str]]) -> set[str]:
    return {name.split("-")[1] for _, name in together}


def joined(links: Links, silo: str) -> int:
    """Count the records of a silo that are joined to another; nobody may be joined to a stranger."""
    sets = [together for together in children(links.crosswalk) if len(together) > 1]
    strangers = [together for together in sets if len(who(together)) > 1]
    assert not strangers, strangers[:5]
    return sum(one == silo for together in sets for one, _ in together)


SEQUENCE = range(1, 201)
BACKWARD = range(200, 0, -1)

# ---------------------------------------------------------------------------------------------- sequences


def test_sequences_of_unrelated_systems_are_refused_by_names_or_by_schools_and_else_a_question() -> None:
    sis = listed("sis", given(SEQUENCE), at=PLACES)
    assert verdict(*sis, *listed("map", given(BACKWARD))) == "refused"
    assert verdict(*sis, *listed("map", given(BACKWARD), named=False, at=PLACES)) == "refused"
    unknown = listed("map", given(BACKWARD), named=False)
    assert verdict(*sis, *unknown) == "doubt"
    assert joined(linked(*sis, *unknown), "map") == 0


def test_a_sequence_that_two_systems_share_is_proven_by_school_and_grade_alone() -> None:
    sis = listed("sis", given(SEQUENCE), at=PLACES)
    marks = listed("marks", given(SEQUENCE), named=False, at=PLACES)
    (pair,) = found(*sis, *marks).pairs.to_dict("records")
    assert (pair["verdict"], pair["equal"]) == ("proven", 200)
    assert "school and grade agree" in pair["why"]
    assert joined(linked(*sis, *marks), "marks") == 200
    nowhere = listed("marks", given(SEQUENCE), named=False)
    assert verdict(*sis, *nowhere) == "doubt"


def test_a_grade_that_each_system_writes_in_its_own_way_agrees() -> None:
    """Two systems may number grades differently; each code is read as its usual partner."""
    later = [(school, f"{int(grade) + 1:02d}") for school, grade in PLACES]
    grades = [("Oak Hill", grade) for _, grade in PLACES], [("Oak Hill", grade) for _, grade in later]
    sis = listed("sis", given(SEQUENCE), at=grades[0])
    assert verdict(*sis, *listed("marks", given(SEQUENCE), named=False, at=grades[1])) == "proven"


def test_sequences_given_school_by_school_are_a_question_since_the_next_number_agrees_as_well() -> None:
    """Of 400 children, 1.5% have no number in one; the numbers behind the gaps belong to somebody else."""
    at = [(SCHOOLS[one // 100], "05") for one in range(400)]
    sis = listed("sis", given(range(1, 401), range(400)), at=at)
    some = [one for one in range(400) if one % 67 != 1]
    other = listed("meals", given(range(1, 401), some), named=False, at=at)
    assert verdict(*sis, *other) == "doubt"
    assert joined(linked(*sis, *other), "meals") == 0


# -------------------------------------------------------------------------------------- numbers of others


@pytest.mark.parametrize("named", [True, False])
def test_a_vendors_own_numbers_in_the_districts_range_are_apart(named: bool) -> None:
    """Half of a range of 400 have a number there, so 100 are equal by chance."""
    rng = np.random.default_rng(3)
    district, vendor = (5_000 + rng.choice(400, 200, replace=False) for _ in range(2))
    rows = [*listed("sis", given(district)), *listed("map", given(vendor), named=named)]
    assert verdict(*rows) == ("refused" if named else "apart")
    assert joined(linked(*rows, method="shared identifier"), "map") == 0


def moved(numbers: list[int], some: list[int]) -> dict[int, object]:
    """Give each of some children the number of the next of them."""
    return given(numbers) | given([numbers[one] for one in some[1:] + some[:1]], some)


def test_where_7_percent_of_numbers_are_somebody_elses_the_column_is_proven_and_joins_no_stranger() -> None:
    rows = [*listed("sis", given(WIDE)), *listed("map", moved(WIDE, list(range(3, 200, 15))))]
    assert verdict(*rows) == "proven"
    assert joined(linked(*rows, method="resolved"), "map") >= 186


def siblings(silo: str, numbers: tuple[int, int], *, dated: bool, which: tuple[int, ...] = (0, 1)) -> Rows:
    """Give ten pairs of one surname, with the numbers of each pair in this order."""
    return [
        record(
            silo,
            f"{silo}-{300 + 2 * pair + one}",
            ("Zoe", "Yuri")[one],
            LAST[pair],
            f"20{10 + one * 2}-0{1 + pair % 9}-15" if dated else "",
            Undeclared=str(WIDE[300 + 2 * pair + numbers[one]]),
        )
        for pair in range(10)
        for one in which
    ]


@pytest.mark.parametrize("elsewhere", [(0, 1), (1,)])
def test_a_siblings_number_on_a_record_without_a_birth_date_joins_nobody_wrongly(
    elsewhere: tuple[int, ...],
) -> None:
    """Zoe's record has Yuri's number; the roster has both, or him alone."""
    rows = [*listed("sis", given(WIDE)), *siblings("sis", (0, 1), dated=True, which=elsewhere)]
    rows += [*listed("lms", given(WIDE)), *siblings("lms", (1, 0), dated=False, which=(0,))]
    assert verdict(*rows) == "proven"
    assert joined(linked(*rows, method="resolved"), "lms") >= 200


def test_siblings_whose_numbers_are_swapped_are_joined_with_nobody_wrongly() -> None:
    rows = [*listed("sis", given(WIDE)), *siblings("sis", (0, 1), dated=True)]
    rows += [*listed("lms", given(WIDE)), *siblings("lms", (1, 0), dated=True)]
    assert verdict(*rows) == "proven"
    assert joined(linked(*rows, method="resolved"), "lms") >= 200


@pytest.mark.parametrize("named", [True, False])
def test_a_list_of_staff_numbers_is_no_list_of_pupils(named: bool) -> None:
    """Staff have names, but not the pupils', or the numbers of a sequence and no name at all."""
    pupils = listed("sis", given(SEQUENCE))
    staff = listed("hr", given(range(101, 181), range(STRANGER, STRANGER + 80)), named=named)
    assert verdict(*pupils, *staff) == ("refused" if named else "doubt")
    assert joined(linked(*pupils, *staff), "hr") == 0


# -------------------------------------------------------------------------------- what numbers no persons

NO_PERSONS: dict[str, Callable[[int], str]] = {
    "school code": lambda one: str(100 + one % 30),
    "teacher's number": lambda one: str(WIDE[one % 22]),
    "grade": lambda one: f"{one % 13:02d}",
    "year": lambda one: str(1990 + one % 30),
    "zip code": lambda one: str(30_301 + one % 40),
    "telephone": lambda one: f"404-555-{1000 + one}",
    "telephone in digits": lambda one: str(4_045_551_000 + one),
    "day": lambda one: child(one)[2],
    "time": lambda one: f"{one % 24}:{one % 60:02d}:{one % 59:02d}",
    "note": lambda one: f"has seen nurse {one}",
    "account of two children": lambda one: str(WIDE[one // 2]),
    "balance in cents": lambda one: f"{one * 7 // 10}.{10 + one % 89}",
    "balance below zero": lambda one: str(WIDE[one] - 5_000_000 if one % 9 else -WIDE[one]),
    "room": lambda one: str(one % 99),
}


@pytest.mark.parametrize("what", NO_PERSONS)
def test_what_numbers_no_persons_is_no_candidate(what: str) -> None:
    """Though both systems say the same of the same children."""
    numbers = {one: NO_PERSONS[what](one) for one in ALL}
    spaces = found(*listed("sis", numbers, kind="Possible"), *listed("map", numbers, kind="Possible"))
    assert spaces.pairs.empty
    assert spaces.ids.empty


def twice_given(count: int, some: Iterable[int], *, family: bool) -> Rows:
    """Give two systems' rows, in which some children's numbers have a second child each."""
    rows = [row for silo in ("sis", "map") for row in listed(silo, given(WIDE[:count], range(count)))]
    for silo in ("sis", "map"):
        for one in some:
            last = child(one if family else one + 200)[1]
            name = f"{silo}-{one + 200}"
            rows.append(record(silo, name, "Zoe", last, "2001-01-01", Undeclared=str(WIDE[one])))
    return rows


@pytest.mark.parametrize(("family", "said"), [(True, "apart"), (False, "proven")])
def test_a_number_of_two_is_a_homes_if_they_have_one_surname_and_else_given_anew(
    family: bool, said: str
) -> None:
    assert verdict(*twice_given(180, range(18), family=family)) == said


@pytest.mark.parametrize(
    "named",
    [True, pytest.param(False, marks=pytest.mark.xfail(strict=True, reason="one person may have two rows"))],
)
def test_a_measure_in_whole_numbers_that_two_systems_share_joins_no_stranger(named: bool) -> None:
    """Two children have one measure; without names nothing else tells them apart."""
    measure = given(WIDE) | {7: WIDE[8]}
    rows = [row for silo in ("sis", "map") for row in listed(silo, measure, kind="Possible")]
    rows += listed("marks", measure, named=named, kind="Possible")
    assert joined(linked(*rows), "marks") >= 198


# ----------------------------------------------------------------------------------------------- by chance


def test_wide_numbers_without_names_and_schools_are_proven_by_their_surplus_over_chance() -> None:
    sis = listed("sis", given(WIDE))
    half = listed("clicks", given(WIDE[:100] + ELSE[:100]), named=False)
    (pair,) = found(*sis, *half).pairs.to_dict("records")
    assert (pair["verdict"], pair["why"]) == ("proven", "100 equal values, 0 by chance")
    assert joined(linked(*sis, *half), "clicks") == 100
    assert verdict(*sis, *listed("clicks", given(ELSE), named=False)) == "apart"


@pytest.mark.parametrize("write", [str, str.upper])
def test_texts_such_as_uuids_are_proven_by_their_surplus_over_chance(write: Callable[[str], str]) -> None:
    rng = np.random.default_rng(2)
    texts = [str(uuid.UUID(bytes=rng.bytes(16), version=4)) for _ in ALL]
    other = given([write(text) for text in texts])
    rows = [*listed("sis", given(texts)), *listed("clicks", other, named=False)]
    assert verdict(*rows) == "proven"
    assert joined(linked(*rows), "clicks") == 200


@pytest.mark.parametrize("lettered", [90, 89, 50])
def test_letters_in_front_of_90_percent_are_a_form_and_of_fewer_a_part_of_the_number(lettered: int) -> None:
    """E12 is staff and 12 a pupil, unless nearly all numbers of a list have the letter."""
    sis = listed("sis", given(WIDE[:100], range(100)))
    other = given([f"E{WIDE[one]}" if one < lettered else str(WIDE[one]) for one in range(100)], range(100))
    rows = [*sis, *listed("marks", other, named=False)]
    equal = found(*rows).pairs["equal"].tolist()
    assert equal == {90: [100], 89: [], 50: [50]}[lettered]
    if lettered == 90:
        assert joined(linked(*rows), "marks") == 100


def test_staff_with_letters_in_front_of_half_a_list_join_no_pupil() -> None:
    pupils = listed("sis", given(WIDE[:100], range(100)))
    staff = given([f"E{number}" for number in WIDE[:100]], range(STRANGER, STRANGER + 100))
    mixed = listed("badges", given(WIDE[:100], range(100)) | staff, named=False)
    links = linked(*pupils, *mixed)
    assert joined(links, "badges") == 100


# -------------------------------------------------------------------------------------------------- spaces


def test_two_columns_of_one_system_that_differ_are_two_spaces() -> None:
    sis = [
        row | {"ids": row["ids"] | {"Possible": str(ELSE[one])}}
        for one, row in zip(ALL, listed("sis", given(WIDE)), strict=True)
    ]
    spaces = found(
        *sis,
        *listed("map", given(WIDE), named=False),
        *listed("nurse", given(ELSE[:150], range(150)), named=False),
    )
    assert systems(spaces) == {"sis": "Space B, Space A", "map": "Space A", "nurse": "Space B"}


def test_a_pair_that_would_join_two_columns_that_refuse_each_other_is_torn() -> None:
    """A list without names has a number that two systems give to different people."""
    strangers = given(WIDE, range(STRANGER, STRANGER + 200))
    rows = [
        *listed("sis", given(WIDE)),
        *listed("zoo", strangers),
        *listed("marks", given(WIDE), named=False),
    ]
    spaces = found(*rows)
    said = spaces.pairs.set_index(["silo", "silo_other"])["verdict"].to_dict()
    assert sorted(said.values()) == ["proven", "refused", "torn"]
    assert said["sis", "zoo"] == "refused"
    mine = systems(spaces)
    assert mine["sis"] != mine["zoo"]
    links = linked(*rows)
    assert not any({"sis", "zoo"} <= {silo for silo, _ in one} for one in children(links.crosswalk))


def test_possible_ids_are_used_only_if_another_system_has_them_and_else_dropped() -> None:
    rows = [
        *listed("sis", given(WIDE)),
        *listed("marks", given(WIDE), named=False, kind="Possible"),
        *listed("nurse", given(ELSE), named=False, kind="Possible"),
    ]
    spaces = found(*rows)
    assert systems(spaces) == {"sis": "Space A", "marks": "Space A", "nurse": "Possible"}
    assert len(spaces.ids) == 400
    links = linked(*rows)
    assert (joined(links, "marks"), joined(links, "nurse")) == (200, 0)


def test_a_declared_system_names_its_space_and_no_other_declared_system_joins_it() -> None:
    state = listed("sis", given(WIDE), kind="State")
    spaces = found(
        *state, *listed("map", given(WIDE), named=False), *listed("bus", given(WIDE), kind="District")
    )
    assert systems(spaces) == {"sis": "State", "map": "State", "bus": "District"}


def district() -> Rows:
    """Give three systems: a roster, tests with faults, and attendance without names."""
    roster = listed("sis", given(WIDE), at=PLACES)
    for one, row in enumerate(roster):
        row["ids"] = {"State": str(WIDE[one]), "District": str(40_000 + one)}
    tests = listed("map", moved(WIDE, [20, 90, 160]), kind="State", at=PLACES)
    for row in tests[::10]:
        row |= {"birth_date": None, "birth_date_status": "None", "linkable_by": "Name only"}
    for row in tests[3::20]:
        row["ids"] = {}
    numbers = given(range(40_000, 40_180), range(180))
    return [*roster, *tests, *listed("attendance", numbers, named=False, kind="District", at=PLACES)]


@pytest.mark.parametrize("method", ["standardized", "resolved"])
def test_a_district_whose_numbers_nobody_declared_is_linked_as_if_they_were(method: Method) -> None:
    people, ids = frames(*district())
    system = ids["identification_system"]
    unknown = ids.assign(column=system, identification_system=system.where(system.isna(), "Undeclared"))
    declared, undeclared = (link_children(people, table, method=method) for table in (ids, unknown))
    assert joined(declared, "attendance") == 180
    assert children(undeclared.crosswalk) == children(declared.crosswalk)


# ---------------------------------------------------------------------------------------------- thresholds


@pytest.mark.parametrize(("alone", "said"), [(96, "apart"), (97, "proven"), (98, "proven")])
def test_97_percent_of_a_columns_numbers_have_one_record(alone: int, said: str) -> None:
    """The others are a family's."""
    assert verdict(*twice_given(100, range(alone, 100), family=True)) == said


@pytest.mark.parametrize(("count", "said"), [(19, "apart"), (20, "proven"), (21, "proven")])
def test_a_column_of_20_different_numbers_is_long_enough(count: int, said: str) -> None:
    mine, theirs = (listed(silo, given(WIDE[:count], range(count))) for silo in ("sis", "map"))
    assert verdict(*mine, *theirs) == said


@pytest.mark.parametrize(
    ("equal", "of", "said"),
    [
        *[(19, 40, "doubt"), (20, 40, "proven"), (21, 40, "proven")],
        *[(29, 100, "apart"), (30, 100, "proven"), (31, 100, "proven")],
    ],
)
def test_without_names_20_equal_numbers_and_30_percent_of_the_shorter_column_are_enough(
    equal: int, of: int, said: str
) -> None:
    some = given(WIDE[:equal] + ELSE[equal:of], range(of))
    assert verdict(*listed("sis", given(WIDE)), *listed("clicks", some, named=False)) == said


@pytest.mark.parametrize(("wrong", "said"), [(0, "proven"), (1, "proven"), (2, "doubt")])
def test_a_tenth_of_the_holders_who_can_be_compared_may_be_another_person(wrong: int, said: str) -> None:
    """Of 19 equal numbers, too few to be proven without names, 10 have names on both sides."""
    some = given(WIDE[:19] + ELSE[19:40], range(40))
    rows = listed("map", some)
    for one in range(40):
        name = child(one + STRANGER if one < wrong else one) if one < 10 else ()
        rows[one] = record("map", f"map-{one}", *name, Undeclared=str(some[one]))
    assert verdict(*listed("sis", given(WIDE)), *rows) == said


def test_a_doubtful_column_is_a_finding_that_says_what_to_declare() -> None:
    """Two sequences 1..n of nameless records: as many equal numbers as by chance."""
    rows = [row for silo in ("clicks", "scans") for row in listed(silo, given(SEQUENCE), named=False)]
    told = linked(*rows).findings
    told = told[told["kind"].eq("id_column_doubtful")]
    assert told["silo"].tolist() == ["clicks"]
    assert "(scans)" in told["expected"].iloc[0]


@pytest.mark.full
@pytest.mark.parametrize("level", ["none", "manual"])
@pytest.mark.parametrize("seed", [777, 1234, 4242])
def test_a_district_links_as_well_with_every_number_undeclared(
    districts: SharedDistricts, seed: int, level: str
) -> None:
    district = districts.read(students=600, seed=seed, level=level)
    ids = district.identifiers
    of_nobody = ids.assign(
        identification_system=ids["identification_system"].where(
            ids["identification_system"].isin(["Login", "Email", "School"]), "Undeclared"
        )
    )
    person = true_crosswalk(district)[["silo", "record", "child"]].rename(columns={"child": "person"})
    declared, undeclared = (f1(*pairs_right(link(district, numbers), person)) for numbers in (ids, of_nobody))
    # Declared columns aren't compared: where a number is written in other forms, comparing finds more.
    assert undeclared >= declared - 0.001


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall)
