"""Simulate absences: rates, seasons, and days missed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import figure, whole_figure
from synthetic_data.columns import dates, pick, positions_in, text
from synthetic_data.facts import figures, rows
from synthetic_data.life.effects import Effect, effect
from synthetic_data.life.traits import Traits
from synthetic_data.population import Population
from synthetic_data.population.names import GROUPS
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.schooling.calendar import WEATHER, SchoolYear
from synthetic_data.streams import rng_for

__all__ = [
    "EFFECTS",
    "ENOUGH_DAYS",
    "LASTS",
    "MONTHS",
    "WEEKDAYS",
    "Absences",
    "after_shock",
    "by_illness",
    "draw_absences",
    "flu_peak",
    "for_other_reasons",
    "illness",
    "is_chronic",
    "nobody_away",
    "onset_rates",
    "shock_left",
    "staying_away",
]


Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

# The kit's own sizes, without a unit: only their ratios matter, because we solve for the level. We set them
# once, before we compared the result with the published shape over grades (highest in KG, 09 and 12), and
# didn't change them afterwards; but we knew that shape.
ILL_IN_KINDERGARTEN, ILLNESS_HALVES_AFTER = 1.0, 4.0  # grades
AWAY, MORE_AWAY_A_GRADE, AWAY_RISES_FROM = 0.35, 0.12, 5
NEW_SCHOOL = 1.15
SPREAD = 0.85  # standard deviation of the logarithm of the tendency to miss school
LASTS = (0.72, 0.17, 0.07, 0.04)  # one to four days

# The published share of children, at which the generator aims, is by the federal definition.
CHRONIC_SHARE = figure("standard/facts.federal_chronic_absence_share")
ENOUGH_DAYS = whole_figure("standard/facts.federal_chronic_absence_least_days")

_PUBLISHED = next(
    row
    for row in rows("published")
    if (row["topic"], row["group"], row["period"]) == ("chronic_absence", "all", "2022-23")
)
RATE_EFFECTS = (
    Effect(
        "absence_level",
        "everybody",
        "chronic absence",
        100,
        "percent of children",
        f"{_PUBLISHED['source']}, {_PUBLISHED['period']}: {_PUBLISHED['value']} percent of all children, "
        "where a scenario sets no other",
        dial="chronic_absence",
    ),
    effect("illness_halves_by_grade", ILLNESS_HALVES_AFTER),
    effect("staying_away_by_grade", MORE_AWAY_A_GRADE / AWAY),
    effect("new_school_in_absence", NEW_SCHOOL),
    effect("tendency_in_absence", SPREAD),
    effect("pandemic_in_absence", 1),
    effect("pandemic_fades", 1),
)


def by_illness() -> Numbers:
    """Return how often absences start with illness, by grade (no unit)."""
    grade = np.arange(len(GRADES))
    return ILL_IN_KINDERGARTEN * 0.5 ** (grade / ILLNESS_HALVES_AFTER) * _new_school()


def for_other_reasons() -> Numbers:
    """Return how often absences start for other reasons, by grade (in the same unit)."""
    grade = np.arange(len(GRADES))
    return (AWAY + MORE_AWAY_A_GRADE * np.maximum(grade - AWAY_RISES_FROM, 0)) * _new_school()


def _new_school() -> Numbers:
    factor = np.ones(len(GRADES))
    factor[[first for first, _ in LEVELS.values()]] = NEW_SCHOOL
    return factor


def shock_left(scenario: Scenario, year: int) -> float:
    """Return the share of the pandemic's shock that is left in a school year; 0 before it or without one."""
    if scenario.chronic_absence_peak is None or year < scenario.shock_year:
        return 0.0
    return float(0.5 ** ((year - scenario.shock_year) / scenario.shock_half_life))


def onset_rates(
    scenario: Scenario,
    population: Population,
    grade: Codes,
    missing: Numbers,
    years: dict[tuple[int, str], SchoolYear],
    year: int,
) -> Numbers:
    """Return each child's factor on the rates of `by_illness` and `for_other_reasons`.

    We solve for the level at which the expected share of children who miss a tenth of their days or more is
    the scenario's. If the scenario isn't fair, we solve for each group at its published rate.
    """
    current = year == scenario.school_year
    lengths = [
        one.past if current else len(one.days) for (of_year, _), one in years.items() if of_year == year
    ]
    days = round(sum(lengths) / len(lengths))
    level = np.zeros(len(grade))
    groups: dict[str, float] = {"": 1.0}
    if not scenario.fair:
        published = figures("chronic_absence", "2022-23")
        groups = {name: published[name] / published["all"] for name in GROUPS}
    own = population.children["group"].to_numpy(dtype=object)
    left, peak = shock_left(scenario, year), scenario.chronic_absence_peak
    for name, times in groups.items():
        mine = np.ones(len(grade), dtype=bool) if name == "" else own == name
        weights = np.bincount(grade[mine & (grade >= 0)], minlength=len(GRADES)).astype("float64")
        usual = _solve(scenario.chronic_absence * times, weights, days)
        shock = _solve(peak * times, weights, days) - usual if peak and left else 0.0
        level[mine] = usual + left * shock
    return np.exp(level + SPREAD * missing)


def after_shock(usual: float, before: float, peak: float) -> float:
    """Return the chronically absent share after the shock that took others from ``before`` to ``peak``."""
    grades, days = np.ones(len(GRADES)), 180
    shock = _solve(peak, grades, days) - _solve(before, grades, days)
    return _expected(_solve(usual, grades, days) + shock, grades, days)


def is_chronic(missed: Numbers, enrolled: Numbers) -> npt.NDArray[np.bool_]:
    """Mark children whose missed share of enrolled days is chronic absence."""
    # Compared in days, so that rounding doesn't lose 18 of 180.
    chronic: npt.NDArray[np.bool_] = missed >= np.round(enrolled * CHRONIC_SHARE, 9)
    return chronic


def _solve(target: float, grades: Numbers, days: int) -> float:
    """Find the log of the usual rate at which the expected chronically absent share equals the target."""
    if grades.sum() == 0 or days < ENOUGH_DAYS:
        return float(np.log(0.04))
    low, high = np.log(0.0005), np.log(0.5)
    for _ in range(40):
        middle = (low + high) / 2
        if _expected(middle, grades, days) < target:
            low = middle
        else:
            high = middle
    return float(low + high) / 2


def _expected(level: float, grades: Numbers, days: int) -> float:
    """Return the expected chronically absent share at a level; ``grades`` contains the size of each grade."""
    # The tendency in equally likely steps: Tukey's lambda approximates the normal quantile to 0.01.
    steps = (np.arange(60) + 0.5) / 60
    normal = (steps**0.1349 - (1 - steps) ** 0.1349) / 0.1975
    lasting = 1 - np.cumsum(np.r_[0.0, LASTS[:-1]])  # chance that an absence lasts more than 0, 1, 2, 3 days
    lengths = np.arange(1, len(LASTS) + 1)
    cluster = np.dot(LASTS, lengths**2) / np.dot(LASTS, lengths)  # absences come in runs, so counts vary more
    by_grade = by_illness() + for_other_reasons()
    chance = np.exp(level + SPREAD * normal)[:, None] * by_grade[None, :]
    away = 1 - np.prod(1 - np.minimum(chance, 0.6)[:, :, None] * lasting, axis=2)
    spread = np.sqrt(days * away * (1 - away) * cluster)
    beyond = (days * away - (np.ceil(round(days * CHRONIC_SHARE, 9)) - 0.5)) / np.maximum(spread, 1e-9)
    share = 1 / (1 + np.exp(-(1.5976 * beyond + 0.070566 * beyond**3).clip(-50, 50)))
    return float(np.average(share.mean(axis=0), weights=grades))


# Illness peaks in winter, most of all in the weeks of the flu, whose peak we draw for every school year.
# Other absences cluster on Mondays and Fridays, before closed days, after a weather day, and toward summer.
# Sizes are the kit's own. Each of the two averages 1 over a school year, so that they move absences between
# days without changing their number.

Days = npt.NDArray[np.datetime64]

# January first.
ILLNESS_BY_MONTH = np.array([1.15, 1.20, 1.15, 1.0, 0.9, 0.7, 0.7, 0.7, 0.85, 1.0, 1.05, 1.15])
AWAY_BY_MONTH = np.array([1.05, 1.05, 1.0, 1.0, 1.15, 1.45, 1.0, 0.8, 0.85, 0.95, 1.05, 1.2])
AWAY_BY_WEEKDAY = np.array([1.20, 0.86, 0.82, 0.88, 1.24])  # Monday first
FLU_HEIGHT, FLU_WEEKS = 1.6, 2.0  # additional illness at the peak; standard deviation in weeks
FLU_PEAKS = ("12-20", "02-28")  # between these days
BEFORE_CLOSED_DAYS, CLOSED_AT_LEAST = 1.5, 4  # a day before a gap of at least this many days
AFTER_BAD_WEATHER = 1.6

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MORE_ILL, MORE_AWAY = "times as many falling ill", "times as many staying away"
SEASON_EFFECTS = (
    *(
        Effect(f"{month.lower()}_in_{kind}", month, what, float(size), unit)
        for kind, what, sizes, unit in (
            ("illness", "absence by illness", ILLNESS_BY_MONTH, MORE_ILL),
            ("staying_away", "other absence", AWAY_BY_MONTH, MORE_AWAY),
        )
        for month, size in zip(MONTHS, sizes, strict=True)
        if month != "July"
    ),
    effect("flu_in_illness", 1 + FLU_HEIGHT),
    *(
        Effect(f"{name.lower()}_in_staying_away", name, "other absence", float(size), MORE_AWAY)
        for name, size in zip(WEEKDAYS, AWAY_BY_WEEKDAY, strict=True)
    ),
    effect("closed_days_in_staying_away", BEFORE_CLOSED_DAYS),
    effect("weather_in_staying_away", AFTER_BAD_WEATHER),
)


def flu_peak(seed: int, year: int) -> np.datetime64:
    """Return the day of the flu's peak in a school year."""
    first, last = (np.datetime64(f"{year - (day > '07')}-{day}") for day in FLU_PEAKS)
    span = int((last - first).astype("int64"))
    return first + np.timedelta64(int(rng_for(seed, "flu", year).integers(0, span + 1)), "D")


def illness(seed: int, laid_out: SchoolYear) -> Numbers:
    """Return how many children fall ill on each instructional day, as a multiple of the usual."""
    days = laid_out.days.astype("datetime64[D]")
    weeks = (days - flu_peak(seed, laid_out.year)).astype("int64") / 7
    factor = ILLNESS_BY_MONTH[_month(days)] * (1 + FLU_HEIGHT * np.exp(-((weeks / FLU_WEEKS) ** 2) / 2))
    return factor / factor.mean()


def staying_away(laid_out: SchoolYear) -> Numbers:
    """Return how many children stay away for other reasons on each instructional day; 1 on average."""
    days = laid_out.days.astype("datetime64[D]")
    weekday = (days.astype("int64") - 4) % 7
    factor = AWAY_BY_MONTH[_month(days)] * AWAY_BY_WEEKDAY[weekday]
    gap = np.diff(days).astype("int64")
    factor[:-1][gap > CLOSED_AT_LEAST] *= BEFORE_CLOSED_DAYS
    closed = laid_out.weekdays[laid_out.events == WEATHER]
    after = np.searchsorted(days, closed.astype("datetime64[D]"))
    factor[after[after < len(days)]] *= AFTER_BAD_WEATHER
    return factor / factor.mean()


def _month(days: Days) -> npt.NDArray[np.int64]:
    return days.astype("datetime64[M]").astype("int64") % 12


# An absence starts with illness or for another reason. Each has its own rate, which varies through the year,
# and an absence lasts one to four days.

Mask = npt.NDArray[np.bool_]

# Ed-Fi's terms. The first two count as missed days.
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
BLOCK = 40_000  # enrollment periods at a time: memory stays flat in a large district

ABSENCE_EFFECTS = (
    effect("illness_in_excuses", 100 * (EXCUSED_IF_ILL - EXCUSED_OTHERWISE)),
    effect("engagement_in_excuses", 100 * EXCUSED_BY_ENGAGEMENT),
    effect("engagement_in_lateness", -TARDY_SPREAD),
)


@dataclass(frozen=True)
class Absences:
    """Events as a frame; this year's also as arrays: indexes of children, days, and events."""

    frame: pd.DataFrame
    child: Codes
    day: npt.NDArray[np.datetime64]
    missed: Mask
    """A day missed; else the child came late or left early."""
    tardy: Mask
    excused: Mask
    """A day missed with an excuse."""


def nobody_away() -> Absences:
    """Return the absences of a year in which every child attends every day."""
    nothing = np.zeros(0, dtype=bool)
    day = np.zeros(0, dtype="datetime64[D]")
    words = ("person", "school_id", "attendance_event_category", "reason")
    frame = pd.DataFrame({**{name: text([]) for name in words}, "date": dates(day)})
    return Absences(frame, np.zeros(0, dtype="int64"), day, nothing, nothing, nothing)


def draw_absences(
    scenario: Scenario, population: Population, schooling: Schooling, traits: Traits
) -> Absences:
    """Draw for every child and instructional day whether the child attended."""
    children, enrollments, apart = population.children, schooling.enrollments, traits.stream[1:]
    ill_by_grade, other_by_grade = by_illness(), for_other_reasons()
    parts: list[tuple[Codes, Codes, npt.NDArray[np.datetime64], Codes]] = []
    for year in sorted({year for year, _ in schooling.years}):
        grade_column = "grade_level" if year == scenario.school_year else "grade_level_before"
        grade = positions_in(GRADES, children[grade_column])
        rates = onset_rates(scenario, population, grade, traits.missing[year], schooling.years, year)
        for level in LEVELS:
            laid_out = schooling.years[year, level]
            days = laid_out.days if year < scenario.school_year else laid_out.days[: laid_out.past]
            ill_by_day = illness(scenario.seed, laid_out)[: len(days)]
            other_by_day = staying_away(laid_out)[: len(days)]
            rng = rng_for(scenario.seed, "absences", *apart, year, level)
            mine = enrollments.attended(year, level)
            for start in range(0, len(mine), BLOCK):
                block = mine[start : start + BLOCK]
                child = enrollments.child[block]
                end = np.where(enrollments.is_open[block], len(days) - 1, enrollments.end[block])
                ill = ill_by_grade[enrollments.grade[block], None] * ill_by_day
                other = other_by_grade[enrollments.grade[block], None] * other_by_day
                category = _days(rng, rates[child], traits.engagement[child], ill, other)
                column = np.arange(len(days))
                category[(column < enrollments.begin[block, None]) | (column > end[:, None])] = -1
                row, day = np.nonzero(category >= 0)
                kind = category[row, day].astype("int64")
                parts.append((child[row], enrollments.school[block][row], days[day], kind))
    child, school, date, kind = (np.concatenate([part[n] for part in parts]) for n in range(4))
    order = np.lexsort((date, child))
    child, school, date, kind = child[order], school[order], date[order], kind[order]
    reason = _reasons(rng_for(scenario.seed, "absences", *apart, "reasons"), kind)
    kind = kind % BY_ILLNESS
    frame = pd.DataFrame(
        {
            "person": children["person"].array.take(child),
            "school_id": pick(population.school_list.ids, school),
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
    """Draw the event of each child on each day: an index in `REASON_SHARES`, or -1.

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
    # Only a child who attends can be late or leave early.
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


EFFECTS = (*RATE_EFFECTS, *SEASON_EFFECTS, *ABSENCE_EFFECTS)
