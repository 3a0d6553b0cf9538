"""A column of ids is verified, unverified or refused as a whole, by the names and birth dates of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import District
from helpers.link.ids.columns import IdColumns, verify_id_columns
from helpers.link.records import Records, SourceLocations, prepare_records
from tests.link.records import frames, record
from tests.tiers import examples

FIRST = "Ana Ben Cleo Dan Eva Finn Gus Hana Ivo June Kai Lola Mia Nils Omar Pia Quinn Rosa Sam Tara".split()
LAST = "Abbot Brown Cohen Diaz Evans Fox Garcia Hill Ito Jones Klein Lund Moss Nunez Ode Park".split()
Name = tuple[str, str, str]


def child(number: int) -> Name:
    """Give a name and a birth date; neighbors share neither."""
    born = pd.Timestamp("2010-01-01") + pd.Timedelta(days=37 * number)
    return FIRST[number % 20], LAST[(number * 7) % 16], f"{born:%Y-%m-%d}"


def column(silo: str, numbers: Sequence[int], names: Sequence[Any], **more: Any) -> list[dict[str, Any]]:
    """Give a row a child: the State number of `numbers`, the name of `names`."""
    return [
        record(silo, f"{silo}{row:04d}", *name, **{"State": str(70_000 + number), **more})
        for row, (number, name) in enumerate(zip(numbers, names, strict=True))
    ]


def judged(*records: dict[str, Any], order: Sequence[str] = ("sis",)) -> IdColumns:
    people, ids = frames(*records)
    students = prepare_records(people, ids, anchor_order=order)
    return verify_id_columns(students, 100, SourceLocations(ids[["silo", "record", "file", "row"]], {}, {}))


def status(columns: IdColumns) -> dict[tuple[str, str], str]:
    table = columns.table
    whole = table[table["against_silo"].isna() & table["part"].isna()]
    return {
        (silo, system): said
        for silo, system, said in whole[["silo", "identification_system", "status"]].values
    }


def refused(columns: IdColumns) -> pd.DataFrame:
    findings = columns.findings
    return findings[findings["kind"].eq("id_column_refused")]


def shifted(count: int) -> list[int]:
    return [(number + 1) % count for number in range(count)]


ALL = [child(number) for number in range(440)]


def test_a_column_shifted_by_one_row_is_refused_and_named_with_its_rate() -> None:
    """As a set the ids are right."""
    columns = judged(*column("sis", range(440), ALL), *column("iready", shifted(440), ALL))
    assert status(columns) == {("sis", "State"): "Unverified", ("iready", "State"): "Refused"}
    assert columns.agreeing.empty
    assert set(columns.ids["number"]) == set(range(440, 880)), "the roster's ids are kept"
    (finding,) = refused(columns).to_dict("records")
    assert (finding["silo"], finding["column"], finding["file"]) == ("iready", "State", "iready.csv")
    assert finding["value"] == "440 of 440"
    assert "at least 99%" in finding["expected"]
    told = columns.findings[columns.findings["kind"].eq("id_colliding")]
    assert told["row"].tolist() == list(range(442, 882))


def test_a_sound_column_is_verified_and_used() -> None:
    columns = judged(*column("sis", range(60), ALL[:60]), *column("iready", range(60), ALL[:60]))
    assert set(status(columns).values()) == {"Verified"}
    assert len(columns.agreeing) == 60
    assert columns.agreeing["strong"].all()
    assert columns.findings.empty


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("rows", "said"), [(10, "Refused"), (5, "Refused"), (4, "Unverified"), (1, "Unverified")]
)
def test_ten_rows_are_enough_and_four_are_not(rows: int, said: str) -> None:
    """Four ids with other children are told one by one; they say nothing of a column."""
    columns = judged(*column("sis", range(440), ALL), *column("map", shifted(rows + 1)[:rows], ALL[:rows]))
    assert status(columns)["map", "State"] == said
    assert refused(columns).empty == (said == "Unverified")


@pytest.mark.parametrize("names", [[("", "", "")] * 30, [("Student", "Test", "")] * 30])
def test_what_has_neither_name_nor_birth_date_is_unverified_and_kept(names: list[Name]) -> None:
    more = {} if names[0][0] == "" else {"name_status": "Placeholder"}
    columns = judged(*column("sis", range(30), ALL[:30]), *column("meals", shifted(30), names, **more))
    assert set(status(columns).values()) == {"Unverified"}
    assert len(columns.agreeing) == 30


def test_birth_dates_alone_are_enough_to_refuse() -> None:
    dates = [("", "", born) for _, _, born in ALL[:40]]
    columns = judged(*column("sis", range(40), ALL[:40]), *column("plans", shifted(40), dates))
    assert status(columns)["plans", "State"] == "Refused"
    sound = judged(*column("sis", range(40), ALL[:40]), *column("plans", range(40), dates))
    assert status(sound)["plans", "State"] == "Verified"


@pytest.mark.one_in(3)
@pytest.mark.parametrize("wrong", ["aaa", "sis", "zzz"])
def test_the_column_at_odds_with_most_others_is_the_wrong_one(wrong: str) -> None:
    rows = [
        row
        for silo in ("aaa", "sis", "zzz")
        for row in column(silo, shifted(50) if silo == wrong else range(50), ALL[:50])
    ]
    assert status(judged(*rows)) == {
        (silo, "State"): "Refused" if silo == wrong else "Verified" for silo in ("aaa", "sis", "zzz")
    }


def test_what_happens_in_sound_columns_refuses_none() -> None:
    """Brothers' numbers exchanged, preferred names, changed surnames and slips in dates, a third in all."""
    numbers, names = list(range(60)), ALL[:60].copy()
    numbers[0], numbers[1] = numbers[1], numbers[0]
    for row in range(10, 18):
        names[row] = (FIRST[(row + 9) % 20], *names[row][1:])  # goes by another name; the date confirms
    for row in range(20, 26):
        names[row] = (names[row][0], "Zamora", names[row][2])
    for row in range(30, 34):
        names[row] = (*names[row][:2], "2001-02-03")
    columns = judged(*column("sis", range(60), ALL[:60]), *column("lms", numbers, names))
    assert set(status(columns).values()) == {"Verified"}


def test_numbers_that_nobody_else_has_are_refused_where_names_say_who_is_meant() -> None:
    """The vendor's own numbers under the header of the State's meet nobody, and contradict everybody."""
    columns = judged(*column("sis", range(40), ALL[:40]), *column("map", range(1000, 1040), ALL[:40]))
    assert status(columns)["map", "State"] == "Refused"
    assert (columns.findings["kind"] == "id_column_refused").all(), "none of them is another child's"


def test_one_grades_list_is_refused_and_the_rest_of_the_column_used() -> None:
    numbers = [number if number < 80 else 80 + (number - 79) % 20 for number in range(100)]
    rows = column("iready", numbers, ALL[:100])
    people, ids = frames(*column("sis", range(100), ALL[:100]), *rows)
    listed = people["silo"].eq("iready")
    people["school_name"] = people["school_name"].mask(listed, "Oak Hill")
    people.loc[listed, "grade_level"] = [f"{3 + row // 20:02d}" for row in range(100)]
    students = prepare_records(people, ids, anchor_order=("sis",))
    columns = verify_id_columns(
        students, 100, SourceLocations(ids[["silo", "record", "file", "row"]], {}, {})
    )
    assert status(columns)["iready", "State"] == "Verified"
    (part,) = columns.table.loc[
        columns.table["part"].notna(), ["part", "ids", "disagree", "status"]
    ].values.tolist()
    assert part == ["school Oak Hill, grade 07", 20, 20, "Refused"]
    assert len(columns.agreeing) == 80
    assert "grade 07" in refused(columns)["expected"].iloc[0]


def test_a_column_whose_lists_are_mostly_wrong_is_refused_whole() -> None:
    """Children who left keep their right numbers; that is no reason to go on with such a column."""
    numbers = [number if number >= 90 else (number + 1) % 90 for number in range(110)]
    people, ids = frames(*column("sis", range(110), ALL[:110]), *column("iready", numbers, ALL[:110]))
    people["school_name"] = people["school_name"].mask(people["silo"].eq("iready"), "Oak Hill")
    grades = [f"{3 + row // 18:02d}" if row < 90 else None for row in range(110)]
    people.loc[people["silo"].eq("iready"), "grade_level"] = grades
    students = prepare_records(people, ids, anchor_order=("sis",))
    columns = verify_id_columns(
        students, 100, SourceLocations(ids[["silo", "record", "file", "row"]], {}, {})
    )
    assert status(columns)["iready", "State"] == "Refused"
    assert columns.table["part"].isna().all()
    assert columns.agreeing.empty


def test_a_column_that_moved_from_a_row_on_is_refused_from_there() -> None:
    numbers = [*range(200), *range(201, 241)]
    columns = judged(*column("sis", range(241), ALL[:241]), *column("iready", numbers, ALL[:240]))
    assert len(columns.agreeing) == 200
    assert columns.table["part"].dropna().tolist() == ["rows 443 to 482"]


def test_undeclared_numbers_that_equal_the_districts_by_chance_are_the_states() -> None:
    """They are used as such, and never compared with the district's."""
    roster = [
        {**row, "ids": {"State": str(70_000 + number), "District": str(70_009 + number)}}
        for number, row in enumerate(column("sis", range(60), ALL[:60]))
    ]
    vendor = [
        {**row, "ids": {"Undeclared": str(70_000 + number)}}
        for number, row in enumerate(column("map", range(60), ALL[:60]))
    ]
    columns = judged(*roster, *vendor)
    against = columns.table[columns.table["silo"].eq("map") & columns.table["against_silo"].isna()]
    assert dict(against[["against_system", "status"]].values) == {"State": "Verified"}
    assert len(columns.agreeing) == 60
    assert status(columns)["sis", "District"] == "Unverified", (
        "nothing is wrong with the district's own numbers"
    )


def test_a_rosters_shifted_numbers_are_told_from_the_vendors_that_agree_with_each_other() -> None:
    def numbered(silo: str, system: str, numbers: Sequence[int]) -> list[dict[str, Any]]:
        rows = column(silo, range(60), ALL[:60])
        return [
            {**row, "ids": {system: str(9_000 + number)}} for number, row in zip(numbers, rows, strict=True)
        ]

    vendors = [row for silo in ("lms", "meals") for row in numbered(silo, "Undeclared", range(60))]
    columns = judged(*numbered("sis", "District", shifted(60)), *vendors)
    assert status(columns)["sis", "District"] == "Refused"
    assert {status(columns)[silo, "District"] for silo in ("lms", "meals")} == {"Verified"}


def test_an_address_that_a_family_shares_refuses_no_column() -> None:
    def mailed(silo: str, pairs: int) -> list[dict[str, Any]]:
        rows = column(silo, range(2 * pairs), ALL[: 2 * pairs])
        return [{**row, "ids": {"Email": f"home{number // 2}@x.org"}} for number, row in enumerate(rows)]

    columns = judged(*mailed("sis", 20), *mailed("career", 20))
    assert set(status(columns).values()) == {"Unverified"}
    assert len(columns.agreeing) > 0


def test_neither_the_order_of_rows_nor_two_readings_of_it_change_anything() -> None:
    rows = [*column("sis", range(50), ALL[:50]), *column("iready", shifted(50), ALL[:50])]
    mixed = [rows[place] for place in np.random.default_rng(3).permutation(len(rows))]
    one, other = judged(*rows), judged(*mixed)
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.ids.drop(columns="row"), other.ids.drop(columns="row"))


def test_without_any_id_there_is_nothing_to_judge() -> None:
    columns = judged(record("sis", "a", *ALL[0]), record("lms", "b", *ALL[1]))
    assert (len(columns.table), len(columns.agreeing), len(columns.findings)) == (0, 0, 0)


@pytest.mark.full
@given(st.integers(10, 60), st.floats(0, 1), st.integers(0, 2**32 - 1))
@settings(max_examples=examples(25))
def test_wrong_columns_of_any_length_are_refused_and_sound_ones_are_not(
    rows: int, share: float, seed: int
) -> None:
    """Nearly all wrong: refused. One in ten, more than sound columns have: used. Between them: no promise."""
    rng = np.random.default_rng(seed)
    wrong = round(rows * (0.85 + 0.15 * share)) if seed % 2 else int(rows * 0.1 * share)
    numbers = np.arange(rows)
    moved = rng.permutation(rows)[:wrong]
    numbers[moved] = numbers[np.roll(moved, 1)]
    columns = judged(*column("sis", range(rows), ALL[:rows]), *column("iready", numbers.tolist(), ALL[:rows]))
    said = status(columns)["iready", "State"]
    assert said == ("Refused" if seed % 2 else "Verified")
    assert status(columns)["sis", "State"] != "Refused"


# ------------------------------------------------------------------------------- columns of a made district

COLUMNS = (
    ("iready", "State"),
    ("attendance", "State"),
    ("special_education", "State"),
    ("screener", "Undeclared"),
    ("meals", "Undeclared"),
    ("lms", "Undeclared"),
)


def planted(
    identifiers: pd.DataFrame, silo: str, system: str, rng: np.random.Generator, kind: str
) -> pd.DataFrame:
    """Let every id of a column stand with another row: the next one's, or any other's."""
    mine = identifiers.index[identifiers["silo"].eq(silo) & identifiers["identification_system"].eq(system)]
    mine = mine[identifiers.loc[mine, "identifier"].str.isdigit()]
    order = mine if kind == "shifted" else rng.permutation(mine)
    ids = identifiers.copy()
    ids.loc[order, "identifier"] = np.roll(identifiers.loc[order, "identifier"].to_numpy(dtype=object), 1)
    return ids


def students_of(district: District, identifiers: pd.DataFrame) -> Records:
    return prepare_records(district.people, identifiers, district.unique_people, tuple(district))


@pytest.mark.one_in(5)
@pytest.mark.parametrize("seed", range(20))
def test_every_planted_column_is_refused_and_no_sound_one(district: District, seed: int) -> None:
    rng = np.random.default_rng(seed)
    silo, system = COLUMNS[seed % len(COLUMNS)]
    kind = ("shifted", "of others")[seed // len(COLUMNS) % 2]
    ids = planted(district.identifiers, silo, system, rng, kind)
    # Fewer children, others each time: columns are short, and differ.
    people = district.people[rng.random(len(district.people)) < rng.uniform(0.5, 1)]
    ids = ids.merge(people[["silo", "record"]], on=["silo", "record"], how="inner", validate="many_to_one")
    students = prepare_records(people, ids, district.unique_people, tuple(district))
    columns = verify_id_columns(
        students, 100, SourceLocations(district.person_rows, district.layouts, district.kinds)
    )
    table = columns.table[columns.table["part"].isna() & columns.table["against_silo"].isna()]
    bad = table[table["status"].eq("Refused")]
    assert set(bad["silo"]) == {silo}, bad.to_string()
    # An Undeclared column may be known as the district's, whose numbers it has.
    assert set(bad["identification_system"]) <= ({system, "District"} if system == "Undeclared" else {system})
    assert silo in set(refused(columns)["silo"])


def test_a_made_districts_columns_are_sound_but_for_the_list_that_was_planted(district: District) -> None:
    """One grade's list of i-Ready holds other children's numbers, whatever else is wrong in the district."""
    students = students_of(district, district.identifiers)
    columns = verify_id_columns(
        students, 100, SourceLocations(district.person_rows, district.layouts, district.kinds)
    )
    whole = columns.table[columns.table["part"].isna()]
    assert not whole["status"].eq("Refused").any(), whole[whole["status"].eq("Refused")].to_string()
    assert set(columns.table.loc[columns.table["part"].notna(), "silo"]) <= {"iready"}
    meal_benefits = whole[whole["silo"].eq("meal_benefits") & whole["against_silo"].isna()]
    assert set(meal_benefits["status"]) == {"Unverified"}
