"""The records that are to be linked, made ready once for every rung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.forms import Forms, read_names
from helpers.link.identifiers import comparable_ids
from helpers.standard import BadInput

__all__ = ["Students", "make_ready"]


@dataclass(frozen=True)
class Students:
    """Records of role Student, numbered in order of silo and record, and what is compared of them.

    ``silo`` is the place of a record's silo in the order in which anchors are chosen.
    """

    people: pd.DataFrame
    ids: pd.DataFrame
    names: Forms
    silo: np.ndarray
    keeps_one_record_a_child: np.ndarray
    telephone: np.ndarray
    address: np.ndarray

    def __len__(self) -> int:
        return len(self.people)

    @property
    def bare(self) -> np.ndarray:
        """Tell which records have no name: nothing in them can confirm another record."""
        return self.people["linkable_by"].isin(["Identifier only", "Nothing"]).to_numpy(dtype=bool)

    @property
    def says_nothing(self) -> np.ndarray:
        """Tell which records have neither name nor birth date: nothing in them can speak against another."""
        return self.bare & self.people["birth_date"].isna().to_numpy(dtype=bool)

    def may_be_one_child(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell which pairs are not two records of a silo that keeps one a child."""
        return ~((self.silo[left] == self.silo[right]) & self.keeps_one_record_a_child[left])


def make_ready(
    people: pd.DataFrame,
    identifiers: pd.DataFrame,
    unique_people: Sequence[str] = (),
    anchor_order: Sequence[str] = (),
) -> Students:
    """Give the records of children their numbers, so that nothing depends on the order of rows.

    Parameters
    ----------
    people, identifiers
        The standard tables of those names, of all silos.
    unique_people
        Silos that promise one record a child.
    anchor_order
        Silos in which a child's anchor is looked for first; the others follow by name.

    Returns
    -------
    Students
        Only role Student.

    Raises
    ------
    BadInput
        When a record has no silo or no name, or a silo keeps two records under one name.
    """
    nameless = people[["silo", "record"]].isna().any(axis="columns").to_numpy(dtype=bool)
    if nameless.any():
        raise BadInput(
            f"{int(nameless.sum())} of {len(people)} rows of people have no silo or no record, first row "
            f"{int(np.argmax(nameless))} (counted from 0). Name both: by them the links say who is who."
        )
    students = people[people["role"].eq("Student")].sort_values(["silo", "record"], ignore_index=True)
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
    return Students(
        people=students,
        ids=comparable_ids(identifiers, numbers),
        names=read_names(students),
        silo=silo,
        keeps_one_record_a_child=students["silo"].isin(list(unique_people)).to_numpy(dtype=bool),
        telephone=_codes(students["telephone"].str.replace(r"\D", "", regex=True)),
        address=_addresses(students),
    )


def _place(silo: str, anchor_order: Sequence[str]) -> int:
    return anchor_order.index(silo) if silo in anchor_order else len(anchor_order)


def _codes(column: pd.Series) -> np.ndarray:
    """Give equal texts one number; -1 for nothing."""
    return pd.factorize(column.where(column.ne("")))[0].astype("int64")


def _addresses(people: pd.DataFrame) -> np.ndarray:
    """Give equal addresses one number: a street in a postal code, or in a city where there is none."""
    place = people["postal_code"].str.slice(0, 5).fillna(people["city"].str.casefold())
    street = people["street_number_name"].str.casefold().str.replace(r"[\W_]+", " ", regex=True).str.strip()
    return _codes(street.where(street.ne("")) + "\n" + place)
