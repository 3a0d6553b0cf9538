"""Absences, late arrivals and early departures, day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, pick
from synthetic_data.life.effect import Effect
from synthetic_data.life.traits import Traits
from synthetic_data.population import Population
from synthetic_data.population.heritage import GROUPS
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.published import figures, rows
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.schooling.school_calendar import SchoolYear
from synthetic_data.streams import rng_for

__all__ = ["EFFECTS", "Absences", "draw_absences", "onset_rates"]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Ed-Fi's words. The first two are days missed.
CATEGORIES = ("Excused Absence", "Unexcused Absence", "Tardy", "Early departure")
EXCUSED, UNEXCUSED, TARDY, EARLY = range(4)
REASONS = ("Illness", "Medical appointment", "Family", "Religious observance", "Transportation", "Unknown")
REASON_SHARES = {
    EXCUSED: (0.68, 0.16, 0.12, 0.04, 0.0, 0.0),
    UNEXCUSED: (0.0, 0.0, 0.15, 0.0, 0.15, 0.70),
    TARDY: (0.0, 0.08, 0.12, 0.0, 0.30, 0.50),
    EARLY: (0.35, 0.45, 0.20, 0.0, 0.0, 0.0),
}

# The kit's own sizes. The shape over grades, highest in kindergarten, grade 9 and grade 12, is FutureEd's
# (2023-24, 22 states and the District of Columbia); so many times as many absences begin in that grade.
GRADE_FACTOR = np.array([1.30, 1.10, 0.95, 0.90, 0.90, 0.92, 0.95, 1.00, 1.05, 1.22, 1.12, 1.10, 1.30])
MONTH_FACTOR = np.array(
    [1.18, 1.22, 1.05, 0.98, 1.02, 1.08, 1.0, 0.75, 0.82, 0.95, 1.05, 1.18]
)  # January first
WEEKDAY_FACTOR = np.array([1.10, 0.92, 0.90, 0.94, 1.16])  # Monday first
SPREAD = 0.85  # standard deviation of the logarithm of the tendency to miss school
LASTS = (0.72, 0.17, 0.07, 0.04)  # one to four days
EXCUSED_SHARE, EXCUSED_BY_ENGAGEMENT = 0.62, 0.10
TARDY_RATE, TARDY_SPREAD, EARLY_RATE = 0.028, 0.9, 0.012
BLOCK = 40_000  # spells at a time: memory stays flat in a large district

_PUBLISHED = next(
    row
    for row in rows("published")
    if (row["topic"], row["group"], row["period"]) == ("chronic_absence", "all", "2022-23")
)
U_SHAPE = "shape: FutureEd 2023-24 (22 states and DC), worst in KG, 09 and 12; size: the kit's own"
MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
TIMES = "times as many absences beginning"
EFFECTS = (
    Effect(
        "absence_level",
        "everybody",
        "chronic absence",
        lambda scenario: 100 * scenario.chronic_absence,
        "percent of children",
        f"{_PUBLISHED['source']}, {_PUBLISHED['period']}: {_PUBLISHED['value']} percent of all children",
    ),
    Effect(
        "engagement_in_excuses",
        "engagement",
        "absences excused",
        100 * EXCUSED_BY_ENGAGEMENT,
        "percent points a standard deviation",
    ),
    Effect(
        "engagement_in_lateness", "engagement", "coming late", -TARDY_SPREAD, "log rate a standard deviation"
    ),
    *(
        Effect(f"grade_{name}_in_absence", f"grade {name}", "absence", float(size), TIMES, U_SHAPE)
        for name, size in zip(GRADES, GRADE_FACTOR, strict=True)
    ),
    *(
        Effect(f"{name.lower()}_in_absence", name, "absence", float(size), TIMES)
        for names, sizes in ((MONTHS, MONTH_FACTOR), (WEEKDAYS, WEEKDAY_FACTOR))
        for name, size in zip(names, sizes, strict=True)
        if name != "July"
    ),
)


@dataclass(frozen=True)
class Absences:
    """The events as a frame; those of this year also as arrays: places of children, days, what happened."""

    frame: pd.DataFrame
    child: Codes
    day: npt.NDArray[np.datetime64]
    missed: Mask
    """A day missed; else the child came late or left early."""
    tardy: Mask
    excused: Mask
    """A day missed with an excuse."""


def draw_absences(
    scenario: Scenario, population: Population, schooling: Schooling, traits: Traits
) -> Absences:
    """Decide for every child and instructional day whether the child was there.

    Parameters
    ----------
    scenario
        The share of children to be chronically absent, and the day of the exports.
    population, schooling
        Who is enrolled on which day.
    traits
        Who tends to miss school.

    Returns
    -------
    Absences
        frame: person, school_id, date, attendance_event_category (Ed-Fi's word), reason; at most one row a
        child and day, ordered by person and date.
    """
    children, spells = population.children, schooling.spells
    parts: list[tuple[Codes, Codes, npt.NDArray[np.datetime64], Codes]] = []
    for year in sorted({year for year, _ in schooling.years}):
        grade_column = "grade_level" if year == scenario.school_year else "grade_level_before"
        grade = np.asarray(pd.Index(GRADES).get_indexer(pd.Index(children[grade_column])))
        rates = onset_rates(scenario, population, grade, traits.missing[year], schooling.years, year)
        for place, level in enumerate(LEVELS):
            laid_out = schooling.years[year, level]
            days = laid_out.days if year < scenario.school_year else laid_out.days[: laid_out.past]
            rng = rng_for(scenario.seed, "absences", year, level)
            mine = np.flatnonzero((spells.year == year) & (spells.level == place) & (spells.end != -2))
            for start in range(0, len(mine), BLOCK):
                block = mine[start : start + BLOCK]
                child = spells.child[block]
                end = np.where(spells.is_open[block], len(days) - 1, spells.end[block])
                category = _days(rng, rates[child], traits.engagement[child], days)
                column = np.arange(len(days))
                category[(column < spells.begin[block, None]) | (column > end[:, None])] = -1
                row, day = np.nonzero(category >= 0)
                kind = category[row, day].astype("int64")
                parts.append((child[row], spells.school[block][row], days[day], kind))
    child, school, date, kind = (np.concatenate([part[n] for part in parts]) for n in range(4))
    order = np.lexsort((date, child))
    child, school, date, kind = child[order], school[order], date[order], kind[order]
    frame = pd.DataFrame(
        {
            "person": children["person"].array.take(child),
            "school_id": pick(population.places.ids, school),
            "date": dates(date),
            "attendance_event_category": pick(CATEGORIES, kind),
            "reason": pick(REASONS, _reasons(rng_for(scenario.seed, "absences", "reasons"), kind)),
        }
    )
    first = min(days.days[0] for (year, _), days in schooling.years.items() if year == scenario.school_year)
    now = date >= first
    return Absences(
        frame, child[now], date[now], kind[now] <= UNEXCUSED, kind[now] == TARDY, kind[now] == EXCUSED
    )


def onset_rates(
    scenario: Scenario,
    population: Population,
    grade: Codes,
    missing: Numbers,
    years: dict[tuple[int, str], SchoolYear],
    year: int,
) -> Numbers:
    """Give each child's chance that an absence begins on a usual day.

    The level is solved for: with it, the expected share of children who miss a tenth of their days or more is
    the scenario's. Where the scenario isn't fair, it is solved for each group at its published rate.

    Parameters
    ----------
    scenario
        ``chronic_absence`` and ``fair``.
    population
        Groups of children.
    grade
        Grade of each child in that year, -1 where the child isn't here.
    missing
        The tendency to miss school, standard normal.
    years, year
        The days of that year.

    Returns
    -------
    numpy array
        Chances, one a child.

    Notes
    -----
    Source of published rates: facts/published.csv, topic chronic_absence (EDFacts 2022-23).
    """
    factor = np.where(grade >= 0, GRADE_FACTOR[grade], 1.0)
    current = year == scenario.school_year
    lengths = [
        one.past if current else len(one.days) for (of_year, _), one in years.items() if of_year == year
    ]
    days = round(sum(lengths) / len(lengths))
    level = np.zeros(len(grade))
    groups: dict[str, float] = {"": scenario.chronic_absence}
    if not scenario.fair:
        published = figures("chronic_absence", "2022-23")
        groups = {name: scenario.chronic_absence * published[name] / published["all"] for name in GROUPS}
    own = population.children["group"].to_numpy(dtype=object)
    for name, target in groups.items():
        mine = np.ones(len(grade), dtype=bool) if name == "" else own == name
        weights = np.bincount(grade[mine & (grade >= 0)], minlength=len(GRADES)).astype("float64")
        level[mine] = _solve(target, weights, days)
    return np.exp(level + SPREAD * missing) * factor


def _solve(target: float, grades: Numbers, days: int) -> float:
    """Find the log of the usual chance at which the expected share of chronically absent is the target."""
    if grades.sum() == 0 or days < 10:
        return float(np.log(0.04))
    # The tendency in equally likely steps: Tukey's lambda stands for the normal quantile, to 0.01.
    steps = (np.arange(60) + 0.5) / 60
    normal = (steps**0.1349 - (1 - steps) ** 0.1349) / 0.1975
    lasting = 1 - np.cumsum(np.r_[0.0, LASTS[:-1]])  # chance that an absence lasts more than 0, 1, 2, 3 days
    lengths = np.arange(1, len(LASTS) + 1)
    cluster = np.dot(LASTS, lengths**2) / np.dot(LASTS, lengths)  # absences come in runs: counts vary more
    low, high = np.log(0.0005), np.log(0.5)
    for _ in range(40):
        middle = (low + high) / 2
        chance = np.exp(middle + SPREAD * normal)[:, None] * GRADE_FACTOR[None, :]
        away = 1 - np.prod(1 - np.minimum(chance, 0.6)[:, :, None] * lasting, axis=2)
        spread = np.sqrt(days * away * (1 - away) * cluster)
        beyond = (days * away - (np.ceil(days / 10) - 0.5)) / np.maximum(spread, 1e-9)
        share = 1 / (1 + np.exp(-(1.5976 * beyond + 0.070566 * beyond**3).clip(-50, 50)))
        if np.average(share.mean(axis=0), weights=grades) < target:
            low = middle
        else:
            high = middle
    return float(low + high) / 2


def _days(
    rng: np.random.Generator, rates: Numbers, engagement: Numbers, days: npt.NDArray[np.datetime64]
) -> npt.NDArray[np.int8]:
    """Draw what happens to each child on each day: a place in `CATEGORIES`, -1 where nothing does."""
    shape = (len(rates), len(days))
    months = days.astype("datetime64[M]").astype("int64") % 12
    weekdays = (days.astype("datetime64[D]").astype("int64") - 4) % 7
    factor = MONTH_FACTOR[months] * WEEKDAY_FACTOR[weekdays]
    factor = factor / factor.mean() if len(factor) else factor
    chance = np.minimum(rates[:, None] * factor[None, :], 0.6).astype("float32")
    row, column = np.nonzero(rng.random(shape, dtype="float32") < chance)
    length = 1 + np.searchsorted(np.cumsum(LASTS)[:-1], rng.random(len(row)), side="right")
    away = np.zeros(shape, dtype=bool)
    for later in range(len(LASTS)):
        still = (length > later) & (column + later < len(days))
        away[row[still], column[still] + later] = True
    # Being late or leaving early needs a child who is there.
    late = TARDY_RATE * np.exp(-TARDY_SPREAD * engagement - TARDY_SPREAD**2 / 2).clip(max=20)
    other = rng.random(shape, dtype="float32")
    category = np.full(shape, -1, dtype=np.int8)
    category[other > 1 - EARLY_RATE] = EARLY
    category[other < np.minimum(late, 0.5)[:, None].astype("float32")] = TARDY
    row, column = np.nonzero(away)
    excused = rng.random(len(row)) < (EXCUSED_SHARE + EXCUSED_BY_ENGAGEMENT * engagement[row]).clip(
        0.05, 0.95
    )
    category[row, column] = np.where(excused, EXCUSED, UNEXCUSED)
    return category


def _reasons(rng: np.random.Generator, kind: Codes) -> Codes:
    chance = rng.random(len(kind))
    shares = np.cumsum(np.array([REASON_SHARES[place] for place in range(len(CATEGORIES))]), axis=1)
    return np.minimum((chance[:, None] >= shares[kind]).sum(axis=1), len(REASONS) - 1)
