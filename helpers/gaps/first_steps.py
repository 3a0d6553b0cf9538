"""What to do first: what can harm a child before what is merely missing, and one thing at a time."""

from __future__ import annotations

import pandas as pd

from helpers.gaps.measures import measures

__all__ = ["first_steps"]

# A wrong join shows another child's data. A number that stands for two children waits for the next person who
# looks it up. Then come children who aren't found (all of a system that can't be joined at all), pairs that
# wait, ids that nothing could check, children listed twice, children who are listed and not there, leavers
# who are still listed, children of whom a system holds nothing, and words.
HARM_FIRST = (
    "matches that are right",
    "pairs refused",
    "match rate",
    "pairs to review",
    "joined, not verified",
    "children with two records",
    "listed and never seen",
    "ended in right only",
    "ended in left only",
    "children with an entry",
    "says the same",
)


def first_steps(scorecard: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """Choose the lines of a scorecard to begin with, at most one of a kind.

    Parameters
    ----------
    scorecard
        Table ``scorecard``.
    most
        How many lines are wanted.

    Returns
    -------
    pandas.DataFrame
        Lines of the scorecard with a column ``touched`` (Int64): how many children, pairs or values it is
        about. What can harm comes first; within a measure the pair of systems with the most. Children who
        aren't found are looked for from the roster (the system on the left of the first pair): who has left
        is in no roster, and missing nowhere.
    """
    asked = scorecard["numerator"].notna() & scorecard["value"].notna()
    unjoined = scorecard["blocked_by"].eq("Not joinable").fillna(False) & scorecard["denominator"].notna()
    measured = scorecard[(asked | unjoined) & ~scorecard["is_limit"].fillna(False)]
    missing = measured["denominator"] - measured["numerator"].fillna(0)
    bad = measured["measure"].isin([one.name for one in measures() if one.bad])
    touched = missing.where(measured["unit"].eq("rate") & ~bad, measured["numerator"])
    lines = measured.assign(
        touched=touched.round().astype("Int64"),
        harm=measured["measure"].map({name: place for place, name in enumerate(HARM_FIRST)}),
    )
    roster = scorecard["left_silo"].iloc[0] if len(scorecard) else ""
    elsewhere = lines["measure"].eq("match rate") & lines["left_silo"].ne(roster)
    # Nobody hands over a list that may not be handed over.
    elsewhere |= lines["measure"].eq("match rate") & lines["blocked_by"].eq("Not permitted").fillna(False)
    lines = lines[lines["harm"].notna() & lines["touched"].gt(0).fillna(False) & ~elsewhere]
    lines = lines.sort_values(["harm", "touched"], ascending=[True, False], kind="stable")
    chosen = lines.drop_duplicates("measure").drop(columns="harm")
    return chosen.head(most).reset_index(drop=True)
