"""Generate the special education system: one row per plan year, by name, birth date, state number."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, marked, only, pick, text, truth
from synthetic_data.life.wellbeing.plans import CATEGORIES, MULTIPLE, SERVICES, Plans
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

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SILO = "special_education"
LAYOUT = "special_education/plan_records"
SORTED_BY = {"plans": ("last_name", "first_name", "dob", "nj_se_lastiepmeetingdate")}

columns_not_held = partial(not_held, LAYOUT)

PLACEMENTS = (
    "80% or more of the school day among all children",
    "40 to 79% of the school day among all children",
    "Less than 40% of the school day among all children",
    "Public separate school",
)
LEARNING = (
    "basicreadingskills", "listeningcomprehension", "mathcalculations", "mathproblemsolving",
    "oralexpression", "readingcomprehension", "readingfluency", "writtenexpression",
)  # fmt: skip
# Share of children with a specific learning disability who have each of these: the kit's own.
LEARNING_SHARES = (0.45, 0.12, 0.35, 0.40, 0.10, 0.55, 0.40, 0.45)


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the plans of two school years, as of the roster day."""
    plans, children = truth.life.plans, truth.population.children
    day, year = np.datetime64(exchange.roster_date, "D"), scenario.school_year
    place, of_year = _plan_years(truth, plans, day, year)
    child = plans.child[place]
    rng = rng_for(scenario.seed, SILO, "numbers")
    has_number = rng.random(len(children)) < exchange.ids.get("State", 0.0)
    number = only(has_number, children["state_id"].to_numpy(dtype=object))
    who = children.iloc[child].reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "dob": who["birth_date"],
            "first_name": who["first_name"],
            "last_name": who["last_surname"],
            "state_studentnumber": text(number[child]),
            **_of_the_plan(scenario, plans, place, of_year, day),
        }
    )
    recorded = Recorded(
        file="plans",
        path=f"plan_records_{exchange.roster_date:%Y-%m-%d}.csv",
        frame=frame,
        people=about(who["person"], "Subject"),
    )
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(recorded,),
        limits=all_limits(_missing(scenario, truth, plans, child), columns_not_held()),
    )


def _plan_years(truth: Truth, plans: Plans, day: np.datetime64, year: int) -> tuple[Codes, Codes]:
    """Return the plan and the school year of each row.

    A child from another district brought last year's plan along.
    """
    enrollments, school_enrollment = truth.schooling.enrollments, truth.schooling.school_enrollment
    begun = (school_enrollment["begin_date"] <= pd.Timestamp(day)).to_numpy(dtype=bool)
    here = {}
    for one in (year - 1, year):
        here[one] = np.zeros(len(truth.population.children), dtype=bool)
        here[one][enrollments.child[begun & (enrollments.year == one)]] = True
    parts = []
    for one in (year - 1, year):
        met = plans.meeting[one]
        kept = here[one] | (here[year] if one < year else False)
        mine = kept[plans.child] & ~np.isnat(met) & (met <= day)
        positions = np.flatnonzero(mine)
        parts.append((positions, np.full(len(positions), one)))
    place, of_year = (np.concatenate([part[n] for part in parts]) for n in range(2))
    return place, of_year


def _of_the_plan(
    scenario: Scenario, plans: Plans, place: Codes, of_year: Codes, day: np.datetime64
) -> dict[str, Any]:
    year = scenario.school_year
    category = plans.category[place]
    this = of_year == year
    met = np.where(this, plans.meeting[year][place], plans.meeting[year - 1][place])
    share = np.where(this, plans.share[year][place], plans.share[year - 1][place])
    ended = np.where(plans.ended <= day, plans.ended, np.datetime64("NaT", "D"))[place]
    placement = np.searchsorted([-0.799, -0.399, -0.001], -share, side="left")
    rng = rng_for(scenario.seed, SILO, "learning")
    learning = rng.random((len(plans.child), len(LEARNING))) < np.array(LEARNING_SHARES)
    specific = category == CATEGORIES.index("Specific Learning Disability")
    again = plans.evaluated_again(day)[place]
    several = category == MULTIPLE
    return {
        "declassificationspeddate": dates(ended),
        "nj_se_consenttoimplementdate": dates(
            np.where(plans.begun <= day, plans.begun, np.datetime64("NaT", "D"))[place]
        ),
        "nj_se_earlyintervention": truth(plans.early[place]),
        "nj_se_eligibilityddate": dates(plans.eligibility[place]),
        "nj_se_initialiepmeetingdate": dates(plans.first_meeting[place]),
        "nj_se_lastiepmeetingdate": dates(met),
        "nj_se_parentalconsentdate": dates(plans.consent[place]),
        "nj_se_parentalconsentobtained": pick(("Obtained",), np.zeros(len(place), dtype="int64")),
        "nj_se_placement": pick(PLACEMENTS, placement),
        "nj_se_reevaluationdate": dates(again),
        "nj_se_referraldate": dates(plans.referral[place]),
        "nj_timeinregularprogram": share,
        "special_education": pick(CATEGORIES, category),
        **{
            f"mddisabling_condition{n + 1}": pick(
                CATEGORIES, np.where(several, plans.conditions[place, n], -1)
            )
            for n in range(2)
        },
        **{f"sld{name}": truth(learning[place, n], specific) for n, name in enumerate(LEARNING)},
        **{f"ti_serv_{name}": truth(plans.services[place, n]) for n, name in enumerate(SERVICES)},
    }


def _missing(scenario: Scenario, truth: Truth, plans: Plans, held: Codes) -> dict[str, pd.Series]:
    """Explain for everybody else why there is no plan: none exists, or it came after the roster."""
    person = truth.population.children["person"]
    others = arrived_by(truth, scenario.as_of)
    others[held] = False
    has_plan = marked(plans.child, len(person))
    return {"Not served": person.loc[others & ~has_plan], "Roster date": person.loc[others & has_plan]}
