"""Learn from the records at hand what an id proves: whether a different one makes two children."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.id_evidence import FEWEST
from helpers.link.records import Records
from helpers.link.values.birth_dates import comparable, ignore_date_order
from helpers.link.values.identifiers import CONTRADICTING
from helpers.standard import figure, wilson

__all__ = ["find_unmatched_ids"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

OWN_NUMBERS = figure("link/thresholds.own_numbers")


def find_unmatched_ids(
    students: Records, ids: pd.DataFrame, columns: pd.DataFrame
) -> tuple[Mask, pd.DataFrame]:
    """Find ids that no other system has, and that are the system's own, mistyped or outdated.

    They keep no records apart: in columns where that happens often, and where two other systems have the
    child under another District number. Return which of ``ids`` these are, and a finding for each column.
    """
    column = ids["column"].to_numpy(dtype="int64")
    unmatched = _only_here(students, ids)
    child, dated = _children_by_name(students, ids, unmatched)
    asked = child >= 0
    value = pd.factorize(ids["value"])[0].astype("int64")
    children = int(np.max(child, initial=-1)) + 1
    several = _distinct(child[asked], value[asked], children) > 1
    known_elsewhere = np.zeros(children, dtype=bool)
    known_elsewhere[child[asked & dated & ~unmatched]] = True
    differs, outvoted = np.zeros((2, len(ids)), dtype=bool)
    differs[asked] = several[child[asked]] & unmatched[asked]
    outvoted[asked] = (differs & dated)[asked] & known_elsewhere[child[asked]]
    wrong, heard = (np.bincount(column[mask], minlength=len(columns)) for mask in (differs, asked))
    low = wilson(pd.Series(wrong), pd.Series(heard))["low"].to_numpy()
    often = (wrong >= FEWEST) & (low > OWN_NUMBERS)
    # About a State id a person decides: the State gives each child one.
    outvoted &= ids["system"].ne(CONTRADICTING[0]).to_numpy(dtype=bool)
    found = (often[column] & unmatched) | outvoted
    return found, _findings(ids, columns, found, wrong, heard)


def _distinct(group: Ints, value: Ints, groups: int) -> Ints:
    """Count the distinct values of each group."""
    width = int(np.max(value, initial=0)) + 1
    pairs = np.unique(group * width + value)
    return np.bincount(pairs // width, minlength=groups)


def _only_here(students: Records, ids: pd.DataFrame) -> Mask:
    """Test which ids that could contradict others are in no other system."""
    silo = students.silo[ids["number"].to_numpy(dtype="int64")]
    system = ids["system"].to_numpy(dtype=object)
    value = pd.factorize(ids["value"])[0]
    result = np.zeros(len(ids), dtype=bool)
    for name in CONTRADICTING:
        alike = np.isin(system.astype(str), [name, "Undeclared"])
        systems = _distinct(value[alike], silo[alike], int(np.max(value, initial=0)) + 1)
        result |= (system == name) & (systems[value] == 1)
    return result


def _children_by_name(students: Records, ids: pd.DataFrame, unmatched: Mask) -> tuple[Ints, Mask]:
    """Group the ids of one system by name and birth date, where that is one child in several silos.

    A record without a birth date counts if its name has only one. Return each id's group, -1 for none, and
    whether its record has a birth date.
    """
    number = ids["number"].to_numpy(dtype="int64")
    name = _whole_names(students)[number]
    day = np.where(comparable(students.people), ignore_date_order(students.people["birth_date"]), -1)[number]
    kind = ids["system"].map({name: place for place, name in enumerate(CONTRADICTING)})
    asked = np.flatnonzero(kind.notna().to_numpy(dtype=bool) & (name >= 0))
    name, day = pd.factorize(name[asked])[0].astype("int64"), day[asked]
    dated = day >= 0
    names = int(np.max(name, initial=-1)) + 1
    days = _distinct(name[dated], pd.factorize(day[dated])[0].astype("int64"), names)
    only = np.full(names, -1, dtype="int64")
    only[name[dated]] = day[dated]
    filled = pd.factorize(np.where(dated, day, only[name]))[0].astype("int64")
    key = (name * (int(np.max(filled, initial=0)) + 1) + filled) * len(CONTRADICTING)
    group = pd.factorize(key + kind.to_numpy()[asked].astype("int64"))[0].astype("int64")
    groups = int(np.max(group, initial=-1)) + 1
    silo = students.silo[number[asked]]
    systems = int(np.max(silo, initial=0)) + 1
    # Two ids of one name in one system are two children, unless no other system has one of them.
    counting = ~(dated & unmatched[asked])
    holder = _holders(students, ids)[asked]
    at = np.maximum(group * systems + silo, 0)
    several = _distinct(at[counting], holder[counting], groups * systems) > 1
    alone = ~several.reshape(groups, systems).any(axis=1)
    fits = alone[group] & (_distinct(group, silo, groups) > 1)[group] & (dated | (days[name] <= 1))
    result, known = np.full(len(ids), -1, dtype="int64"), np.zeros(len(ids), dtype=bool)
    result[asked] = np.where(fits, group, -1)
    known[asked] = dated
    return result, known


def _whole_names(students: Records) -> Ints:
    """Encode each record's first reading of its whole name as an integer; -1 for half a name or none."""
    names = students.names
    begins = np.flatnonzero(np.diff(names.record, prepend=-1))
    begins = begins[(names.first[begins] > 0) & (names.last[begins] > 0)]
    whole = np.full(len(students), -1, dtype="int64")
    whole[names.record[begins]] = names.first[begins] * len(names.texts) + names.last[begins]
    return whole


def _holders(students: Records, ids: pd.DataFrame) -> Ints:
    """Encode whose id each is: two District numbers of one State id are one child's."""
    number = ids["number"].to_numpy(dtype="int64")
    value = pd.factorize(ids["value"])[0].astype("int64")
    first = np.full(len(students), -1, dtype="int64")
    is_first = ids["system"].eq(CONTRADICTING[0]).to_numpy(dtype=bool)
    first[number[is_first]] = value[is_first]
    return np.where(first[number] >= 0, first[number], value + len(ids))


def _findings(
    ids: pd.DataFrame, columns: pd.DataFrame, found: Mask, wrong: Ints, heard: Ints
) -> pd.DataFrame:
    told = []
    for place, mine in ids[found].groupby("column"):
        said = f"of {heard[place]} children whose name is elsewhere too, {wrong[place]} have another id there"
        told.append(
            {
                "silo": columns["silo"].iloc[place],
                "file": mine["file"].iloc[0],
                "row": mine["row"].iloc[0],
                "column": columns["name"].iloc[place],
                "kind": "id_unmatched",
                "value": mine["written"].iloc[0],
                "expected": f"an id that another system has; {said}, so this id keeps no records apart",
                "action_taken": "nothing",
                "times": len(mine),
            }
        )
    return pd.DataFrame(told)
