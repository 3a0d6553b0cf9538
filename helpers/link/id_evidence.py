"""What names and birth dates say of each id: that it stands with the right child, or with another one.

Two things speak. An id that is equal to one of another system leads to a record there, whose name and birth
date are compared. And a child whom two systems know by the same name and birth date bears, in both, the same
number, where both hold numbers of one kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link import names
from helpers.link.blocks import pairs_within
from helpers.link.dates import AMBIGUOUS_DATE, DIFFERENT, comparable, compare_birth_dates
from helpers.link.forms import compare_names
from helpers.link.identifiers import CONTRADICTING, contradicting, equal_ids
from helpers.link.places import Places
from helpers.link.students import Students

__all__ = ["ANOTHER", "SAME", "UNCLEAR", "IdEvidence", "gather_id_evidence"]

NOTHING, SAME, UNCLEAR, ANOTHER = range(4)
# Numbers that are one child's inside one school, or one till, only.
OF_ONE_PLACE = ("School", "PIN")
# Sisters and brothers share them.
OF_A_HOME = ("Login", "Email")
# So many pairs of two columns are compared at most: more would not make a rate of either surer.
MOST_PAIRS = 4000


@dataclass(frozen=True)
class IdEvidence:
    """Every column of ids, and every pair of ids that speaks of two columns.

    Attributes
    ----------
    ids
        As from `identifiers.comparable_ids`, with ``column``: a place in `columns`.
    columns
        ``silo``, ``order`` (of the silo), ``system``, ``name`` (of the column), ``file`` (the first).
    pairs
        ``one``, ``other`` (places in `ids`), ``says`` (`SAME`, `UNCLEAR`, `ANOTHER`, 0: nothing can be
        compared), ``equal`` (the ids are equal; else names and birth dates are, and the ids differ).
    left, right, passed_over
        From `identifiers.equal_ids`: all pairs of equal ids.
    """

    ids: pd.DataFrame
    columns: pd.DataFrame
    pairs: pd.DataFrame
    left: np.ndarray
    right: np.ndarray
    passed_over: pd.DataFrame


def gather_id_evidence(students: Students, largest_block: int, places: Places) -> IdEvidence:
    """Compare the records to which ids lead.

    Parameters
    ----------
    students
        The records.
    largest_block
        As for `identifiers.equal_ids`.
    places
        In which column of which file ids stand.

    Returns
    -------
    IdEvidence
        Of two columns at most `MOST_PAIRS` pairs.
    """
    ids, columns = _columns(students, places)
    left, right, passed_over = equal_ids(ids, largest_block)
    speaks = _speaks(ids)
    silo = students.silo[ids["number"].to_numpy(dtype="int64")]
    useful = np.flatnonzero(speaks[left] & speaks[right] & (silo[left] != silo[right]))
    useful = useful[_some_of_each(ids["column"].to_numpy(), left[useful], right[useful])]
    one, other = left[useful], right[useful]
    number = ids["number"].to_numpy(dtype="int64")
    met = pd.DataFrame(
        {"one": one, "other": other, "says": _says(students, number[one], number[other]), "equal": True}
    )
    return IdEvidence(
        ids,
        columns,
        pd.concat([met, _by_name(students, ids, largest_block)], ignore_index=True),
        left,
        right,
        passed_over,
    )


def _columns(students: Students, places: Places) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = students.ids
    order = students.silo[ids["number"].to_numpy(dtype="int64")]
    system, systems = pd.factorize(ids["system"], sort=True)
    file, files = pd.factorize(ids["file"], sort=True)
    head, heads = pd.factorize(ids["head"], sort=True)
    # As numbers: a large district has millions of ids in some dozens of columns.
    places_of = pd.DataFrame({"order": order, "system": system, "file": file})
    code = ((order * len(systems) + system) * (len(files) + 1) + file) * (len(heads) + 1) + head
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    where = places_of.iloc[first].reset_index(drop=True)
    silos = students.people["silo"].take(ids["number"].to_numpy(dtype="int64")[first]).to_numpy()
    where = where.assign(
        silo=pd.Series(silos, dtype="string"),
        system=pd.Series(systems.take(where["system"].to_numpy()), dtype="string"),
        file=ids["file"].take(first).reset_index(drop=True),
    )
    # One name in several files, year after year or class by class, is one column.
    own = ids["head"].take(first).reset_index(drop=True)
    where["name"] = own.fillna(places.of_ids(where)).to_numpy()
    keys = ["order", "silo", "system", "name"]
    columns = where.groupby(keys, as_index=False, dropna=False, sort=True)[["file"]].min()
    number = pd.MultiIndex.from_frame(columns[keys]).get_indexer(pd.MultiIndex.from_frame(where[keys]))
    return ids.assign(column=number[which]), columns


def _speaks(ids: pd.DataFrame) -> np.ndarray:
    """Leave out numbers of one place, and addresses that several records of a system share."""
    speaks = ~ids["system"].isin(OF_ONE_PLACE).to_numpy(dtype=bool)
    of_a_home = np.flatnonzero(ids["system"].isin(OF_A_HOME).to_numpy(dtype=bool))
    shared = ids[["column", "value"]].take(of_a_home).duplicated(keep=False).to_numpy(dtype=bool)
    speaks[of_a_home[shared]] = False
    return speaks


def _some_of_each(column: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Take at most so many pairs of two columns, wherever they stand in them, and always the same ones."""
    group = column[left] * (int(np.max(column, initial=0)) + 1) + column[right]
    scattered = (left * 2_654_435_761 + right * 40_503) % (1 << 32)
    order = np.lexsort((scattered, group))
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return np.sort(order[rank < MOST_PAIRS])


def _says(students: Students, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Say of pairs of records whether they are plainly two children.

    Not plainly: a first name that may be the other's nickname or preferred name beside the same birth date, a
    surname that changed, a date with one slip. Each of them happens in a sound column.
    """
    name = compare_names(students.names, len(students), left, right)
    birth = compare_birth_dates(students.people, left, right)
    name_agrees = (name.first <= names.ORDER_SWAPPED) & (name.last <= names.ORDER_SWAPPED)
    name_differs = (name.first == names.DIFFERENT) | (name.last == names.DIFFERENT)
    date_agrees, date_differs = birth <= AMBIGUOUS_DATE, birth == DIFFERENT
    another = (name.plainly_different & ~date_agrees) | (date_differs & ~name_agrees)
    return np.select(
        [another, name_agrees | date_agrees, name_differs | date_differs],
        [ANOTHER, SAME, UNCLEAR],
        default=NOTHING,
    ).astype("int8")


def _by_name(students: Students, ids: pd.DataFrame, largest_block: int) -> pd.DataFrame:
    """Find children who bear one name and birth date in two systems, and two numbers of one kind."""
    people, number = students.people, ids["number"].to_numpy(dtype="int64")
    numbered = np.zeros(len(students), dtype=bool)
    numbered[number[ids["system"].isin(CONTRADICTING).to_numpy(dtype=bool)]] = True
    numbered &= comparable(people) & people["name_status"].eq("As written").to_numpy(dtype=bool)
    record = np.flatnonzero(numbered)
    names = people[["first_name", "last_surname"]].take(record)
    whole = (names["first_name"] + "\n" + names["last_surname"]).str.casefold()
    named = whole.notna().to_numpy(dtype=bool)
    record = record[named]
    known = pd.DataFrame(
        {
            "name": whole[named].to_numpy(),
            "day": people["birth_date"].take(record).to_numpy(),
            "silo": students.silo[record],
        }
    )
    # Whom a system has twice under one name and birth date may be two children.
    once = ~known.duplicated(keep=False).to_numpy(dtype=bool)
    record, known = record[once], known[once]
    key = known.groupby(["name", "day"], sort=False).ngroup().to_numpy(dtype="int64")
    left, right, _ = pairs_within(key, record, largest_block)
    system = contradicting(ids, len(students), left, right)
    apart = system >= 0
    contrary = pd.DataFrame({"left": left[apart], "right": right[apart]})
    contrary["system"] = np.array(CONTRADICTING, dtype=object)[system[apart]]
    entries = pd.DataFrame(
        {"number": number, "system": ids["system"].astype(object), "place": np.arange(len(ids))}
    )
    contrary["system"] = contrary["system"].astype(object)
    for side, place in (("left", "one"), ("right", "other")):
        contrary = contrary.merge(
            entries.rename(columns={"number": side, "place": place}),
            on=[side, "system"],
            how="inner",
            validate="many_to_many",
        )
    return pd.DataFrame(
        {
            "one": contrary["one"].to_numpy(dtype="int64"),
            "other": contrary["other"].to_numpy(dtype="int64"),
            "says": np.full(len(contrary), ANOTHER, dtype="int8"),
            "equal": np.zeros(len(contrary), dtype=bool),
        }
    )
