"""Which facts stand behind no value and no event, and why; every fact row is accounted for."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.layouts import STRING, as_table, empty_table
from helpers.profile.evidence import Evidence, child_tables
from helpers.profile.school_years import day_columns

__all__ = ["account_for"]


def _reasons(facts: pd.DataFrame, table: str, evidence: Evidence) -> pd.Series:
    """Say why a fact row stands behind nothing: the first that applies."""
    reason = pd.Series("No element", index=facts.index, dtype=STRING)
    if day_columns(table) or "school_year" in facts.columns:
        year = facts["year"]
        reason = reason.mask(year.notna() & ~evidence.years.speak_of(year), "Another year")
        reason = reason.mask(year.isna(), "No date")
    reason = reason.mask(facts["child"].isna(), "Not a student")
    return reason.mask(facts["record"].isna(), "No child named")


def account_for(evidence: Evidence, behind: Mapping[str, pd.Series]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Account for every fact row that systems send about children.

    Parameters
    ----------
    evidence
        Records and facts by child.
    behind
        By fact table, which of its rows stand behind a value or the timeline.

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
        used = behind.get(table, pd.Series(False, index=facts.index)).astype(bool)
        out = facts[~used]
        reasons = _reasons(facts, table, evidence)[~used]
        lines.append(out[["silo", "record", "file", "row"]].assign(table=table, reason=reasons))
        counts = (
            pd.DataFrame({"silo": facts["silo"], "used": used}).groupby("silo")["used"].agg(["size", "sum"])
        )
        counts = counts.astype("int64").reset_index()
        accounts.append(
            counts.assign(table=table, rows_left_out=counts["size"] - counts["sum"]).rename(
                columns={"size": "rows", "sum": "rows_behind"}
            )
        )
    some = [line for line in lines if len(line)]
    return (
        as_table("left_out", pd.concat(some, ignore_index=True)) if some else empty_table("left_out"),
        as_table("profile_accounts", pd.concat(accounts, ignore_index=True))
        if accounts
        else empty_table("profile_accounts"),
    )
