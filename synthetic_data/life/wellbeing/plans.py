"""Simulate special education: who has a plan, for which disability, since when, and its services."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import pick, positions_in, text, whole_days
from synthetic_data.facts import rows
from synthetic_data.life.circumstances import plan_liability
from synthetic_data.life.effects import effect
from synthetic_data.life.presence import enrolled_until, last_days
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured
from synthetic_data.population import Population
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = ["CATEGORIES", "SERVICES", "Plans", "draw_plans", "program_elements"]

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

FACTS = "special_education"
CATEGORIES = tuple(row["group"] for row in rows(FACTS) if row["topic"] == "idea_category")
DELAY, MULTIPLE, SPEECH = (
    CATEGORIES.index(name)
    for name in ("Developmental Delay", "Multiple Disabilities", "Speech or Language Impairment")
)
# Children with these are less often taught in regular classes.
SELDOM_AMONG_ALL = [
    CATEGORIES.index(name) for name in ("Intellectual Disability", "Multiple Disabilities", "Deaf-Blindness")
]
LAST_GRADE_OF_DELAY = 3
STATUSES = ("Active", "Exited")

# The kit's own sizes.
ENDS_IN_A_YEAR = 0.04  # of plans
NEW_THIS_YEAR = 0.10  # of plans of children enrolled before
EARLY_INTERVENTION = 0.15
# Share of the school week in a regular class: size of each band, and its bounds.
BANDS = ((0.67, 0.80, 1.0), (0.17, 0.40, 0.79), (0.12, 0.05, 0.39), (0.04, 0.0, 0.0))
MORE_APART = 1.1  # shift down the bands in standard deviations: multiple disabilities and the like
SERVICES = ("counseling", "occup", "other", "physical", "speech")
SERVICE_NAMES = ("Counselling", "Occupational therapy", "Other", "Physical therapy", "Speech therapy")
SERVICE_SHARES = (0.20, 0.16, 0.10, 0.06, 0.25)


def _level() -> float:
    """Return the published share of children with a plan."""
    return float(next(row["value"] for row in rows(FACTS) if row["topic"] == "idea_share")) / 100


EFFECTS = (
    effect("plans_level", 100 * _level()),
    effect("disability_in_regular_class", MORE_APART),
)


@dataclass(frozen=True)
class Plans:
    """One element per child with a plan, ended or not; children are indexes in the population."""

    child: Codes
    category: Codes
    """Place in `CATEGORIES`."""
    conditions: Codes
    """Of multiple disabilities two positions in `CATEGORIES`, a row a child; else -1."""
    referral: Days
    consent: Days
    eligibility: Days
    first_meeting: Days
    begun: Days
    """Some days after the first meeting, when the parents had agreed."""
    ended: Days
    """NaT: it hasn't."""
    meeting: dict[int, Days]
    """By school year, the day of that year's plan; NaT: none in that year."""
    share: dict[int, Numbers]
    """By school year, the share of the week in a regular class."""
    early: Mask
    services: Mask
    """A row a child, a column a service of `SERVICES`."""

    def evaluated_again(self, until: np.datetime64) -> Days:
        """Return the latest reevaluation, every three years; NaT before the first."""
        years = (until - self.eligibility).astype("int64") // 1096
        again = self.eligibility + whole_days(1095 * years)
        return np.where(years > 0, _on_weekdays(again), np.datetime64("NaT", "D"))


def draw_plans(scenario: Scenario, population: Population, schooling: Schooling, traits: Traits) -> Plans:
    """Draw who has a plan, and its content."""
    rng, count = rng_for(scenario.seed, "special education"), len(population.children)
    drawn = _categories(rng, _grade(population))
    child = np.flatnonzero(plan_liability(scenario, traits.academic) > _upper(_level()))
    category, number = drawn[child], len(child)

    year, as_of = scenario.school_year, np.datetime64(scenario.as_of, "D")
    first_day = {one: _first_day(schooling, one) for one in (year - 1, year)}
    here_now = population.children["grade_level"].notna().to_numpy()[child]
    # Years of school before this one when the first plan was made; 0: this year.
    before = _grade(population)[child] + ~here_now
    back = 1 + (rng.random(number) * before).astype("int64")
    back[(rng.random(number) < NEW_THIS_YEAR) & here_now] = 0
    room = np.where(back == 0, max(30, int((as_of - first_day[year]).astype("int64")) - 7), 270)
    left = last_days(schooling, count)[child]
    known = np.where(np.isnat(left), as_of, left)
    room = np.minimum(
        room, np.maximum((known - (first_day[year] - whole_days(364 * back))).astype("int64"), 1)
    )
    days = (rng.random(number) * room).astype("int64")
    first_meeting = _on_weekdays(first_day[year] - whole_days(364 * back) + whole_days(days))
    eligibility = _on_weekdays(first_meeting - whole_days(5 + rng.integers(0, 24, number)))
    consent = _on_weekdays(eligibility - whole_days(30 + rng.integers(0, 50, number)))
    referral = _on_weekdays(consent - whole_days(5 + rng.integers(0, 18, number)))
    ended = _ends(rng, first_meeting, first_day, as_of)
    ended[ended > left] = np.datetime64("NaT", "D")

    # A team reviews a plan every year, around the same day.
    meeting, share = {}, {}
    standing = rng.standard_normal(number) + MORE_APART * np.isin(category, SELDOM_AMONG_ALL)
    for one in (year - 1, year):
        later = back - (year - one)
        day = _on_weekdays(
            first_meeting + whole_days(364 * later - np.where(later > 0, rng.integers(0, 15, number), 0))
        )
        none = (later < 0) | (day > as_of) | (~np.isnat(ended) & (day >= ended)) | (day > left)
        meeting[one] = np.where(none, np.datetime64("NaT", "D"), day)
        share[one] = _share(rng, np.sqrt(0.81) * standing + np.sqrt(0.19) * rng.standard_normal(number))
    services = rng.random((number, len(SERVICES))) < np.array(SERVICE_SHARES)
    services[:, SERVICES.index("speech")] |= category == SPEECH
    return Plans(
        child=child,
        category=category,
        conditions=_conditions(rng, category),
        referral=referral,
        consent=consent,
        eligibility=eligibility,
        first_meeting=first_meeting,
        begun=_on_weekdays(first_meeting + whole_days(1 + rng.integers(0, 14, number))),
        ended=ended,
        meeting=meeting,
        share=share,
        early=rng.random(number) < EARLY_INTERVENTION,
        services=services,
    )


def program_elements(
    plans: Plans, schooling: Schooling, year: int, children: int, until: np.datetime64
) -> list[Element]:
    """Return the plan facts of a day: status, disability, and time in a regular class."""
    here = enrolled_until(schooling, year, children, until)
    still = np.isnat(plans.ended) | (plans.ended >= _first_day(schooling, year))
    mine = here[plans.child] & (plans.first_meeting <= until) & still
    exited = ~np.isnat(plans.ended) & (plans.ended <= until)
    newer = ~np.isnat(plans.meeting[year]) & (plans.meeting[year] <= until)
    shares = np.where(newer, plans.share[year], plans.share[year - 1])
    services = plans.services @ (1 << np.arange(len(SERVICES)))  # one bit each
    numbers = []
    for values in (exited, plans.category, shares, np.where(services > 0, services, np.nan)):
        of_all = np.full(len(here), np.nan)
        of_all[plans.child[mine]] = values[mine]
        numbers.append(of_all)
    return [
        Element("special_education", numbers[0], lambda n: pick(STATUSES, n.astype("int64"))),
        Element("primary_disability", numbers[1], lambda n: pick(CATEGORIES, n.astype("int64"))),
        Element("share_in_regular_class", numbers[2], measured),
        Element("plan_services", numbers[3], _service_names),
    ]


def _service_names(numbers: Numbers) -> object:
    """Format the services packed into one number."""
    names = np.array(SERVICE_NAMES, dtype=object)
    held = numbers.astype("int64")[:, None] >> np.arange(len(SERVICES)) & 1
    return text(["; ".join(names[row == 1]) for row in held])


def _grade(population: Population) -> Codes:
    """Return each child's grade this year, or else the year before."""
    children = population.children
    grades = [positions_in(GRADES, children[name]) for name in ("grade_level", "grade_level_before")]
    return np.where(grades[0] >= 0, grades[0], grades[1])


def _categories(rng: np.random.Generator, grade: Codes) -> Codes:
    """Draw a disability for every child, as if each had one; developmental delay only in early grades."""
    counts = np.array([float(row["value"]) for row in rows(FACTS) if row["topic"] == "idea_category"])
    shares = counts / counts.sum()
    young = grade <= LAST_GRADE_OF_DELAY
    delayed = min(0.9, shares[DELAY] / max(float(young.mean()), 0.05))
    rest = np.delete(np.arange(len(shares)), DELAY)
    cuts = np.cumsum(shares[rest] / shares[rest].sum())
    drawn = rest[np.searchsorted(cuts[:-1], rng.random(len(grade)), side="right")]
    return np.where(young & (rng.random(len(grade)) < delayed), DELAY, drawn)


def _ends(
    rng: np.random.Generator, first_meeting: Days, first_day: dict[int, np.datetime64], as_of: np.datetime64
) -> Days:
    """Draw when plans that existed at the start of a school year end; NaT if they don't."""
    ended = np.full(len(first_meeting), np.datetime64("NaT", "D"))
    chance = rng.random(len(first_meeting))
    for place, opening in enumerate(first_day.values()):
        day = _on_weekdays(opening + whole_days(60 + (rng.random(len(ended)) * 180).astype("int64")))
        stops = (chance >= place * ENDS_IN_A_YEAR) & (chance < (place + 1) * ENDS_IN_A_YEAR)
        stops &= (first_meeting < opening) & (day <= as_of)
        ended[stops] = day[stops]
    return ended


def _conditions(rng: np.random.Generator, category: Codes) -> Codes:
    """Draw two different disabilities for each child with several; -1 for the others."""
    conditions = np.full((len(category), 2), -1)
    several = np.flatnonzero(category == MULTIPLE)
    others = np.array([place for place in range(len(CATEGORIES)) if place not in (DELAY, MULTIPLE)])
    first = rng.integers(0, len(others), len(several))
    second = (first + 1 + rng.integers(0, len(others) - 1, len(several))) % len(others)
    conditions[several] = np.sort(others[np.c_[first, second]], axis=1)
    return conditions


def _share(rng: np.random.Generator, standing: Numbers) -> Numbers:
    """Convert a standard score to a share of the week: most in the first band, few in the last."""
    cuts = [_upper(float(share)) for share in (1 - np.cumsum([band[0] for band in BANDS]))[:-1]]
    band = np.searchsorted(np.array(cuts), standing)
    low, high = np.array([band[1] for band in BANDS]), np.array([band[2] for band in BANDS])
    share: Numbers = np.round(low[band] + (high - low)[band] * rng.random(len(standing)), 2)
    return share


def _upper(share: float) -> float:
    """Return the standard normal quantile that a share of children exceeds."""
    return NormalDist().inv_cdf(1 - share)


def _first_day(schooling: Schooling, year: int) -> np.datetime64:
    days = [one.days[0] for (of_year, _), one in schooling.years.items() if of_year == year]
    return np.datetime64(min(days), "D")


def _on_weekdays(days: Days) -> Days:
    """Move weekend days to the Friday before."""
    found: Days = np.busday_offset(days.astype("datetime64[D]"), 0, roll="backward")
    return found
