"""Comparison levels of two rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from helpers.link.two_files.persons import PersonTable, Texts
from helpers.link.values.name_variants import formal_names, surname_spellings
from helpers.link.values.names import is_initial, surname_parts

__all__ = ["EXCHANGED", "MISSING", "Comparison", "compare", "comparisons_of"]


MISSING = -1  # one of the two has no value
EXCHANGED = 6  # level of names in exchanged order


@dataclass(frozen=True)
class Comparison:
    """One comparison."""

    # Name of the field, for reasons.
    name: str
    # Method of comparison.
    kind: str
    # Label of each level; a higher level isn't always a better one.
    words: tuple[str, ...]
    # Probability of each level for pairs of one person, and for random pairs, before training.
    expected: tuple[float, ...]
    by_chance: tuple[float, ...]
    # The level of equal values, whose weight depends on the value's frequency; -1: none.
    exact: int = -1
    # Field of `PersonTable.texts` with the values.
    field: str = ""


GIVEN_WORDS = (
    "different", "an initial that fits", "somewhat alike", "nearly the same", "another form", "the same",
    "exchanged with the surname",
)  # fmt: skip
FAMILY_WORDS = (
    "different", "an initial that fits", "somewhat alike", "nearly the same", "another form", "the same",
    "exchanged with the first name",
)  # fmt: skip
OF_NAMES = (0.03, 0.02, 0.04, 0.08, 0.04, 0.77, 0.02)
CHANCE_NAMES = (0.984, 0.0005, 0.006, 0.003, 0.001, 0.005, 0.0005)
DATE_WORDS = (
    "different", "the same year only", "two of year, month and day the same", "one figure different",
    "day and month exchanged", "the same", "the same year, no more is known",
)  # fmt: skip
OF_DATES = (0.02, 0.02, 0.05, 0.05, 0.02, 0.82, 0.02)
CHANCE_DATES = (0.983, 0.011, 0.003, 0.001, 0.00003, 0.00004, 0.002)
HOME_WORDS = (
    "different", "little in common", "partly the same", "half the same", "nearly the same", "the same",
    "the same, as far as it is known", "different, as far as it is known",
)  # fmt: skip
OF_HOMES = (0.1, 0.05, 0.05, 0.1, 0.15, 0.45, 0.07, 0.03)
CHANCE_HOMES = (0.9, 0.05, 0.02, 0.01, 0.004, 0.003, 0.005, 0.008)
MIDDLE_WORDS = ("different", "an initial that fits", "nearly the same", "the same")
AGE_WORDS = ("different", "within three years", "within a year", "the same")
TEXT_WORDS = ("different", "somewhat alike", "nearly the same", "the same")
OF_TEXTS = (0.15, 0.03, 0.07, 0.75)
CHANCE_TEXTS = (0.95, 0.02, 0.01, 0.02)
CODE_WORDS = ("different", "one sign different", "the same")
OF_CODES = (0.12, 0.05, 0.83)
CHANCE_CODES = (0.9997, 0.0002, 0.0001)


def comparisons_of(persons: PersonTable) -> list[Comparison]:
    """List the comparisons that these persons allow."""
    there = persons.texts
    found = []
    if "given" in there:
        found.append(Comparison("first name", "given", GIVEN_WORDS, OF_NAMES, CHANCE_NAMES, 5, "given"))
    if "middle" in there:
        found.append(
            Comparison(
                "middle name",
                "middle",
                MIDDLE_WORDS,
                (0.1, 0.2, 0.05, 0.65),
                (0.85, 0.07, 0.01, 0.07),
                3,
                "middle",
            )
        )
    if "family" in there:
        found.append(Comparison("surname", "family", FAMILY_WORDS, OF_NAMES, CHANCE_NAMES, 5, "family"))
    if persons.birth is not None:
        found.append(Comparison("birth date", "birth", DATE_WORDS, OF_DATES, CHANCE_DATES, 5))
    elif persons.age is not None:
        found.append(Comparison("age", "age", AGE_WORDS, (0.05, 0.05, 0.2, 0.7), (0.9, 0.05, 0.03, 0.02)))
    if "sex" in there:
        found.append(Comparison("sex", "sex", ("different", "the same"), (0.03, 0.97), (0.5, 0.5), 1, "sex"))
    if any(name in there for name in ("street", "locality", "postcode", "region", "address_line_2")):
        found.append(Comparison("address", "home", HOME_WORDS, OF_HOMES, CHANCE_HOMES))
    if "telephone" in there:
        found.append(Comparison("telephone", "code", CODE_WORDS, OF_CODES, CHANCE_CODES, 2, "telephone"))
    if "e_mail" in there:
        found.append(Comparison("e-mail", "text", TEXT_WORDS, OF_TEXTS, CHANCE_TEXTS, 3, "e_mail"))
    for name in there:
        if name.startswith(("national_id", "local_id")):
            said = name.replace("_", " ").removesuffix(" 1")
            found.append(Comparison(said, "code", CODE_WORDS, OF_CODES, CHANCE_CODES, 2, name))
    for name in ("school", "grade", "birth_place", "occupation", "race"):
        if name in there:
            found.append(
                Comparison(name.replace("_", " "), "text", TEXT_WORDS, OF_TEXTS, CHANCE_TEXTS, 3, name)
            )
    return found


INITIAL_FITS = 1  # of names
NEAR, SOMEWHAT_NEAR = 0.92, 0.80  # Jaro-Winkler


def compare(
    persons: PersonTable, comparisons: Sequence[Comparison], left: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Compare pairs."""
    levels = np.full((len(left), len(comparisons)), MISSING, dtype="int8")
    if not len(left):
        return levels
    for place, one in enumerate(comparisons):
        levels[:, place] = _level(one, persons, left, right)
    kinds = [one.kind for one in comparisons]
    if "given" in kinds and "family" in kinds:
        swapped = _exchanged(
            persons, left, right, levels[:, kinds.index("given")], levels[:, kinds.index("family")]
        )
        # An initial in exchanged order is still no shared first name.
        by_initial = _initials(persons.texts["given"], left) | _initials(persons.texts["given"], right)
        levels[swapped, kinds.index("given")] = np.where(by_initial[swapped], INITIAL_FITS, EXCHANGED)
        levels[swapped, kinds.index("family")] = EXCHANGED
    return levels


def _level(one: Comparison, persons: PersonTable, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    if one.kind == "birth":
        assert persons.birth is not None
        return _dates(persons.birth[left], persons.birth[right])
    if one.kind == "age":
        assert persons.age is not None
        return _ages(persons.age[left], persons.age[right])
    if one.kind == "home":
        return _homes(persons, left, right)
    kinds = {
        "given": _given,
        "family": _family,
        "middle": _middle,
        "code": _codes,
        "text": _words,
        "sex": _equal,
    }
    return _by_distinct(persons.texts[one.field], left, right, kinds[one.kind])


def _by_distinct(
    texts: Texts,
    left: np.ndarray,
    right: np.ndarray,
    level: Callable[[list[str], list[str]], np.ndarray],
    missing: float = MISSING,
) -> np.ndarray:
    """Compare each distinct pair of texts once."""
    one, other = texts.codes[left], texts.codes[right]
    known = (one >= 0) & (other >= 0)
    size = max(len(texts.distinct), 1)
    codes, distinct = pd.factorize(
        np.minimum(one[known], other[known]) * size + np.maximum(one[known], other[known])
    )
    found = level(
        [texts.distinct[pair // size] for pair in distinct.tolist()],
        [texts.distinct[pair % size] for pair in distinct.tolist()],
    )
    result = np.full(len(left), missing, dtype=found.dtype if len(found) else "int8")
    if len(found):
        result[known] = found[codes]
    return result


def _near(left: list[str], right: list[str]) -> np.ndarray:
    """Return the similarity of texts, from 0 to 1."""
    return np.asarray(cpdist(left, right, scorer=JaroWinkler.normalized_similarity, dtype=np.float32))


def _edits(left: list[str], right: list[str], most: int) -> np.ndarray:
    return np.asarray(cpdist(left, right, scorer=OSA.distance, score_cutoff=most, dtype=np.int32))


def _equal(left: list[str], right: list[str]) -> np.ndarray:
    return np.array([one == other for one, other in zip(left, right, strict=True)], dtype="int8")


def _names(left: list[str], right: list[str], variant: Callable[[str, str], bool]) -> np.ndarray:
    one = [text.replace(" ", "") for text in left]
    other = [text.replace(" ", "") for text in right]
    alike, edits = _near(one, other), _edits(one, other, 1)
    shortest = np.array([min(len(a), len(b)) for a, b in zip(one, other, strict=True)])
    level = np.select(
        [(alike >= NEAR) & (shortest > 2) | (edits <= 1) & (shortest > 3), alike >= SOMEWHAT_NEAR], [3, 2], 0
    ).astype("int8")
    for place, (a, b) in enumerate(zip(left, right, strict=True)):
        if is_initial(one[place]) or is_initial(other[place]):
            level[place] = INITIAL_FITS if one[place][0] == other[place][0] else 0
        elif one[place] == other[place]:
            level[place] = 5
        elif level[place] < 3 and variant(a, b):
            level[place] = 4
    return level


def _given(left: list[str], right: list[str]) -> np.ndarray:
    return _names(left, right, _is_form_of)


def _is_form_of(one: str, other: str) -> bool:
    """Return whether two first names are forms of one: Bob and Robert, Mary Ann and Mary."""
    a, b = one.split(), other.split()
    begun = a[0] == b[0] and not is_initial(a[0])
    if len(a) != len(b) and (begun or set(a) <= set(b) or set(b) <= set(a)):
        return True
    return not formal_names(one.replace(" ", "")).isdisjoint(formal_names(other.replace(" ", "")))


def _family(left: list[str], right: list[str]) -> np.ndarray:
    return _names(left, right, _is_part_of)


def _is_part_of(one: str, other: str) -> bool:
    if not surname_spellings(one).isdisjoint(surname_spellings(other)):
        return True
    a, b = set(surname_parts(one) or [one]), set(surname_parts(other) or [other])
    return (len(a) > 1 or len(b) > 1) and (a <= b or b <= a)


def _middle(left: list[str], right: list[str]) -> np.ndarray:
    alike = _near(left, right)
    level = np.where(alike >= NEAR, 2, 0).astype("int8")
    for place, (one, other) in enumerate(zip(left, right, strict=True)):
        if one == other:
            level[place] = 3
        elif one[0] == other[0] and min(len(one), len(other)) == 1:
            level[place] = 1
    return level


def _words(left: list[str], right: list[str]) -> np.ndarray:
    alike = _near(left, right)
    return np.select(
        [_equal(left, right) == 1, alike >= NEAR, alike >= SOMEWHAT_NEAR + 0.05], [3, 2, 1], 0
    ).astype("int8")


def _codes(left: list[str], right: list[str]) -> np.ndarray:
    edits = _edits(left, right, 1)
    shortest = np.array([min(len(a), len(b)) for a, b in zip(left, right, strict=True)])
    return np.select([edits == 0, (edits == 1) & (shortest > 4)], [2, 1], 0).astype("int8")


def _initials(texts: Texts, persons: np.ndarray) -> np.ndarray:
    """Test which persons' names are initials."""
    result: np.ndarray = np.array([*map(is_initial, texts.distinct), False], dtype=bool)[texts.codes[persons]]
    return result


def _exchanged(
    persons: PersonTable, left: np.ndarray, right: np.ndarray, given: np.ndarray, family: np.ndarray
) -> np.ndarray:
    """Test which pairs have exchanged first name and surname: Ali Mohamed and Mohamed Ali."""
    doubtful = np.flatnonzero((np.maximum(given, 0) < 3) & (np.maximum(family, 0) < 3))
    result = np.zeros(len(left), dtype=bool)
    first, last = persons.texts["given"], persons.texts["family"]
    crossed = []
    for one, other in ((left, right), (right, left)):
        a, b = first.codes[one[doubtful]], last.codes[other[doubtful]]
        known = (a >= 0) & (b >= 0)
        size = max(len(last.distinct), 1)
        codes, distinct = pd.factorize(a[known] * size + b[known])
        alike = _near(
            [first.distinct[pair // size] for pair in distinct.tolist()],
            [last.distinct[pair % size] for pair in distinct.tolist()],
        )
        found = np.full(len(doubtful), -1.0)
        if len(alike):
            found[known] = alike[codes]
        crossed.append(found)
    one, other = crossed
    # One half is enough if the other half is empty on both sides.
    half = (np.minimum(given[doubtful], family[doubtful]) == MISSING) & (np.maximum(one, other) >= NEAR)
    result[doubtful] = (np.minimum(one, other) >= 0.88) | (half & (np.minimum(one, other) == -1))
    return result


def _dates(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    known = (one[:, 0] >= 0) & (other[:, 0] >= 0)
    both = (one >= 0) & (other >= 0)
    whole = both.all(axis=1)
    same = (one == other) & both
    exchanged = whole & same[:, 0] & (one[:, 1] == other[:, 2]) & (one[:, 2] == other[:, 1])
    differing = np.zeros(len(one), dtype=np.int8)
    digits_one, digits_other = _figures(one), _figures(other)
    unequal = digits_one != digits_other
    differing = unequal.sum(axis=1)
    # Two transposed neighboring digits are one typo.
    swap = np.zeros(len(one), dtype=bool)
    for place in range(unequal.shape[1] - 1):
        swap |= (
            (differing == 2)
            & unequal[:, place]
            & unequal[:, place + 1]
            & (digits_one[:, place] == digits_other[:, place + 1])
            & (digits_one[:, place + 1] == digits_other[:, place])
        )
    agreeing = same.sum(axis=1)
    level = np.select(
        [
            whole & same.all(axis=1),
            exchanged,
            whole & ((differing == 1) | swap),
            whole & (agreeing == 2),
            whole & same[:, 0],
            whole,
            known & same[:, 0] & ~(both[:, 1] & ~same[:, 1]),
        ],
        [5, 4, 3, 2, 1, 0, 6],
        0,
    )
    return np.where(known, level, MISSING).astype("int8")


def _figures(parts: np.ndarray) -> np.ndarray:
    number = np.maximum(parts, 0).astype("int64") @ np.array([10_000, 100, 1])
    return number[:, None] // 10 ** np.arange(7, -1, -1) % 10


def _ages(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    apart = np.abs(one - other)
    level = np.select([apart == 0, apart == 1, apart <= 3], [3, 2, 1], 0)
    return np.where((one >= 0) & (other >= 0), level, MISSING).astype("int8")


# Points for each part of an address that agrees; many towns have the same street.
WORTH = {
    "street": 4.0,
    "house_number": 2.0,
    "address_line_2": 2.0,
    "locality": 3.0,
    "postcode": 3.0,
    "region": 0.5,
}
LITTLE = 5.0  # with fewer points possible, an address is less evidence than a complete one


def _homes(persons: PersonTable, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    points = np.zeros(len(left))
    possible = np.zeros(len(left))
    for name, worth in WORTH.items():
        if name not in persons.texts:
            continue
        kind = _codes if name in ("house_number", "postcode") else _words
        level = _by_distinct(persons.texts[name], left, right, kind)
        known = level >= 0
        possible += worth * known
        top = 2 if kind is _codes else 3
        points += (
            worth
            * np.select([level == top, level == top - 1, level == top - 2], [1.0, 0.75, 0.0], 0.0)
            * known
        )
    share = np.divide(points, possible, out=np.zeros(len(left)), where=possible > 0)
    level = np.select(
        [share >= 0.9, share >= 0.7, share >= 0.5, share >= 0.3, share >= 0.12], [5, 4, 3, 2, 1], 0
    )
    little = possible < LITTLE
    level = np.where(little, np.where(share >= 0.7, 6, 7), level)
    return np.where(possible > 0.5, level, MISSING).astype("int8")
