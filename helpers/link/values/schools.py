"""Comparable schools and grades."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.link.values.names import fold
from helpers.standard import FIRST_MONTH

__all__ = [
    "KINDERGARTEN",
    "PREKINDERGARTEN",
    "SchoolNames",
    "grade_number",
    "grade_numbers",
    "school_codes",
    "school_name",
    "school_year_end",
]


PREKINDERGARTEN, KINDERGARTEN, LAST_GRADE = -1, 0, 12
# Prekindergarten and kindergarten in CEDS codes (PR, PK, TK, KG), a screener's code (EE) and words; TK,
# transitional kindergarten, is the year before kindergarten.
WORDS = {
    PREKINDERGARTEN: "pk pk3 pk4 prek prek3 prekindergarten preschool pr ee tk transitionalkindergarten",
    KINDERGARTEN: "k kg kn kf kinder kindergarten kdg kgn 0 00 reception",
    1: "first one",
    2: "second two",
    3: "third three",
    4: "fourth four",
    5: "fifth five",
    6: "sixth six",
    7: "seventh seven",
    8: "eighth eight",
    9: "ninth nine freshman",
    10: "tenth ten sophomore",
    11: "eleventh eleven junior",
    12: "twelfth twelve senior",
}
NUMBER_OF = {word: number for number, words in WORDS.items() for word in words.split()}
AROUND = re.compile(r"\b(?:grade|grades|gr|grd|class|year|yr|level|lvl|graders?)\b\.?", re.IGNORECASE)
NUMBER = re.compile(r"0*(\d{1,2})(?:st|nd|rd|th|\.0)?")


@cache
def grade_number(text: str) -> int | None:
    """Parse a grade in any notation.

    >>> [grade_number(text) for text in ("03", "3rd", "Grade 3", "KG", "Pre-K", "12", "UG", "Other")]
    [3, 3, 3, 0, -1, 12, None, None]
    """
    left = re.sub(r"[\s_./-]+", "", AROUND.sub(" ", text)).lower()
    if text.strip() == "-1":
        return PREKINDERGARTEN
    if left in NUMBER_OF:
        return NUMBER_OF[left]
    number = NUMBER.fullmatch(left)
    if number is None or int(number[1]) > LAST_GRADE:
        return None
    return int(number[1])


def school_year_end(as_of: pd.Series) -> pd.Series:
    """Return the end year of the school year that contains a day.

    >>> school_year_end(pd.Series(pd.to_datetime(["2025-09-01", "2026-06-30"]))).tolist()
    [2026, 2026]
    """
    return (as_of.dt.year + (as_of.dt.month >= FIRST_MONTH)).astype("Int64")


def grade_numbers(people: pd.DataFrame) -> pd.Series:
    """Return each record's grade as a number, from its grade or its class year.

    >>> people = pd.DataFrame({"grade_level": ["04", None], "graduation_year": [None, 2028]})
    >>> grade_numbers(people.assign(as_of=pd.to_datetime("2026-01-15"))).tolist()
    [4, 10]
    """
    codes, distinct = pd.factorize(people["grade_level"])
    numbers = pd.array([grade_number(str(text)) for text in distinct] + [None], dtype="Int64")
    grade = pd.Series(numbers.take(codes), index=people.index)
    if people["graduation_year"].notna().any():
        ends = school_year_end(people["as_of"])
        usual = ends.mode()
        ends = ends.fillna(int(usual.iloc[0])) if len(usual) else ends
        by_class = LAST_GRADE - (pd.to_numeric(people["graduation_year"]).astype("Int64") - ends)
        grade = grade.fillna(by_class.where(by_class.between(PREKINDERGARTEN, LAST_GRADE)))
    return grade.astype("Int64")


LEVELS = ("elementary", "middle", "high")
# Two words that mean one level.
JUNIOR, SENIOR = ("jr", "junior"), ("sr", "senior")


@cache
def _words() -> dict[str, str]:
    with (Path(__file__).parent / "tables" / "school_words.csv").open(encoding="utf-8", newline="") as lines:
        return {line["written"]: line["standard"] for line in csv.DictReader(lines)}


@cache
def school_name(text: str) -> str:
    """Normalize a school's name for comparison.

    >>> {school_name(text) for text in ("Oak Hill Elem", "OAK HILL E.S.", "Oak Hill Elementary School")}
    {'oak hill elementary'}
    >>> school_name("St. Mary's Jr. High"), school_name("Northgate HS"), school_name("P.S. 12")
    ('saint marys middle', 'northgate high', 'ps 12')
    """
    words = fold(text.replace(".", "")).split()
    joined: list[str] = []
    for word in words:
        if word in ("high", "hs") and joined and joined[-1] in (*JUNIOR, *SENIOR):
            joined[-1] = "middle" if joined[-1] in JUNIOR else "high"
        else:
            joined.append(word)
    known = _words()
    # An abbreviated level comes at the end: El Camino Elementary is not the elementary of Camino.
    standard = [
        word if place == 0 and known.get(word, "") in LEVELS else known.get(word, word)
        for place, word in enumerate(joined)
    ]
    levels = [word for word in dict.fromkeys(standard) if word in LEVELS]
    return " ".join([word for word in standard if word and word not in LEVELS] + levels)


def _number(text: str) -> str:
    """Normalize a school's number for comparison: spreadsheets drop zeros and add .0."""
    return text.strip().upper().removesuffix(".0").lstrip("0") or "0"


@dataclass(frozen=True)
class SchoolNames:
    """School names and numbers of all systems.

    ``of_number`` maps each silo's number to names, ``anywhere`` a number in any silo to names, and ``twice``
    lists names that one silo gives to two schools.
    """

    of_number: dict[tuple[str, str], set[str]]
    anywhere: dict[str, set[str]]
    twice: frozenset[str]

    @staticmethod
    def of(known: Iterable[tuple[str, str, str]]) -> SchoolNames:
        """Build from triples of silo, number and name."""
        of_number: dict[tuple[str, str], set[str]] = {}
        anywhere: dict[str, set[str]] = {}
        numbers: dict[tuple[str, str], set[str]] = {}
        for silo, number, name in known:
            code, standard = _number(number), school_name(name)
            of_number.setdefault((silo, code), set()).add(standard)
            anywhere.setdefault(code, set()).add(standard)
            numbers.setdefault((silo, standard), set()).add(code)
        twice = {name for (_, name), codes in numbers.items() if len(codes) > 1}
        return SchoolNames(of_number, anywhere, frozenset(twice))

    def code(self, silo: str, number: str, name: str) -> str:
        """Return a school's common code; empty if unknown, or if it may be two schools."""
        standard = school_name(name) if name else ""
        if standard and standard not in self.twice:
            return standard
        if not number:
            return ""
        code = _number(number)
        names = self.of_number.get((silo, code)) or self.anywhere.get(code) or set()
        names = names - self.twice
        return next(iter(names)) if len(names) == 1 else code


def _usual_names(
    triples: list[tuple[str, str, str]], rows: np.ndarray, listed: set[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """Infer the names of numbers from records that have both.

    A record may have this year's number and last year's name. So a number and a name belong together only if
    each is the other's most frequent one.
    """
    many: dict[tuple[str, str, str], int] = {}
    for (silo, number, name), count in zip(triples, rows.tolist(), strict=True):
        if number and name and (silo, _number(number)) not in listed:
            key = silo, _number(number), school_name(name)
            many[key] = many.get(key, 0) + count
    of_number: dict[tuple[str, str], tuple[int, str]] = {}
    of_name: dict[tuple[str, str], tuple[int, str]] = {}
    for (silo, number, name), count in many.items():
        of_number[silo, number] = max(of_number.get((silo, number), (0, "")), (count, name))
        of_name[silo, name] = max(of_name.get((silo, name), (0, "")), (count, number))
    return [
        (silo, number, name)
        for silo, number, name in many
        if of_number[silo, number][1] == name and of_name[silo, name][1] == number
    ]


def school_codes(people: pd.DataFrame, schools: pd.DataFrame | None = None) -> pd.Series:
    """Return one code per school for all systems.

    >>> people = pd.DataFrame(
    ...     {
    ...         "silo": ["sis", "clubs"],
    ...         "school_id": ["0104", None],
    ...         "school_name": [None, "Oak Hill Elem"],
    ...     }
    ... )
    >>> schools = pd.DataFrame({"silo": ["sis"], "school_id": ["104"], "school_name": ["Oak Hill ES"]})
    >>> school_codes(people, schools).tolist()
    ['oak hill elementary', 'oak hill elementary']
    """
    columns = ["silo", "school_id", "school_name"]
    reported = people[columns].astype("string").fillna("")
    codes, distinct = pd.factorize(
        reported["silo"] + "\n" + reported["school_id"] + "\n" + reported["school_name"]
    )
    triples = [(silo, number, name) for silo, number, name in (text.split("\n", 2) for text in distinct)]
    known: list[tuple[str, str, str]] = []
    if schools is not None:
        known += schools[columns].dropna().astype("string").itertuples(index=False, name=None)
    listed = {(silo, _number(number)) for silo, number, _ in known}
    known += _usual_names(triples, np.bincount(codes, minlength=len(triples)), listed)
    names = SchoolNames.of(known)
    found = pd.array([names.code(*triple) or None for triple in triples], dtype="string")
    return pd.Series(found.take(codes), index=people.index)
