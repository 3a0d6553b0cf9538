"""Many districts together: in how many a kind of fault was noticed, and what well-kept ones raised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from helpers.standard import STRING, as_table, empty_table
from helpers.standard.intervals import wilson
from synthetic_data.studies.detection.looking import Looked, declared_kinds

__all__ = ["ADDED", "FEWEST", "WANTED", "Clean", "clean_tables", "kinds_noticed"]

FEWEST = 3
ADDED = "added"
WANTED = 0.95
KIND = ["run", "silo", "kind"]


def kinds_noticed(looked: Sequence[Looked], runs: Sequence[str]) -> pd.DataFrame:
    """Count districts and single faults, kind by kind, run by run.

    Parameters
    ----------
    looked
        Districts, of one run or of several.
    runs
        The runs with faults: each lists all kinds that something can notice and that happen of themselves,
        *added* those that are held out.

    Returns
    -------
    pandas.DataFrame
        Table ``faults_noticed``. A kind is noticed in a district when at least one of its faults there is
        listed at its own place; shares of districts are of those that hold it `FEWEST` times or more.
    """
    single = pd.concat([one.faults for one in looked], ignore_index=True)
    single = single[single["run"].isin(list(runs))]
    names = pd.DataFrame(
        [
            (run, one.silo, one.kind, one.found_by)
            for run in runs
            for one in declared_kinds().values()
            if (one.held_out if run == ADDED else not one.on_request)
        ],
        columns=[*KIND, "found_by"],
    )
    a_district = single.groupby([*KIND, "seed"], as_index=False).agg(
        faults=("fault", "size"), listed=("listed", "sum"), alarmed=("alarmed", "sum")
    )
    often = a_district[a_district["faults"].ge(FEWEST)]
    parts = {
        "held": _districts(a_district, ["listed"]),
        "often": _districts(often, ["listed", "alarmed"]),
        "fault": a_district.groupby(KIND)[["faults", "listed", "alarmed"]].sum(),
    }
    found = names
    for name, part in parts.items():
        named = part.add_prefix(f"{name}_").reset_index()
        found = found.merge(named, on=KIND, how="left", validate="one_to_one")
    counts = [column for column in found.columns if column not in [*KIND, "found_by"]]
    found[counts] = found[counts].fillna(0).astype("Int64")
    districts = wilson(found["often_listed"].astype("float64"), found["often_districts"].astype("float64"))
    faults = wilson(found["fault_listed"].astype("float64"), found["fault_faults"].astype("float64"))
    told = {
        "share": found["often_listed"] / found["often_districts"].where(found["often_districts"].gt(0)),
        "low": districts["low"],
        "high": districts["high"],
        "alarm_share": found["often_alarmed"]
        / found["often_districts"].where(found["often_districts"].gt(0)),
        "faults": found["fault_faults"],
        "faults_listed": found["fault_listed"],
        "fault_share": found["fault_listed"] / found["fault_faults"].where(found["fault_faults"].gt(0)),
        "fault_low": faults["low"],
        "fault_high": faults["high"],
    }
    told["verdict"] = _verdict(found)
    kept = found[[*KIND, "found_by", "held_districts", "held_listed", "often_districts", "often_listed"]]
    return as_table("faults_noticed", kept.assign(**told))


def _districts(counted: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    any_of = counted[KIND].assign(districts=1, **{name: counted[name].gt(0).astype("int64") for name in by})
    return any_of.groupby(KIND).sum()


def _verdict(found: pd.DataFrame) -> pd.Series:
    """Say of each kind whether it reaches the line: none does that no district held often enough."""
    districts, noticed = found["often_districts"], found["often_listed"]
    verdict = pd.Series("miss", index=found.index, dtype=STRING)
    verdict = verdict.mask((noticed >= WANTED * districts).fillna(False).astype(bool), "reached")
    held = found["held_districts"].gt(0).fillna(False).astype(bool)
    verdict = verdict.mask(districts.eq(0).fillna(False).astype(bool), "never so often")
    return verdict.mask(~held, "never")


class Clean(NamedTuple):
    """What well-kept districts say: the tables of these names."""

    clean_districts: pd.DataFrame
    false_alarms: pd.DataFrame
    intended_limits: pd.DataFrame
    planted_cases: pd.DataFrame


def clean_tables(looked: Sequence[Looked], run: str) -> Clean:
    """Count what well-kept districts raise, and list apart what is as it should be.

    Parameters
    ----------
    looked
        Districts.
    run
        The run without faults.

    Returns
    -------
    Clean
        ``clean_districts``: one row a district. ``false_alarms``: what is raised, by what raises it.
        ``intended_limits``: one row a measure, the most frequent first. ``planted_cases``: one row a case
        and what tells of it. All empty where no district is of that run.
    """
    mine = [one for one in looked if one.lines["run"].eq(run).any()]
    if not mine:
        return Clean(*map(empty_table, Clean._fields))
    raised = pd.concat([one.raised for one in mine], ignore_index=True)
    raised = raised.rename(columns={"left_silo": "silo", "right_silo": "other"})
    lines = pd.concat([one.lines for one in mine], ignore_index=True)
    cases = pd.concat([one.cases for one in mine], ignore_index=True)
    of_alarm = ["silo", "other", "measure", "column", "case"]
    alarms = raised.groupby(of_alarm, dropna=False).agg(districts=("seed", "nunique"), times=("times", "sum"))
    limits = (
        lines[lines["stands"].eq("limit")]
        .groupby("measure")
        .agg(why=("next_step", "first"), lines=("seed", "size"), districts=("seed", "nunique"))
    )
    by_case = cases.groupby(["case", "silo", "told_by"], as_index=False)[["children", "told"]].sum()
    return Clean(
        as_table("clean_districts", pd.DataFrame([_counted(one) for one in mine]).sort_values("seed")),
        as_table("false_alarms", alarms.reset_index().sort_values("districts", ascending=False)),
        as_table("intended_limits", limits.reset_index().sort_values("lines", ascending=False)),
        as_table("planted_cases", by_case),
    )


def _counted(one: Looked) -> dict[str, int]:
    """Count what one district raises, and how all lines of its scorecard stand."""
    stands = one.lines["stands"].value_counts()
    by_case = one.raised["case"].notna()
    findings = one.raised.loc[~by_case, "is_finding"].fillna(False).astype(bool)
    return {
        "seed": int(one.lines["seed"].iloc[0]),
        "alarms": len(findings),
        "of_findings": int(findings.sum()),
        "of_measures": int((~findings).sum()),
        "of_cases": int(by_case.sum()),
        "limits": int(stands.get("limit", 0)),
        "within": int(stands.get("within its threshold", 0)),
        "standing": int(stands.get("standing condition", 0)),
    }
