"""Other children whom a name fits as well: who sees only two records would join namesakes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.forms import name_keys, read_names
from helpers.link.review.sides import RECORD, SIDES, is_of_a_pair
from helpers.standard import STRING, is_among

__all__ = ["BETWEEN", "namesakes"]

BETWEEN = " | "
MOST = 4


def namesakes(pairs: pd.DataFrame, crosswalk: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Name the other children who are called like one of a pair's records.

    Parameters
    ----------
    pairs
        The names of the records, ``left_child``, ``right_child``, ``left_records`` and ``right_records``: the
        record of the child that has fewer is to be placed.
    crosswalk
        The standard table *crosswalk*.
    people
        The standard table *people*, with ``school`` in words.

    Returns
    -------
    pandas.Series
        Text with the index of `pairs`: silo, name, birth date, grade and school of each such child's first
        record, at most four, joined by ``" | "``; NA where there is none. A name fits the record that is to
        be placed when it agrees but for case, accents, order, nicknames, a second first name or one part of a
        compound surname; of a record without a surname, when the first name, grade and school agree. A child
        of whom only one record without birth date is known is left out: it may be anybody's.
    """
    if pairs.empty:
        return pd.Series(None, index=pairs.index, dtype=STRING)
    size = crosswalk.groupby("child")["record"].transform("size")
    dated = crosswalk["linkable_by"].eq("Name and birth date")
    first = crosswalk["step"].isna() & (size.gt(1) | dated)
    known = crosswalk.loc[first, [*RECORD, "child"]]
    asked = crosswalk.loc[is_of_a_pair(crosswalk, pairs), [*RECORD, "child"]]
    rows = pd.concat([known, asked]).drop_duplicates(list(RECORD), ignore_index=True)
    rows = rows.merge(people, on=list(RECORD), how="left", validate="one_to_one")
    number = pd.MultiIndex.from_frame(rows[list(RECORD)].astype(object))
    ends = {
        side: number.get_indexer(
            pd.MultiIndex.from_frame(pairs[[f"{side}_{name}" for name in RECORD]].astype(object))
        )
        for side in SIDES
    }
    asked_rows = np.unique(np.concatenate(list(ends.values())))
    is_known = is_among(_key(rows), _key(known))
    met = pd.concat([_by_name(rows, asked_rows, is_known), _by_first_name(rows, asked_rows, is_known)])
    others = met.groupby("row")["other"].agg(list).to_dict()
    child = rows["child"].tolist()
    told = []
    records = [pairs[f"{side}_records"].astype("int64").tolist() for side in SIDES]
    for left, right, many, more in zip(*(ends[side].tolist() for side in SIDES), *records, strict=True):
        own = {child[left], child[right]}
        found = {
            *(others.get(left, []) if many <= more else []),
            *(others.get(right, []) if more <= many else []),
        }
        by_child = {child[row]: row for row in sorted(found, reverse=True) if child[row] not in own}
        told.append(_named(rows, sorted(by_child.values())) if by_child else None)
    return pd.Series(told, index=pairs.index, dtype=STRING)


def _by_name(rows: pd.DataFrame, asked: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """Find known records that share a key of their whole name with one that is asked about."""
    record, key = name_keys(read_names(rows))
    keys = pd.DataFrame({"row": record, "key": key}).drop_duplicates()
    # Few names are asked about: the others are left out before anything is joined.
    mine = keys[keys["row"].isin(asked)]
    theirs = keys[keys["key"].isin(mine["key"]) & known[keys["row"].to_numpy()]]
    met = mine.merge(theirs, on="key", how="inner", suffixes=("", "_other"), validate="many_to_many")
    return met[["row", "row_other"]].drop_duplicates().set_axis(["row", "other"], axis="columns")


def _by_first_name(rows: pd.DataFrame, asked: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """Find known records with the first name, grade and school of one that has no surname."""
    first = rows["first_name"].str.normalize("NFKD").str.replace(r"[\W\d]+", "", regex=True).str.casefold()
    # One system's number of a school and another's name for it can't be compared.
    school = rows["school"].mask(rows["school"].str.fullmatch(r"\d+").fillna(False).astype(bool))
    told = pd.DataFrame({"first": first, "grade_level": rows["grade_level"], "school": school})
    told = told.assign(row=np.arange(len(rows))).dropna(subset=["first"])
    bare = rows["last_surname"].isna() & rows["full_name"].isna()
    mine = told[told["row"].isin(asked) & bare.reindex(told.index)]
    met = mine.merge(
        told[known[told["row"].to_numpy()]],
        on="first",
        how="inner",
        suffixes=("", "_other"),
        validate="many_to_many",
    )
    for name in ("grade_level", "school"):
        met = met[met[name].isna() | met[f"{name}_other"].isna() | met[name].eq(met[f"{name}_other"])]
    return met[["row", "row_other"]].set_axis(["row", "other"], axis="columns")


def _key(records: pd.DataFrame) -> pd.Series:
    return records["silo"].astype(STRING) + "\n" + records["record"].astype(STRING)


def _named(rows: pd.DataFrame, places: list[int]) -> str:
    texts = [_one(rows.iloc[place]) for place in places[:MOST]]
    if len(places) > MOST:
        texts.append(f"and {len(places) - MOST} more")
    return BETWEEN.join(texts)


def _one(row: pd.Series) -> str:
    said = {name: "" if pd.isna(row[name]) else str(row[name]) for name in ("first_name", "last_surname")}
    name = " ".join(part for part in said.values() if part)
    name = name or ("" if pd.isna(row["full_name"]) else str(row["full_name"]))
    parts = [name]
    if not pd.isna(row["birth_date"]):
        parts.append(f"born {row['birth_date']:%Y-%m-%d}")
    if not pd.isna(row["grade_level"]):
        parts.append(f"grade {str(row['grade_level']).lstrip('0') or row['grade_level']}")
    if not pd.isna(row["school"]):
        parts.append(str(row["school"]))
    return f"{row['silo']}: {', '.join(parts)}"
