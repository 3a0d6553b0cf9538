"""What each system records of the truth; one module a silo."""

from collections.abc import Callable

from synthetic_data.observation import Observation, Truth
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.systems.activities import maker as activities
from synthetic_data.systems.attendance import maker as attendance
from synthetic_data.systems.behaviour import maker as behaviour
from synthetic_data.systems.career import maker as career
from synthetic_data.systems.clubs import maker as clubs
from synthetic_data.systems.family import maker as family
from synthetic_data.systems.health import maker as health
from synthetic_data.systems.iready import maker as iready
from synthetic_data.systems.lms import maker as lms
from synthetic_data.systems.map_growth import maker as map_growth
from synthetic_data.systems.meal_benefits import maker as meal_benefits
from synthetic_data.systems.meals import maker as meals
from synthetic_data.systems.screener import maker as screener
from synthetic_data.systems.sis import maker as sis
from synthetic_data.systems.special_education import maker as special_education
from synthetic_data.systems.survey import maker as survey

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
