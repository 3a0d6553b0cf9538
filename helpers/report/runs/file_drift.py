"""Compare the files and columns of two runs: what is gone, new, renamed or empty.

These are facts about files, not counts of children, so a real folder shows them, too. We name files and
columns as the layout does. A column that no layout declares keeps its own name, unless a child's name or id
is part of it.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from helpers.files import District
from helpers.share import MASK
from helpers.standard import STRING

__all__ = ["FACTS", "drift_between", "file_facts"]

# ``kind`` is the layout's name for the file, ``head`` the column's name in the file. An empty file has one
# line, with a path alone.
FACTS = ["silo", "file", "kind", "column", "head"]
_NAMES = [
    "first_name", "middle_name", "last_surname", "preferred_first_name", "preferred_last_surname",
    "full_name", "local_id",
]  # fmt: skip
_ID_LIKE = re.compile(r"\d{5}")


def file_facts(district: District) -> pd.DataFrame:
    """List the files of a district and their columns, as a snapshot stores them."""
    columns = district.written.columns
    nested = [
        (silo, kind.name) for silo, layout in district.layouts.items() for kind in layout.files if kind.nested
    ]
    # A nested file omits what is missing: a path that few rows have says something about these rows.
    rare = (columns["filled"] * 2 < columns["rows"]).fillna(False).to_numpy(bool)
    facts = columns[~(rare & pd.MultiIndex.from_frame(columns[["silo", "kind"]]).isin(nested))]
    if not district.synthetic:
        undeclared = facts["column"].isna()
        words = _words_of_people(district)
        shown = {name: _masked(name, words) for name in facts.loc[undeclared, "head"].unique()}
        facts = facts.assign(head=facts["head"].mask(undeclared, facts["head"].map(shown)))
    facts = facts.assign(column=facts["column"].fillna(facts["head"]))
    empty = district.findings[district.findings["kind"].eq("file_empty")][["silo", "file"]]
    return pd.concat([facts[FACTS], empty], ignore_index=True).fillna("").astype(STRING).drop_duplicates()


def _words_of_people(district: District) -> frozenset[str]:
    """Collect the words of all names and ids."""
    people = district.people[district.people["name_status"].ne("Placeholder").fillna(True).to_numpy(bool)]
    texts = [*(people[name].dropna() for name in _NAMES), district.identifiers["identifier"].dropna()]
    return frozenset(word for text in pd.concat(texts).unique() for word in _words(str(text)))


def _words(text: str) -> list[str]:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return [word for word in re.split(r"[\W_]+", parted.casefold()) if len(word) > 1]


def _masked(name: str, words: frozenset[str]) -> str:
    """Mask a name that shares a word with a person, or could contain an id."""
    return MASK if _ID_LIKE.search(name) or not words.isdisjoint(_words(name)) else name


def drift_between(before: pd.DataFrame, after: pd.DataFrame) -> list[dict[str, Any]]:
    """List which files and columns are gone, new, renamed or empty."""
    was, now = _by_file(before), _by_file(after)
    latest = {_stem(file): file for file in sorted(was)}
    rows = [
        change
        for file, facts in now.items()
        for change in _of_file(was.get(file, was.get(latest.get(_stem(file), ""))), facts)
    ]
    stems = {_stem(file) for file in now}
    gone = [facts for file, facts in was.items() if _stem(file) not in stems and _columns(facts)]
    return rows + [_change(facts, "file gone", "", "the file is gone") for facts in gone]


def _by_file(facts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(file): own for file, own in facts.groupby("file", sort=False)}


def _stem(file: str) -> str:
    """Return a file's name without its date: the next export often has another one."""
    return re.sub(r"\d+", "#", file)


def _columns(facts: pd.DataFrame) -> dict[str, str]:
    filled = facts[facts["column"].ne("")]
    return dict(zip(filled["column"], filled["head"], strict=True))


def _of_file(earlier: pd.DataFrame | None, facts: pd.DataFrame) -> list[dict[str, Any]]:
    """List what changed in one file."""
    was, now = {} if earlier is None else _columns(earlier), _columns(facts)
    if not now and not was:
        return [] if earlier is not None else [_change(facts, "file empty", "", "a new file is empty")]
    if not now and earlier is not None:
        return [_change(earlier, "file empty", "", "the file is empty")]
    if not was:
        return [_change(facts, "file new", "", "the file is new, or no longer empty")]
    gone = [column for column in was if column not in now]
    new = [column for column in now if column not in was]
    if len(gone) == len(new) == 1:
        words = f"column {gone[0]} is gone and column {new[0]} is new: perhaps it was renamed"
        return [_change(facts, "column renamed", new[0], words)]
    renamed = [column for column in now if was.get(column, now[column]) != now[column]]
    return [
        *(_change(facts, "column gone", column, f"column {column} is gone") for column in gone),
        *(_change(facts, "column new", column, f"column {column} is new") for column in new),
        *(
            _change(facts, "column renamed", column, f"column {was[column]} is now named {now[column]}")
            for column in renamed
        ),
    ]


def _change(facts: pd.DataFrame, measure: str, column: str, words: str) -> dict[str, Any]:
    first = facts.iloc[0]
    return {
        "part": "Files",
        "left_silo": first["silo"] or None,
        "measure": measure,
        "column": column or None,
        "unit": "files",
        "description": f"{first['kind']}: {words}" if first["kind"] else words,
    }
