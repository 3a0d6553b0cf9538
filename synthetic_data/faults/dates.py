"""Dates that were not known, or that slipped."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic_data.scene import Scene

__all__ = [
    "bad_rows_attendance",
    "first_of_january",
    "impossible_year",
    "month_day_swapped",
    "two_digit_year",
]


def first_of_january(scene: Scene) -> None:
    """2014-05-23 -> 2014-01-01: the day was not known at the counter."""
    scene.change_each(lambda text: f"{text[:4]}-01-01" if text else text)


def month_day_swapped(scene: Scene) -> None:
    """03/11/2014 -> 11/03/2014, where both are months."""

    def swap(text: str) -> str:
        month, day, year = [*text.split("/"), "", ""][:3]
        return f"{day}/{month}/{year}" if day.isdigit() and int(day) <= 12 else text

    scene.change_each(swap)


def impossible_year(scene: Scene) -> None:
    """2026-02-01 -> 0226-02-01 or 2126-02-01: a slip of a finger in a year."""

    def slipped(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        early = pd.Series(rng.random(len(text)) < 0.5, index=text.index)
        return text.where(text == "", ("0" + text.str[0] + text.str[2:]).where(early, "21" + text.str[2:]))

    scene.change_text(slipped)


def bad_rows_attendance(scene: Scene) -> None:
    """2026-02-01 -> 2026-02-31: a day that no calendar has."""
    scene.change_each(lambda text: f"{text[:5]}02-31" if text else text)


def two_digit_year(scene: Scene) -> None:
    """1/14/2026 -> 1/14/26: the century is gone."""
    scene.change_each(lambda text: f"{text[:-4]}{text[-2:]}" if text else text)
