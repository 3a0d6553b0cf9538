"""How the measures of different systems hang together in a made district: by child, and by school.

No published figure says how strongly they do in a real one. In `placebo` nothing does: there every
correlation of two systems' measures lies within its interval of zero, all of them together.

Children who were here all year are ranked inside their grade of their school: what is left is what one child
and another differ in.
Children of one household count together. Schools are compared by the mean rank of their children in the
grade across schools.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import as_table
from synthetic_data.columns import text, whole
from synthetic_data.studies.intervals import by_rank, correlation, wide
from synthetic_data.studies.outcomes import Outcomes

__all__ = ["across_systems", "systems_of"]

Numbers = npt.NDArray[np.float64]
FEWEST_SCHOOLS = 8
FEWEST_CHILDREN = 100  # who have anything but the commonest number: below that no interval can be trusted
GRADES = "course_grade"  # a roster could hold them; the kit's holds none, and its attendance system does


def systems_of(outcomes: Outcomes) -> dict[str, str]:
    """Say which system tells each outcome: the one that a profile trusts most."""
    return {
        name: "attendance" if element.table == GRADES and "attendance" in element.trust else element.trust[0]
        for name, element in outcomes.declared.items()
    }


def across_systems(outcomes: Outcomes, districts: int = 1) -> pd.DataFrame:
    """Correlate every two measures of different systems.

    Parameters
    ----------
    outcomes
        A district's children.
    districts
        How many districts are looked at in the same way.

    Returns
    -------
    pandas.DataFrame
        The standard table *across_systems*, without scenario and seed. The interval holds for all lines of
        all those districts together, 99 times of 100; verdict is *zero* where it holds zero, else *tied*.
    """
    told = systems_of(outcomes)
    measures = [
        (told[name], part, np.where(outcomes.all_year, numbers, np.nan))
        for name in told
        for part, numbers in outcomes.parts(name).items()
    ]
    measures = [one for one in measures if _uncommon(one[2]) >= FEWEST_CHILDREN]
    grade = pd.factorize(outcomes.children["grade_level"])[0].astype("int64")
    school = pd.factorize(outcomes.children["school"])[0].astype("int64")
    level = outcomes.children["school"].map(outcomes.population.schools.set_index("school_id")["level"])
    ranks = [by_rank(numbers, outcomes.cell) for _, _, numbers in measures]
    means = [_by_school(by_rank(numbers, grade), school) for _, _, numbers in measures]
    of_level = pd.Series(pd.factorize(level)[0]).groupby(school).first().to_numpy()
    rows: list[tuple[str, str, str, str, str, float, float, int]] = []
    for one, other in combinations(range(len(measures)), 2):
        (silo, name, _), (other_silo, other_name, _) = measures[one], measures[other]
        if silo == other_silo:
            continue
        names = (silo, name, other_silo, other_name)
        tie = correlation(ranks[one], ranks[other], outcomes.household)
        if tie.error < np.inf:
            rows.append(("children", *names, tie.value, tie.error, tie.count))
        between = _between(means[one], means[other], of_level)
        if between is not None:
            rows.append(("schools", *names, *between))
    words = ("over", "left_silo", "left", "right_silo", "right")
    found = pd.DataFrame(rows, columns=[*words, "correlation", "error", "count"])
    value, error = (found[name].to_numpy(dtype="float64") for name in ("correlation", "error"))
    # Fisher's transformation for schools: of few of them a correlation of 0.8 is nothing yet.
    schools = (found["over"] == "schools").to_numpy(dtype=bool)
    reach = wide(len(rows) * districts) * error
    flat = np.arctanh(value.clip(-0.999999, 0.999999))
    low, high = (np.where(schools, np.tanh(flat + way * reach), value + way * reach) for way in (-1, 1))
    found = pd.DataFrame(
        {
            **{name: text(found[name].to_numpy(dtype=object)) for name in words},
            "correlation": value,
            "low": low,
            "high": high,
            "count": whole(found["count"].to_numpy()),
            "verdict": text(np.where((low <= 0) & (high >= 0), "zero", "tied").astype(object)),
        }
    )
    return as_table("across_systems", found)


def _uncommon(numbers: Numbers) -> int:
    """Count the children who have another number than the commonest."""
    _, times = np.unique(numbers[~np.isnan(numbers)], return_counts=True)
    return int(times.sum() - np.max(times)) if len(times) else 0


def _by_school(ranks: Numbers, school: npt.NDArray[np.int64]) -> Numbers:
    """Give each school's mean rank; NaN where fewer than 30 children have one."""
    known = ~np.isnan(ranks)
    size = np.bincount(school[known], minlength=int(np.max(school)) + 1)
    total = np.bincount(school[known], weights=ranks[known], minlength=len(size))
    return np.where(size >= 30, total / np.maximum(size, 1), np.nan)


def _between(left: Numbers, right: Numbers, level: npt.NDArray[np.int64]) -> tuple[float, float, int] | None:
    """Correlate two measures over schools, as they differ inside their level."""
    known = ~(np.isnan(left) | np.isnan(right))
    size = np.bincount(level[known], minlength=int(np.max(level)) + 1)
    known &= size[level] >= 3
    count = int(known.sum())
    levels = len(np.unique(level[known]))
    free = count - levels - 2
    if count < FEWEST_SCHOOLS or free < 3:
        return None
    x, y = (_centred(part[known], level[known]) for part in (left, right))
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return None if scale == 0 else (float((x * y).sum()) / scale, 1 / float(np.sqrt(free)), count)


def _centred(numbers: Numbers, level: npt.NDArray[np.int64]) -> Numbers:
    size = np.bincount(level)
    return numbers - (np.bincount(level, weights=numbers) / np.maximum(size, 1))[level]
