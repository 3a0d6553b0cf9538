"""How often an absence begins: by child, grade and school year.

The model, in words. Young children fall ill more often; it halves every four grades. From grade 6 on children
stay away more and more for other reasons. The first grade in a new school is hard. Both rates go up and down
with a child's tendency to miss school. The level is solved for, so that the scenario's share of children
misses at least a tenth of the days.

In ``pandemic`` a shock is added to the level. Two published figures set it: chronic absence before (2017-18)
and at its peak (2021-22). Afterwards half of it is gone every ``shock_half_life`` years, which is the kit's
own; no figure of a later year is fitted.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic_data.life.effect import Effect
from synthetic_data.population import Population
from synthetic_data.population.heritage import GROUPS
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.published import figures, rows
from synthetic_data.scenario import Scenario
from synthetic_data.schooling.school_calendar import SchoolYear

__all__ = ["EFFECTS", "LASTS", "after_shock", "by_illness", "for_other_reasons", "onset_rates", "shock_left"]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

# The kit's own sizes, in no unit: only their ratios count, since the level is solved for. They were set once,
# before the result was compared with the published shape over grades (worst in KG, 09 and 12), and not
# changed after it; but who set them knew that shape.
ILL_IN_KINDERGARTEN, ILLNESS_HALVES_AFTER = 1.0, 4.0  # grades
AWAY, MORE_AWAY_A_GRADE, AWAY_RISES_FROM = 0.35, 0.12, 5
NEW_SCHOOL = 1.15
SPREAD = 0.85  # standard deviation of the logarithm of the tendency to miss school
LASTS = (0.72, 0.17, 0.07, 0.04)  # one to four days

_PUBLISHED = next(
    row
    for row in rows("published")
    if (row["topic"], row["group"], row["period"]) == ("chronic_absence", "all", "2022-23")
)
EFFECTS = (
    Effect(
        "absence_level",
        "everybody",
        "chronic absence",
        lambda scenario: 100 * scenario.chronic_absence,
        "percent of children",
        f"{_PUBLISHED['source']}, {_PUBLISHED['period']}: {_PUBLISHED['value']} percent of all children, "
        "where a scenario sets no other",
    ),
    Effect(
        "illness_halves_by_grade",
        "grade",
        "absences that begin with illness",
        ILLNESS_HALVES_AFTER,
        "grades until they are half as many",
    ),
    Effect(
        "staying_away_by_grade",
        "each grade after 05",
        "absences that begin for other reasons",
        MORE_AWAY_A_GRADE / AWAY,
        "times those of grade 05 more",
    ),
    Effect(
        "new_school_in_absence",
        "the first grade in a school (KG, 06, 09)",
        "absence",
        NEW_SCHOOL,
        "times as many absences beginning",
    ),
    Effect(
        "tendency_in_absence",
        "tendency to miss school",
        "absence",
        SPREAD,
        "log rate a standard deviation",
    ),
    Effect(
        "pandemic_in_absence",
        "the year of the shock",
        "chronic absence",
        lambda scenario: (
            100 * (scenario.chronic_absence_peak or scenario.chronic_absence) - 100 * scenario.chronic_absence
        ),
        "percent points above the usual, in that year",
        "0 but in the scenario pandemic, where it is 29.7 - 16.0: Attendance Works fact sheet on EDFacts",
    ),
    Effect(
        "pandemic_fades",
        "years since the shock",
        "what is left of it",
        lambda scenario: scenario.shock_half_life,
        "years until half of it is gone",
    ),
)


def by_illness() -> Numbers:
    """Give how often absences begin with illness, by grade (no unit)."""
    grade = np.arange(len(GRADES))
    return ILL_IN_KINDERGARTEN * 0.5 ** (grade / ILLNESS_HALVES_AFTER) * _new_school()


def for_other_reasons() -> Numbers:
    """Give how often absences begin for other reasons, by grade (in the same unit)."""
    grade = np.arange(len(GRADES))
    return (AWAY + MORE_AWAY_A_GRADE * np.maximum(grade - AWAY_RISES_FROM, 0)) * _new_school()


def _new_school() -> Numbers:
    factor = np.ones(len(GRADES))
    factor[[first for first, _ in LEVELS.values()]] = NEW_SCHOOL
    return factor


def shock_left(scenario: Scenario, year: int) -> float:
    """Say how much of the pandemic's shock is left in a school year: 0 before it and where there is none."""
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
    """Give each child's factor on the rates of `by_illness` and `for_other_reasons`.

    The level is solved for: with it, the expected share of children who miss a tenth of their days or more is
    the scenario's. Where the scenario isn't fair, it is solved for each group at its published rate.

    Parameters
    ----------
    scenario
        ``chronic_absence``, ``fair``, and the shock.
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
        One element a child: times `by_illness` or `for_other_reasons` it is the chance that such an absence
        begins on a usual day.

    Notes
    -----
    Source of published rates: facts/published.csv, topic chronic_absence (EDFacts 2022-23).
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
    """Say how many are chronically absent after the shock that took others from ``before`` to ``peak``.

    Parameters
    ----------
    usual
        The share before the shock, here.
    before, peak
        The shares before and after it, there; they set its size.

    Returns
    -------
    float
        The expected share in a year of 180 days, with all grades equally full.
    """
    grades, days = np.ones(len(GRADES)), 180
    shock = _solve(peak, grades, days) - _solve(before, grades, days)
    return _expected(_solve(usual, grades, days) + shock, grades, days)


def _solve(target: float, grades: Numbers, days: int) -> float:
    """Find the log of the usual chance at which the expected share of chronically absent is the target."""
    if grades.sum() == 0 or days < 10:
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
    """Give the expected share of chronically absent at a level; ``grades`` says how full each grade is."""
    # The tendency in equally likely steps: Tukey's lambda stands for the normal quantile, to 0.01.
    steps = (np.arange(60) + 0.5) / 60
    normal = (steps**0.1349 - (1 - steps) ** 0.1349) / 0.1975
    lasting = 1 - np.cumsum(np.r_[0.0, LASTS[:-1]])  # chance that an absence lasts more than 0, 1, 2, 3 days
    lengths = np.arange(1, len(LASTS) + 1)
    cluster = np.dot(LASTS, lengths**2) / np.dot(LASTS, lengths)  # absences come in runs: counts vary more
    by_grade = by_illness() + for_other_reasons()
    chance = np.exp(level + SPREAD * normal)[:, None] * by_grade[None, :]
    away = 1 - np.prod(1 - np.minimum(chance, 0.6)[:, :, None] * lasting, axis=2)
    spread = np.sqrt(days * away * (1 - away) * cluster)
    beyond = (days * away - (np.ceil(days / 10) - 0.5)) / np.maximum(spread, 1e-9)
    share = 1 / (1 + np.exp(-(1.5976 * beyond + 0.070566 * beyond**3).clip(-50, 50)))
    return float(np.average(share.mean(axis=0), weights=grades))
