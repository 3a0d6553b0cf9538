"""Compute outcomes with intervals, correlations, and a bias audit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile import recording_system
from helpers.standard import Element, as_table
from helpers.systems import declared_elements
from synthetic_data.columns import pick, text, truth, whole
from synthetic_data.exports import clean_pages, plan_faults
from synthetic_data.faults.scene import Fault, Page
from synthetic_data.life import Life, draw_life
from synthetic_data.life.traits import school_of
from synthetic_data.observation import Truth, known_on
from synthetic_data.population import Population, make_population
from synthetic_data.scenario import Scenario, exchange
from synthetic_data.schooling import Schooling, make_schooling
from synthetic_data.systems import SILOS

__all__ = [
    "GROUPINGS",
    "Estimate",
    "Outcomes",
    "Plan",
    "across_systems",
    "beyond",
    "bias_audit",
    "by_rank",
    "correlation",
    "differ",
    "mean",
    "outcomes_of",
    "share",
    "spread",
    "systems_of",
    "wide",
]


Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error and sample size (children or schools)."""

    value: float
    error: float
    count: int


def wide(figures: int, doubt: float = 0.01) -> float:
    """Return the critical value for simultaneous intervals of this many figures."""
    return NormalDist().inv_cdf(1 - doubt / max(1, figures) / 2)


def beyond(statistic: float, freedom: int) -> float:
    """Return the upper tail probability of a chi-squared distribution.

    >>> round(beyond(3.84, 1), 3), round(beyond(9.49, 4), 3)
    (0.05, 0.05)
    """
    half = statistic / 2
    if half <= 0:
        return 1.0
    # Both series are finite, because the degrees of freedom are a whole number.
    chance = math.exp(-half) if freedom % 2 == 0 else math.erfc(math.sqrt(half))
    power = 1.0 if freedom % 2 == 0 else 0.5
    while power < freedom / 2:
        chance += math.exp(power * math.log(half) - half - math.lgamma(power + 1))
        power += 1
    return min(1.0, chance)


def mean(numbers: Numbers, household: Codes) -> Estimate:
    """Compute the mean over children with a number, clustered by household."""
    known = ~np.isnan(numbers)
    values, home = numbers[known], household[known]
    if len(values) < 2:
        return Estimate(float("nan"), float("inf"), len(values))
    average = float(values.mean())
    sums = np.bincount(home, weights=values - average)
    return Estimate(average, float(np.sqrt(np.sum(sums**2))) / len(values), len(values))


def share(such: Numbers, household: Codes) -> Estimate:
    """Compute the percentage of children with 1 instead of 0; never more certain than one child."""
    found = mean(such, household)
    if found.count < 2:
        return found
    least = max(found.value * (1 - found.value), 1 / found.count * (1 - 1 / found.count))
    error = max(found.error, math.sqrt(least / found.count))
    return Estimate(100 * found.value, 100 * error, found.count)


def spread(numbers: Numbers) -> Estimate:
    """Compute a standard deviation, with the standard error of a normal distribution."""
    known = numbers[~np.isnan(numbers)]
    if len(known) < 3:
        return Estimate(float("nan"), float("inf"), len(known))
    found = float(known.std(ddof=1))
    return Estimate(found, found / float(np.sqrt(2 * (len(known) - 1))), len(known))


def correlation(left: Numbers, right: Numbers, household: Codes) -> Estimate:
    """Compute the correlation over children with both numbers, clustered by household."""
    known = ~(np.isnan(left) | np.isnan(right))
    count = int(known.sum())
    if count < 10:
        return Estimate(float("nan"), float("inf"), count)
    x, y = (part[known] - part[known].mean() for part in (left, right))
    scale = float(x.std() * y.std())
    if scale == 0:
        return Estimate(float("nan"), float("inf"), count)
    found = float((x * y).mean()) / scale
    # Influence of each child on the correlation; with zero correlation, it is the product alone. The error is
    # never less than for that many independent children: in sparse cells, most products are 0.
    pull = x * y / scale - found * (x**2 / x.var() + y**2 / y.var()) / 2
    clustered = float(np.sqrt(np.sum(np.bincount(household[known], weights=pull) ** 2))) / count
    return Estimate(found, max(clustered, (1 - found**2) / float(np.sqrt(count))), count)


def by_rank(numbers: Numbers, cell: Codes) -> Numbers:
    """Rank children within cells and center the ranks, so that few large numbers don't dominate."""
    known = np.flatnonzero(~np.isnan(numbers))
    ranks = np.full(len(numbers), np.nan)
    if not len(known):
        return ranks
    order = known[np.lexsort((numbers[known], cell[known]))]
    of_cell, value = cell[order], numbers[order]
    new_cell = np.r_[True, of_cell[1:] != of_cell[:-1]]
    new_value = new_cell | np.r_[True, value[1:] != value[:-1]]
    start = np.flatnonzero(new_cell)
    size = np.diff(np.r_[start, len(order)])
    which = np.cumsum(new_cell) - 1
    tie = np.cumsum(new_value) - 1
    position = np.arange(len(order)) - start[which] + 0.5
    shared = np.bincount(tie, weights=position) / np.bincount(tie)
    ranks[order] = shared[tie] / size[which] - 0.5
    return ranks


def differ(
    numbers: Numbers, group: Codes, household: Codes, cell: Codes | None = None, at_least: int = 60
) -> tuple[float, float, int]:
    """Test whether group means differ by more than chance.

    We estimate the variance of households from all groups together, by size of the household. Alone, a small
    group in which a rare event never happened would look as if it couldn't happen.
    """
    known = ~np.isnan(numbers) & (group >= 0)
    if known.sum() < 2 * at_least:
        return 1.0, 0.0, 0
    ranks = numbers if cell is None else by_rank(numbers, cell)
    values = ranks[known] - ranks[known].mean()
    _, times = np.unique(numbers[known], return_counts=True)
    uncommon = 1 - float(np.max(times)) / len(values)
    # Per household of a group: the sum, and the number of its children with a value.
    families = int(np.max(household)) + 1
    pair, of_child = np.unique(group[known] * families + household[known], return_inverse=True)
    home = pair // families
    total, size = np.bincount(of_child, weights=values), np.bincount(of_child)
    vary = np.bincount(size, weights=total**2) / np.maximum(np.bincount(size), 1)
    count = np.bincount(home, weights=size)
    kept = np.flatnonzero((count >= at_least) & (count * uncommon >= 10))
    if len(kept) < 2:
        return 1.0, 0.0, len(kept)
    means = np.bincount(home, weights=total)[kept] / count[kept]
    errors = np.sqrt(np.bincount(home, weights=vary[size])[kept]) / count[kept]
    apart = means - np.average(means, weights=1 / errors**2)
    return (
        beyond(float(np.sum((apart / errors) ** 2)), len(kept) - 1),
        float(np.max(np.abs(apart))),
        len(kept),
    )


# Attributes that no outcome may depend on, by column of the children.
GROUPINGS = ("group", "name_origin", "home_language", "sex")
# Elements that describe who and where a child is, lists of names counted in another element, letters with
# points in another, and sentences of a child, which depend on the grade or the plan; all others are outcomes.
NO_OUTCOME = frozenset(
    {
        "first_name", "last_surname", "birth_date", "sex", "home_language", "state_id", "school",
        "grade_level", "contact_language", "guardians", "days_enrolled", "days_present", "courses",
        "assignments_assigned", "points_possible",
        "activity_names", "club_names", "interests", "plan_services",
        "mark_english", "mark_mathematics", "mark_science", "mark_social_studies",
        "proud_of", "wants_to_improve", "own_goal",
    }
)  # fmt: skip


Plan = list[tuple[Fault, float, int]]


@dataclass(frozen=True)
class Outcomes:
    """The children enrolled this year, with their outcomes up to the day of the exports."""

    scenario: Scenario
    population: Population
    schooling: Schooling
    life: Life

    @cached_property
    def place(self) -> Codes:
        """Indexes of this year's children in the population."""
        return np.flatnonzero(self.population.children["grade_level"].notna())

    @cached_property
    def children(self) -> pd.DataFrame:
        """Person, household, grade_level, school, and the columns of `GROUPINGS`."""
        population = self.population
        columns = population.children[
            ["person", "household", "grade_level", "group", "name_origin", "sex"]
        ].merge(
            population.households[["household", "home_language"]],
            on="household",
            how="left",
            validate="many_to_one",
        )
        school = school_of(population, self.schooling, self.scenario.school_year)
        columns["school"] = pick(population.school_list.ids, school)
        return columns.iloc[self.place].reset_index(drop=True)

    @cached_property
    def household(self) -> Codes:
        """Number of each child's household."""
        return pd.factorize(self.children["household"])[0].astype("int64")

    @cached_property
    def cell(self) -> Codes:
        """Number of each child's school and grade, within which we compare children."""
        cells = self.children.groupby(["school", "grade_level"], sort=True).ngroup()
        return np.asarray(cells, dtype="int64")

    @cached_property
    def all_year(self) -> npt.NDArray[np.bool_]:
        """Whether each child was enrolled from the first day; all others had less time for everything."""
        enrolled = pd.to_numeric(self._words("days_enrolled")).astype("float64")
        return np.asarray(enrolled == enrolled.groupby(self.children["grade_level"]).transform("max"))

    @cached_property
    def declared(self) -> dict[str, Element]:
        """Declared profile elements that are outcomes and in the truth, by name."""
        known = set(self._values)
        return {
            one.name: one for one in declared_elements() if one.name in known and one.name not in NO_OUTCOME
        }

    def numbers(self, element: str) -> Numbers:
        """Return an element of every child as a number; NaN if missing.

        For unordered categories, see `parts`.
        """
        words = self._words(element)
        kind = self.declared[element].type
        if kind == "boolean":
            words = words.map({"true": "1", "false": "0"})
        elif kind == "date":
            return np.asarray((pd.to_datetime(words) - pd.Timestamp(0)).dt.days.astype("float64"))
        return np.asarray(pd.to_numeric(words).astype("float64"))

    def parts(self, element: str) -> dict[str, Numbers]:
        """Return the numeric parts of an element: itself, or an indicator for each category."""
        if self.declared[element].type != "string":
            return {element: self.numbers(element)}
        words = self._words(element)
        found = sorted(words.dropna().unique())
        return {
            f"{element}: {word}": (words == word).fillna(False).to_numpy(dtype="float64") for word in found
        }

    def has(self, element: str, *words: str) -> Numbers:
        """Return an indicator of children who have an element with one of these values."""
        return np.asarray(self._words(element).isin(words), dtype="float64")

    @cached_property
    def clean_files(self) -> list[tuple[dict[str, Page], Truth, Plan]]:
        """Each system's clean files that name persons, and what goes wrong in it."""
        scenario = self.scenario.model_copy(update={"people_only": True})
        truth = Truth(self.population, self.schooling, draw_life(scenario, self.population, self.schooling))
        made = []
        for silo, observe in SILOS.items():
            roster = exchange(scenario, silo)
            seen = observe(scenario, known_on(truth, roster.roster_date), roster)
            made.append((clean_pages(seen, people_only=True), truth, plan_faults(scenario, silo)))
        return made

    @cached_property
    def _values(self) -> dict[str, pd.Series]:
        """Each element's values on the day of the exports, by person."""
        values = self.life.values
        current = values.loc[values["as_of"] == pd.Timestamp(self.scenario.as_of)].set_index("person")
        return dict(iter(current.groupby("element")["value"]))

    def _words(self, element: str) -> pd.Series:
        mine = self._values.get(element, pd.Series(index=pd.Index([], dtype="string"), dtype="string"))
        return mine.reindex(self.children["person"]).reset_index(drop=True)


def outcomes_of(scenario: Scenario) -> Outcomes:
    """Generate a district, and return its children."""
    population = make_population(scenario)
    schooling = make_schooling(scenario, population)
    return Outcomes(scenario, population, schooling, draw_life(scenario, population, schooling))


# No published figure shows how strongly measures of different systems correlate in a real district. In
# `placebo`, none does: every correlation lies within its simultaneous interval around zero. We rank children
# who were here all year within their grade and school, which leaves only differences between children. Errors
# are clustered by household. Between schools, we compare mean ranks within the grade across schools.

Numbers = npt.NDArray[np.float64]
FEWEST_SCHOOLS = 8
FEWEST_CHILDREN = 100  # children with another number than the most common: fewer give no reliable interval


def systems_of(outcomes: Outcomes) -> dict[str, str]:
    """Map each outcome to its system: among those that record it, the one that profiles trust most."""
    return {name: recording_system(element) for name, element in outcomes.declared.items()}


def across_systems(outcomes: Outcomes, districts: int = 1) -> pd.DataFrame:
    """Correlate every two measures of different systems."""
    systems = systems_of(outcomes)
    measures = [
        (systems[name], part, np.where(outcomes.all_year, numbers, np.nan))
        for name in systems
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
    # Fisher's transformation for schools: with few of them, even a correlation of 0.8 means nothing.
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
    """Count the children with a number other than the most common."""
    _, times = np.unique(numbers[~np.isnan(numbers)], return_counts=True)
    return int(times.sum() - np.max(times)) if len(times) else 0


def _by_school(ranks: Numbers, school: npt.NDArray[np.int64]) -> Numbers:
    """Return each school's mean rank; NaN if fewer than 30 children have one."""
    known = ~np.isnan(ranks)
    size = np.bincount(school[known], minlength=int(np.max(school)) + 1)
    total = np.bincount(school[known], weights=ranks[known], minlength=len(size))
    return np.where(size >= 30, total / np.maximum(size, 1), np.nan)


def _between(left: Numbers, right: Numbers, level: npt.NDArray[np.int64]) -> tuple[float, float, int] | None:
    """Correlate two measures over schools, within levels."""
    known = ~(np.isnan(left) | np.isnan(right))
    size = np.bincount(level[known], minlength=int(np.max(level)) + 1)
    known &= size[level] >= 3
    count = int(known.sum())
    levels = len(np.unique(level[known]))
    free = count - levels - 2
    if count < FEWEST_SCHOOLS or free < 3:
        return None
    x, y = (_centered(part[known], level[known]) for part in (left, right))
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return None if scale == 0 else (float((x * y).sum()) / scale, 1 / float(np.sqrt(free)), count)


def _centered(numbers: Numbers, level: npt.NDArray[np.int64]) -> Numbers:
    size = np.bincount(level)
    return numbers - (np.bincount(level, weights=numbers) / np.maximum(size, 1))[level]


# We test every profile element in the truth, whatever system records it. We rank children within their grade
# and school, so that neither explains a difference, and cluster errors by household. A fair district declares
# no difference. One that isn't fair declares the published rates of chronic absence by group; what depends on
# them is marked *declared*.

DOUBT = 0.001  # probability that a fair district shows any difference
# In a district that isn't fair: missed days, and what depends on them through `direct_effects`.
DOMAIN_OF_ABSENCE = "attendance"
FOLLOWS = frozenset(
    {
        "course_average", "assignments_graded", "assignments_excused", "points_earned", "points_share",
        "submissions", "submissions_late", "lms_logins", "messages_sent", "messages_opened", "health_visits",
        "incidents", "discipline_days",
    }
)  # fmt: skip


def bias_audit(outcomes: Outcomes) -> pd.DataFrame:
    """Compare groups of children in every outcome."""
    codes = {name: pd.factorize(outcomes.children[name], sort=True)[0].astype("int64") for name in GROUPINGS}
    rows = []
    for name, element in outcomes.declared.items():
        for part, numbers in outcomes.parts(name).items():
            for grouping in GROUPINGS:
                chance, largest, groups = differ(numbers, codes[grouping], outcomes.household, outcomes.cell)
                children = int((~np.isnan(numbers)).sum())
                rows.append((grouping, part, element.domain, children, groups, largest, chance))
    columns = list(zip(*rows, strict=True))
    chances = np.array(columns[6])
    joint = np.minimum(1.0, chances * len(chances))
    declared = np.array(
        [
            not outcomes.scenario.fair
            and grouping != "sex"
            and (domain == DOMAIN_OF_ABSENCE or element in FOLLOWS)
            for grouping, element, domain in zip(*columns[:3], strict=True)
        ]
    )
    found = pd.DataFrame(
        {
            "grouping": text(columns[0]),
            "element": text(columns[1]),
            "domain": text(columns[2]),
            "children": whole(np.array(columns[3])),
            "groups": whole(np.array(columns[4])),
            "largest_difference": np.array(columns[5], dtype="float64"),
            "p_value": chances,
            "p_joint": joint,
            "declared": truth(declared),
            "verdict": text(np.where(declared | (joint >= DOUBT), "pass", "miss").astype(object)),
        }
    )
    return as_table("bias_audit", found)
