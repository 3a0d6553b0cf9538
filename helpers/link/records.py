"""Records to link, their locations, and units: records that are certainly one child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from helpers.layouts import FileLayout, Layout
from helpers.link.blocking import Values, distinct_pairs
from helpers.link.values.birth_dates import comparable, ignore_date_order
from helpers.link.values.contacts import address_parts, emails, telephones
from helpers.link.values.identifiers import comparable_ids
from helpers.link.values.name_forms import (
    NameForms,
    first_name_variants,
    grades_after_name,
    name_keys,
    parse_names,
    surname_readings,
)
from helpers.link.values.name_variants import formal_names
from helpers.link.values.names import fold, is_initial
from helpers.link.values.schools import LAST_GRADE, PREKINDERGARTEN, grade_numbers, school_codes
from helpers.standard import STRING, BadInput, isin_text, places_in_order

__all__ = ["Records", "SourceLocations", "Units", "make_units", "name_values", "prepare_records"]


RECORD = ["silo", "record"]
SEED = 20_250_901


@dataclass(frozen=True)
class SourceLocations:
    """Source rows of records, and layouts that locate values in them.

    ``rows`` has ``silo``, ``record``, ``file``, ``row``. For a silo without a layout, columns have the names
    of the standard tables.
    """

    rows: pd.DataFrame
    layouts: Mapping[str, Layout]
    kinds: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of_values(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """Locate a value of each record: file, row and column."""
        rows = self.rows[[*RECORD, "file", "row"]]
        # Few of a large district's rows: most go before the merge, which encodes all texts.
        rows = rows[isin_text(rows["record"], wanted["record"])]
        rows = rows.merge(wanted[RECORD].drop_duplicates(), on=RECORD, how="inner", validate="many_to_one")
        rows = rows.take(places_in_order(rows, [*RECORD, "file", "row"]))
        taken = pd.DataFrame(
            list(self._taken(rows[["silo", "file"]].drop_duplicates())),
            columns=["silo", "file", "about", "column"],
        ).astype(STRING)
        exact = rows.merge(taken, on=["silo", "file"], how="inner", validate="many_to_many")
        exact = exact.drop_duplicates([*RECORD, "about"])
        located = wanted.merge(exact, on=[*RECORD, "about"], how="left", validate="many_to_one")
        first = rows.drop_duplicates(RECORD).rename(columns={"file": "first_file", "row": "first_row"})
        located = located.merge(first, on=RECORD, how="left", validate="many_to_one")
        named_after = located["record"].str.extract(r"^(?P<file>.*)#(?P<row>\d+)$")
        row = (
            located["row"]
            .fillna(located["first_row"])
            .fillna(pd.to_numeric(named_after["row"]).astype("Int64"))
        )
        return pd.DataFrame(
            {
                "file": located["file"].fillna(located["first_file"]).fillna(named_after["file"]),
                "row": row,
                "column": located["column"].fillna(located["about"]),
            }
        )

    def of_ids(self, ids: pd.DataFrame) -> pd.Series:
        """Return the column of each id."""
        keys = ["silo", "file", "system"]
        distinct = ids[keys].drop_duplicates(ignore_index=True)
        named = [self._id_column(*key) for key in distinct.itertuples(index=False, name=None)]
        columns = distinct.assign(column=pd.Series(named, index=distinct.index, dtype=STRING))
        return ids[keys].merge(columns, on=keys, how="left", validate="many_to_one")["column"]

    def _id_column(self, silo: str, file: str, system: str) -> str:
        layout = self.layouts.get(silo)
        columns = (
            [column for kind in self._kinds_of(file, layout) for column in kind.columns] if layout else []
        )
        declared = [column.name for column in columns if column.identification_system == system]
        # A column of several systems names the id's system in each cell: `{State:123}`.
        named_inside = [column.name for column in columns if column.identification_system == "{type}"]
        return (declared or named_inside or [system])[0]

    def _taken(self, files: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
        """List the columns of *people* that each file gives, with their names in the file."""
        for silo, file in files.itertuples(index=False):
            layout = self.layouts.get(silo)
            if layout is None:
                continue
            listed = set()
            for kind in self._kinds_of(file, layout):
                for makes in kind.makes:
                    if makes.table == "people":
                        for about, column in makes.take.items():
                            if about not in listed:
                                listed.add(about)
                                yield silo, file, about, column

    def _kinds_of(self, file: str, layout: Layout) -> list[FileLayout]:
        """Return the kinds of file a file was read as; otherwise by its name, or the only possible kind."""
        if file in self.kinds:
            return [layout.file_named(name) for name in self.kinds[file]]
        name = PurePosixPath(file).name
        makers = [kind for kind in layout.files if any(makes.table == "people" for makes in kind.makes)]
        by_name = [kind for kind in makers if fnmatch(name.lower(), PurePosixPath(kind.path).name.lower())]
        return by_name or (makers if len(makers) == 1 else [])


@dataclass(frozen=True)
class Records:
    """Records of role Student, numbered by silo and record, with prepared attributes for comparison.

    ``silo`` is the position of a record's silo in the anchor order.
    """

    people: pd.DataFrame
    ids: pd.DataFrame
    names: NameForms
    silo: np.ndarray
    keeps_one_record_a_child: np.ndarray
    telephone: np.ndarray
    address: np.ndarray

    def __len__(self) -> int:
        return len(self.people)

    @property
    def bare(self) -> np.ndarray:
        """Test which records have no name, and so can't confirm another record."""
        return self.people["linkable_by"].isin(["Identifier only", "Nothing"]).to_numpy(dtype=bool)

    @property
    def says_nothing(self) -> np.ndarray:
        """Test which records have neither name nor birth date, and so can't contradict another record."""
        return self.bare & self.people["birth_date"].isna().to_numpy(dtype=bool)

    def sample(self, most: int) -> Records:
        """Choose records at random, at most so many, the same each time."""
        kept = np.sort(np.random.default_rng(SEED).choice(len(self), min(most, len(self)), replace=False))
        number = np.full(len(self), -1, dtype="int64")
        number[kept] = np.arange(len(kept))
        named = number[self.names.record] >= 0
        ids = number[self.ids["number"].to_numpy(dtype="int64")]
        return Records(
            people=self.people.iloc[kept].reset_index(drop=True),
            ids=self.ids[ids >= 0].assign(number=ids[ids >= 0]).reset_index(drop=True),
            names=NameForms(
                number[self.names.record[named]],
                self.names.first[named],
                self.names.last[named],
                self.names.texts,
            ),
            silo=self.silo[kept],
            keeps_one_record_a_child=self.keeps_one_record_a_child[kept],
            telephone=self.telephone[kept],
            address=self.address[kept],
        )

    def may_be_one_child(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Exclude pairs within a silo that has one record per child."""
        return ~((self.silo[left] == self.silo[right]) & self.keeps_one_record_a_child[left])


def prepare_records(
    people: pd.DataFrame,
    identifiers: pd.DataFrame,
    unique_people: Sequence[str] = (),
    anchor_order: Sequence[str] = (),
) -> Records:
    """Assign numbers to the records of children, independently of row order."""
    nameless = people[["silo", "record"]].isna().any(axis="columns").to_numpy(dtype=bool)
    if nameless.any():
        raise BadInput(
            f"Rows of people without a silo or a record: {int(nameless.sum())} of {len(people)}, first row "
            f"{int(np.argmax(nameless))} (counted from 0). Name both: links need both."
        )
    students = people[people["role"].eq("Student")]
    students = students.take(places_in_order(students, ["silo", "record"])).reset_index(drop=True)
    twice = students.duplicated(["silo", "record"])
    if twice.any():
        first = students[twice].iloc[0]
        raise BadInput(
            f"Silo {first['silo']!r} has two records of one name; people must be unique by silo and record. "
            f"Read the folder again with read_district."
        )
    silos = sorted(people["silo"].unique().tolist())
    order = sorted(silos, key=lambda silo: (_place(silo, anchor_order), silo))
    silo = students["silo"].map({name: place for place, name in enumerate(order)}).to_numpy(dtype="int64")
    numbers = students[["silo", "record"]].assign(number=np.arange(len(students), dtype="int64"))
    return Records(
        people=students,
        ids=comparable_ids(identifiers, numbers),
        names=parse_names(students),
        silo=silo,
        keeps_one_record_a_child=students["silo"].isin(list(unique_people)).to_numpy(dtype=bool),
        telephone=_codes(students["telephone"].str.replace(r"\D", "", regex=True)),
        address=_addresses(students),
    )


def _place(silo: str, anchor_order: Sequence[str]) -> int:
    return anchor_order.index(silo) if silo in anchor_order else len(anchor_order)


def _codes(column: pd.Series) -> np.ndarray:
    """Encode equal texts as one integer; -1 for missing."""
    return pd.factorize(column.where(column.ne("")))[0].astype("int64")


def _addresses(people: pd.DataFrame) -> np.ndarray:
    """Encode equal addresses as one integer: a street in a postal code, or else in a city."""
    place = people["postal_code"].str.slice(0, 5).fillna(people["city"].str.casefold())
    street = people["street_number_name"].str.casefold().str.replace(r"[\W_]+", " ", regex=True).str.strip()
    return _codes(street.where(street.ne("")) + "\n" + place)


@dataclass(frozen=True)
class Units:
    """Units by number, in the order of their first records.

    ``of_record`` is the unit of each record, ``record_silo`` its silo; ``first_record`` the first record of
    each unit. ``values`` has by name, as integer codes, what `frame` gives a model to score; ``names``,
    ``ids`` and ``silos`` are those of the units' records, ``silos_with_name`` those of records with a name.
    """

    of_record: np.ndarray
    first_record: np.ndarray
    values: dict[str, Values]
    record_silo: np.ndarray
    names: NameForms
    ids: pd.DataFrame
    silos: Values
    silos_with_name: Values
    keeps_one_record_a_child: np.ndarray  # by silo number
    # About one unit a person, to count how common values are; by default the units with a birth date.
    one_a_person: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.first_record)

    @property
    def dated(self) -> np.ndarray:
        """Test which units have a birth date."""
        return self.values["birth_days"].how_many(len(self)) > 0

    @property
    def named(self) -> np.ndarray:
        """Test which units have a name."""
        return np.bincount(self.names.record, minlength=len(self)) > 0

    @property
    def silo(self) -> np.ndarray:
        """Return the first silo of each unit."""
        result = np.zeros(len(self), dtype="int64")
        result[self.silos.unit[::-1]] = self.silos.code[::-1]
        return result


def make_units(students: Records, label: np.ndarray, schools: pd.DataFrame | None = None) -> Units:
    """Combine the values of each unit's records."""
    first_record, unit = np.unique(label, return_inverse=True)
    unit = unit.astype("int64")
    count = len(first_record)
    people = students.people
    names = _names_of_units(students.names, unit)
    values = name_values(names, count)
    values["middle"] = Values.of_column(unit, people["middle_name"].map(fold, na_action="ignore"))
    values |= _birth_days(people, unit)
    values["sex"] = Values.of_column(unit, people["sex"])
    values["schools"] = Values.of_column(unit, school_codes(people, schools))
    grade = grade_numbers(people).fillna(grades_after_name(people))
    known = grade.notna().to_numpy(dtype=bool)
    place = grade[known].to_numpy(dtype="int64") - PREKINDERGARTEN
    values["grades"] = Values.of(unit[known], place, np.arange(PREKINDERGARTEN, LAST_GRADE + 1))
    values["telephones"] = Values.of_column(unit, telephones(people["telephone"]))
    values["emails"] = Values.of_column(unit, emails(people["email"]))
    parts = address_parts(people["street_number_name"])
    values["addresses"] = Values.of_column(unit, parts["number"] + " " + parts["street"])
    for name, part in (("streets", "street"), ("house_numbers", "number"), ("flats", "unit")):
        values[name] = Values.of_column(unit, parts[part])
    values["localities"] = Values.of_column(unit, people["city"].str.casefold().str.strip())
    values["postcodes"] = Values.of_column(unit, people["postal_code"].str.slice(0, 5))
    ids = students.ids.assign(number=unit[students.ids["number"].to_numpy(dtype="int64")])
    keeps = np.zeros(int(np.max(students.silo)) + 1 if len(students.silo) else 0, dtype=bool)
    keeps[students.silo[students.keeps_one_record_a_child]] = True
    with_name = np.flatnonzero(~students.bare)
    return Units(
        of_record=unit,
        first_record=first_record.astype("int64"),
        values=values,
        record_silo=students.silo,
        names=names,
        ids=ids.drop_duplicates(["number", "system", "value"], ignore_index=True),
        silos=Values.of(unit, students.silo, np.arange(len(keeps))),
        silos_with_name=Values.of(unit[with_name], students.silo[with_name], np.arange(len(keeps))),
        keeps_one_record_a_child=keeps,
    )


def _names_of_units(forms: NameForms, unit: np.ndarray) -> NameForms:
    size = len(forms.texts)
    record, reading = distinct_pairs(unit[forms.record], forms.first * size + forms.last)
    return NameForms(record, reading // size, reading % size, forms.texts)


def name_values(names: NameForms, count: int) -> dict[str, Values]:
    """Return the first names and surnames of units in all their forms."""
    texts = np.array(names.texts, dtype=object)
    record, key = name_keys(names)
    keys = Values.of(record, key, np.arange(int(np.max(key)) + 1 if len(key) else 0).astype(str))
    first, last = np.where(names.first > 0, names.first, -1), np.where(names.last > 0, names.last, -1)
    given, family = Values.of(names.record, first, texts), Values.of(names.record, last, texts)
    # Joint frequency counts the first reading of a name, with nicknames and word order normalized.
    begins = np.flatnonzero(np.diff(names.record, prepend=-1))
    whole, distinct = pd.factorize(names.first[begins] * len(texts) + names.last[begins])
    canonical = [
        _canonical(texts[form // len(texts)], texts[form % len(texts)]) for form in distinct.tolist()
    ]
    # An initial with one name is no full name that two children could share.
    full = np.array([None if _half_a_name(words) else words for words in canonical], dtype=object)
    codes, words = pd.factorize(full)
    return {
        "name_keys": keys,
        "name_key": Values.of(names.record[begins], codes.astype("int64")[whole], words),
        "given": given,
        "given_formal": first_name_variants(names),
        "family": family,
        "family_parts": surname_readings(names),
    }


def _canonical(first: str, last: str) -> str:
    formal = sorted(formal_names(first.replace(" ", "")) - {first}) or [first]
    return " ".join(sorted(f"{formal[0]} {last}".split()))


def _half_a_name(words: str) -> bool:
    whole = [word for word in words.split() if not is_initial(word)]
    return len(whole) < min(2, len(words.split()))


def _birth_days(people: pd.DataFrame, unit: np.ndarray) -> dict[str, Values]:
    known = comparable(people)
    dates, others = people["birth_date"], people["birth_date_other"]
    days = pd.concat([dates[known], others[known & others.notna().to_numpy(dtype=bool)]])
    owner = unit[days.index.to_numpy()]
    free = ignore_date_order(dates)
    codes, numbers = pd.factorize(free[known])
    return {
        "birth_days": Values.of_column(
            owner, days.dt.strftime("%Y-%m-%d").astype("string").reset_index(drop=True)
        ),
        "birth_days_free": Values.of(unit[known], codes.astype("int64"), numbers.astype(str)),
    }
