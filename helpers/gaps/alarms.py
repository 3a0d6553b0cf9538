"""Which lines of a scorecard, and which findings, say that somebody has to mend something now."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
from pydantic import BaseModel

from helpers.gaps.measures import measures
from helpers.standard import STRING
from helpers.standard.validation import STRICT, read_declared

__all__ = ["Alarm", "Alarms", "declared_alarms", "noticed", "touched"]


class Alarm(BaseModel):
    """When a measure raises an alarm: all that is given has to hold."""

    model_config = STRICT

    at_least: int | None = None
    below: float | None = None
    above: float | None = None
    blocked: bool = False


class Quiet(BaseModel):
    """Kinds of finding that raise no alarm."""

    model_config = STRICT

    quiet: list[str]


class Alarms(BaseModel):
    """The whole table."""

    model_config = STRICT

    measure: dict[str, Alarm]
    findings: Quiet


@cache
def declared_alarms() -> Alarms:
    """Give the kit's own thresholds."""
    return read_declared(Path(__file__).with_name("alarms.toml"), Alarms, "thresholds")


def touched(scorecard: pd.DataFrame) -> pd.Series:
    """Count what is amiss behind each line: of a rate what is missing, or what it counts where that is bad.

    Parameters
    ----------
    scorecard
        Table ``scorecard``.

    Returns
    -------
    pandas.Series
        Children, rows, pairs or values, float64; NA where nothing was counted.
    """
    bad = scorecard["measure"].isin([one.name for one in measures() if one.bad])
    missing = scorecard["denominator"] - scorecard["numerator"]
    return missing.where(scorecard["unit"].eq("rate") & ~bad, scorecard["numerator"])


def noticed(scorecard: pd.DataFrame, findings: pd.DataFrame, alarms: Alarms | None = None) -> pd.DataFrame:
    """Choose what raises an alarm.

    Parameters
    ----------
    scorecard
        Table ``scorecard``. Its lines about findings are left out: findings stand in the other table.
    findings
        Table ``findings``, of reading and of linking.
    alarms
        Thresholds; the kit's own when not given.

    Returns
    -------
    pandas.DataFrame
        ``left_silo, right_silo, measure, column, times`` (what is amiss, Int64), ``is_finding``: lines that
        are over their threshold and no limit, then findings by system, kind and column. Empty where nothing
        has to be mended.
    """
    given = alarms or declared_alarms()
    lines = scorecard[~scorecard["is_limit"].fillna(False).astype(bool) & scorecard["value"].notna()]
    lines = lines[lines["measure"].isin(list(given.measure))]
    amiss = touched(lines)
    over = pd.Series(True, index=lines.index)
    for name, alarm in given.measure.items():
        mine = lines["measure"].eq(name)
        if alarm.at_least is not None:
            over &= ~mine | amiss.ge(alarm.at_least)
        if alarm.below is not None:
            over &= ~mine | lines["value"].lt(alarm.below)
        if alarm.above is not None:
            over &= ~mine | lines["value"].gt(alarm.above)
        if alarm.blocked:
            over &= ~mine | lines["blocked_by"].notna()
    chosen = lines[over].assign(times=amiss[over].round().astype("Int64"), is_finding=False)
    columns = ["left_silo", "right_silo", "measure", "column", "times", "is_finding"]
    told = findings[~findings["kind"].isin(given.findings.quiet)]
    told = told.assign(silo=told["silo"].fillna("(no system)"))
    counted = told.groupby(["silo", "kind", "column"], dropna=False, sort=True)["times"].sum().reset_index()
    counted = counted.rename(columns={"silo": "left_silo", "kind": "measure"})
    counted = counted.assign(right_silo=pd.array([pd.NA] * len(counted), dtype=STRING), is_finding=True)
    parts = [part[columns] for part in (chosen, counted) if len(part)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=STRING) for name in columns})
    found = pd.concat(parts, ignore_index=True)
    return found.assign(
        times=found["times"].astype("Int64"), is_finding=found["is_finding"].astype("boolean")
    )
