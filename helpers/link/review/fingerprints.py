"""What two records said when a person decided about them, in a few letters that give nothing away."""

from __future__ import annotations

import base64
import hashlib
import json

import pandas as pd

from helpers.link.review.sides import is_of_a_pair, side_of
from helpers.standard import STRING

__all__ = ["IDENTITY", "fingerprints"]

# What a child keeps. Grade, school, address and telephone change by nature: a decision outlives them.
IDENTITY = (
    "first_name",
    "middle_name",
    "last_surname",
    "generation_code_suffix",
    "preferred_first_name",
    "preferred_last_surname",
    "full_name",
    "birth_date",
    "birth_date_other",
    "sex",
)
LETTERS = 16  # 80 bits: two states of a pair never share one


def fingerprints(pairs: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Give each pair a fingerprint of its two records' names, birth dates and sex.

    Parameters
    ----------
    pairs
        ``left_silo``, ``left_record``, ``right_silo``, ``right_record``.
    people
        The standard table *people*.

    Returns
    -------
    pandas.Series
        Text with the index of `pairs`, ``f-`` and letters; the same whichever record stands on the left. NA
        where a record isn't in people.
    """
    named = people[is_of_a_pair(people, pairs)]
    columns = [_texts(named[name]) for name in IDENTITY]
    said = dict(
        zip(
            zip(named["silo"].tolist(), named["record"].tolist(), strict=True),
            (tuple(values) for values in zip(*columns, strict=True)),
            strict=True,
        )
    )
    marks = [
        _mark(sorted([(one, said[one]), (other, said[other])])) if one in said and other in said else None
        for one, other in zip(side_of(pairs, "left"), side_of(pairs, "right"), strict=True)
    ]
    return pd.Series(marks, index=pairs.index, dtype=STRING)


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    return column.astype(STRING).fillna("").tolist()


def _mark(said: object) -> str:
    digest = hashlib.blake2b(
        json.dumps(said, ensure_ascii=True).encode(), digest_size=10, person=b"decision"
    ).digest()
    return "f-" + base64.b32encode(digest).decode().lower()[:LETTERS]
