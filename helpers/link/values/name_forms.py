"""Parse a record's name in every possible way, also from a single cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.link.blocking import Values, count_up
from helpers.link.values.contacts import emails, name_from_initials
from helpers.link.values.name_variants import fillers_in, no_first_names
from helpers.link.values.names import (
    ALIKE,
    INITIAL,
    MISSING,
    ORDER_SWAPPED,
    compare_first_names,
    compare_surnames,
    fold,
    formal_names,
    is_initial,
    surname_variants,
)
from helpers.link.values.schools import grade_number

__all__ = [
    "NameEvidence",
    "NameForms",
    "NameTexts",
    "TypedName",
    "compare_names",
    "first_name_variants",
    "grades_after_name",
    "name_keys",
    "parse_names",
    "surname_readings",
    "typed_name",
]


# Text after a name: a comma, a dash or a bracket, then a grade (7, 7th, Grade 7, K).
BEHIND = re.compile(
    r"^(?P<name>.*?[^\W\d_].*?)\s*(?:[,;/|]|\s[-\N{EN DASH}]|\s?\()\s*"
    r"(?P<grade>(?:(?:grade|gr|class|year|yr)\.?\s*)?(?:\d{1,2}(?:st|nd|rd|th)?|k|kg|pk|pre-?k|kinder(?:garten)?)"
    r"(?:\s*(?:grade|graders?))?)\.?\s*\)?\s*$",
    re.IGNORECASE,
)
# Check for a possible grade at the end first, since the pattern above is slow.
ENDINGS = (*"0123456789", "st", "nd", "rd", "th", "k", "kg", "kinder", "garten", "grade", "grader", "graders")
MAY_HAVE_MORE_BEHIND = "[,;/|(]|\\s[-\N{EN DASH}]"


class TypedName(NamedTuple):
    """A name, and the grade number typed after it."""

    name: str
    grade: int | None


def typed_name(text: str) -> TypedName:
    """Split a grade off a name.

    >>> [tuple(typed_name(text)) for text in ("Adam H., 7", "Ana Lopez (3rd grade)", "Lopez, Ana")]
    [('Adam H.', 7), ('Ana Lopez', 3), ('Lopez, Ana', None)]
    """
    found = BEHIND.match(text) if text.rstrip(" ).").lower().endswith(ENDINGS) else None
    grade = grade_number(found["grade"]) if found else None
    if found is None or grade is None:
        return TypedName(text, None)
    return TypedName(found["name"], grade)


def grades_after_name(people: pd.DataFrame) -> pd.Series:
    """Return the grades typed after names."""
    grade = pd.Series(pd.NA, index=people.index, dtype="Int64")
    for column in ("full_name", "last_surname", "first_name"):
        doubtful = people[column].str.contains(MAY_HAVE_MORE_BEHIND, regex=True).fillna(False)
        positions = np.flatnonzero(doubtful.to_numpy(dtype=bool))
        if len(positions):
            codes, distinct = pd.factorize(people[column].iloc[positions])
            numbers = pd.array([typed_name(str(text)).grade for text in distinct], dtype="Int64").take(codes)
            known = grade.iloc[positions].fillna(pd.Series(numbers, index=grade.index[positions]))
            grade.iloc[positions] = known.array  # a series would align by label where some are missing
    return grade


# *Samuel G.* and *DeShawn G.*, in a list that doesn't mark the surname, may both be read as *G.*, surnames
# Samuel and DeShawn; *Samuel Lopez* and *DeShawn Lopez* as first name Lopez with a changed surname. Taking
# the best reading would join two brothers that way.


def _hollow(
    forms: NameForms,
    pair: np.ndarray,
    one: np.ndarray,
    other: np.ndarray,
    last: np.ndarray,
    plain: np.ndarray,
) -> np.ndarray:
    """Test which readings of two names are no real agreement: only initials or exchanged names."""
    left, right, texts = forms.first[one], forms.first[other], forms.texts
    initial, continued = texts.initial[left] | texts.initial[right], texts.continued
    starts = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
    times = np.diff(np.append(starts, len(pair)))

    def of_pair(rows: np.ndarray) -> np.ndarray:
        return np.repeat(np.logical_or.reduceat(rows, starts), times)

    both = continued[left] & continued[right]
    otherwise = of_pair(both & plain) & ~of_pair(both & ~plain)
    turned = forms.turned[one] & forms.turned[other]
    empty = (turned & (last >= INITIAL)) | (initial & ((last >= ALIKE) | otherwise))
    hollow: np.ndarray = empty & ~plain & of_pair(plain & ~initial & (last < ALIKE))
    return hollow


# Records, and positions of a first name and a surname in the list of texts.
NameReadings = tuple[np.ndarray, np.ndarray, np.ndarray]


class NameTexts(list[str]):
    """Folded names, each once, and what was found out about them; nobody changes the list."""

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__(texts)
        # Of first names, and of surnames: compared pairs in order, their levels, and which plainly differ.
        self._compared: dict[bool, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {True: [], False: []}

    @cached_property
    def initial(self) -> np.ndarray:
        """Mark the names that are initials."""
        return np.array([is_initial(text) for text in self], dtype=bool)

    @cached_property
    def continued(self) -> np.ndarray:
        """Mark the names that begin with an initial and go on."""
        return np.array([is_initial(text.partition(" ")[0]) and " " in text for text in self], dtype=bool)

    def compare(self, one: np.ndarray, other: np.ndarray, *, first: bool) -> tuple[np.ndarray, np.ndarray]:
        """Compare two columns of names, each distinct pair of texts once, whoever asks."""
        size = len(self)
        codes, distinct = pd.factorize(np.minimum(one, other) * size + np.maximum(one, other))
        levels = np.zeros(len(distinct), dtype="int8")
        plain = np.zeros(len(distinct), dtype=bool)
        new = np.ones(len(distinct), dtype=bool)
        for pairs, known_levels, known_plain in self._compared[first]:
            at = np.minimum(np.searchsorted(pairs, distinct), len(pairs) - 1)
            known = pairs[at] == distinct
            levels[known], plain[known] = known_levels[at[known]], known_plain[at[known]]
            new &= ~known
        positions = np.flatnonzero(new)
        for position, pair in zip(positions.tolist(), distinct[positions].tolist(), strict=True):
            left, right = self[pair // size], self[pair % size]
            if first:
                levels[position], plain[position] = compare_first_names(left, right)
            else:
                levels[position] = compare_surnames(left, right)
        if len(positions):
            order = positions[np.argsort(distinct[positions])]
            self._compared[first].append((distinct[order], levels[order], plain[order]))
        return levels[codes], plain[codes]


@dataclass(frozen=True)
class NameForms:
    """Every reading of every record's name; ``first`` and ``last`` are positions in ``texts``, all folded."""

    record: np.ndarray
    first: np.ndarray
    last: np.ndarray
    texts: NameTexts

    @cached_property
    def words(self) -> np.ndarray:
        """Encode each reading's words, whatever their order."""
        size = len(self.texts)
        codes, distinct = pd.factorize(self.first * size + self.last)
        numbers: dict[str, int] = {}
        of_form = [
            numbers.setdefault(
                " ".join(sorted(f"{self.texts[form // size]} {self.texts[form % size]}".split())),
                len(numbers),
            )
            for form in distinct.tolist()
        ]
        return np.array(of_form, dtype="int64")[codes]

    @cached_property
    def turned(self) -> np.ndarray:
        """Mark the readings of which the record has the reverse, too."""
        size = len(self.texts)
        # Most records have one reading.
        readings = np.bincount(self.record)[self.record] if len(self.record) else self.record
        rows = np.flatnonzero((readings > 1) | (self.first == self.last))
        record, first, last = self.record[rows], self.first[rows], self.last[rows]
        result = np.zeros(len(self.record), dtype=bool)
        whole = record * size * size
        result[rows] = np.isin(whole + first * size + last, whole + last * size + first)
        return result


@dataclass(frozen=True)
class NameEvidence:
    """Compared names of pairs: positions in `names.LEVELS`, and whether first names clearly differ."""

    first: np.ndarray
    last: np.ndarray
    plainly_different: np.ndarray


def parse_names(people: pd.DataFrame) -> NameForms:
    """List the readings of each record's name."""
    entered = people["name_status"].eq("As written").to_numpy(dtype=bool)
    number = np.arange(len(people))
    texts: dict[str, int] = {"": 0}
    first, preferred_first = (_folded(people[name], texts) for name in ("first_name", "preferred_first_name"))
    last, preferred_last = (
        _folded(people[name], texts) for name in ("last_surname", "preferred_last_surname")
    )
    fillers = fillers_in(people["first_name"], people["last_surname"], people["full_name"])
    first, last = np.where(fillers.first, 0, first), np.where(fillers.last, 0, last)
    preferred_first = np.where(no_first_names(people["preferred_first_name"]), 0, preferred_first)
    entered &= ~fillers.whole

    parts = []
    named = entered & ((first > 0) | (last > 0))
    for one, other, extra in (
        (first, last, named),
        (preferred_first, last, entered & (preferred_first > 0)),
        (first, preferred_last, entered & (preferred_last > 0)),
        (preferred_first, preferred_last, entered & (preferred_first > 0) & (preferred_last > 0)),
    ):
        parts.append((number[extra], one[extra], other[extra]))
    # Also read a whole-name cell where columns for its parts truncate it: De for De Anda.
    in_one_cell = entered & people["full_name"].notna().to_numpy(dtype=bool)
    if in_one_cell.any():
        cells, order = people.loc[in_one_cell, "full_name"], people.loc[in_one_cell, "name_order"]
        parts.extend(_from_one_cell(cells, order, number[in_one_cell], preferred_first, texts))
    alone = entered & ~in_one_cell & (first > 0) & (last == 0) & (preferred_last == 0)
    several_words = np.array([" " in text for text in texts], dtype=bool)
    alone &= several_words[first]
    if alone.any():
        cells = people.loc[alone, "first_name"]
        order = pd.Series("first last", index=cells.index, dtype="string")
        parts.extend(_from_one_cell(cells, order, number[alone], preferred_first, texts))
    parts.append(_in_full(people["email"], parts, texts))
    forms = pd.DataFrame(
        {
            column: np.concatenate([part[place] for part in parts])
            for place, column in enumerate(("r", "f", "l"))
        }
    )
    forms = forms.drop_duplicates().sort_values(["r", "f", "l"])
    record, first, last = (forms[column].to_numpy(dtype="int64") for column in ("r", "f", "l"))
    return NameForms(record, first, last, NameTexts(texts))


def _folded(column: pd.Series, texts: dict[str, int]) -> np.ndarray:
    """Encode each folded text as an integer; 0 for missing."""
    codes, distinct = pd.factorize(column)
    numbers = np.array(
        [0, *(texts.setdefault(fold(typed_name(str(text)).name), len(texts)) for text in distinct)],
        dtype="int64",
    )
    return numbers[codes + 1]


def _from_one_cell(
    cells: pd.Series,
    orders: pd.Series,
    number: np.ndarray,
    preferred_first: np.ndarray,
    texts: dict[str, int],
) -> list[NameReadings]:
    order = orders.fillna("unknown")
    codes, distinct = pd.factorize(cells + "\n" + order)
    fold_once = cache(fold)
    split_cells = (str(cell).rsplit("\n", 1) for cell in distinct)
    readings = [_splits(cell, order_of_cell, fold_once) for cell, order_of_cell in split_cells]
    sizes = np.array([len(reading) for reading in readings], dtype="int64")
    flat = [texts.setdefault(text, len(texts)) for reading in readings for pair in reading for text in pair]
    pairs = np.array(flat, dtype="int64").reshape(-1, 2)
    place, which = _spread_out(sizes, codes)
    record = number[place]
    preferred = preferred_first[record]
    has = preferred > 0
    return [(record, pairs[which, 0], pairs[which, 1]), (record[has], preferred[has], pairs[which, 1][has])]


def _in_full(column: pd.Series, parts: list[NameReadings], texts: dict[str, int]) -> NameReadings:
    """Expand initials if the e-mail address has the full name."""
    record, first, last = (np.concatenate([part[place] for part in parts]) for place in range(3))
    one_letter = np.array([len(text) == 1 for text in texts], dtype=bool)
    with_initial = np.flatnonzero((one_letter[first] & (last > 0)) | (one_letter[last] & (first > 0)))
    address = emails(column.iloc[record[with_initial]])
    with_initial = with_initial[address.notna().to_numpy(dtype=bool)]
    spelled = list(texts)
    found: list[tuple[int, int, int]] = []
    for place, mail in zip(with_initial.tolist(), address.dropna(), strict=True):
        name = name_from_initials(spelled[first[place]], spelled[last[place]], mail)
        if name is not None:
            one, other = (texts.setdefault(text, len(texts)) for text in name)
            found.append((int(record[place]), one, other))
    table = np.array(found, dtype="int64").reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _splits(cell: str, order: str, fold: Callable[[str], str]) -> list[tuple[str, str]]:
    """Split a whole name into (first, last) in every way that its order allows."""
    cell = typed_name(cell).name
    if "," in cell and order != "first last":
        before, _, after = cell.partition(",")
        last, first = fold(before), fold(after)
        readings = [(first, last), (first.split(" ")[0], last)]
    else:
        words = fold(cell).split()
        cuts = range(1, len(words))
        readings = []
        if order != "last first":
            readings += [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in cuts]
            readings += [(words[0], words[-1])] if len(words) > 2 else []  # a middle name between them
        if order != "first last":
            readings += [(" ".join(words[cut:]), " ".join(words[:cut])) for cut in cuts]
            readings += [(words[1], words[0])] if len(words) > 2 else []
        if len(words) == 1:
            readings = [(words[0], "")]
    return list(dict.fromkeys(reading for reading in readings if any(reading)))


def name_keys(forms: NameForms) -> tuple[np.ndarray, np.ndarray]:
    """Return the keys that readings of equal names share."""
    keys: dict[str, int] = {}
    codes, distinct = pd.factorize(forms.first * len(forms.texts) + forms.last)
    flat: list[int] = []
    sizes = np.zeros(len(distinct), dtype="int64")
    for place, form in enumerate(distinct.tolist()):
        first, last = forms.texts[form // len(forms.texts)], forms.texts[form % len(forms.texts)]
        whole = bool(first and last) and not (is_initial(first) or is_initial(last))
        mine = _keys_of(first, last) if whole else set()
        flat.extend(keys.setdefault(key, len(keys)) for key in mine)
        sizes[place] = len(mine)
    owner, which = _spread_out(sizes, codes)
    return forms.record[owner], np.array(flat, dtype="int64")[which]


def _spread_out(sizes: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """List, for the group of each code, the positions of its members in a list of groups of these sizes."""
    place, step = count_up(sizes[codes])
    return place, (np.cumsum(sizes) - sizes)[codes][place] + step


def _keys_of(first: str, last: str) -> set[str]:
    whole = " ".join(sorted(f"{first} {last}".split()))
    firsts = _formal_forms(first)
    return {f"{one}\t{other}" for one in firsts for other in surname_variants(last)} | {whole}


def _formal_forms(first: str) -> frozenset[str]:
    """Return the formal names of a first name, also without its second part; none for an initial."""
    if is_initial(first):
        return frozenset()
    names = formal_names(first.replace(" ", ""))
    called = [word for word in first.split() if not is_initial(word)]
    return names | formal_names(called[0]) if " " in first and called else names


def first_name_variants(forms: NameForms) -> Values:
    """Return the formal names of each record's first name."""
    return _spread(forms.record, forms.first, forms.texts, _formal_forms)


def surname_readings(forms: NameForms) -> Values:
    """Return the variants of each record's surname."""
    known = np.where(forms.texts.initial[forms.last], 0, forms.last)
    return _spread(forms.record, known, forms.texts, surname_variants)


def _spread(
    record: np.ndarray, place: np.ndarray, texts: list[str], forms_of: Callable[[str], frozenset[str]]
) -> Values:
    """Replace each text by its variants, looking up each distinct one once."""
    record, place = record[place > 0], place[place > 0]
    numbers: dict[str, int] = {}
    used, codes = np.unique(place, return_inverse=True)
    forms = [
        [numbers.setdefault(form, len(numbers)) for form in sorted(forms_of(texts[one]))]
        for one in used.tolist()
    ]
    sizes = np.array([len(some) for some in forms], dtype="int64")
    flat = np.array([form for some in forms for form in some], dtype="int64")
    owner, which = _spread_out(sizes, codes)
    return Values.of(record[owner], flat[which], list(numbers))


def compare_names(forms: NameForms, count: int, left: np.ndarray, right: np.ndarray) -> NameEvidence:
    """Compare the names of pairs of records, by the best readings of each pair."""
    how_many = np.bincount(forms.record, minlength=count)
    begin = np.cumsum(how_many) - how_many
    combinations = how_many[left] * how_many[right]
    pair, step = count_up(combinations)
    one = begin[left[pair]] + step // how_many[right[pair]]
    other = begin[right[pair]] + step % how_many[right[pair]]
    first, plain = forms.texts.compare(forms.first[one], forms.first[other], first=True)
    last, _ = forms.texts.compare(forms.last[one], forms.last[other], first=False)
    swapped = _swapped(forms, one, other, (first >= INITIAL) | (last >= INITIAL))
    half = forms.texts.initial[forms.first] | forms.texts.initial[forms.last]
    swapped &= ~(half[one] | half[other])
    first[swapped] = last[swapped] = ORDER_SWAPPED
    plain[swapped] = False

    result = NameEvidence(
        np.full(len(left), MISSING, dtype="int8"),
        np.full(len(left), MISSING, dtype="int8"),
        np.zeros(len(left), dtype=bool),
    )
    if len(pair):
        # Best reading of a pair: the one with the strongest weaker half, then the strongest other half. Of
        # two alike the one that agrees in the surname, which families share.
        hollow = _hollow(forms, pair, one, other, last, plain)
        order = np.lexsort((first, last, first + last, np.maximum(first, last), hollow, pair))
        best = order[np.concatenate(([True], pair[order][1:] != pair[order][:-1]))]
        result.first[pair[best]], result.last[pair[best]] = first[best], last[best]
        # First names are clearly different only if no reading makes them less so.
        starts = np.flatnonzero(np.concatenate(([True], pair[1:] != pair[:-1])))
        result.plainly_different[pair[starts]] = np.logical_and.reduceat(plain | hollow, starts)
    return result


def _swapped(forms: NameForms, one: np.ndarray, other: np.ndarray, disagree: np.ndarray) -> np.ndarray:
    """Test which pairs have the same words in another order: Ali Mohamed and Mohamed Ali."""
    result = np.zeros(len(one), dtype=bool)
    whole = (forms.first > 0) & (forms.last > 0)
    candidates = np.flatnonzero(disagree & whole[one] & whole[other])
    result[candidates] = forms.words[one[candidates]] == forms.words[other[candidates]]
    return result
