"""Generate the meal benefits office: one row per determination, identified only by a number."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from helpers.standard import last_day
from synthetic_data import columns
from synthetic_data.columns import dates, numbered, pick, positions_in, text, whole
from synthetic_data.life.wellbeing.meal_eligibility import BENEFITS, CARRIED, DIRECT, NOTHING, REASONS
from synthetic_data.observation import (
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    arrived_by,
    not_held,
)
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

__all__ = ["LAYOUT", "SILO", "observe"]

SILO = "meal_benefits"
LAYOUT = "meals/meal_eligibility"
SORTED_BY = {
    "eligibility": (
        "person_identifier",
        "application_academic_school_year",
        "eligibility_start_date",
    )
}

columns_not_held = partial(not_held, LAYOUT)


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record every determination of two school years, as of the roster day."""
    made, children = truth.life.eligibility, truth.population.children
    day = np.datetime64(exchange.roster_date, "D")
    known = np.flatnonzero(made.begin <= day)
    child, year, begin = made.child[known], made.year[known], made.begin[known]
    benefit, reason = made.benefit[known], made.reason[known]
    # Each applies until the next known one of the year, or the year's last day.
    last_days = [np.datetime64(last_day(scenario.school_year - back)) for back in (0, 1)]
    end = np.array(last_days, dtype="datetime64[D]")[scenario.school_year - year]
    followed = np.flatnonzero((child[1:] == child[:-1]) & (year[1:] == year[:-1]))
    end[followed] = begin[followed + 1] - np.timedelta64(1, "D")

    rng = rng_for(scenario.seed, SILO, "numbers")
    by_hand = rng.random(len(children)) < exchange.ids.get("District", 0.0)
    number = children["district_number"].to_numpy(dtype=object)
    # Its own numbers have as many digits as the district's, and count down from the highest.
    width = max(map(len, number))
    own = numbered("", 10**width - 1 - rng.permutation(len(children)), width)
    balance = np.zeros(len(children))
    accounts = truth.life.meal_accounts
    balance[positions_in(children["person"], accounts["person"])] = accounts["balance"]
    asked = ~np.isin(reason, (DIRECT, NOTHING, CARRIED))
    frame = pd.DataFrame(
        {
            "person_identifier": text(np.where(by_hand, number, own)[child]),
            "application_academic_school_year": whole(year),
            "application_approved_benefit_type": pick(BENEFITS, np.where(asked, benefit, -1)),
            "eligibility_benefit_type": pick(BENEFITS, benefit),
            "eligibility_determination_reason": pick(REASONS, reason),
            "eligibility": pick(BENEFITS, benefit),
            "eligibility_start_date": dates(begin),
            "eligibility_end_date": dates(end),
            "is_directly_certified": columns.truth(reason == DIRECT),
            "total_balance": balance[child],
            "total_positive_balance": np.maximum(balance, 0)[child],
            "total_negative_balance": np.minimum(balance, 0)[child],
        }
    )
    person = children["person"]
    recorded = Recorded(
        file="eligibility",
        path=f"person_data_{exchange.roster_date:%Y-%m-%d}.csv",
        frame=frame,
        people=about(person.array.take(child), "Subject"),
    )
    later = arrived_by(truth, scenario.as_of)
    later[child] = False
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(recorded,),
        limits=all_limits({"Roster date": person.loc[later]}, columns_not_held()),
    )
