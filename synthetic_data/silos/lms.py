"""What the learning system of middle and high schools records, as Canvas: users, gradebooks, work, sign-ins.

Whoever makes these exports makes them on one day, and nothing later is in them: users, places in sections and
scores are all as they were on that day.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING
from synthetic_data.columns import is_among, numbered, pick, text
from synthetic_data.levels import Exchange
from synthetic_data.population.names import fold
from synthetic_data.population.schools import GRADES
from synthetic_data.scenario import Scenario
from synthetic_data.silos.class_lists import class_lists
from synthetic_data.silos.gradebook_pages import Users, gradebook_pages
from synthetic_data.silos.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    keep,
    limits,
    on_day,
)
from synthetic_data.silos.online_activity import sign_in_page, submission_page
from synthetic_data.streams import rng_for

__all__ = ["LAYOUT", "SILO", "observe"]

SILO = "lms"
LAYOUT = "lms/canvas_gradebook"

NOT_HELD = (
    "middle_name",
    "generation_code_suffix",
    "birth_date",
    "sex",
    "race",
    "hispanic_latino_ethnicity",
    "grade_level",
    "school_id",
    "street_number_name",
    "city",
    "postal_code",
    "home_language",
    "telephone",
)

LOWEST_GRADE = "06"
CLOSED = 0.6  # accounts of children who left that somebody closed; the others stay open


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Write down whom the learning system knows, and what its gradebooks show.

    Parameters
    ----------
    scenario
        Seed and school year.
    truth
        How things are.
    exchange
        The share of users who carry the district's number, the day of the exports of this system, and
        whether sections are called as the district calls them.

    Returns
    -------
    Observation
        users.csv, one gradebook a section that runs on the day, what was handed in and who signed in;
        children of other schools, and those of whom the system hasn't heard, are limits.
    """
    day, year = exchange.roster_date, scenario.school_year
    spells = truth.schooling.school_enrollment
    known = spells["begin_date"] <= pd.Timestamp(scenario.as_of)
    ever = spells.loc[known & (spells["school_year"] >= year - 1), "person"].drop_duplicates()
    served = keep(spells, known & (spells["school_year"] == year) & (spells["grade_level"] >= LOWEST_GRADE))
    # Grades are text; kindergarten comes after all numbers.
    served = keep(served, served["grade_level"] != "KG")
    there = keep(served, served["begin_date"] <= day)
    last = there.sort_values(["person", "begin_date"]).drop_duplicates("person", keep="last")
    last = last.reset_index(drop=True)

    accounts = _accounts(scenario, truth, exchange)
    children = _users(truth, accounts, last["person"], open_=_open(scenario, truth, last, day))
    schools = served["school_id"].unique()
    staff = truth.population.staff
    teachers = keep(staff, is_among(staff["school_id"], schools) & staff["teaches"].notna())
    grown_ups = _teachers(teachers)
    users = pd.concat([children, grown_ups], ignore_index=True)
    whom = pd.concat(
        [about(last["person"], "Subject"), about(teachers["person"], "Teacher")], ignore_index=True
    )
    order = users["login_id"].argsort(kind="stable").to_numpy()
    users, whom = (frame.iloc[order].reset_index(drop=True) for frame in (users, whom))
    listed = Recorded("users", "users.csv", users, whom)

    def pages() -> list[Recorded]:
        if scenario.people_only:
            return class_lists(scenario, truth, accounts, day)
        return gradebook_pages(scenario, truth, accounts, day, exchange.agreed_codes)

    late = served.loc[~is_among(served["person"], last["person"]), "person"].drop_duplicates()
    elsewhere = ever.loc[~is_among(ever, served["person"])]
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(
            listed,
            Later("gradebook", pages),
            Later("submissions", lambda: [submission_page(scenario, truth, accounts, day)]),
            Later("system-activities", lambda: [sign_in_page(truth, accounts, day)]),
        ),
        limits=pd.concat(
            [limits(elsewhere, "Not served"), limits(late, "Roster date"), limits(columns=NOT_HELD)],
            ignore_index=True,
        ),
    )


def _accounts(scenario: Scenario, truth: Truth, exchange: Exchange) -> Users:
    """Give every child's log-in name and numbers, whether or not the system knows the child yet."""
    children = truth.population.children
    rng = rng_for(scenario.seed, SILO, "numbers")
    carried = rng.random(len(children)) < exchange.ids.get("District", 0.0)
    logins = _logins(scenario, truth)
    user_id = np.where(carried, children["district_number"].to_numpy(dtype=object), logins)
    # Accounts were opened year by year: the oldest children have the lowest numbers.
    grade = np.asarray(pd.Index(GRADES).get_indexer(pd.Index(children["grade_level"])))
    number = np.zeros(len(children), dtype="int64")
    opened = np.lexsort((rng.random(len(children)), -grade))
    number[opened] = 1_200_000 + np.cumsum(rng.integers(1, 40, len(children)))
    return Users(
        number=text(numbered("", number, 7)),
        login=text(logins),
        user_id=text(user_id),
        from_roster=carried,
        next_number=int(number.max(initial=1_200_000)) + 1,
    )


def _logins(scenario: Scenario, truth: Truth) -> npt.NDArray[np.object_]:
    """Make log-in names as schools do: first letter, surname, class year; a digit more where it is taken.

    An account that was opened under a surname keeps it.
    """
    children = truth.life.population.children
    grade = np.asarray(pd.Index(GRADES).get_indexer(pd.Index(children["grade_level"])))
    class_year = (scenario.school_year + len(GRADES) - 1 - np.maximum(grade, 0)) % 100
    seen = set(truth.population.staff["email"].str.split("@").str[0])
    logins = []
    for first, last, year in zip(
        children["first_name"], children["last_surname"], class_year.tolist(), strict=True
    ):
        login = wanted = f"{fold(first)[:1]}{fold(last)[:14]}{year:02d}"
        again = 1
        while login in seen:
            again += 1
            login = f"{wanted}{again}"
        seen.add(login)
        logins.append(login)
    return np.array(logins, dtype=object)


def _open(scenario: Scenario, truth: Truth, last: pd.DataFrame, day: pd.Timestamp) -> npt.NDArray[np.bool_]:
    """Say which accounts are open: those of children who are there, and some of those who left."""
    rng = rng_for(scenario.seed, SILO, "closed")
    place = pd.Index(truth.population.children["person"]).get_indexer(pd.Index(last["person"]))
    forgotten = (rng.random(len(truth.population.children)) >= CLOSED)[place]
    return on_day(last, day).to_numpy(dtype=bool) | forgotten


def _users(truth: Truth, accounts: Users, persons: pd.Series, open_: npt.NDArray[np.bool_]) -> pd.DataFrame:
    children = truth.population.children
    place = pd.Index(children["person"]).get_indexer(pd.Index(persons))
    first, last = children["first_name"].array.take(place), children["last_surname"].array.take(place)
    shown = children["preferred_first_name"].fillna(children["first_name"]).array.take(place)
    email = children["email"].where(accounts.from_roster).array.take(place)
    return pd.DataFrame(
        {
            "user_id": accounts.user_id.take(place),
            "login_id": accounts.login.take(place),
            "first_name": first,
            "last_name": last,
            "full_name": first + " " + last,
            "sortable_name": last + ", " + first,
            "short_name": shown + " " + last,
            "email": email,
            "status": pick(("Deleted", "Active"), open_.astype("int64")),
        }
    )


def _teachers(staff: pd.DataFrame) -> pd.DataFrame:
    first, last = staff["first_name"].array, staff["last_surname"].array
    return pd.DataFrame(
        {
            "user_id": staff["staff_number"].array,
            "login_id": staff["email"].str.split("@").str[0].astype(STRING).array,
            "first_name": first,
            "last_name": last,
            "full_name": first + " " + last,
            "sortable_name": last + ", " + first,
            "short_name": first + " " + last,
            "email": staff["email"].array,
            "status": "Active",
        }
    ).astype(STRING)
