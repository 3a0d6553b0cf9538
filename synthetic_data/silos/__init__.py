"""What each system records of the truth; one module a silo."""

from collections.abc import Callable

from synthetic_data.levels import Exchange
from synthetic_data.scenario import Scenario
from synthetic_data.silos import (
    activities,
    attendance,
    behaviour,
    career,
    clubs,
    family,
    health,
    iready,
    lms,
    map_growth,
    meal_benefits,
    meals,
    screener,
    sis,
    special_education,
    survey,
)
from synthetic_data.silos.observation import Observation, Truth

__all__ = ["SILOS"]

SILOS: dict[str, Callable[[Scenario, Truth, Exchange], Observation]] = {
    silo.SILO: silo.observe
    for silo in (
        sis,
        attendance,
        meals,
        lms,
        map_growth,
        iready,
        screener,
        survey,
        behaviour,
        meal_benefits,
        health,
        special_education,
        activities,
        clubs,
        career,
        family,
    )
}
