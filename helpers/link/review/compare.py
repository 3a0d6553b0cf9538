"""Compare two records side by side, and describe the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.standard import STRING

__all__ = ["compare_records", "describe_evidence", "record_pair"]


WHO = ("first_name", "last_surname", "birth_date")
SHOWN = (*WHO[:2], "middle_name", "full_name", "birth_date", "sex", "school_name", "school_id", "grade_level")
SIDES = ("left", "right")


def compare_records(pairs: pd.DataFrame, people: pd.DataFrame, columns: Sequence[str] = WHO) -> pd.DataFrame:
    """Put the values of two records side by side, column by column.

    Parameters
    ----------
    pairs
        ``left_silo``, ``left_record``, ``right_silo``, ``right_record``, and any other columns: the table
        *pairs*, or the result of a lookup.
    people
        The standard table *people*.
    columns
        Columns of people to compare.

    Returns
    -------
    pandas.DataFrame
        The same rows, followed by ``left_…`` and ``right_…`` of each column in turn, as entered.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {"silo": ["sis", "meals"], "record": ["a", "b"], "first_name": ["Ben", "Bea"]}, dtype="string"
    ... )
    >>> pair = pd.DataFrame([("sis", "a", "meals", "b")], dtype="string").set_axis(
    ...     ["left_silo", "left_record", "right_silo", "right_record"], axis="columns"
    ... )
    >>> compare_records(pair, people, ["first_name"])[["left_first_name", "right_first_name"]].values.tolist()
    [['Ben', 'Bea']]
    """
    wanted = ["silo", "record", *columns]
    result = pairs
    for side in SIDES:
        named = people[wanted].rename(columns={name: f"{side}_{name}" for name in wanted})
        keys = [f"{side}_silo", f"{side}_record"]
        result = result.merge(named, on=keys, how="left", validate="many_to_one")
    in_turn = [f"{side}_{name}" for name in columns for side in SIDES]
    return result[[*pairs.columns, *in_turn]]


def record_pair(
    pair: pd.DataFrame, people: pd.DataFrame, systems: Mapping[str, str], columns: Sequence[str] = SHOWN
) -> pd.DataFrame:
    """Transpose one pair: one row per field, one column per record.

    Parameters
    ----------
    pair
        One row of the table *pairs*.
    people
        The standard table *people*.
    systems
        Silo -> display name; for two records of one system the second is *the other*.
    columns
        Columns of people to compare.

    Returns
    -------
    pandas.DataFrame
        ``field`` and a text column per record; fields missing in both are left out.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {"silo": ["sis", "meals"], "record": ["a", "b"], "first_name": ["Ben", "Bea"]}, dtype="string"
    ... )
    >>> pair = pd.DataFrame([("sis", "a", "meals", "b")], dtype="string").set_axis(
    ...     ["left_silo", "left_record", "right_silo", "right_record"], axis="columns"
    ... )
    >>> record_pair(pair, people, {"sis": "SIS", "meals": "Meals"}, ["first_name"]).values.tolist()
    [['first name', 'Ben', 'Bea']]
    """
    compared = compare_records(pair, people, columns).iloc[0]
    left, right = (systems.get(compared[f"{side}_silo"], compared[f"{side}_silo"]) for side in SIDES)
    heads = [left, right if right != left else f"the other of {right}"]
    fields = pd.DataFrame(
        {
            head: [_text(compared[f"{side}_{column}"]) for column in columns]
            for head, side in zip(heads, SIDES, strict=True)
        },
        dtype="string",
    )
    words = [column.replace("_", " ").replace("last surname", "surname") for column in columns]
    fields.insert(0, "field", pd.Series(words, dtype="string"))
    return fields.dropna(how="all", subset=heads).reset_index(drop=True)


def _text(value: object) -> str | None:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return value if isinstance(value, str) else None


# Words for each level, before the fields at that level, best agreement first. Any other level appears as it
# is.
LEVELS = {
    "Same": "The same",
    "Nickname": "A nickname of the other",
    "Spelling": "Spelled differently",
    "Order swapped": "The same in another order",
    "Ambiguous date": "The same if day and month are swapped",
}
DIFFERENT = "Different"
# Two records can have several numbers: one is the same, others may differ.
FIELDS = {"identifier": "a number", "last_surname": "surname"}
AGAINST = {
    "State id": "the state numbers differ",
    "District id": "the district numbers differ",
    "equally near to records that exclude each other": "one record fits two children equally well",
    "would join records that exclude each other": "linking would merge two children into one",
}


def describe_evidence(pairs: pd.DataFrame) -> pd.Series:
    """Describe the evidence of each pair in a few plain sentences.

    >>> pairs = pd.DataFrame(
    ...     {
    ...         "evidence_first_name": ["Nickname"],
    ...         "evidence_last_surname": ["Same"],
    ...         "evidence_birth_date": ["Different"],
    ...     }
    ... )
    >>> describe_evidence(pairs).tolist()
    ['The same: surname. A nickname of the other: first name. Different: birth date.']
    """
    columns = {
        str(name).removeprefix("evidence_"): pairs[name].astype(STRING).tolist()
        for name in pairs.columns
        if str(name).startswith("evidence_")
    }
    against = _texts(pairs, "contradiction")
    household = _texts(pairs, "same_household")
    sentences = []
    for place in range(len(pairs)):
        levels = {field: values[place] for field, values in columns.items() if not pd.isna(values[place])}
        parts = _levels({field: level for field, level in levels.items() if level != "Missing"})
        known = {field.replace("_", " ") for field in levels} | {FIELDS.get(field, field) for field in levels}
        doubts = [
            AGAINST.get(word, word) for word in against[place].split("; ") if word and word not in known
        ]
        if doubts:
            parts.append(f"Against it: {', '.join(doubts)}.")
        if household[place] == "True":
            parts.append("Same home, different first names: perhaps brothers or sisters.")
        sentences.append(" ".join(parts) or "Nothing could be compared.")
    return pd.Series(sentences, index=pairs.index, dtype=STRING)


def _levels(levels: dict[str, str]) -> list[str]:
    """Group fields by level, one sentence each; differences come last."""
    others = sorted({level for level in levels.values() if level not in LEVELS and level != DIFFERENT})
    return [
        f"{LEVELS.get(level, level)}: "
        + ", ".join(FIELDS.get(name, name.replace("_", " ")) for name, one in levels.items() if one == level)
        + "."
        for level in (*LEVELS, *others, DIFFERENT)
        if level in levels.values()
    ]


def _texts(pairs: pd.DataFrame, name: str) -> list[str]:
    if name not in pairs.columns:
        return [""] * len(pairs)
    texts: list[str] = pairs[name].astype(STRING).fillna("").tolist()
    return texts
