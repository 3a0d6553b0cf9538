"""Draw the latent profile of a child, which no system records and everything recorded depends on.

Four traits, each a standard normal number: academic, engagement, well-being, support. They are correlated,
and children of one household or school share a part of them. ``traits.toml`` declares the sizes. In a season
we observe the trait plus a part of that season only (`in_season`). Circumstances shift the academic
trait and the tendency to miss school (`life/circumstances.py`).

If ``scenario.traits_shared`` is below 1, each system sees a child's traits with a part of its own. At 0
(`placebo`), no two systems see the same child, so that nothing can correlate between them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthetic_data.life.circumstances import absence_shift, academic_shift, weight_beside
from synthetic_data.life.effects import APART, CORRELATION, VARIANCE, Effect, effect
from synthetic_data.population import Population
from synthetic_data.population.schools import LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = ["EFFECTS", "TRAITS", "Traits", "draw_traits", "school_of", "shares", "ties"]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

TRAITS = ("academic", "engagement", "well_being", "support")
# Missing school besides engagement and circumstances: the child's own share, the school's; the rest is the
# year's. They set how alike a child's absences of two years are, for which no published figure was found.
OWN_SHARE, SCHOOL_IN_ABSENCE = 0.20, 0.10
ACADEMIC_WEIGHT, ENGAGEMENT_WEIGHT = 0.75, 0.60  # weight of the traits in grades


@dataclass(frozen=True)
class Traits:
    """Standard normal numbers, one element per child.

    ``missing`` (the tendency to miss school) and ``doing`` (in class) are by school year.
    """

    academic: Numbers
    engagement: Numbers
    well_being: Numbers
    support: Numbers
    missing: dict[int, Numbers]
    doing: dict[int, Numbers]
    seed: int
    stream: tuple[str, ...]

    def in_season(self, trait: str, year: int, season: str) -> Numbers:
        """Return a trait as observed in a season: mostly the trait, partly that season only."""
        steady: Numbers = getattr(self, trait)
        share = shares(trait)["season"]
        rng = rng_for(self.seed, *self.stream, "season", trait, year, season)
        return np.sqrt(1 - share) * steady + np.sqrt(share) * rng.standard_normal(len(steady))


@cache
def _declared() -> dict[str, dict[str, float]]:
    path = Path(__file__).parent / "traits.toml"
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    declared = {name: dict(sizes) for name, sizes in read["trait"].items()}
    declared["ties"] = {"-".join(tie["between"]): float(tie["correlation"]) for tie in read["tie"]}
    return declared


def shares(trait: str) -> dict[str, float]:
    """Return the shares of a trait's variance due to household, school and season."""
    return {name: float(_declared()[trait][name]) for name in ("household", "school", "season")}


def _word(trait: str) -> str:
    return trait.replace("_", "-")


def _apart(*between: str) -> str:
    return APART if "academic" in between and "season" not in between else ""


def ties(scenario: Scenario) -> dict[tuple[str, str], float]:
    """Return the correlation of every two traits."""
    return {
        (left, right): scenario.trait_ties * size
        for pair, size in _declared()["ties"].items()
        for left, right in [pair.split("-")]
    }


EFFECTS = (
    *(
        Effect(
            f"{one}_with_{other}",
            _word(one),
            _word(other),
            _declared()["ties"][f"{one}-{other}"],
            CORRELATION + _apart(one, other),
            dial="trait_ties",
        )
        for one, other in combinations(TRAITS, 2)
    ),
    *(
        Effect(f"{layer}_in_{trait}", layer, _word(trait), share, VARIANCE + _apart(trait, layer))
        for trait in TRAITS
        for layer, share in shares(trait).items()
    ),
    effect("engagement_in_absence", -1),
    effect("school_in_absence", SCHOOL_IN_ABSENCE),
    effect("child_in_absence", OWN_SHARE),
    effect("traits_in_grades", 1),
)


def draw_traits(scenario: Scenario, population: Population, schooling: Schooling, system: str = "") -> Traits:
    """Draw every child's traits."""
    stream: tuple[str, ...] = ("traits",)
    numbers = _four(scenario, population, schooling, stream)
    if scenario.traits_shared < 1 and system:
        stream = ("traits", system)
        apart = _four(scenario, population, schooling, stream)
        numbers = np.sqrt(scenario.traits_shared) * numbers + np.sqrt(1 - scenario.traits_shared) * apart
    academic, engagement, well_being, support = numbers
    shift = academic_shift(scenario, population, schooling)
    weight = weight_beside(shift, academic)
    unshifted = weight * academic
    academic = unshifted + shift
    count = len(academic)
    own = rng_for(scenario.seed, *stream, "missing").standard_normal(count)
    weights = np.array([ACADEMIC_WEIGHT, ENGAGEMENT_WEIGHT])
    tie = weight * ties(scenario)["academic", "engagement"]
    both = weights @ np.array([academic, engagement])
    both /= np.sqrt(weights @ np.array([[1, tie], [tie, 1]]) @ weights)
    missing, doing = {}, {}
    shift = absence_shift(scenario, population, schooling, unshifted)
    for year in sorted({year for year, _ in schooling.years}):
        rng = rng_for(scenario.seed, *stream, year)
        (of_school,) = _by_school(rng, 1, population, school_of(population, schooling, year))
        parts = np.array([own, of_school, rng.standard_normal(count)])
        rest = np.sqrt([OWN_SHARE, SCHOOL_IN_ABSENCE, 1 - OWN_SHARE - SCHOOL_IN_ABSENCE]) @ parts
        pull = scenario.engagement_in_absence
        usual = -pull * engagement + np.sqrt(1 - pull**2) * rest
        missing[year] = weight_beside(shift, usual) * usual + shift
        pull = scenario.traits_in_grades
        doing[year] = pull * both + np.sqrt(1 - pull**2) * rng.standard_normal(count)
    return Traits(academic, engagement, well_being, support, missing, doing, scenario.seed, stream)


def school_of(population: Population, schooling: Schooling, year: int) -> Codes:
    """Return each child's school in a year, or else in the other one; the latest enrollment period counts."""
    enrollments = schooling.enrollments
    school = np.full(len(population.children), -1)
    for mine in (enrollments.year != year, enrollments.year == year):
        school[enrollments.child[mine]] = enrollments.school[mine]
    return school


def _four(
    scenario: Scenario, population: Population, schooling: Schooling, stream: tuple[str, ...]
) -> Numbers:
    """Draw the traits, one row per trait, as the sum of three layers with the same correlations."""
    children, rng = population.children, rng_for(scenario.seed, *stream)
    school = school_of(population, schooling, scenario.school_year)
    layers = np.sqrt([[shares(trait)[layer] for trait in TRAITS] for layer in ("household", "school")])
    together = np.eye(len(TRAITS))
    for (left, right), size in ties(scenario).items():
        row, column = TRAITS.index(left), TRAITS.index(right)
        together[row, column] = together[column, row] = size
    own = np.sqrt(1 - (layers**2).sum(axis=0))
    # The child's own layer completes the table's correlations, because shares differ by trait.
    rest = together * (1 - sum(np.outer(layer, layer) for layer in layers)) / np.outer(own, own)
    np.fill_diagonal(rest, 1.0)
    shared, alone = np.linalg.cholesky(together), np.linalg.cholesky(rest)
    at_home = shared @ rng.standard_normal((len(TRAITS), len(population.households)))
    at_school = shared @ _by_school(rng, len(TRAITS), population, school)
    by_itself = alone @ rng.standard_normal((len(TRAITS), len(children)))
    homes, schools = layers[:, :, None]
    return homes * at_home[:, population.home] + schools * at_school + own[:, None] * by_itself


def _by_school(rng: np.random.Generator, count: int, population: Population, school: Codes) -> Numbers:
    """Draw the part that children of a school share, as it differs between the schools of a level.

    A level's mean is 0, so that grade means don't change. If a level has only one school, nothing differs,
    and children get their own number instead.
    """
    levels = np.array([list(LEVELS).index(level) for level in population.school_list.levels])
    drawn = rng.standard_normal((count, len(levels)))
    found = rng.standard_normal((count, len(school)))
    for level in range(len(LEVELS)):
        mine = levels[school] == level
        schools = int((levels == level).sum())
        if schools > 1 and mine.any():
            effect = drawn[:, school[mine]]
            found[:, mine] = (effect - effect.mean(axis=1, keepdims=True)) * np.sqrt(schools / (schools - 1))
    return found
