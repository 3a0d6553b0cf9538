"""The people in the student information system: users and demographics of its OneRoster bundle."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.standard import STRING
from synthetic_data.columns import is_among, places_among, together
from synthetic_data.levels import Exchange
from synthetic_data.scenario import Scenario
from synthetic_data.silos.observation import Truth, guids, keep, look_up
from synthetic_data.silos.ref_ids import ref_ids
from synthetic_data.streams import rng_for

__all__ = [
    "demographics_of",
    "guardian_users",
    "guardians_accounts",
    "old_records",
    "opaque_ids",
    "staff_users",
    "student_users",
]

# OneRoster's word for each of Ed-Fi's races.
RACE_COLUMNS = {
    "americanIndianOrAlaskaNative": "American Indian or Alaska Native",
    "asian": "Asian",
    "blackOrAfricanAmerican": "Black or African American",
    "nativeHawaiianOrOtherPacificIslander": "Native Hawaiian or Pacific Islander",
    "white": "White",
}


def opaque_ids(scenario: Scenario, truth: Truth) -> pd.DataFrame:
    """Give everybody's opaque id, and children's RefId; whoever is observed or not, they are the same."""
    population = truth.population
    everybody = pd.concat(
        [population.children["person"], population.staff["person"], population.guardians["person"]],
        ignore_index=True,
    )
    ids = guids(rng_for(scenario.seed, "sis", "sourcedId"), len(everybody))
    known = pd.Series(ref_ids(scenario, truth), dtype=STRING).reindex(everybody.index)
    return pd.DataFrame({"person": everybody, "sourcedId": ids, "ref_id": known})


def student_users(
    truth: Truth, spells: pd.DataFrame, accounts: pd.DataFrame, agents: pd.DataFrame, exchange: Exchange
) -> pd.DataFrame:
    """Give the account of each child with a spell, as it would be while the spell runs."""
    persons = spells["person"]
    # Accounts begin with those of children, in their order.
    place = places_among(persons, truth.population.children["person"])
    children, account = truth.population.children.iloc[place], accounts.iloc[place]
    users = pd.DataFrame(
        {
            "person": persons.array,
            "sourcedId": account["sourcedId"].array,
            "enabledUser": pd.array([True] * len(persons), dtype="boolean"),
            "username": _before_at(children["email"]),
            "givenName": children["first_name"].array,
            "familyName": children["last_surname"].array,
            "middleName": children["middle_name"].array,
            "email": children["email"].array,
            "phone": look_up(
                children["household"], truth.population.households, "household", "telephone"
            ).array,
            "agentSourcedIds": look_up(children["household"], agents, "household", "sourcedId").array,
            "grades": spells["grade_level"].array,
            "preferredGivenName": children["preferred_first_name"].array,
            "primaryOrgSourcedId": spells["school_id"].array,
        }
    )
    if "State" in exchange.ids:
        users["userIds"] = ("{State:" + children["state_id"] + "}").array
    if "RefId" in exchange.ids:
        users["userIds"] = (users["userIds"].array + ",{RefId:") + account["ref_id"].array + "}"
    if "District" in exchange.ids:
        users["identifier"] = children["district_number"].array
    return users


def _before_at(addresses: pd.Series) -> Any:
    return addresses.str.replace("@.*", "", regex=True).astype(STRING).array


def guardians_accounts(truth: Truth, accounts: pd.DataFrame) -> pd.DataFrame:
    """Give the opaque ids of each household's guardians, as one text."""
    guardians = truth.population.guardians
    ids = look_up(guardians["person"], accounts, "person", "sourcedId")
    return together(ids, guardians["household"])


def old_records(scenario: Scenario, truth: Truth, users: pd.DataFrame) -> pd.DataFrame:
    """Give the record of a child under the numbers that she had before she came back."""
    rng = rng_for(scenario.seed, "sis", "old id")
    users = users.assign(sourcedId=guids(rng, len(users)))
    users["username"] = users["username"] + "0"
    if "identifier" in users.columns:
        # An old number is nobody else's.
        given = truth.population.children["district_number"]
        width, taken = int(given.str.len().max()), set(given.tolist())
        drawn = rng.integers(0, 10**width, size=4 * len(users) + 8).tolist()
        free = [
            number for number in dict.fromkeys(f"{one:0{width}d}" for one in drawn) if number not in taken
        ]
        users["identifier"] = pd.array(free[: len(users)], dtype=STRING)
    return users


def staff_users(truth: Truth, accounts: pd.DataFrame) -> pd.DataFrame:
    """Give the accounts of staff; those of no school belong to the district."""
    staff = truth.population.staff
    return pd.DataFrame(
        {
            "person": staff["person"].array,
            "sourcedId": look_up(staff["person"], accounts, "person", "sourcedId").array,
            "enabledUser": pd.array([True] * len(staff), dtype="boolean"),
            "username": _before_at(staff["email"]),
            "givenName": staff["first_name"].array,
            "familyName": staff["last_surname"].array,
            "middleName": staff["middle_name"].array,
            "identifier": staff["staff_number"].array,
            "email": staff["email"].array,
            "primaryOrgSourcedId": staff["school_id"].fillna(truth.population.district_id).array,
        }
    )


def guardian_users(truth: Truth, here: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Give the guardians of children who are here, with their children."""
    guardians = truth.population.guardians
    children = pd.DataFrame(
        {
            "household": look_up(here["person"], truth.population.children, "person", "household"),
            "sourcedId": look_up(here["person"], accounts, "person", "sourcedId"),
            "school_id": here["school_id"],
        }
    )
    agents = together(children["sourcedId"], children["household"])
    guardians = keep(guardians, is_among(guardians["household"], agents["household"]))
    first_child = children.drop_duplicates("household")
    ids = look_up(guardians["person"], accounts, "person", "sourcedId")
    return pd.DataFrame(
        {
            "person": guardians["person"].array,
            "sourcedId": ids.array,
            "enabledUser": pd.array([True] * len(guardians), dtype="boolean"),
            "username": guardians["email"].fillna("guardian-" + ids.str[:8]).array,
            "givenName": guardians["first_name"].array,
            "familyName": guardians["last_surname"].array,
            "email": guardians["email"].array,
            "phone": guardians["telephone"].array,
            "agentSourcedIds": look_up(guardians["household"], agents, "household", "sourcedId").array,
            "primaryOrgSourcedId": look_up(
                guardians["household"], first_child, "household", "school_id"
            ).array,
        }
    )


def demographics_of(truth: Truth, persons: pd.Series, ids: pd.Series) -> pd.DataFrame:
    """Give children's birth date, sex and race under the ids of their accounts."""
    children = truth.population.children.iloc[places_among(persons, truth.population.children["person"])]
    race = children["race"].fillna("")
    known = children["race"].notna()
    frame = {
        "sourcedId": ids.array,
        "birthDate": children["birth_date"].array,
        "sex": children["sex"].array,
    }
    for column, word in RACE_COLUMNS.items():
        has = (";" + race + ";").str.contains(f";{word};", regex=False)
        frame[column] = has.astype("boolean").mask(~known).array
    several = race.str.contains(";", regex=False).astype("boolean").mask(~known)
    frame["demographicRaceTwoOrMoreRaces"] = several.array
    frame["hispanicOrLatinoEthnicity"] = children["hispanic_latino_ethnicity"].array
    return pd.DataFrame(frame)
