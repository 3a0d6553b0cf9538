"""The truth of small districts, made once a run."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from synthetic_data.life import Life, draw_life
from synthetic_data.population import Population, make_population
from synthetic_data.scenario import Scenario, load_scenario
from synthetic_data.schooling import Schooling, make_schooling


class Truth(NamedTuple):
    scenario: Scenario
    population: Population
    schooling: Schooling
    life: Life


@cache
def truth(**settings: object) -> Truth:
    scenario = load_scenario("workshop", **settings)
    population = make_population(scenario)
    schooling = make_schooling(scenario, population)
    return Truth(scenario, population, schooling, draw_life(scenario, population, schooling))
