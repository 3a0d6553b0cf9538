"""Both records of a pair beside each other, as a person needs them who has to decide."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

__all__ = ["beside"]

WHO = ("first_name", "last_surname", "birth_date")
SIDES = ("left", "right")


def beside(pairs: pd.DataFrame, people: pd.DataFrame, columns: Sequence[str] = WHO) -> pd.DataFrame:
    """Put what two records say of a child beside each other, column by column.

    Parameters
    ----------
    pairs
        ``left_silo``, ``left_record``, ``right_silo``, ``right_record``, and whatever else it holds: the
        table *pairs*, or what a lookup found.
    people
        The standard table *people*.
    columns
        What to compare, as people has it.

    Returns
    -------
    pandas.DataFrame
        The same rows; for each column ``left_…`` and ``right_…`` in turn, as written, at the end.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {"silo": ["sis", "meals"], "record": ["a", "b"], "first_name": ["Ben", "Bea"]}, dtype="string"
    ... )
    >>> pair = pd.DataFrame([("sis", "a", "meals", "b")], dtype="string").set_axis(
    ...     ["left_silo", "left_record", "right_silo", "right_record"], axis="columns"
    ... )
    >>> beside(pair, people, ["first_name"])[["left_first_name", "right_first_name"]].values.tolist()
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
