"""Records made ready for Splink as a careful user makes them ready: nothing of the kit's linking is used."""

from __future__ import annotations

import html
import unicodedata

import numpy as np
import pandas as pd

from tests.bench.linking_data import LinkingData

__all__ = ["peer_records"]

GRADES = {"PK": -1, "KG": 0, **{f"{grade:02}": grade for grade in range(1, 13)}}
# Those that several systems can have.
ID_SYSTEMS = ("District", "State", "Login")
SHORT_FORMS = {" elem": " elementary", " ms": " middle", " hs": " high"}


def peer_records(data: LinkingData) -> pd.DataFrame:
    """Standardize the students of a district.

    Parameters
    ----------
    data
        The district.

    Returns
    -------
    pandas.DataFrame
        One row a student, in order of silo and record; ``number`` is its place there. Names without case,
        accents and signs, "Last, First" taken apart; parts of surnames as a list; schools by their id, known
        names looked up in the list of schools; class year turned into grade; ids of district, State and
        login; empty is ``None``.
    """
    students = data.students
    first, last = _names(students)
    words = last.str.split(" ")
    ready = pd.DataFrame(
        {
            "number": np.arange(len(students)),
            "source_dataset": students["silo"],
            "first_name": first,
            "first_token": first.str.split(" ").str[0],
            "preferred": _folded(students["preferred_first_name"]),
            "last_name": last,
            "last_parts": words,
            "last_token": words.str[0],
            "last_end": words.str[-1],
            "full_name": first + " " + last,
            "middle": _folded(students["middle_name"]),
            "dob": students["birth_date"].dt.strftime("%Y-%m-%d"),
            "sex": students["sex"],
            "school": _schools(students, data.school),
            "grade": _grades(students),
            "email": students["email"].str.casefold(),
            "telephone": students["telephone"].str.replace(r"\D", "", regex=True),
        }
    )
    for system in ID_SYSTEMS:
        ready[f"{system.lower()}_id"] = _ids(data, system)
    ready["core_name"] = ready["first_token"] + " " + ready["last_token"]
    ready["middle_initial"] = ready["middle"].str[:1]
    ready["first_start"] = ready["first_name"].str[:3]
    ready["last_start"] = ready["last_name"].str[:4]
    return ready.astype(object).where(ready.notna(), None).astype({"number": "int64"})


def _ids(data: LinkingData, system: str) -> pd.Series:
    """Give each record's first id of a system, without leading zeros."""
    mine = data.identifiers[data.identifiers["identification_system"].eq(system)]
    first = mine.drop_duplicates(["silo", "record"]).set_index(["silo", "record"])["identifier"]
    place = pd.MultiIndex.from_frame(data.students[["silo", "record"]])
    return first.reindex(place).reset_index(drop=True).str.strip().str.lstrip("0")


def _folded(column: pd.Series) -> pd.Series:
    """Take case, accents and signs off; apostrophes join, other signs part words."""
    distinct = {text: _fold(text) for text in column.dropna().unique()}
    return column.map(distinct).astype("string")


def _fold(text: str) -> str | None:
    letters = unicodedata.normalize("NFKD", html.unescape(text))
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold()
    letters = letters.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    return " ".join("".join(sign if sign.isalnum() else " " for sign in letters).split()) or None


def _names(students: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    whole = students["full_name"].where(students["first_name"].isna() | students["last_surname"].isna())
    parts = whole.str.partition(",")
    comma = parts[1].eq(",").fillna(False)
    words = whole.str.strip().str.rpartition(" ")
    first = students["first_name"].fillna(parts[2].where(comma, words[0]))
    last = students["last_surname"].fillna(parts[0].where(comma, words[2]))
    return _folded(first), _folded(last)


def _schools(students: pd.DataFrame, school: pd.DataFrame) -> pd.Series:
    known = school.dropna(subset=["school_id", "school_name"]).drop_duplicates("school_id")
    by_name = dict(zip(_school_name(known["school_name"]), known["school_id"], strict=True))
    return students["school_id"].fillna(_school_name(students["school_name"]).map(by_name))


def _school_name(column: pd.Series) -> pd.Series:
    name = _folded(column).str.removesuffix(" school")
    for short, long in SHORT_FORMS.items():
        name = name.str.replace(f"{short}$", long, regex=True)
    return name


def _grades(students: pd.DataFrame) -> pd.Series:
    grade = students["grade_level"].map(GRADES).astype("Float64")
    # The class that leaves in a year is in grade 12 in the school year that ends then; the newest day that
    # any record was written says which school year it is.
    newest = students["as_of"].max()
    ends = newest.year + (newest.month >= 8) if pd.notna(newest) else 0
    from_class = (12 - (students["graduation_year"] - ends)).astype("Float64")
    return grade.fillna(from_class.where(from_class.between(-1, 12)) if ends else grade)
