"""Generate the lunch line (POS): customers with PIN and balance, as a Mealtime export."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING, isin_text
from synthetic_data.columns import positions_in
from synthetic_data.observation import (
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    keep,
    look_up,
    not_held,
    on_day,
    own_words,
)
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

__all__ = ["LAYOUT", "SILO", "observe"]

SILO = "meals"
LAYOUT = "meals/mealtime_customers"
SORTED_BY = {"customers": ("Customer Last Name", "Customer First Name", "Customer ID")}
WORK = 3  # among the slowest to write; the largest number is the slowest

columns_not_held = partial(not_held, LAYOUT)

# Share of the lunch line's own numbers that equal another child's district number, at least two. The kit's
# own figure: both systems count in six digits, and nobody separates them.
COLLIDING = 0.01
FEWEST_OWN = 3  # minimum number of customers with the lunch line's own number


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the customers of the lunch line."""
    day = exchange.roster_date
    year = scenario.school_year
    children, accounts = truth.population.children, truth.life.meal_accounts
    enrollments = truth.schooling.school_enrollment
    ever = enrollments.loc[
        (enrollments["begin_date"] <= pd.Timestamp(scenario.as_of))
        & (enrollments["school_year"] >= year - 1),
        "person",
    ].drop_duplicates()
    known = keep(enrollments, enrollments["begin_date"] <= day)
    # The latest enrollment period decides the school in the lunch line's records.
    last = known.sort_values(["person", "is_primary", "begin_date"]).drop_duplicates("person", keep="last")
    last = keep(last, isin_text(last["person"], accounts["person"]))
    active = on_day(last, day) & (last["school_year"] == year)

    persons = last["person"]
    child = children.set_index("person").loc[persons].reset_index()
    carried, collides = _numbers(scenario, truth, exchange, persons, child["district_number"])
    customers = pd.DataFrame(
        {
            "Customer ID": carried,
            "Customer Last Name": child["last_surname"].array,
            "Customer First Name": child["first_name"].array,
            "Customer Birthdate": child["birth_date"].array,
            "District School Number": last["school_id"].array,
            "PIN": _pins(scenario, children["person"], persons, active),
            "Grade": last["grade_level"].array,
            "Active Status": pd.array(["Active" if runs else "Inactive" for runs in active], dtype=STRING),
            "Balance": look_up(persons, accounts, "person", "balance").array,
        }
    )
    recorded = Recorded(
        file="customers",
        path=f"mealtime_customers_{scenario.as_of:%Y-%m-%d}.csv",
        frame=customers,
        people=about(persons, "Subject"),
        wording={} if exchange.agreed_codes else {"Grade": own_words(SILO, "Grade")[0]},
    )
    not_served = ever.loc[~isin_text(ever, accounts["person"])]
    not_yet = ever.loc[isin_text(ever, accounts["person"]) & ~isin_text(ever, persons)]
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(recorded,),
        limits=all_limits({"Not served": not_served, "Roster date": not_yet}, columns_not_held()),
        cases=pd.DataFrame({"case": "colliding_id", "person": persons.array[collides]}, dtype=STRING),
    )


def _numbers(
    scenario: Scenario, truth: Truth, exchange: Exchange, persons: pd.Series, district: pd.Series
) -> tuple[Any, npt.NDArray[np.bool_]]:
    """Return every customer's number, and mark own numbers that equal another child's district number.

    A customer has the district's number, or one that the lunch line assigned. Both have six digits.
    """
    rng = rng_for(scenario.seed, SILO, "numbers")
    children = truth.population.children
    place = positions_in(children["person"], persons)
    share = exchange.ids.get("District", 0.0)
    by_hand = rng.random(len(children))[place] < share
    if share < 1 and (~by_hand).sum() < FEWEST_OWN:
        by_hand[:FEWEST_OWN] = False
    taken = set(children["district_number"].tolist())
    own = _own_numbers(rng, len(children), taken)[place]
    numbers = np.where(by_hand, district.to_numpy(dtype=object), own)

    collides = np.zeros(len(persons), dtype=bool)
    own_positions = np.flatnonzero(~by_hand)
    wanted = min(max(2, round(COLLIDING * len(own_positions))), -(-len(own_positions) // 2))
    if wanted:
        # Another child of this year, without that number in the lunch line.
        carried = set(numbers[by_hand].tolist())
        here = truth.schooling.school_enrollment
        here = here.loc[on_day(here, pd.Timestamp(scenario.as_of)), "person"].drop_duplicates()
        others = keep(children, isin_text(children["person"], here))
        free = keep(others, ~isin_text(others["district_number"], carried))
        rows = rng.permutation(len(free))[: 2 * wanted]
        positions = rng.permutation(own_positions)
        used = 0
        household = look_up(persons, children, "person", "household").to_numpy(dtype=object)
        for row in rows.tolist():
            if used == wanted or used == len(positions):
                break
            other = free.iloc[row]
            at = int(positions[used])
            if other["household"] != household[at]:
                numbers[at] = other["district_number"]
                collides[at] = True
                used += 1
    return pd.array(numbers, dtype=STRING), collides


def _own_numbers(rng: np.random.Generator, count: int, taken: set[str]) -> npt.NDArray[np.object_]:
    """Count up in six digits, like the district, skipping its numbers."""
    width = max(6, len(str(3 * count)))
    numbers: list[str] = []
    at = int(rng.integers(10_000, 60_000))
    while len(numbers) < count:
        number = f"{at:0{width}d}"
        if number not in taken:
            numbers.append(number)
        at += 1
    return rng.permutation(np.array(numbers, dtype=object))


def _pins(scenario: Scenario, everybody: pd.Series, persons: pd.Series, active: pd.Series) -> Any:
    """Draw four-digit PINs, unique among active customers (longer ones if four digits aren't enough)."""
    rng = rng_for(scenario.seed, SILO, "pins")
    width = max(4, len(str(2 * len(everybody))))
    low = 10 ** (width - 1)
    drawn = low + rng.permutation(9 * low)[: len(everybody)]
    place = positions_in(everybody, persons)
    return pd.array([str(pin) for pin in drawn[place].tolist()], dtype=STRING)
