"""Ids: which ones to compare, what an equal id proves, and when two contradict each other.

Every id belongs to a system. Two *declared* systems never match by equal value: State id 605001 and
District number 605001 only look alike. An *Undeclared* id (no standard or vendor names its system) may be a
State id, a District number or another Undeclared one. Equality is then weak evidence, to be confirmed by a
name or a birth date.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.blocking import pairs_between, pairs_within

__all__ = [
    "CONTRADICTING",
    "UNDECLARED_MAY_BE",
    "WEAK",
    "agreeing_pairs",
    "comparable_ids",
    "contradicting",
    "equal_ids",
    "records_of",
]

WEAK = ("School", "PIN", "Login", "Email", "Undeclared")
# People type these in any case.
WITHOUT_CASE = ("Login", "Email")
UNDECLARED_MAY_BE = ("State", "District", "Undeclared")
# The first of these that both records have decides whether they can be one child.
CONTRADICTING = ("State", "District")


def comparable_ids(identifiers: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Normalize ids for comparison."""
    filled = identifiers.dropna(subset=["silo", "record", "identification_system", "identifier"])
    ids = records.merge(filled, on=["silo", "record"], how="inner", validate="one_to_many")
    value = ids["identifier"].str.strip()
    value = value.where(~ids["identification_system"].isin(WITHOUT_CASE), value.str.lower())
    head = ids["column"] if "column" in ids else pd.Series(pd.NA, index=ids.index, dtype="string")
    ids = ids[["number", "file", "row"]].assign(system=ids["identification_system"], value=value, head=head)
    ids = ids[value.ne("")].sort_values(["number", "system", "value", "file", "row", "head"])
    ids = ids.drop_duplicates(["number", "system", "value"], ignore_index=True)
    return ids[["number", "system", "value", "file", "row", "head"]]


def agreeing_pairs(ids: pd.DataFrame, largest_block: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the pairs of records with an equal id in comparable systems."""
    left, right, passed = equal_ids(ids, largest_block)
    return records_of(ids, left, right), passed


def equal_ids(ids: pd.DataFrame, largest_block: int) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Find the pairs of equal ids of two records, in comparable systems."""
    value = pd.factorize(ids["value"])[0].astype("int64")
    system = ids["system"].to_numpy(dtype=str, na_value="")
    place = np.arange(len(ids), dtype="int64")
    found, passed = [], []
    for name in sorted(set(system)):
        here = system == name
        left, right, over = pairs_within(value[here], place[here], largest_block)
        found.append((left, right))
        passed.append(over)
    undeclared = system == "Undeclared"
    for name in UNDECLARED_MAY_BE[:2]:
        here = system == name
        left, right, over = pairs_between(
            value[undeclared], place[undeclared], value[here], place[here], largest_block
        )
        found.append((left, right))
        passed.append(over)
    left, right = (np.concatenate([part[side] for part in found]) for side in (0, 1))
    number = ids["number"].to_numpy(dtype="int64")
    apart = number[left] != number[right]
    counts = pd.DataFrame(passed, columns=["keys", "records"]).sum().to_frame().T
    return left[apart], right[apart], counts


def records_of(ids: pd.DataFrame, left: np.ndarray, right: np.ndarray) -> pd.DataFrame:
    """Return the pairs of records that have these equal ids."""
    number, system = ids["number"].to_numpy(dtype="int64"), ids["system"]
    strong = ~system.isin(WEAK).to_numpy(dtype=bool)
    code = pd.factorize(system)[0]
    both = strong[left] & (code[left] == code[right])
    pairs = pd.DataFrame({"left": number[left], "right": number[right], "strong": both})
    pairs = pairs.sort_values(["left", "right", "strong"])
    return pairs.drop_duplicates(["left", "right"], keep="last", ignore_index=True)


def contradicting(ids: pd.DataFrame, count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Test which pairs have strong ids that can't belong to one child."""
    result = np.full(len(left), -1, dtype="int8")
    open_pairs = np.ones(len(left), dtype=bool)
    for place, system in enumerate(CONTRADICTING):
        mine = ids[ids["system"] == system]
        codes = pd.factorize(mine["value"])[0]
        numbers = mine["number"].to_numpy(dtype="int64")
        only = np.full(count, -1, dtype="int64")
        only[numbers] = codes
        how_many = np.bincount(numbers, minlength=count)
        both = open_pairs & (how_many[left] > 0) & (how_many[right] > 0)
        apart = both & (only[left] != only[right])
        # Few records have several ids of one system; two agree if any of them is equal.
        several = np.flatnonzero(both & ((how_many[left] > 1) | (how_many[right] > 1)))
        if len(several):
            sets: dict[int, set[int]] = {}
            for number, code in zip(numbers.tolist(), codes.tolist(), strict=True):
                sets.setdefault(number, set()).add(code)
            ends = zip(left[several].tolist(), right[several].tolist(), strict=True)
            apart[several] = [sets[one].isdisjoint(sets[other]) for one, other in ends]
        result[apart] = place
        open_pairs &= ~both
    return result
