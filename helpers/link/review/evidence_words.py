"""What speaks for and against a pair, as a person would say it."""

from __future__ import annotations

import pandas as pd

from helpers.standard import STRING

__all__ = ["evidence_in_words"]

# How a level of comparison is said before the fields that it is true of, what agrees most first. A level that
# isn't here is said as it is written.
LEVELS = {
    "Same": "The same",
    "Nickname": "A nickname of the other",
    "Spelling": "Spelt differently",
    "Order swapped": "The same in another order",
    "Ambiguous date": "The same if day and month change places",
}
DIFFERENT = "Different"
FIELDS = {"identifier": "number", "last_surname": "surname"}
AGAINST = {
    "State id": "the numbers of the state differ",
    "District id": "the numbers of the district differ",
    "equally near to records that exclude each other": "one record fits two children equally well",
    "would join records that exclude each other": "joining would make one of two children",
}


def evidence_in_words(pairs: pd.DataFrame) -> pd.Series:
    """Say the evidence of pairs in a few plain sentences each.

    Parameters
    ----------
    pairs
        Any columns ``evidence_…``, and ``contradiction`` and ``same_household`` where there are such.

    Returns
    -------
    pandas.Series
        Text with the index of `pairs`: first what agrees, then what differs, then what speaks against the
        pair. What can't be compared isn't said.

    Examples
    --------
    >>> pairs = pd.DataFrame(
    ...     {
    ...         "evidence_first_name": ["Nickname"],
    ...         "evidence_last_surname": ["Same"],
    ...         "evidence_birth_date": ["Different"],
    ...     }
    ... )
    >>> evidence_in_words(pairs).tolist()
    ['The same: surname. A nickname of the other: first name. Different: birth date.']
    """
    columns = {
        str(name).removeprefix("evidence_"): pairs[name].astype(STRING).tolist()
        for name in pairs.columns
        if str(name).startswith("evidence_")
    }
    against = _texts(pairs, "contradiction")
    household = _texts(pairs, "same_household")
    said = []
    for place in range(len(pairs)):
        levels = {field: values[place] for field, values in columns.items() if not pd.isna(values[place])}
        parts = _levels({field: level for field, level in levels.items() if level != "Missing"})
        told = {field.replace("_", " ") for field in levels} | {FIELDS.get(field, field) for field in levels}
        doubts = [AGAINST.get(word, word) for word in against[place].split("; ") if word and word not in told]
        if doubts:
            parts.append(f"Against it: {', '.join(doubts)}.")
        if household[place] == "True":
            parts.append("One home and two first names: perhaps brothers or sisters.")
        said.append(" ".join(parts) or "Nothing could be compared.")
    return pd.Series(said, index=pairs.index, dtype=STRING)


def _levels(levels: dict[str, str]) -> list[str]:
    """Gather the fields of each level into one sentence; what differs comes last."""
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
