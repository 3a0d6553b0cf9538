"""Ids: which ones to compare, what an equal id proves, and when two contradict each other.

Every id belongs to a system. Two *declared* systems never match by equal value: State id 605001 and
District number 605001 only look alike. An *Undeclared* id (no standard or vendor names its system) may be a
State id, a District number or another Undeclared one. Equality is then weak evidence, to be confirmed by a
name or a birth date.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.files import written_out
from helpers.link.blocking import pairs_between, pairs_within
from helpers.standard import places_in_order

__all__ = [
    "CONTRADICTING",
    "NOT_A_SPACE",
    "OF_A_HOME",
    "POSSIBLE",
    "SPACES",
    "UNDECLARED_MAY_BE",
    "WEAK",
    "IdParts",
    "agreeing_pairs",
    "comparable_ids",
    "contradicting",
    "equal_ids",
    "plain_ids",
    "records_of",
    "split_ids",
]

WEAK = ("School", "PIN", "Login", "Email", "Undeclared")
# People type these in any case, and siblings may share them.
OF_A_HOME = ("Login", "Email")
# A column that may number people, though nothing says so: used only if its numbers are another system's, too.
POSSIBLE = "Possible"
# The two widest number spaces that no declared system names.
SPACES = ("Space A", "Space B")
UNDECLARED_MAY_BE = ("State", "District", *SPACES, "Undeclared")
# Never numbers that systems share.
NOT_A_SPACE = ("School", *OF_A_HOME)
# The first of these that both records have decides whether they can be one child.
CONTRADICTING = ("State", "District", *SPACES)


def comparable_ids(identifiers: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Normalize ids for comparison."""
    filled = identifiers.dropna(subset=["silo", "record", "identification_system", "identifier"])
    ids = records.merge(filled, on=["silo", "record"], how="inner", validate="one_to_many")
    value = ids["identifier"].str.strip()
    value = value.where(~ids["identification_system"].isin(OF_A_HOME), value.str.lower())
    head = ids["column"] if "column" in ids else pd.Series(pd.NA, index=ids.index, dtype="string")
    ids = ids[["number", "file", "row"]].assign(system=ids["identification_system"], value=value, head=head)
    ids = ids[value.ne("")]
    ids = ids.take(places_in_order(ids, ["number", "system", "value", "file", "row", "head"]))
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
    for name in UNDECLARED_MAY_BE[:-1]:
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
    """Return the pairs of records that have these equal ids.

    ``ids`` may have ``own``: weak ids that were found to be one child's, as strong as others.
    """
    number, system = ids["number"].to_numpy(dtype="int64"), ids["system"]
    strong = ~system.isin(WEAK).to_numpy(dtype=bool)
    if "own" in ids:
        strong |= ids["own"].to_numpy(dtype=bool)
    code = pd.factorize(system)[0]
    both = strong[left] & (code[left] == code[right])
    pairs = pd.DataFrame({"left": number[left], "right": number[right], "strong": both})
    pairs = pairs.sort_values(["left", "right", "strong"])
    return pairs.drop_duplicates(["left", "right"], keep="last", ignore_index=True)


def contradicting(ids: pd.DataFrame, count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Test which pairs have strong ids that can't belong to one child.

    ``ids`` has ``contradicts``: False for an id that proves nothing by being different.
    """
    result = np.full(len(left), -1, dtype="int8")
    open_pairs = np.ones(len(left), dtype=bool)
    for place, system in enumerate(CONTRADICTING):
        mine = ids[ids["system"].eq(system) & ids["contradicts"]]
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


# Programs that take an id for a number change its form: 004711, 4711, 4711.0 and 4.711E+03 are one
# id. So are P 004711, p-004711 and P004711.

NOT_ALONE = r"[^\pL\pN]"  # spaces, hyphens, brackets, quotation marks


@dataclass(frozen=True)
class IdParts:
    """Ids in parts, each in parallel: an id is its letters, its zeros and its rest, as far as it has them."""

    text: pd.Series
    """As entered."""
    number: pd.Series
    """In full: without scientific notation or a decimal ".0"."""
    bare: pd.Series
    """Without signs."""
    lower: pd.Series
    """Without signs and case."""
    letters: pd.Series
    """Letters in front of an id that otherwise consists of digits."""
    zeros: pd.Series
    """Zeros in front of the rest."""
    rest: pd.Series


def split_ids(texts: pd.Series) -> IdParts:
    """Split ids into what programs change and what they don't."""
    text = texts.astype("string").reset_index(drop=True)
    odd = ~_true(pc.utf8_is_digit(pa.array(text, from_pandas=True)))
    number, bare, lower = text.copy(), text.copy(), text.copy()
    letters = pd.Series("", index=text.index, dtype="string")
    if odd.any():
        # Most ids are digits alone, and need none of this.
        some = pa.array(text[odd], type=pa.string(), from_pandas=True)
        science = np.flatnonzero(_true(pc.match_substring_regex(some, r"^\d(\.\d+)?[eE]\+?\d+$")))
        some = pc.replace_substring_regex(some, r"^(\d+)\.0+$", r"\1")
        plain = pd.Series(some.to_pandas(), dtype="string").fillna("")
        for place in science.tolist():
            plain.iloc[place] = written_out(str(plain.iloc[place])) or plain.iloc[place]
        number[odd] = plain.array
        cased = pc.replace_substring_regex(pa.array(plain, type=pa.string()), NOT_ALONE, "")
        bare[odd] = pd.array(cased.to_pandas(), dtype="string")
        small = pc.utf8_lower(cased)
        lower[odd] = pd.array(small.to_pandas(), dtype="string")
        front = pc.replace_substring_regex(small, r"^([^\d]*)\d+$", r"\1")
        front = pc.if_else(pc.equal(front, small), "", front)
        letters[odd] = pd.array(front.to_pandas(), dtype="string")
    # A column put together from several files is in pieces: Arrow replaces only within one.
    behind = pa.chunked_array(pa.array(lower, from_pandas=True)).combine_chunks()
    long = letters.ne("").to_numpy(dtype=bool)
    if long.any():
        cut = pc.replace_substring_regex(behind.filter(pa.array(long)), r"^[^\d]+", "")
        behind = pc.replace_with_mask(behind, pa.array(long), cut)
    rest = pc.utf8_ltrim(behind, "0")
    zeros = pc.subtract(pc.utf8_length(behind), pc.utf8_length(rest))
    return IdParts(
        text,
        number,
        bare,
        lower,
        letters,
        pd.Series(zeros.to_pandas()).fillna(0).astype("int64"),
        pd.Series(rest.to_pandas(), dtype="string"),
    )


def _true(answers: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(answers, False), dtype=bool)


def plain_ids(texts: pd.Series) -> pd.Series:
    """Reduce ids to what no program changes: without signs, case, ".0" or zeros in front.

    >>> plain_ids(pd.Series(["004711", "4711.0", "4.711E+03", "P 004711", "a-12"])).tolist()
    ['4711', '4711', '4711', 'p004711', 'a12']
    """
    return split_ids(texts).lower.str.replace("^0+", "", regex=True)
