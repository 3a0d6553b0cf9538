"""How scores of two tests are spread among children of a grade and season, and a score's place in that."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from synthetic_data.population.schools import GRADES
from synthetic_data.published import rows

__all__ = [
    "PROGRAMS",
    "SEASONS",
    "SUBJECTS",
    "cut_points",
    "fifths",
    "iready_scale",
    "means",
    "percentiles",
    "spreads",
]

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

SUBJECTS = ("Mathematics", "Reading")
SEASONS = ("Fall", "Winter", "Spring")
PROGRAMS = ("MAP Growth", "i-Ready")


@cache
def _tables(program: int) -> tuple[Numbers, Numbers]:
    """Give means and standard deviations by subject, grade and season; NaN where there are no norms."""
    mean = np.full((len(SUBJECTS), len(GRADES), len(SEASONS)), np.nan)
    spread = mean.copy()
    if PROGRAMS[program] == "MAP Growth":
        for row in rows("map_growth_norms_2025"):
            place = SUBJECTS.index(row["subject"]), GRADES.index(row["grade"]), SEASONS.index(row["season"])
            mean[place], spread[place] = float(row["mean"]), float(row["sd"])
    else:
        for row in rows("iready_scale"):
            for season, name in enumerate(SEASONS):
                place = SUBJECTS.index(row["subject"]), GRADES.index(row["grade"]), season
                mean[place], spread[place] = float(row[name.lower()]), float(row["sd"])
    return mean, spread


def means(program: int, subject: Codes | int, grade: Codes, season: Codes | int) -> Numbers:
    """Give the mean of the norms of a program (0 MAP Growth, 1 i-Ready); all else are places."""
    return np.asarray(_tables(program)[0][subject, grade, season])


def spreads(program: int, subject: Codes | int, grade: Codes, season: Codes | int) -> Numbers:
    """Give the standard deviation of the norms."""
    return np.asarray(_tables(program)[1][subject, grade, season])


@cache
def cut_points() -> Numbers:
    """Give the standard scores from which on a child is at the 2nd, 3rd … 99th percentile."""
    return np.array([NormalDist().inv_cdf((place + 0.5) / 100) for place in range(1, 99)])


def percentiles(standard_scores: Numbers) -> Codes:
    """Give percentiles from 1 to 99: the share of children below, to the nearest whole one."""
    return 1 + np.searchsorted(cut_points(), standard_scores, side="right")


def fifths(percentile: Codes) -> Codes:
    """Give the fifth, 0 to 4, in which a percentile lies."""
    return np.minimum((percentile - 1) // 20, 4)


@cache
def iready_scale(name: str) -> Numbers:
    """Give a column of facts/iready_scale.csv by subject and grade; NaN for grades without a scale."""
    table = np.full((len(SUBJECTS), len(GRADES)), np.nan)
    for row in rows("iready_scale"):
        table[SUBJECTS.index(row["subject"]), GRADES.index(row["grade"])] = float(row[name])
    return table
