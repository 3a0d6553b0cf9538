"""Absences, late arrivals and early departures, day by day.

An absence begins with illness or for another reason, each with a rate of its own (`.absence_rates`) that goes
up and down through the year (`.seasons`), and lasts one to four days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, pick, text
from synthetic_data.life.absence_rates import LASTS, by_illness, for_other_reasons, onset_rates
from synthetic_data.life.effect import Effect
from synthetic_data.life.seasons import illness, staying_away
from synthetic_data.life.traits import Traits
from synthetic_data.population import Population
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = ["EFFECTS", "Absences", "draw_absences", "nobody_away"]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Ed-Fi's words. The first two are days missed.
CATEGORIES = ("Excused Absence", "Unexcused Absence", "Tardy", "Early departure")
EXCUSED, UNEXCUSED, TARDY, EARLY = range(4)
BY_ILLNESS = 4  # is added to the first two
REASONS = ("Illness", "Medical appointment", "Family", "Religious observance", "Transportation", "Unknown")
REASON_SHARES = {
    EXCUSED: (0.0, 0.42, 0.44, 0.14, 0.0, 0.0),
    UNEXCUSED: (0.0, 0.0, 0.18, 0.0, 0.20, 0.62),
    TARDY: (0.0, 0.08, 0.12, 0.0, 0.30, 0.50),
    EARLY: (0.35, 0.45, 0.20, 0.0, 0.0, 0.0),
    EXCUSED + BY_ILLNESS: (0.94, 0.06, 0.0, 0.0, 0.0, 0.0),
    UNEXCUSED + BY_ILLNESS: (0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
}

# The kit's own sizes.
EXCUSED_IF_ILL, EXCUSED_OTHERWISE, EXCUSED_BY_ENGAGEMENT = 0.86, 0.46, 0.10
TARDY_RATE, TARDY_SPREAD, EARLY_RATE = 0.028, 0.9, 0.012
BLOCK = 40_000  # spells at a time: memory stays flat in a large district

EFFECTS = (
    Effect(
        "illness_in_excuses",
        "illness",
        "absences excused",
        100 * (EXCUSED_IF_ILL - EXCUSED_OTHERWISE),
        "percent points",
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


def nobody_away() -> Absences:
    """Give the absences of a year in which every child is there on every day."""
    nothing = np.zeros(0, dtype=bool)
    day = np.zeros(0, dtype="datetime64[D]")
    words = ("person", "school_id", "attendance_event_category", "reason")
    frame = pd.DataFrame({**{name: text([]) for name in words}, "date": dates(day)})
    return Absences(frame, np.zeros(0, dtype="int64"), day, nothing, nothing, nothing)


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
    children, spells, apart = population.children, schooling.spells, traits.stream[1:]
    ill_by_grade, other_by_grade = by_illness(), for_other_reasons()
    parts: list[tuple[Codes, Codes, npt.NDArray[np.datetime64], Codes]] = []
    for year in sorted({year for year, _ in schooling.years}):
        grade_column = "grade_level" if year == scenario.school_year else "grade_level_before"
        grade = np.asarray(pd.Index(GRADES).get_indexer(pd.Index(children[grade_column])))
        rates = onset_rates(scenario, population, grade, traits.missing[year], schooling.years, year)
        for place, level in enumerate(LEVELS):
            laid_out = schooling.years[year, level]
            days = laid_out.days if year < scenario.school_year else laid_out.days[: laid_out.past]
            ill_by_day = illness(scenario.seed, laid_out)[: len(days)]
            other_by_day = staying_away(laid_out)[: len(days)]
            rng = rng_for(scenario.seed, "absences", *apart, year, level)
            mine = np.flatnonzero((spells.year == year) & (spells.level == place) & (spells.end != -2))
            for start in range(0, len(mine), BLOCK):
                block = mine[start : start + BLOCK]
                child = spells.child[block]
                end = np.where(spells.is_open[block], len(days) - 1, spells.end[block])
                ill = ill_by_grade[spells.grade[block], None] * ill_by_day
                other = other_by_grade[spells.grade[block], None] * other_by_day
                category = _days(rng, rates[child], traits.engagement[child], ill, other)
                column = np.arange(len(days))
                category[(column < spells.begin[block, None]) | (column > end[:, None])] = -1
                row, day = np.nonzero(category >= 0)
                kind = category[row, day].astype("int64")
                parts.append((child[row], spells.school[block][row], days[day], kind))
    child, school, date, kind = (np.concatenate([part[n] for part in parts]) for n in range(4))
    order = np.lexsort((date, child))
    child, school, date, kind = child[order], school[order], date[order], kind[order]
    reason = _reasons(rng_for(scenario.seed, "absences", *apart, "reasons"), kind)
    kind = kind % BY_ILLNESS
    frame = pd.DataFrame(
        {
            "person": children["person"].array.take(child),
            "school_id": pick(population.places.ids, school),
            "date": dates(date),
            "attendance_event_category": pick(CATEGORIES, kind),
            "reason": pick(REASONS, reason),
        }
    )
    first = min(days.days[0] for (year, _), days in schooling.years.items() if year == scenario.school_year)
    now = date >= first
    return Absences(
        frame, child[now], date[now], kind[now] <= UNEXCUSED, kind[now] == TARDY, kind[now] == EXCUSED
    )


def _days(
    rng: np.random.Generator, rates: Numbers, engagement: Numbers, ill: Numbers, other: Numbers
) -> npt.NDArray[np.int8]:
    """Draw what happens to each child on each day: a place in `REASON_SHARES`, -1 where nothing does.

    ``rates`` is each child's factor on the rates of the day, by illness and for other reasons.
    """
    shape = ill.shape
    both = (ill + other).astype("float32")
    chance = np.minimum(rates[:, None].astype("float32") * both, np.float32(0.6))
    row, column = np.nonzero(rng.random(shape, dtype="float32") < chance)
    begins_ill = rng.random(len(row), dtype="float32") * both[row, column] < ill[row, column]
    length = 1 + np.searchsorted(np.cumsum(LASTS)[:-1], rng.random(len(row)), side="right")
    away = np.zeros(shape, dtype=np.int8)
    for later in range(len(LASTS)):
        still = (length > later) & (column + later < shape[1])
        away[row[still], column[still] + later] = 1 + begins_ill[still]
    # Being late or leaving early needs a child who is there.
    late = TARDY_RATE * np.exp(-TARDY_SPREAD * engagement - TARDY_SPREAD**2 / 2).clip(max=20)
    something = rng.random(shape, dtype="float32")
    category = np.full(shape, -1, dtype=np.int8)
    category[something > 1 - EARLY_RATE] = EARLY
    category[something < np.minimum(late, 0.5)[:, None].astype("float32")] = TARDY
    row, column = np.nonzero(away)
    is_ill = away[row, column] == 2
    lenient = np.where(is_ill, EXCUSED_IF_ILL, EXCUSED_OTHERWISE) + EXCUSED_BY_ENGAGEMENT * engagement[row]
    excused = rng.random(len(row)) < lenient.clip(0.05, 0.95)
    category[row, column] = np.where(excused, EXCUSED, UNEXCUSED) + BY_ILLNESS * is_ill
    return category


def _reasons(rng: np.random.Generator, kind: Codes) -> Codes:
    chance = rng.random(len(kind))
    shares = np.cumsum(np.array([REASON_SHARES[place] for place in range(len(REASON_SHARES))]), axis=1)
    return np.minimum((chance[:, None] >= shares[kind]).sum(axis=1), len(REASONS) - 1)
