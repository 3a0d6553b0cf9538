"""Learn from the records at hand what an id proves.

Whether a different number makes two children, and whether an e-mail address is one child's or a family's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.blocking import components, distinct_pairs, pairs_within
from helpers.link.ids.evidence import ANOTHER, FEWEST, compare_holders
from helpers.link.records import Records
from helpers.link.values.birth_dates import comparable, ignore_date_order
from helpers.link.values.identifiers import CONTRADICTING
from helpers.standard import figure, wilson

__all__ = ["find_own_addresses", "find_unmatched_ids", "whole_names"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

OWN_NUMBERS = figure("link/thresholds.own_numbers")
SHARED_ADDRESSES = figure("link/thresholds.shared_addresses")
# Two columns have addresses of one kind if this share of the shorter one's is in the other.
MEET = 0.3


def find_unmatched_ids(
    students: Records, ids: pd.DataFrame, columns: pd.DataFrame
) -> tuple[Mask, pd.DataFrame]:
    """Find ids that no other system has, and that are the system's own, mistyped or outdated.

    They keep no records apart: in columns where that happens often, where two other systems have the child
    under another District number, and a login among numbers. Return which of ``ids`` these are,
    and a finding for each column.
    """
    column = ids["column"].to_numpy(dtype="int64")
    unmatched = _only_here(students, ids)
    child, dated = _children_by_name(students, ids, unmatched)
    asked = child >= 0
    value = ids["code"].to_numpy(dtype="int64")
    children = int(np.max(child, initial=-1)) + 1
    several = _distinct(child[asked], value[asked], children) > 1
    known_elsewhere = np.zeros(children, dtype=bool)
    known_elsewhere[_held_twice(students, ids, child, asked & dated & ~unmatched)] = True
    differs, outvoted = np.zeros((2, len(ids)), dtype=bool)
    differs[asked] = several[child[asked]] & unmatched[asked]
    outvoted[asked] = (differs & dated)[asked] & known_elsewhere[child[asked]]
    wrong, compared = (np.bincount(column[mask], minlength=len(columns)) for mask in (differs, asked))
    low = wilson(pd.Series(wrong), pd.Series(compared))["low"].to_numpy()
    often = (wrong >= FEWEST) & (low > OWN_NUMBERS)
    # About a State id a person decides: the State gives each child one.
    outvoted &= ids["system"].ne(CONTRADICTING[0]).to_numpy(dtype=bool)
    found = (often[column] & unmatched) | outvoted | _with_letters_alone(ids, unmatched)
    return found, _findings(ids, columns, found, wrong, compared)


def _distinct(group: Ints, value: Ints, groups: int) -> Ints:
    """Count the distinct values of each group."""
    return np.bincount(distinct_pairs(group, value)[0], minlength=groups)


def _held_twice(students: Records, ids: pd.DataFrame, child: Ints, chosen: Mask) -> Ints:
    """Return the children whom two systems have under one id: another child's may be there by mistake."""
    value = ids["code"].to_numpy(dtype="int64")[chosen]
    silo = students.silo[ids["number"].to_numpy(dtype="int64")[chosen]]
    holds = child[chosen] * (int(np.max(value, initial=0)) + 1) + value
    codes, distinct = pd.factorize(holds)
    twice = _distinct(codes.astype("int64"), silo, len(distinct)) > 1
    return (distinct[twice] // (int(np.max(value, initial=0)) + 1)).astype("int64")


def _only_here(students: Records, ids: pd.DataFrame) -> Mask:
    """Test which ids that could contradict others are in no other system."""
    silo = students.silo[ids["number"].to_numpy(dtype="int64")]
    value = ids["code"].to_numpy(dtype="int64")
    result = np.zeros(len(ids), dtype=bool)
    undeclared = ids["system"].eq("Undeclared").to_numpy(dtype=bool)
    for name in CONTRADICTING:
        own = ids["system"].eq(name).to_numpy(dtype=bool)
        alike = own | undeclared
        systems = _distinct(value[alike], silo[alike], int(np.max(value, initial=0)) + 1)
        result |= own & (systems[value] == 1)
    return result


def _with_letters_alone(ids: pd.DataFrame, unmatched: Mask) -> Mask:
    """Test which ids that no other system has have letters, where no other id of their kind has any."""
    result = np.zeros(len(ids), dtype=bool)
    for name in CONTRADICTING:
        own = np.flatnonzero(ids["system"].eq(name))
        lettered = ids["value"].take(own).str.contains(r"[^\W\d_]", regex=True).to_numpy(dtype=bool)
        alone = unmatched[own]
        if not alone.all() and not lettered[~alone].any():
            result[own] = lettered & alone
    return result


def _children_by_name(students: Records, ids: pd.DataFrame, unmatched: Mask) -> tuple[Ints, Mask]:
    """Group the ids of one system by name and birth date, where that is one child in several silos.

    A record without a birth date counts if its name has only one. Return each id's group, -1 for none, and
    whether its record has a birth date.
    """
    number = ids["number"].to_numpy(dtype="int64")
    name = whole_names(students)[number]
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
    value = ids["code"].to_numpy(dtype="int64")[asked]
    at = np.maximum(group * systems + silo, 0)
    several = _distinct(at[counting], value[counting], groups * systems) > 1
    alone = ~several.reshape(groups, systems).any(axis=1)
    fits = alone[group] & (_distinct(group, silo, groups) > 1)[group] & (dated | (days[name] <= 1))
    result, known = np.full(len(ids), -1, dtype="int64"), np.zeros(len(ids), dtype=bool)
    result[asked] = np.where(fits, group, -1)
    known[asked] = dated
    return result, known


def whole_names(students: Records) -> Ints:
    """Encode each record's first reading of its whole name as an integer; -1 for half a name or none."""
    names = students.names
    begins = np.flatnonzero(np.diff(names.record, prepend=-1))
    begins = begins[(names.first[begins] > 0) & (names.last[begins] > 0)]
    whole = np.full(len(students), -1, dtype="int64")
    whole[names.record[begins]] = names.first[begins] * len(names.texts) + names.last[begins]
    return whole


def _findings(
    ids: pd.DataFrame, columns: pd.DataFrame, found: Mask, wrong: Ints, compared: Ints
) -> pd.DataFrame:
    findings = []
    for place in np.unique(ids["column"].to_numpy(dtype="int64")[found]).tolist():
        mine = ids[found & ids["column"].eq(place).to_numpy(dtype=bool)]
        counts = (
            f"children whose name is elsewhere too: {compared[place]}; "
            f"who have another id there: {wrong[place]}"
        )
        findings.append(
            {
                "silo": columns["silo"].iloc[place],
                "file": mine["file"].iloc[0],
                "row": mine["row"].iloc[0],
                "column": columns["name"].iloc[place],
                "kind": "id_unmatched",
                "value": mine["raw_value"].iloc[0],
                "expected": f"an id that another system has; {counts}, so this id keeps no records apart",
                "action_taken": "nothing",
                "times": len(mine),
            }
        )
    return pd.DataFrame(findings)


def find_own_addresses(
    students: Records, ids: pd.DataFrame, columns: pd.DataFrame, largest_block: int
) -> tuple[Mask, pd.DataFrame]:
    """Find e-mail addresses that prove a child by themselves: hardly any address of their kind is shared.

    ``ids`` as from `forms.normalize_ids`. A kind is a set of columns with the same addresses. Only named
    records show whether children share one. Return which of ``ids`` these are, and a finding for each column
    with an address of two children.
    """
    own = np.zeros(len(ids), dtype=bool)
    entry = np.flatnonzero(ids["system"].eq("Email").to_numpy(dtype=bool))
    if not len(entry):
        return own, pd.DataFrame()
    code = pd.factorize(ids["code"].take(entry))[0].astype("int64")
    column = ids["column"].to_numpy(dtype="int64")[entry]
    number = ids["number"].to_numpy(dtype="int64")[entry]
    count = int(np.max(code)) + 1
    shared = _of_two_children(students, number, code, count, largest_block)
    named = np.zeros(count, dtype=bool)
    named[code[whole_names(students)[number] >= 0]] = True
    kind = _kinds_of_columns(column, code, count, len(columns))
    kind_of, address = distinct_pairs(kind[column], code)
    known, common = (
        np.bincount(kind_of[mask], minlength=len(columns))
        for mask in (named[address], named[address] & shared[address])
    )
    high = wilson(pd.Series(common), pd.Series(known))["high"].fillna(1.0).to_numpy()
    own[entry] = (high <= SHARED_ADDRESSES)[kind[column]] & ~shared[code]
    return own, _shared_findings(ids.take(entry), columns, shared[code], (high <= SHARED_ADDRESSES)[kind])


def _of_two_children(students: Records, number: Ints, code: Ints, count: int, largest_block: int) -> Mask:
    """Test which addresses stand with two children."""
    place = np.arange(len(code), dtype="int64")
    left, right, _ = pairs_within(code, place, largest_block)
    name = whole_names(students)[number]
    unlike = (name[left] != name[right]) | (name[left] < 0)
    left, right = left[unlike], right[unlike]
    another = compare_holders(students, number[left], number[right]) == ANOTHER
    shared = np.zeros(count, dtype=bool)
    shared[code[left[another]]] = True
    # No child has so many records.
    shared |= np.bincount(code, minlength=count) > largest_block
    return shared


def _kinds_of_columns(column: Ints, code: Ints, count: int, columns: int) -> Ints:
    """Label the columns that have the same addresses."""
    mine, address = distinct_pairs(column, code)
    left, right, _ = pairs_within(address, np.arange(len(mine), dtype="int64"), columns)
    both = np.zeros((columns, columns), dtype="int64")
    np.add.at(both, (mine[left], mine[right]), 1)
    both += both.T
    size = np.bincount(mine, minlength=columns)
    one, other = np.nonzero(both > MEET * np.minimum.outer(size, size))
    return components(columns, one, other)


def _shared_findings(ids: pd.DataFrame, columns: pd.DataFrame, shared: Mask, own_kind: Mask) -> pd.DataFrame:
    findings = []
    column = ids["column"].to_numpy(dtype="int64")
    for place in np.unique(column[shared]).tolist():
        mine, some = ids[column == place], ids[(column == place) & shared]
        counts = f"{some['code'].nunique()} of {mine['code'].nunique()}"
        joins = "an address links only with a name or a birth date"
        if own_kind[place]:
            joins = "these link only with a name or a birth date, the others on their own"
        findings.append(
            {
                "silo": columns["silo"].iloc[place],
                "file": some["file"].iloc[0],
                "row": some["row"].iloc[0],
                "column": columns["name"].iloc[place],
                "kind": "email_shared",
                "value": some["raw_value"].iloc[0],
                "expected": f"an address of one child; {counts} addresses in this column appear with "
                f"two children's names, so {joins}",
                "action_taken": "nothing",
                "times": len(some),
            }
        )
    return pd.DataFrame(findings)
