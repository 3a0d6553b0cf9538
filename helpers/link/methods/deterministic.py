"""Deterministic linkage: joins on equal keys, from a lookup of one id to a cascade of keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.link.blocking import Values, components, distinct_pairs, pairs_within
from helpers.link.candidates import Keys, first_letters
from helpers.link.crosswalk import STEPS, Links, make_crosswalk
from helpers.link.matches import LARGEST_BLOCK, LinkageContext, Matches
from helpers.link.records import Records, prepare_records
from helpers.link.values.birth_dates import DIFFERENT, comparable, compare_birth_dates, ignore_date_order
from helpers.link.values.contacts import addresses, emails, shared_by_many, telephones
from helpers.link.values.name_forms import first_name_variants, name_keys, surname_readings
from helpers.link.values.schools import grade_numbers, school_codes
from helpers.standard import as_table, empty_table
from helpers.systems import roster_system

__all__ = [
    "CASCADE",
    "EXACT",
    "NOT_NUMBERS",
    "PASSES",
    "SHARED_IDENTIFIER",
    "STANDARDIZED",
    "Pass",
    "cascade_pairs",
    "find_cascade_matches",
    "find_exact_matches",
    "find_shared_identifiers",
    "find_standardized_matches",
    "join_all_on_id",
    "join_on_id",
    "pairs_with_equal_keys",
]


# A baseline to compare with, not to use. Each number occurs on one record per side, so every test of keys
# passes. Nobody checks whether two systems mean the same thing by their number.

# What a person types to log in, or an address: nobody looks up a child by it.
NOT_NUMBERS = ("Login", "Email", "PIN", "School")
RECORD = ["silo", "record"]


def join_on_id(people: pd.DataFrame, identifiers: pd.DataFrame, left: str, right: str) -> pd.DataFrame:
    """Join the children of two systems on equal numbers, as in a spreadsheet, and verify nothing.

    Parameters
    ----------
    people, identifiers
        The standard tables of those names.
    left, right
        The two systems.

    Returns
    -------
    pandas.DataFrame
        ``left_silo``, ``left_record``, ``right_silo``, ``right_record``, ``identifier``: one row per pair of
        records, sorted by the left record. A number on two records of one system is left out: a test of keys
        would fail there, and somebody would notice.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {"silo": ["sis", "meals"], "record": ["a", "b"], "role": "Student"}, dtype="string"
    ... )
    >>> ids = people[["silo", "record"]].assign(identification_system="District", identifier="4711")
    >>> join_on_id(people, ids, "sis", "meals")[["left_record", "right_record"]].values.tolist()
    [['a', 'b']]
    """
    return _found_by(_numbers_of(people, identifiers), [left, right])


def _numbers_of(people: pd.DataFrame, identifiers: pd.DataFrame) -> pd.DataFrame:
    """List the numbers that only one child of their system has, with the child's record."""
    children = people.loc[people["role"].eq("Student"), RECORD]
    numbers = identifiers[~identifiers["identification_system"].isin(NOT_NUMBERS)]
    numbers = numbers[[*RECORD, "identifier"]].dropna().drop_duplicates()
    numbers = numbers.merge(children, on=RECORD, how="inner", validate="many_to_one")
    return numbers[~numbers.duplicated(["silo", "identifier"], keep=False)]


def _found_by(numbers: pd.DataFrame, silos: list[str]) -> pd.DataFrame:
    """Find equal numbers among all pairs of systems at once; the earlier system is on the left."""
    place = {silo: number for number, silo in enumerate(silos)}
    numbers = numbers[numbers["silo"].isin(silos)]
    numbers = numbers.assign(place=numbers["silo"].map(place).astype("int64"))
    left, right = (
        numbers.rename(columns={name: f"{side}_{name}" for name in (*RECORD, "place")})
        for side in ("left", "right")
    )
    # A number is unique within a system, so no pair of systems has more rows than numbers.
    found = left.merge(right, on="identifier", how="inner", validate="many_to_many")
    found = found[found["left_place"] < found["right_place"]]
    pair = ["left_place", "right_place", "left_record", "right_record"]
    found = found.sort_values([*pair, "identifier"]).drop_duplicates(pair, ignore_index=True)
    return found[["left_silo", "left_record", "right_silo", "right_record", "identifier"]]


def join_all_on_id(people: pd.DataFrame, identifiers: pd.DataFrame) -> Links:
    """Join all systems on equal numbers: a baseline crosswalk to compare with that of linking.

    Parameters
    ----------
    people, identifiers
        The standard tables of those names, of all silos.

    Returns
    -------
    Links
        As from ``link_children``, so that the same functions evaluate it. Every joined record except the
        anchor is *Unverified*. There are no findings, since nothing was compared.
    """
    students = prepare_records(people, identifiers, anchor_order=(roster_system(),))
    known = students.people[RECORD]
    found = _found_by(_numbers_of(people, identifiers), known["silo"].unique().tolist())
    place = pd.MultiIndex.from_frame(known)
    left, right = (
        place.get_indexer(pd.MultiIndex.from_frame(found[[f"{side}_silo", f"{side}_record"]]))
        for side in ("left", "right")
    )
    matches = pd.DataFrame(
        {
            "left": left,
            "right": right,
            "step": np.zeros(len(found), dtype="int64"),
            "decision": "Match",
            "verified": False,
        }
    )
    label = components(len(known), left, right)
    pairs = found.drop(columns="identifier").assign(
        step=STEPS[0],
        rule="equal numbers",
        evidence_identifier="Same",
        decision="Match",
        decided_by="Rule",
    )
    return Links(
        crosswalk=make_crosswalk(students, label, matches),
        pairs=as_table("pairs", pairs),
        findings=empty_table("findings"),
        passed_over=pd.DataFrame(
            {"step": pd.Series([STEPS[0]], dtype="string"), "keys": [0], "records": [0]}
        ).astype({"keys": "Int64", "records": "Int64"}),
    )


CASCADE = 3

# More surnames than this at one phone number or address mean an office or an apartment building.
MOST_SURNAMES = 4


class Pass(NamedTuple):
    """One pass: its name in the evidence, the fields that must agree, and whether birth dates may differ."""

    rule: str
    fields: tuple[str, ...]
    birth_dates_may_differ: bool = False


PASSES = (
    Pass("full name and birth date", ("name", "birth date")),
    Pass("surname, first letter, birth date and school", ("surname", "first letter", "birth date", "school")),
    Pass("first name, birth date and contact", ("first name", "birth date", "contact")),
    Pass("full name, school and most of the birth date", ("name", "school", "part of birth date"), True),
    Pass("full name and contact", ("name", "contact")),
    Pass("full name, school and grade", ("name", "school", "grade")),
    Pass("full name and grade", ("name", "grade")),
    Pass("full name that nobody else has", ("name",)),
)


def find_cascade_matches(students: Records, found: Matches, aids: LinkageContext) -> Matches:
    """Find pairs that some pass of the cascade joins."""
    return found.with_pairs(CASCADE, *cascade_pairs(students, aids.schools))


def cascade_pairs(
    students: Records, schools: pd.DataFrame | None = None, passes: tuple[Pass, ...] = PASSES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find pairs of records by a cascade of keys."""
    fields = _Fields(students, school_codes(students.people, schools))
    identity = fields.identity()
    systems = int(np.max(students.silo)) + 1 if len(students) else 1
    joined = np.zeros(len(students) * systems, dtype=bool)  # whether a record is joined to a system
    # A list without its own ids may have several rows per child.
    with_id = students.people["local_id"].notna().to_numpy(dtype=bool)
    found, over = [], np.zeros(2, dtype="int64")
    for one in passes:
        keys = _unambiguous(fields.keys(one.fields), students.silo, identity)
        codes = pd.factorize(keys.key)[0].astype("int64")
        left, right, passed = pairs_within(codes, keys.unit, LARGEST_BLOCK)
        left, right = distinct_pairs(left, right)
        kept = students.may_be_one_child(left, right)
        if not one.birth_dates_may_differ:
            kept &= compare_birth_dates(students.people, left, right) != DIFFERENT
        ends = left * systems + students.silo[right], right * systems + students.silo[left]
        kept &= ~(joined[ends[0]] | joined[ends[1]])
        found.append(pd.DataFrame({"left": left[kept], "right": right[kept]}).assign(rule=one.rule))
        joined[ends[0][kept & with_id[right]]] = True
        joined[ends[1][kept & with_id[left]]] = True
        over += passed
    pairs = pd.concat(found, ignore_index=True).astype({"rule": "string"})
    return pairs, pd.DataFrame([over.tolist()], columns=["keys", "records"])


def _unambiguous(keys: Keys, silo: np.ndarray, identity: np.ndarray) -> Keys:
    """Drop keys that two children of one system share."""
    if len(keys) == 0:
        return keys
    codes = pd.factorize(keys.key)[0].astype("int64")
    systems = int(np.max(silo)) + 1
    place, _ = distinct_pairs(codes * systems + silo[keys.unit], identity[keys.unit])
    twice = place[1:][place[1:] == place[:-1]] // systems
    ambiguous = np.zeros(int(np.max(codes)) + 1, dtype=bool)
    ambiguous[twice] = True
    kept = ~ambiguous[codes]
    return Keys(keys.unit[kept], keys.key[kept])


class _Fields:
    """Fields of records, each computed on first use."""

    def __init__(self, students: Records, school: pd.Series) -> None:
        self.students = students
        self.school = school
        self.grade = grade_numbers(students.people)
        self.made: dict[str, Values] = {}

    def keys(self, names: tuple[str, ...]) -> Keys:
        """Combine the keys of several fields; a record that lacks one of them has none."""
        keys = Keys.of(self[names[0]])
        for name in names[1:]:
            keys = keys.with_value(self[name])
        return keys

    def __getitem__(self, name: str) -> Values:
        if name not in self.made:
            self.made[name] = self._makers()[name]()
        return self.made[name]

    def _makers(self) -> dict[str, Callable[[], Values]]:
        names = self.students.names
        rows = np.arange(len(self.students), dtype="int64")
        return {
            "name": lambda: _numbered(*name_keys(names)),
            "first name": lambda: first_name_variants(names),
            "surname": lambda: surname_readings(names),
            "first letter": lambda: first_letters(Values.of(names.record, names.first, names.texts), 1),
            "birth date": partial(_numbered, *self._birth_dates()),
            "part of birth date": self._birth_date_parts,
            "school": lambda: Values.of_column(rows, self.school),
            "grade": lambda: Values.of_column(rows, self.grade.astype("string")),
            "contact": self._contacts,
        }

    def _birth_dates(self) -> tuple[np.ndarray, np.ndarray]:
        record = np.flatnonzero(comparable(self.students.people))
        return record, ignore_date_order(self.students.people["birth_date"])[record]

    def _birth_date_parts(self) -> Values:
        """Return year and month, year and day, month and day; one typo leaves one of them intact."""
        record, days = self._birth_dates()
        year, first, second = days // 10_000, days // 100 % 100, days % 100
        parts = (year * 100 + first, 1_000_000 + year * 100 + second, 2_000_000 + first * 100 + second)
        return _numbered(np.tile(record, len(parts)), np.concatenate(parts))

    def _contacts(self) -> Values:
        """Return a family's contacts, without those that many families share."""
        people = self.students.people
        place = people["postal_code"].str.slice(0, 5).fillna(people["city"].str.casefold())
        home = addresses(people["street_number_name"])
        ways = (telephones(people["telephone"]), emails(people["email"]), home + "\n" + place)
        surname = people["last_surname"].str.casefold()
        column = pd.concat([way.mask(shared_by_many(way, surname, MOST_SURNAMES)) for way in ways])
        return Values.of_column(np.tile(np.arange(len(people), dtype="int64"), len(ways)), column)

    def identity(self) -> np.ndarray:
        """Assign numbers that two records of one system share only if nothing distinguishes them.

        A system that guarantees one record per child has as many children as records. In any other system,
        records with one name, birth date, school and grade count as one child. In lists without their own ids
        school and grade don't matter, since such lists have a row per year or event.
        """
        students = self.students
        begins = np.flatnonzero(np.diff(students.names.record, prepend=-1))
        name = np.full(len(students), -1, dtype="int64")
        name[students.names.record[begins]] = (
            students.names.first[begins] * len(students.names.texts) + students.names.last[begins]
        )
        without_id = students.people["local_id"].isna().to_numpy(dtype=bool)
        grade = self.grade.fillna(-9).to_numpy(dtype="int64")
        fields = pd.DataFrame(
            {
                "name": name,
                "day": ignore_date_order(students.people["birth_date"]),
                "school": np.where(without_id, -1, pd.factorize(self.school)[0]),
                "grade": np.where(without_id, -9, grade),
                "record": np.where(students.keeps_one_record_a_child, np.arange(len(students)), -1),
            }
        )
        return fields.groupby(list(fields), sort=False).ngroup().to_numpy(dtype="int64")


def _numbered(record: np.ndarray, code: np.ndarray) -> Values:
    numbers, distinct = pd.factorize(code)
    return Values.of(record, numbers.astype("int64"), distinct.astype(str))


def pairs_with_equal_keys(
    students: Records, record: np.ndarray, *parts: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find pairs of records with all key parts equal."""
    key = parts[0].astype("int64")
    for part in parts[1:]:
        # Recoded each time, so that the product stays within 64 bits.
        width = int(np.max(part)) + 1 if len(part) else 1
        key = pd.factorize(pd.factorize(key)[0].astype("int64") * width + part)[0].astype("int64")
    left, right, passed = pairs_within(key, record, LARGEST_BLOCK)
    allowed = students.may_be_one_child(left, right)
    pairs = pd.DataFrame({"left": left[allowed], "right": right[allowed]}).drop_duplicates(ignore_index=True)
    return pairs, pd.DataFrame([passed], columns=["keys", "records"])


EXACT = 1


def find_exact_matches(students: Records, found: Matches, aids: LinkageContext) -> Matches:
    """Find pairs with identical first name, surname and birth date."""
    people = students.people
    known = comparable(people) & people["name_status"].eq("As written").to_numpy(dtype=bool)
    name = people["first_name"] + "\n" + people["last_surname"]
    day = (
        people["birth_date"].dt.year * 10_000
        + people["birth_date"].dt.month * 100
        + people["birth_date"].dt.day
    )
    record = np.flatnonzero(known & name.notna().to_numpy(dtype=bool))
    code = pd.factorize(name.take(record))[0].astype("int64")
    day_number = day.take(record).to_numpy(dtype="int64")
    return found.with_pairs(EXACT, *pairs_with_equal_keys(students, record, code, day_number))


SHARED_IDENTIFIER = 0


def find_shared_identifiers(students: Records, found: Matches, aids: LinkageContext) -> Matches:
    """Find pairs of records with an equal id; names and birth dates then confirm it or not."""
    agreeing, over = aids.id_columns.agreeing, aids.id_columns.passed_over
    may_be = students.may_be_one_child(agreeing["left"].to_numpy(), agreeing["right"].to_numpy())
    agreeing = agreeing[may_be]
    return found.with_pairs(SHARED_IDENTIFIER, agreeing[["left", "right"]], over, agreeing)


STANDARDIZED = 2


def find_standardized_matches(students: Records, found: Matches, aids: LinkageContext) -> Matches:
    """Find pairs whose names and birth dates agree after standardization."""
    record, key = name_keys(students.names)
    dated = comparable(students.people)[record]
    day = ignore_date_order(students.people["birth_date"])
    return found.with_pairs(
        STANDARDIZED, *pairs_with_equal_keys(students, record[dated], key[dated], day[record[dated]])
    )
