"""Choose the surviving value, and check whether systems agree."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.coverage import NO_YEAR, trust_of
from helpers.profile.facts.arrays import in_order, ranks
from helpers.profile.facts.store import LINK_STATUSES
from helpers.profile.rules.results import STATUSES
from helpers.standard import STRING, Element, as_table, labeled

__all__ = [
    "CHOSEN_BY",
    "NOBODY_ELSE",
    "Days",
    "Names",
    "agreement",
    "choose_values",
    "code_groups",
    "compare_text",
    "folded",
    "folded_word",
    "stated_codes",
]


Ints = npt.NDArray[np.int64]
# Two systems use the same codes if they share at least half of the smaller set.
SHARED_CODES = 0.5
# Code for values that no other system can confirm.
NOBODY_ELSE = -1


def folded_word(word: object) -> str:
    """Remove case, accents and punctuation from a word."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", str(word).casefold()) if letter.isalnum()
    )


def folded(words: pd.Series) -> pd.Series:
    """Remove case, accents and punctuation from words, so that only other spellings differ."""
    codes, unique = pd.factorize(words)
    # The last position is for a missing word, which has code -1.
    plain = pd.array([*map(folded_word, unique), None], dtype=STRING)
    return pd.Series(plain.take(codes), index=words.index)


def stated_codes(values: pd.DataFrame, elements: Sequence[Element]) -> pd.DataFrame:
    """List the codes that each system uses, for elements compared as codes.

    Of values that no two systems share, such as scores on each test's own scale, the code is the system.
    """
    kind = np.array([element.compare for element in elements])[values["element"].to_numpy(dtype="int64")]
    codes = values["value"].mask(kind == "apart", values["system"].astype(STRING))
    stated = pd.DataFrame({"element": values["element"], "system": values["system"], "value": codes})
    return stated[np.isin(kind, ["codes", "apart"])].drop_duplicates(ignore_index=True)


def code_groups(codes: pd.DataFrame) -> dict[int, dict[int, int]]:
    """Group systems that use the same codes; values of different groups can't be compared."""
    return {
        int(element): _groups(codes[codes["element"].to_numpy() == element])
        for element in np.unique(codes["element"].to_numpy(dtype="int64"))
    }


def _groups(codes: pd.DataFrame) -> dict[int, int]:
    of_system = codes["system"].to_numpy(dtype="int64")
    words = {
        int(system): set(codes.loc[of_system == system, "value"].dropna()) for system in np.unique(of_system)
    }
    group = {system: place for place, system in enumerate(words)}
    for left in words:
        for right in words:
            smaller = min(len(words[left]), len(words[right]))
            if smaller and len(words[left] & words[right]) >= SHARED_CODES * smaller:
                old, new = group[right], group[left]
                group = {system: new if at == old else at for system, at in group.items()}
    return group


def compare_text(values: pd.DataFrame, elements: Sequence[Element]) -> tuple[Ints, Ints]:
    """Encode each value so that equivalent texts have equal codes."""
    codes, unique = pd.factorize(values["value"])
    loosely = np.array([element.compare == "folded" for element in elements])
    loose = loosely[values["element"].to_numpy(dtype="int64")] & (codes >= 0)
    needed = np.unique(codes[loose])
    plain = pd.Series([folded_word(unique[place]) for place in needed], dtype=STRING)
    number, every = pd.factorize(pd.concat([pd.Series(unique, dtype=STRING), plain], ignore_index=True))
    of_plain = np.zeros(len(unique), dtype="int64")
    of_plain[needed] = number[len(unique) :]
    word = np.where(codes < 0, -1, number[codes])
    word[loose] = of_plain[codes[loose]]
    other = np.full(len(values), -1, dtype="int64")
    known = np.flatnonzero(values["other_reading"].notna().to_numpy())
    if len(known):
        other[known] = pd.Index(every).get_indexer(pd.Index(values["other_reading"].iloc[known]))
    return word.astype("int64"), other


def agreement(
    cell: Ints, system: Ints, word: Ints, other: Ints, element: Ints, groups: Mapping[int, Mapping[int, int]]
) -> Ints:
    """Test for each reported value whether all other systems agree."""
    result = np.full(len(cell), NOBODY_ELSE, dtype="int64")
    if len(cell) == 0:
        return result
    systems = int(np.max(system)) + 1
    group = np.zeros(len(cell), dtype="int64")
    for place, its in groups.items():
        mine = np.flatnonzero(element == place)
        of_system = np.zeros(systems, dtype="int64")
        for one, number in its.items():
            if one < systems:
                of_system[one] = number
        group[mine] = of_system[system[mine]]
    about = pd.factorize(cell * (int(np.max(group)) + 1) + group)[0].astype("int64")
    several = np.bincount(_once(about * systems + system) // systems) > 1
    asked = np.flatnonzero(several[about])
    if len(asked) == 0:
        return result
    about = pd.factorize(about[asked])[0].astype("int64")
    result[asked] = _alike(about, system[asked], word[asked], other[asked])
    return result


def _begins(numbers: Ints) -> npt.NDArray[np.bool_]:
    """Test where a new number begins among sorted numbers."""
    new = np.ones(len(numbers), dtype=bool)
    new[1:] = numbers[1:] != numbers[:-1]
    return new


def _once(numbers: Ints) -> Ints:
    """Return the distinct numbers; sorting is faster than hashing a million numbers."""
    ordered = np.sort(numbers)
    return ordered[_begins(ordered)]


def _alike(about: Ints, system: Ints, word: Ints, other: Ints) -> Ints:
    systems = int(np.max(system)) + 1
    words = int(max(np.max(word), np.max(other))) + 2
    # A date with ambiguous day and month agrees by whichever reading another system has.
    turned = np.flatnonzero(other >= 0)
    if len(turned):
        by_word = pd.factorize(about * words + word)[0].astype("int64")
        sayers = np.bincount(_once(by_word * systems + system) // systems)
        there = np.isin(about[turned] * words + other[turned], about * words + word)
        turned = turned[there & (sayers[by_word[turned]] < 2)]
        word = word.copy()
        word[turned] = other[turned]
    by_word, by_system = (
        pd.factorize(about * size + what)[0].astype("int64")
        for size, what in ((words, word), (systems, system))
    )
    saying = by_word * systems + system
    first = np.argsort(saying)
    first = first[_begins(saying[first])]
    total = np.bincount(about[first], minlength=int(np.max(about)) + 1)
    same_word = np.bincount(by_word[first], minlength=int(np.max(by_word)) + 1)
    same_system = np.bincount(by_system[first], minlength=int(np.max(by_system)) + 1)
    # Of all statements: minus this system's, minus the same statements; this value itself is in both.
    against = total[about] - same_word[by_word] - same_system[by_system] + 1
    return (against == 0).astype("int64")


REPORTED = STATUSES.index("Reported")
# The first criterion by which the chosen value precedes the best differing one.
CHOSEN_BY = (
    "Only one",
    "All agree",
    "Surest tie",
    "Undoubted date",
    "Trusted most",
    "Newest",
    "Confirmed",
    "Begins last",
    "First record",
)
FIRST_REASON = CHOSEN_BY.index("Surest tie")


@dataclass(frozen=True)
class Names:
    """Names of the integer codes in found values."""

    # By ``owner``.
    children: pd.Index
    # By ``system``, in order.
    silos: tuple[str, ...]
    # By ``tie``.
    records: pd.Series
    # By ``source``.
    files: tuple[str, ...]


@dataclass(frozen=True)
class Days:
    """The latest day of each system by silo, and the kit's system that it is."""

    newest: Mapping[str, pd.Timestamp]
    systems: Mapping[str, str]


def _days_back(dates: pd.Series) -> Ints:
    """Rank dates so that the latest comes first, and missing ones last."""
    days = dates.to_numpy(dtype="datetime64[D]")
    back, unique = pd.factorize(days, sort=True)
    return np.where(back < 0, len(unique), len(unique) - 1 - back).astype("int64")


def _numbers(found: pd.DataFrame, name: str) -> Ints:
    return found[name].to_numpy(dtype="int64")


def choose_values(
    found: pd.DataFrame,
    names: Names,
    days: Days,
    elements: tuple[Element, ...],
    groups: Mapping[int, Mapping[int, int]],
) -> pd.DataFrame:
    """Choose one value per child, element and year, and check whether the others agree.

    Reported values precede empty ones. Then come verified links before unverified ones, certain dates before
    doubtful ones, the trust order, the latest, and finally what another system confirms.
    """
    found = found.reset_index(drop=True)
    owner, element, system = (_numbers(found, name) for name in ("owner", "element", "system"))
    status, link_status = _numbers(found, "status"), _numbers(found, "link_status")
    year_given, years = pd.factorize(_numbers(found, "school_year"), sort=True)
    cell = (owner * len(elements) + element) * max(len(years), 1) + year_given
    reported = np.flatnonzero(status == REPORTED)
    word, other = np.full(len(found), -1, "int64"), np.full(len(found), -1, "int64")
    word[reported], other[reported] = compare_text(found.iloc[reported], elements)
    agrees = np.full(len(found), NOBODY_ELSE, dtype="int64")
    agrees[reported] = agreement(
        cell[reported], system[reported], word[reported], other[reported], element[reported], groups
    )
    # Verified and Unlinked are equally certain.
    surest = np.where(link_status < 0, len(LINK_STATUSES), np.maximum(link_status - 1, 0))
    trust = trust_of(elements, days.systems)[element, system] if len(found) else np.zeros(0, "int64")
    tie, row = _numbers(found, "tie"), _numbers(found, "row")
    source = _numbers(found, "source")
    steps = [
        surest,
        found["doubtful"].to_numpy(dtype="int64"),
        trust,
        _days_back(found["recent"].fillna(found["as_of"])),
        (agrees != 1).astype("int64"),
        _days_back(found["begin_date"]),
        _after(ranks(names.records), tie),
        _after(ranks(pd.Series(names.files, dtype=STRING)), source),
        np.where(row < 0, int(np.max(row, initial=0)) + 1, row),
    ]
    order = in_order([cell, status, *steps])
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(cell[order]) != 0
    by = _reasons(order, first, status, word, steps)
    found = found.take(order)
    return _table(found, names, days, elements, first, agrees[order], by)


def _after(rank: Ints, place: Ints) -> Ints:
    """Return the ranks at some positions; missing ones come last."""
    return np.append(rank, len(rank))[np.where(place < 0, len(rank), place)]


def _reasons(
    order: Ints, first: npt.NDArray[np.bool_], status: Ints, word: Ints, steps: Sequence[Ints]
) -> Ints:
    """Return the deciding criterion of each chosen value; -1 for any other, or if nothing is reported."""
    by = np.full(len(order), -1, dtype="int64")
    if len(order) == 0:
        return by
    reported = status[order] == REPORTED
    cell = np.cumsum(first) - 1
    best = np.flatnonzero(first)
    by[best[reported[best]]] = CHOSEN_BY.index("Only one")
    others = np.flatnonzero(reported & ~first)
    by[best[cell[others]]] = CHOSEN_BY.index("All agree")
    against = others[word[order[others]] != word[order[best[cell[others]]]]]
    # The best of the differing values is the first one.
    against = against[np.unique(cell[against], return_index=True)[1]]
    chosen = best[cell[against]]
    reason = np.full(len(against), len(CHOSEN_BY) - 1, dtype="int64")
    for place in reversed(range(len(CHOSEN_BY) - FIRST_REASON - 1)):
        differs = steps[place][order[chosen]] != steps[place][order[against]]
        reason[differs] = FIRST_REASON + place
    by[chosen] = reason
    return by


def _whole(numbers: Ints, missing: npt.NDArray[np.bool_]) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(numbers, missing)


def _table(
    found: pd.DataFrame,
    names: Names,
    days: Days,
    elements: tuple[Element, ...],
    chosen: npt.NDArray[np.bool_],
    agrees: Ints,
    by: Ints,
) -> pd.DataFrame:
    """Replace integer codes by names."""
    element, system, link_status = (_numbers(found, name) for name in ("element", "system", "link_status"))
    year, row, rows = (_numbers(found, name) for name in ("school_year", "row", "rows"))
    shown = chosen & (_numbers(found, "status") == REPORTED)
    newest = pd.Series([days.newest.get(silo, pd.NaT) for silo in names.silos], dtype="datetime64[us]")
    last, latest_day = newest.max(), newest.to_numpy(dtype="datetime64[D]")
    as_of = found["as_of"].to_numpy(dtype="datetime64[D]")
    as_of = np.where(np.isnat(as_of), latest_day[system] if len(latest_day) else as_of, as_of)
    unknown = ~shown | np.isnat(as_of) | pd.isna(last)
    # With a missing date there is nothing to count; it is masked.
    old = (pd.Series([last], dtype="datetime64[us]").to_numpy(dtype="datetime64[D]") - as_of).astype("int64")
    old = np.where(unknown, 0, np.maximum(old, 0))
    allowed = np.array([one.days_until_stale for one in elements], dtype="int64")[element]
    silos, files = list(names.silos), pd.array(names.files, dtype=STRING)
    return as_table(
        "values",
        pd.DataFrame(
            {
                "child": names.children.array.take(_numbers(found, "owner")),
                "school_year": _whole(year, year == NO_YEAR),
                "element": labeled(element, [one.name for one in elements]),
                "value": found["value"].array,
                "value_number": found["value_number"].array,
                "unit": pd.array([one.unit for one in elements], dtype=STRING).take(element),
                "status": labeled(_numbers(found, "status"), STATUSES),
                "silo": labeled(system, silos),
                "record": names.records.array.take(_numbers(found, "tie"), allow_fill=True),
                "file": files.take(_numbers(found, "source"), allow_fill=True),
                "row": _whole(row, row < 0),
                "rows": _whole(rows, rows < 0),
                "begin_date": found["begin_date"].array,
                "as_of": found["as_of"].array,
                "link_status": pd.array(LINK_STATUSES, dtype=STRING).take(link_status, allow_fill=True),
                "chosen": pd.array(chosen, dtype="boolean"),
                "agrees": pd.arrays.BooleanArray(agrees == 1, agrees == NOBODY_ELSE),
                "rule": labeled(element, [one.rule for one in elements]),
                "chosen_by": pd.array(CHOSEN_BY, dtype=STRING).take(by, allow_fill=True),
                "days_old": _whole(old, unknown),
                "fresh": pd.arrays.BooleanArray(old <= allowed, unknown),
            },
            copy=False,
        ),
    )
