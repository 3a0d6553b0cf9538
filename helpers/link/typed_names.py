"""Names as people type them into one cell, with the grade behind a comma."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.link.grades import grade_number

__all__ = ["TypedName", "grades_typed_behind", "typed_name"]

# What stands behind a name: a comma, a dash or a bracket, then a grade (7, 7th, Grade 7, K).
BEHIND = re.compile(
    r"^(?P<name>.*?[^\W\d_].*?)\s*(?:[,;/|]|\s[-\N{EN DASH}]|\s?\()\s*"
    r"(?P<grade>(?:(?:grade|gr|class|year|yr)\.?\s*)?(?:\d{1,2}(?:st|nd|rd|th)?|k|kg|pk|pre-?k|kinder(?:garten)?)"
    r"(?:\s*(?:grade|graders?))?)\.?\s*\)?\s*$",
    re.IGNORECASE,
)
# Looked at first, since the pattern above is slow: an ending that a grade may have.
ENDINGS = (*"0123456789", "st", "nd", "rd", "th", "k", "kg", "kinder", "garten", "grade", "grader", "graders")
MAY_HAVE_MORE_BEHIND = "[,;/|(]|\\s[-\N{EN DASH}]"


class TypedName(NamedTuple):
    """A name, and the number of the grade that is typed behind it."""

    name: str
    grade: int | None


def typed_name(text: str) -> TypedName:
    """Take the grade off a name.

    Parameters
    ----------
    text
        A name as typed.

    Returns
    -------
    TypedName
        The name without what stands behind it; the grade as `grades.grade_number` gives it.

    Examples
    --------
    >>> [tuple(typed_name(text)) for text in ("Adam H., 7", "Ana Lopez (3rd grade)", "Lopez, Ana")]
    [('Adam H.', 7), ('Ana Lopez', 3), ('Lopez, Ana', None)]
    """
    found = BEHIND.match(text) if text.rstrip(" ).").lower().endswith(ENDINGS) else None
    grade = grade_number(found["grade"]) if found else None
    if found is None or grade is None:
        return TypedName(text, None)
    return TypedName(found["name"], grade)


def grades_typed_behind(people: pd.DataFrame) -> pd.Series:
    """Give the grades that are typed behind names.

    Parameters
    ----------
    people
        The standard table *people*.

    Returns
    -------
    pandas.Series
        ``Int64``, numbered as `grades.grade_number` does; mostly missing.
    """
    grade = pd.Series(pd.NA, index=people.index, dtype="Int64")
    for column in ("full_name", "last_surname", "first_name"):
        doubtful = people[column].str.contains(MAY_HAVE_MORE_BEHIND, regex=True).fillna(False)
        places = np.flatnonzero(doubtful.to_numpy(dtype=bool))
        if len(places):
            codes, distinct = pd.factorize(people[column].iloc[places])
            numbers = pd.array([typed_name(str(text)).grade for text in distinct], dtype="Int64").take(codes)
            known = grade.iloc[places].fillna(pd.Series(numbers, index=grade.index[places]))
            grade.iloc[places] = known.array  # a series would be looked up by label where some are missing
    return grade
