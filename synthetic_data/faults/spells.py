"""Spells at a school that overlap, begin before there were schools, or end a day late."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.scene import Scene

__all__ = ["date_sentinel", "exit_date_inclusive", "overlapping_stints"]

SENTINEL = "1899-12-30"  # day 0 of many spreadsheets and databases


def date_sentinel(scene: Scene) -> None:
    """2025-08-18 -> 1899-12-30: a system's own date for "no date"."""
    scene.change_each(lambda text: SENTINEL if text else text)


def exit_date_inclusive(scene: Scene) -> None:
    """2026-03-13 -> 2026-03-14: the day after the last one, as systems write that count an exit so."""
    text = scene.text()
    chosen = scene.choose(np.flatnonzero((text.fillna("") != "").to_numpy(dtype=bool)))
    scene.write(chosen, _days_later(text.iloc[chosen], 1), groups=np.arange(len(chosen)))


def overlapping_stints(scene: Scene) -> None:
    """Jul 1 to Jul 3 and Jul 1 to Jun 30: a spell of a few days inside another one at the same school."""
    spells = scene.page.table.rows
    chosen = scene.choose(np.arange(len(spells)))
    again = spells.iloc[chosen].copy()
    entry = again["entryDate"]
    again["entryDate"] = _days_later(entry, 1)
    again["exitWithdrawDate"] = _days_later(entry, 3)
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


def _days_later(text: pd.Series, days: int) -> pd.Series:
    later = pd.to_datetime(text, format="%Y-%m-%d") + pd.Timedelta(days=days)
    return later.dt.strftime("%Y-%m-%d").astype(STRING)
