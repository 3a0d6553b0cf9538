"""Infer from the records which systems have one record for each child."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import figure

__all__ = ["has_children_once", "records_a_child"]

SELDOM_TWICE = figure("link/thresholds.seldom_twice")


def has_children_once(
    child: np.ndarray, silo: np.ndarray, silos: int, twice: np.ndarray | None = None
) -> np.ndarray:
    """Test which silos hardly ever have a child twice, given each record's child and silo.

    ``twice`` has more of those that a silo has twice: the child times the number of silos, plus the silo.
    """
    having, times = np.unique(child * silos + silo, return_counts=True)
    several = having[times > 1]
    if twice is not None:
        several = np.union1d(several, twice)
    counted, children = (np.bincount(one % silos, minlength=silos) for one in (several, having))
    result: np.ndarray = counted / np.maximum(children, 1) < SELDOM_TWICE
    return result


def records_a_child(crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Count each system's children and those with several records there, and say which is usual."""
    child, silo = (pd.factorize(crosswalk[name], sort=True) for name in ("child", "silo"))
    once = has_children_once(child[0].astype("int64"), silo[0].astype("int64"), max(len(silo[1]), 1))
    times = crosswalk.groupby(["silo", "child"]).size().gt(1).groupby("silo")
    table = times.agg(children="size", with_several="sum").reset_index()
    return table.assign(records_a_child=np.where(once[: len(table)], "one", "several"))
