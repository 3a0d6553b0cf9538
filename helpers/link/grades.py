"""Grades as numbers: codes, words as people type them, and the class year that some systems keep instead."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

__all__ = ["KINDERGARTEN", "PREKINDERGARTEN", "grade_number", "grade_numbers", "school_year_end"]

PREKINDERGARTEN, KINDERGARTEN, LAST_GRADE = -1, 0, 12
# Prekindergarten and kindergarten by the codes of CEDS (PR, PK, TK, KG), of a screener (EE) and in words; TK,
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
# Districts turn their years in July.
FIRST_MONTH = 7


@cache
def grade_number(text: str) -> int | None:
    """Give the number of a grade however it is written.

    Parameters
    ----------
    text
        A grade: a code (``PK``, ``KG``, ``03``) or as typed (``Grade 3``, ``3rd``, ``Kindergarten``).

    Returns
    -------
    int or None
        -1 prekindergarten, 0 kindergarten, 1 to 12; none where the text names no such grade (``UG``).

    Examples
    --------
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
    """Give the year in which the school year of a day ends.

    Parameters
    ----------
    as_of
        ``datetime64``.

    Returns
    -------
    pandas.Series
        ``Int64``: 2026 for days from July 2025 to June 2026.

    Examples
    --------
    >>> school_year_end(pd.Series(pd.to_datetime(["2025-09-01", "2026-06-30"]))).tolist()
    [2026, 2026]
    """
    return (as_of.dt.year + (as_of.dt.month >= FIRST_MONTH)).astype("Int64")


def grade_numbers(people: pd.DataFrame) -> pd.Series:
    """Give each record's grade as a number, from its grade or its class year.

    Parameters
    ----------
    people
        The standard table *people*: ``grade_level``, ``graduation_year``, ``as_of``.

    Returns
    -------
    pandas.Series
        ``Int64``: -1 prekindergarten, 0 kindergarten, 1 to 12. A class year says the grade in the school year
        of the record's own ``as_of``, else in that of most records; a class that has left, or is yet to come,
        has none.

    Examples
    --------
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
