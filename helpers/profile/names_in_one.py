"""Names of what a child does, in one text: activities, clubs, interests, services of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.evidence import Evidence
from helpers.profile.found import Found, Whose, told_of_groups
from helpers.profile.groups import is_first
from helpers.profile.programs import plan_in_force
from helpers.profile.tallies import Tallies
from helpers.standard import STRING
from helpers.standard.elements import Element

__all__ = ["interests_named", "names_of_activities", "services_of_the_plan"]

Ints = npt.NDArray[np.int64]


def _joined(
    element: Element,
    evidence: Evidence,
    at: Ints,
    column: str,
    order: Sequence[npt.NDArray[Any]],
    weighed: npt.NDArray[np.bool_],
) -> Found:
    """Join the names of each child and year in some order, each name once."""
    rows = evidence.tables[element.table]
    whose = Whose.of(rows, at)
    groups = whose.groups()
    codes, words = rows.codes(column)
    sorted_places = np.lexsort([*reversed(order), groups.of])
    once = sorted_places[is_first(groups.of[sorted_places], codes[at[sorted_places]])]
    names: list[list[str]] = [[] for _ in range(len(groups))]
    for group, code in zip(groups.of[once].tolist(), codes[at[once]].tolist(), strict=True):
        names[group].append(words[code])
    text = pd.Series(["; ".join(each) for each in names], dtype=STRING)
    values = told_of_groups(element, evidence, whose, groups, text)
    return Found(values, {element.table: weighed}, {element.table: (at, groups.of)})


def names_of_activities(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Name what a child takes part in in a year, by the alphabet."""
    spells = evidence.tables["participation"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~spells.lacks("activity"))
    codes, words = spells.codes("activity")
    by_alphabet = np.argsort(np.argsort(np.array([*words, ""], dtype=object), kind="stable"), kind="stable")
    return _joined(element, evidence, at, "activity", [by_alphabet[codes[at]]], weighed)


def interests_named(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Name a child's interests of the newest day of the year, the one that it names first in front."""
    interests = evidence.tables["career_interest"]
    weighed = evidence.asked_in_a_year(element)
    at = np.flatnonzero(weighed & ~interests.lacks("interest"))
    day = interests.days("date")[at]
    groups = Whose.of(interests, at).groups()
    newest = groups.newest(day)[groups.of]
    at = at[np.isnat(newest) | (day == newest)]
    strength = interests.numbers("strength")[at]
    place = np.where(np.isnan(strength), interests.row[at], strength)
    return _joined(element, evidence, at, "interest", [place, interests.row[at]], weighed)


def services_of_the_plan(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Name the services of the newest plan of a year, without a word on why the child has one."""
    plan = plan_in_force(element, evidence, tallies)
    words = plan.values["value"].str.replace(r"\s*;\s*", "; ", regex=True)
    return Found(plan.values.assign(value=words), plan.weighed, plan.behind)
