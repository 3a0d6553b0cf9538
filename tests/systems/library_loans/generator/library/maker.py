"""What a school library records of its loans."""

from __future__ import annotations

from functools import partial

import pandas as pd

from synthetic_data.observation import (
    Observation,
    Recorded,
    Truth,
    about,
    limits,
    not_held,
    on_day,
    own_words,
)
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

SILO = "library"
LAYOUT = "library/loans"
columns_not_held = partial(not_held, LAYOUT)
BOOKS = ("Charlotte's Web", "Holes", "The Giver", "Hatchet", "Wonder")


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Write down which of the children on the rolls have a book."""
    rng = rng_for(scenario.seed, SILO, "loans")
    children, enrollments = truth.population.children, truth.schooling.school_enrollment
    here = enrollments.loc[on_day(enrollments, exchange.roster_date)].drop_duplicates("person")
    borrows = rng.random(len(children)) < 0.6
    listed = children.loc[borrows & children["person"].isin(here["person"])]
    grade = here.set_index("person")["grade_level"].loc[listed["person"]]
    listed = listed.reset_index(drop=True)
    loans = pd.DataFrame(
        {
            "Card": [f"L{n:05d}" for n in range(len(listed))],
            "First name": listed["first_name"],
            "Last name": listed["last_surname"],
            "Birthday": listed["birth_date"],
            "Grade": grade.array,
            "Title": rng.choice(BOOKS, len(listed)),
            "Due": exchange.roster_date,
        }
    )
    if "District" in exchange.ids:
        loans["District ID"] = listed["district_number"]
    wording = {} if exchange.agreed_codes else {"Grade": own_words(SILO, "Grade")[0]}
    without = children.loc[~children["person"].isin(listed["person"]), "person"]
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(Recorded("loans", "loans.csv", loans, about(listed["person"], "Subject"), wording=wording),),
        limits=pd.concat(
            [limits(without, "Not served"), limits(columns=columns_not_held())], ignore_index=True
        ),
    )
