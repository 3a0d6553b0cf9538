"""Which facts stand behind no value and no event, and why; every fact row is accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.profile.context import child_tables
from helpers.profile.evidence import Evidence
from helpers.profile.school_years import day_columns
from helpers.standard import as_table, constant, empty_table, labelled, standard_table

__all__ = ["account_for", "summed"]

ROW = ["silo", "record", "file", "row"]
REASONS = ("No child named", "Not a student", "No date", "Another year", "No element")


def _reasons(facts: pd.DataFrame, table: str, evidence: Evidence) -> np.ndarray:
    """Say why a fact row stands behind nothing: the first of `REASONS` that applies, by its place."""
    never = np.zeros(len(facts), dtype=bool)
    undated, elsewhen = never, never
    columns = {column.name for column in standard_table(table).columns}
    if day_columns(table) or "school_year" in columns:
        undated = facts["year"].isna().to_numpy()
        elsewhen = ~undated & ~evidence.years.speak_of(facts["year"]).to_numpy(dtype=bool)
    nobody = facts["record"].isna().to_numpy()
    return np.select([nobody, facts["child"].isna().to_numpy(), undated, elsewhen], [0, 1, 2, 3], default=4)


def account_for(
    evidence: Evidence, behind: Mapping[str, pd.Series], *, of_children: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Account for every fact row that systems send about children.

    Parameters
    ----------
    evidence
        Records and facts by child.
    behind
        By fact table, which of its rows stand behind a value or the timeline.
    of_children
        Only of rows about a child; the others are accounted for elsewhere.

    Returns
    -------
    tuple of pandas.DataFrame
        Tables ``left_out`` (one row a fact row behind nothing) and ``profile_accounts`` (by fact table and
        system, rows = rows_behind + rows_left_out).
    """
    lines = []
    accounts = []
    for table in child_tables():
        facts = evidence.facts[table]
        if facts.empty:
            continue
        used = np.zeros(len(facts), dtype=bool)
        if table in behind:
            used = behind[table].to_numpy(dtype=bool)
        own = facts["child"].notna().to_numpy() if of_children else np.ones(len(facts), dtype=bool)
        out = facts[[*ROW, "child", "year"]].take(np.flatnonzero(~used & own))
        lines.append(
            out[ROW].assign(
                table=constant(table, len(out)), reason=labelled(_reasons(out, table, evidence), REASONS)
            )
        )
        codes, silos = pd.factorize(facts["silo"], sort=True)
        rows, behind_some = (
            np.bincount(codes[kept], minlength=len(silos)).astype("int64") for kept in (own, own & used)
        )
        counts = pd.DataFrame({"silo": silos, "rows": rows, "rows_behind": behind_some})
        counts = counts.assign(table=table, rows_left_out=rows - behind_some)
        accounts.append(counts[rows > 0])
    some = [line for line in lines if len(line)]
    return (
        as_table("left_out", pd.concat(some, ignore_index=True)) if some else empty_table("left_out"),
        as_table("profile_accounts", pd.concat(accounts, ignore_index=True))
        if accounts
        else empty_table("profile_accounts"),
    )


def summed(accounts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Add up the accounts of several parts of the children.

    Parameters
    ----------
    accounts
        Tables ``profile_accounts``, at least one.

    Returns
    -------
    pandas.DataFrame
        Table ``profile_accounts``, in the order of the declared tables, then by system.
    """
    order = {table: place for place, table in enumerate(child_tables())}
    every = pd.concat(list(accounts), ignore_index=True)
    every = every.assign(place=every["table"].map(order).astype("int64"))
    sums = every.groupby(["place", "table", "silo"], sort=True)[
        ["rows", "rows_behind", "rows_left_out"]
    ].sum()
    return as_table("profile_accounts", sums.reset_index().drop(columns="place"))
