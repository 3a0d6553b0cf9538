"""One change, watched, in words: who knew when, after how often it was typed, and who never does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.standard import BadInput, as_table

__all__ = [
    "change_table", "finding_words", "levels_of", "must_be_made", "of_change", "times_words", "when_words",
]  # fmt: skip

TIMES = ("never", "once", "twice")


def must_be_made(about: Mapping[str, Any]) -> None:
    """Refuse anything but an invented child: what single files say of one child is shown.

    Parameters
    ----------
    about
        What the district says of itself.

    Raises
    ------
    BadInput
        Unless it says ``"synthetic": true``.
    """
    if about.get("synthetic") is not True:
        raise BadInput(
            "One change of one child is shown of made districts only: this one doesn't say that everybody in "
            "it is invented. Make one with synthetic_data.studies.one_change.one_change()."
        )


def of_change(known: pd.DataFrame, change: str) -> pd.DataFrame:
    """Give the rows of one change.

    Parameters
    ----------
    known
        Table ``one_change``.
    change
        custody, surname or allergy.

    Returns
    -------
    pandas.DataFrame
        Its rows, numbered anew.

    Raises
    ------
    BadInput
        When the table has none of it.
    """
    rows = as_table("one_change", known)
    mine = rows[rows["change"].eq(change)].reset_index(drop=True)
    if mine.empty:
        there = ", ".join(rows["change"].drop_duplicates())
        raise BadInput(f"No change {change!r} was watched. There are: {there or 'none'}.")
    return mine


def levels_of(known: pd.DataFrame) -> list[str]:
    """Give the exchange levels in the order of the rows."""
    return [str(level) for level in known["level"].drop_duplicates()]


def days_words(days: int) -> str:
    """Say how long after the Monday: on the same day, after 1 day, after 30 days."""
    return "on the same day" if days == 0 else f"after {days} day{'' if days == 1 else 's'}"


def times_words(times: int) -> str:
    """Say how often something was typed."""
    return TIMES[times] if times < len(TIMES) else f"{times} times"


def when_words(days: object, typed: object, why_never: object) -> str:
    """Say when a system knew, or why it never does.

    Parameters
    ----------
    days, typed, why_never
        As in a row of table ``one_change``; missing where there is none.

    Returns
    -------
    str
        ``after 30 days, typed twice``, or ``never: no field``.
    """
    if pd.isna(days):  # type: ignore[call-overload]
        return f"never: {why_never}"
    return f"{days_words(int(str(days)))}, typed {times_words(int(str(typed)))}"


def change_table(known: pd.DataFrame, about: Mapping[str, Any], change: str) -> pd.DataFrame:
    """Lay out when each system knew: a row a system, a column a level.

    Parameters
    ----------
    known
        Table ``one_change``.
    about
        What the made district says of itself: titles of its systems.
    change
        custody, surname or allergy.

    Returns
    -------
    pandas.DataFrame
        system, asked by, and each level.
    """
    mine = of_change(known, change)
    said = [when_words(*row) for row in mine[["days", "typed", "why_never"]].itertuples(index=False)]
    wide = mine.assign(said=said).pivot(index="system", columns="level", values="said")
    systems = list(dict.fromkeys(mine["system"]))
    asked = mine.drop_duplicates("system").set_index("system")["asked_by"]
    laid_out = wide.loc[systems, levels_of(mine)].reset_index(drop=True).rename_axis(columns=None)
    laid_out.insert(0, "system", [about["systems"][system] for system in systems])
    laid_out.insert(1, "asked by", [str(asked[system]) for system in systems])
    return laid_out.astype("string")


def finding_words(known: pd.DataFrame, about: Mapping[str, Any], change: str) -> str:
    """Say what was found of one change, in a sentence.

    Parameters
    ----------
    known
        Table ``one_change``.
    about
        What the made district says of itself.
    change
        custody, surname or allergy.

    Returns
    -------
    str
        Without a full stop.
    """
    mine = of_change(known, change)
    title = str(about["changes"][change]).capitalize()
    systems = mine["system"].nunique()
    reached = mine.dropna(subset=["days"])
    ever = list(dict.fromkeys(reached["system"]))
    levels = levels_of(mine)
    if not ever:
        return f"{title} reaches none of {systems} files, at any level: none has a place for it"
    ends = [str(level) for level in dict.fromkeys((levels[0], levels[-1]))]
    last = reached.groupby("level")["days"].max()
    after = ", and ".join(
        f"{days_words(int(last[level]))} at level {level}" for level in ends if level in last.index
    )
    if len(ever) == systems:
        return f"{title} stands in all {systems} files {after}"
    who = _listed([str(about["systems"][system]) for system in ever])
    return f"{title} reaches {len(ever)} of {systems} files ({who}): {after}. No other has a place for it"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
