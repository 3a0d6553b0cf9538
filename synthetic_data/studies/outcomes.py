"""What became of every child of a made district: a row a child, a column an element of the profile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard.elements import Element, elements
from synthetic_data.columns import pick
from synthetic_data.life import Life
from synthetic_data.life.traits import school_of
from synthetic_data.population import Population, make_population
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling, make_schooling

__all__ = ["GROUPINGS", "Outcomes", "outcomes_of"]

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

# What no outcome may depend on, by the column of the children.
GROUPINGS = ("group", "name_origin", "home_language", "sex")
# Elements that say who and where a child is, lists of names whose number is an element of its own, and
# letters whose points are one; all others are outcomes.
NO_OUTCOME = frozenset(
    {
        "first_name", "last_surname", "birth_date", "sex", "home_language", "state_id", "school",
        "grade_level", "contact_language", "guardians", "days_enrolled", "days_present", "courses",
        "assignments_assigned", "points_possible",
        "activity_names", "club_names", "interests", "plan_services",
        "mark_english", "mark_mathematics", "mark_science", "mark_social_studies",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Outcomes:
    """The children enrolled this year, with what became of them up to the day of the exports."""

    scenario: Scenario
    population: Population
    schooling: Schooling
    life: Life

    @cached_property
    def place(self) -> Codes:
        """Places, in the population, of the children that this year has."""
        return np.flatnonzero(self.population.children["grade_level"].notna())

    @cached_property
    def children(self) -> pd.DataFrame:
        """Person, household, grade_level, school, and what `GROUPINGS` names."""
        population = self.population
        told = population.children[
            ["person", "household", "grade_level", "group", "name_origin", "sex"]
        ].merge(
            population.households[["household", "home_language"]],
            on="household",
            how="left",
            validate="many_to_one",
        )
        school = school_of(population, self.schooling, self.scenario.school_year)
        told["school"] = pick(population.places.ids, school)
        return told.iloc[self.place].reset_index(drop=True)

    @cached_property
    def household(self) -> Codes:
        """A number for each child's household."""
        return pd.factorize(self.children["household"])[0].astype("int64")

    @cached_property
    def cell(self) -> Codes:
        """A number for each child's school and grade: children are compared inside these."""
        cells = self.children.groupby(["school", "grade_level"], sort=True).ngroup()
        return np.asarray(cells, dtype="int64")

    @cached_property
    def all_year(self) -> npt.NDArray[np.bool_]:
        """Who was here from the first day on: all others had less time for everything."""
        enrolled = pd.to_numeric(self._words("days_enrolled")).astype("float64")
        return np.asarray(enrolled == enrolled.groupby(self.children["grade_level"]).transform("max"))

    @cached_property
    def declared(self) -> dict[str, Element]:
        """The declared elements of a profile that are outcomes and that the truth knows, by name."""
        known = set(self._values["element"].unique())
        return {one.name: one for one in elements() if one.name in known and one.name not in NO_OUTCOME}

    def numbers(self, element: str) -> Numbers:
        """Give an element of every child as a number; NaN where a child has none.

        Words that have no order are counted by `parts`.
        """
        words = self._words(element)
        kind = self.declared[element].type
        if kind == "boolean":
            words = words.map({"true": "1", "false": "0"})
        return np.asarray(pd.to_numeric(words).astype("float64"))

    def parts(self, element: str) -> dict[str, Numbers]:
        """Give what an element can be measured by: itself, or, of words, whether a child has each of them."""
        if self.declared[element].type != "string":
            return {element: self.numbers(element)}
        words = self._words(element)
        found = sorted(words.dropna().unique())
        return {
            f"{element}: {word}": (words == word).fillna(False).to_numpy(dtype="float64") for word in found
        }

    def has(self, element: str, *words: str) -> Numbers:
        """Say, by 1 or 0, which children have an element with one of these words."""
        return np.asarray(self._words(element).isin(words), dtype="float64")

    @cached_property
    def _values(self) -> pd.DataFrame:
        values = self.life.values
        return values.loc[values["as_of"] == pd.Timestamp(self.scenario.as_of)]

    def _words(self, element: str) -> pd.Series:
        mine = self._values.loc[self._values["element"] == element].set_index("person")["value"]
        return mine.reindex(self.children["person"]).reset_index(drop=True)


def outcomes_of(scenario: Scenario) -> Outcomes:
    """Let a district be, and look at its children.

    Parameters
    ----------
    scenario
        The district.

    Returns
    -------
    Outcomes
        The truth; no file is written or read.
    """
    population = make_population(scenario)
    schooling = make_schooling(scenario, population)
    return Outcomes(scenario, population, schooling, Life(scenario, population, schooling))
