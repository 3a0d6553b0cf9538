"""Simulate meal eligibility: the determinations over time, by family income."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import pick, whole_days
from synthetic_data.life.circumstances import FREE_TO, REDUCED_TO, income_ratios
from synthetic_data.life.effects import OWN, Effect, effect
from synthetic_data.life.presence import last_days
from synthetic_data.life.true_values import Element
from synthetic_data.population import Population
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = ["BENEFITS", "REASONS", "Eligibility", "draw_eligibility", "eligibility_element"]

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

BENEFITS = ("Free", "Reduced price", "Full price")
FREE, REDUCED, FULL = range(3)
REASONS = (
    "Direct certification",
    "Homeless",
    "Foster care",
    "Application",
    "Application denied",
    "Carried over from last year",
    "No application",
)
DIRECT, HOMELESS, FOSTER, APPLIED, DENIED, CARRIED, NOTHING = range(7)

# The kit's own sizes.
CERTIFIED = 0.70  # of families eligible for free meals: certified from another program's list
APPLIES = (0.85, 0.80, 0.06)  # of the others: below 130, below 185, above
CHANGES = 0.05  # of families in a year: a new determination midyear
LATEST_FORM = 45  # days after the first day of school until forms are in

EFFECTS = (
    effect("direct_certification", 100 * CERTIFIED),
    *(
        Effect(f"{name}_in_applying", f"income {words}", "applying", 100 * share, "percent of families", OWN)
        for name, words, share in zip(
            ("lowest_income", "low_income", "other_income"),
            ("below 130 percent", "from 130 to 185 percent", "above 185 percent"),
            APPLIES,
            strict=True,
        )
    ),
)


@dataclass(frozen=True)
class Eligibility:
    """One element per child and determination, sorted by child, year and first day."""

    child: Codes
    year: Codes
    begin: Days
    benefit: Codes
    """Place in `BENEFITS`."""
    reason: Codes
    """Place in `REASONS`."""


def draw_eligibility(scenario: Scenario, population: Population, schooling: Schooling) -> Eligibility:
    """Determine for every child and school year what a meal costs, as often as it changes."""
    children, households = population.children, population.households
    home = population.home
    foster = population.guardians.loc[population.guardians["relation"] == "Foster parent", "household"]
    in_care = households["household"].isin(foster).to_numpy(dtype=bool)
    homeless = households["homeless"].to_numpy(dtype=bool)
    enrollments, begins = schooling.enrollments, schooling.begin
    as_of = np.datetime64(scenario.as_of, "D")

    left = last_days(schooling, len(children))
    parts: list[tuple[Codes, Codes, Days, Codes, Codes]] = []
    before: Codes | None = None
    for year, ratio in income_ratios(scenario, population).items():
        came = np.full(len(children), np.datetime64("NaT", "D"))
        mine = np.flatnonzero(enrollments.year == year)[::-1]
        # The first enrollment period of a child is assigned last.
        came[enrollments.child[mine]] = begins[mine]
        here = np.flatnonzero(~np.isnat(came))
        first_day = min(days.days[0] for (of_year, _), days in schooling.years.items() if of_year == year)
        steps = _of_families(
            rng_for(scenario.seed, "eligibility", year), ratio, homeless, in_care, first_day, before
        )
        for step, (begin, benefit, reason) in enumerate(steps):
            of_child = home[here]
            day = np.maximum(begin[of_child], came[here])
            kept = ~np.isnat(begin[of_child]) & (day <= as_of)
            if step:  # no determination after a child leaves
                kept &= ~(day > left[here])
            parts.append(
                (
                    here[kept],
                    np.full(int(kept.sum()), year),
                    day[kept],
                    benefit[of_child][kept],
                    reason[of_child][kept],
                )
            )
        before = steps[0][1]
        for begin, benefit, _ in steps[1:]:
            before = np.where(np.isnat(begin), before, benefit)
    child, of_year, begin, benefit, reason = (np.concatenate([part[n] for part in parts]) for n in range(5))
    order = np.lexsort((np.arange(len(child)), begin, of_year, child))
    child, of_year, begin = child[order], of_year[order], begin[order]
    # A decision from before a child came, or replaced on the same day, was never in effect.
    last = np.r_[(child[1:] != child[:-1]) | (of_year[1:] != of_year[:-1]) | (begin[1:] != begin[:-1]), True]
    return Eligibility(child[last], of_year[last], begin[last], benefit[order][last], reason[order][last])


def eligibility_element(
    eligibility: Eligibility, year: int, children: int, until: np.datetime64
) -> list[Element]:
    """Return what each child pays for a meal on a day."""
    numbers = np.full(children, np.nan)
    known = (eligibility.year == year) & (eligibility.begin <= until)
    numbers[eligibility.child[known]] = eligibility.benefit[known]  # the latest is assigned last
    return [Element("meal_eligibility", numbers, lambda n: pick(BENEFITS, n.astype("int64")))]


def _of_families(
    rng: np.random.Generator,
    ratio: Numbers,
    homeless: Mask,
    in_care: Mask,
    first_day: np.datetime64,
    before: Codes | None,
) -> list[tuple[Days, Codes, Codes]]:
    """Return every household's determinations of a year in order: day (NaT: none), benefit, reason."""
    count, never = len(ratio), np.datetime64("NaT", "D")
    band = np.searchsorted([FREE_TO, REDUCED_TO], ratio)
    certified = (band == FREE) & (rng.random(count) < CERTIFIED)
    applies = (rng.random(count) < np.array(APPLIES)[band]) & ~certified & ~homeless & ~in_care
    form_day = first_day + (rng.random(count) * LATEST_FORM).astype("int64")

    at_once = np.select([homeless, in_care, certified], [HOMELESS, FOSTER, DIRECT], NOTHING)
    old = np.full(count, FULL) if before is None else before
    # Last year's benefit continues until the new form is processed.
    carried = (at_once == NOTHING) & applies & (old != FULL)
    first = np.where(at_once != NOTHING, FREE, np.where(carried, old, FULL))
    reason = np.where(carried, CARRIED, at_once)

    changes = (rng.random(count) < CHANGES) & (band != FREE) & ~homeless & ~in_care
    by_list = rng.random(count) < CERTIFIED
    change_day = first_day + whole_days(LATEST_FORM + 5 + (rng.random(count) * 200).astype("int64"))
    return [
        (np.full(count, first_day), first, reason),
        (
            np.where(applies, np.busday_offset(form_day, 0, roll="backward"), never),
            band,
            np.where(band == FULL, DENIED, APPLIED),
        ),
        (
            np.where(changes, np.busday_offset(change_day, 0, roll="backward"), never),
            np.full(count, FREE),
            np.where(by_list, DIRECT, APPLIED),
        ),
    ]
