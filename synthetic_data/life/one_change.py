"""Simulate one change in the life of one child, to watch how it reaches systems.

A roster of an earlier day contains what was true then: a change reaches a system's files on the day when its
roster has caught up. Without ``scenario.watched``, nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import isin_text
from synthetic_data.columns import index_in, marked, text
from synthetic_data.life.family_contact import CourtOrders, FamilyContact
from synthetic_data.life.participation import ClubMembers
from synthetic_data.population import Population
from synthetic_data.population.names import ORIGINS, family_surnames, fold
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling

__all__ = ["Change", "draw_change", "surnames_in_time", "with_order", "with_surname"]

Mask = npt.NDArray[np.bool_]

# Children enrolled this long before and after the day are on every roster that we may read.
AROUND = pd.Timedelta(days=100)
LOWEST_GRADE = 6  # lowest grade in the learning system
ALERT = "Peanut allergy"
FIRST_DOCUMENT = 10_000


@dataclass(frozen=True)
class Change:
    """What changes, for whom, and from which day."""

    kind: str
    """custody, surname or allergy."""
    day: pd.Timestamp
    """The first day on which it is so."""
    child: int
    """Place of the child."""
    person: str
    before: str
    """What a file shows before; empty where it shows nothing."""
    value: str
    """What a file that has a place for it shows from then on."""
    contact: int = -1
    """Of a custody change: place of the contact who may no longer see the records; -1: nobody on record."""


def draw_change(
    scenario: Scenario,
    population: Population,
    schooling: Schooling,
    served: npt.ArrayLike,
    families: FamilyContact,
    members: ClubMembers,
    cards: Mask,
) -> Change | None:
    """Choose the change and its child: the one whom most systems list on that day."""
    if scenario.watched is None or scenario.watched_day is None:
        return None
    day = pd.Timestamp(scenario.watched_day)
    second = _second_contacts(families, len(population.children))
    known = _known(scenario, population, schooling, served, second, members, cards, day)
    child = int(np.argmax(known))
    person = str(population.children["person"].iloc[child])
    if scenario.watched == "surname":
        old, new = _surnames(scenario, population, child)
        return Change("surname", day, child, person, old, new)
    if scenario.watched == "allergy":
        return Change("allergy", day, child, person, "", ALERT)
    document = f"FC-{day.year}-{FIRST_DOCUMENT + len(families.signed_up)}"
    return Change("custody", day, child, person, "", document, int(second[child]))


def _known(
    scenario: Scenario,
    population: Population,
    schooling: Schooling,
    served: npt.ArrayLike,
    second: npt.NDArray[np.int64],
    members: ClubMembers,
    cards: Mask,
    day: pd.Timestamp,
) -> npt.NDArray[np.float64]:
    """Count the systems that list a child on a day; children who aren't enrolled throughout count least."""
    children = population.children
    school_enrollment, enrollments = schooling.school_enrollment, schooling.enrollments
    there = (
        (school_enrollment["school_year"] == scenario.school_year)
        & (school_enrollment["begin_date"] <= day - AROUND)
        & (school_enrollment["end_date"].isna() | (school_enrollment["end_date"] >= day + AROUND))
    ).to_numpy(dtype=bool)
    at_school = marked(enrollments.child[there & (enrollments.grade >= LOWEST_GRADE)], len(children))
    since = np.datetime64(day - AROUND, "D")
    until = np.datetime64(day, "D")
    member = marked(members.child[(members.begin <= since) & ~(members.end <= until)], len(children))
    only_child = ~children["household"].duplicated(keep=False).to_numpy(dtype=bool)
    account = isin_text(children["person"], np.asarray(served))
    return 10.0 * at_school + cards + account + (second >= 0) + member + 0.5 * only_child


def _second_contacts(contacts: FamilyContact, children: int) -> npt.NDArray[np.int64]:
    """Return each child's other adult who may see the records until now; -1 if none."""
    found = np.full(children, -1)
    may = np.flatnonzero(~contacts.primary & contacts.orders.may_see)
    found[contacts.child[may]] = may
    return found


def _surnames(scenario: Scenario, population: Population, child: int) -> tuple[str, str]:
    """Return the surname until now, and a new one of the same custom."""
    one = population.children.iloc[child]
    old = str(one["last_surname"])
    origin = np.full(8, ORIGINS.index(one["name_origin"]))
    drawn = family_surnames(scenario.seed, "watched", origin).children
    return old, next(str(name) for name in drawn if fold(str(name)) != fold(old))


def with_surname(population: Population, change: Change) -> Population:
    """Return the people after a child's surname changes; accounts and addresses keep the old one."""
    children = population.children.copy()
    for column, value in (("last_surname", change.value), ("former_last_surname", change.before)):
        names = children[column].to_numpy(dtype=object, copy=True)
        names[change.child] = value
        children[column] = text(names)
    return replace(population, children=children)


def with_order(contacts: FamilyContact, change: Change) -> tuple[CourtOrders, Mask]:
    """Return rights and homes after a court revokes a parent's right to see the records."""
    orders, lives_with = contacts.orders, contacts.lives_with.copy()
    if change.contact < 0:
        return orders, lives_with
    whose = contacts.guardian == contacts.guardian[change.contact]
    may_see, number, day = orders.may_see.copy(), orders.number.copy(), orders.day.copy()
    may_see[whose], lives_with[whose] = False, False
    number[whose], day[whose] = change.value, np.datetime64(change.day, "D")
    return CourtOrders(may_see, number, day), lives_with


def surnames_in_time(
    values: pd.DataFrame, change: Change, schooling: Schooling, days: list[pd.Timestamp]
) -> pd.DataFrame:
    """Write the true surname of each day to the key's values."""
    if days[0] < change.day:
        return values
    mine = values["person"].eq(change.person) & values["element"].eq("last_surname")
    now = values.assign(value=values["value"].mask(mine, change.value))
    enrollments = schooling.school_enrollment
    since = enrollments.loc[
        index_in(enrollments["person"], pd.Series([change.person])) >= 0, "begin_date"
    ].min()
    earlier = [day for day in days[1:] if since <= day < change.day]
    then = pd.DataFrame(
        {
            "person": change.person,
            "element": "last_surname",
            "value": change.before,
            "as_of": pd.Series(earlier, dtype="datetime64[us]"),
        }
    )
    return pd.concat([now, then.astype(now.dtypes.to_dict())], ignore_index=True) if earlier else now
