"""What was wrong in the files, counted by kind of finding."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.gaps.measures import line

__all__ = ["NO_SYSTEM", "irregularities"]

# Where a file that no layout knows belongs to no system.
NO_SYSTEM = "(no system)"


def irregularities(findings: pd.DataFrame, accounts: pd.DataFrame) -> list[dict[str, Any]]:
    """Count the findings of each system by kind.

    Parameters
    ----------
    findings
        Table ``findings``, of reading and of linking.
    accounts
        Table ``accounts``: how many rows the system's files have.

    Returns
    -------
    list of dict
        A line a system and kind: how often, of how many rows, with the first as example; ``column`` where
        all of them are in one.
    """
    rows = accounts.assign(silo=accounts["silo"].fillna(NO_SYSTEM)).groupby("silo")["rows"].sum()
    found = findings.assign(silo=findings["silo"].fillna(NO_SYSTEM))
    found = found.sort_values(["silo", "kind", "file", "row"], kind="stable", na_position="first")
    by = found.groupby(["silo", "kind"], sort=True)
    counts = pd.DataFrame(
        {
            "times": by["times"].sum(),
            "columns": by["column"].nunique(dropna=False),
            "column": by["column"].first(),
        }
    ).reset_index()
    first = found.drop_duplicates(["silo", "kind"])[["silo", "kind", "file", "row"]]
    counts = counts.merge(first, on=["silo", "kind"], how="left", validate="one_to_one")
    return [
        line(
            str(each["kind"]),
            str(each["silo"]),
            None,
            int(each["times"]),
            int(rows.get(each["silo"], 0)) or None,
            each["column"] if each["columns"] == 1 else None,
            example_file=each["file"],
            example_row=each["row"],
        )
        for each in counts.to_dict("records")
    ]
