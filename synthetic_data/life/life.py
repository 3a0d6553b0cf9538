"""Simulate how children fare: four latent traits drive everything that happens to a child.

Model: every child has four correlated traits: academic, engagement, well-being and support. Households and
schools share parts of each (`.traits`). Each school year has a tendency to miss school: mostly disengagement,
partly the child's own, the school's, the year's. Circumstances shift that tendency and the academic trait
(`.circumstances`). Absences start with illness or for other reasons, by grade and season (`.absences`), and
last one to four days. Grades depend on academic trait and engagement, test scores on the academic trait. So
children who miss more school have lower grades and scores, although absence lowers neither here:
`Life.effects` lists every simulated effect, with its size and source.

We solve for the level of absence at which ``scenario.chronic_absence`` of children miss at least a tenth of
their days (published: 27.8 percent in 2022-23). On seeds not used for tuning, it was 27.0 percent in sixteen
districts of 600 children (standard error 0.4), 27.5 in six of 10,000 (0.1). The correlation of absence rate
and grade average was -0.45, and from -0.36 to -0.53 in single districts of 600.

No outcome depends on race or origin while ``scenario.fair`` is true; otherwise each group gets its published
rate of chronic absence, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import text
from synthetic_data.life.absences import Absences, draw_absences, nobody_away
from synthetic_data.life.college_plans import CollegePlans, ambition_elements, draw_ambitions
from synthetic_data.life.effects import effects_frame
from synthetic_data.life.family_contact import FamilyContact, draw_family_contact, family_elements
from synthetic_data.life.incidents import Incidents, conduct_elements, draw_incidents
from synthetic_data.life.learning.assignments import Coursework, draw_coursework, learning_elements, standing
from synthetic_data.life.learning.grades import (
    Credits,
    Grades,
    credit_elements,
    draw_credits,
    draw_grades,
    grade_average,
    mark_elements,
)
from synthetic_data.life.learning.online_activity import (
    OnlineWork,
    SignIns,
    draw_online_work,
    draw_sign_ins,
    sign_in_elements,
    submission_elements,
)
from synthetic_data.life.learning.tests import Tests, draw_tests, latest_scores
from synthetic_data.life.one_change import Change, draw_change, surnames_in_time
from synthetic_data.life.participation import (
    ClubMembers,
    Participation,
    club_elements,
    draw_club_members,
    draw_participation,
    participation_elements,
)
from synthetic_data.life.record_errors import record_errors
from synthetic_data.life.traits import TRAITS, Traits, draw_traits
from synthetic_data.life.true_values import Element, true_values
from synthetic_data.life.wellbeing.health import (
    Doses,
    Visits,
    draw_doses,
    draw_visits,
    vaccine_element,
    visit_element,
)
from synthetic_data.life.wellbeing.meal_eligibility import (
    Eligibility,
    draw_eligibility,
    eligibility_element,
)
from synthetic_data.life.wellbeing.plans import Plans, draw_plans, program_elements
from synthetic_data.life.wellbeing.screenings import Screenings, draw_screenings, screening_elements
from synthetic_data.life.wellbeing.surveys import Surveys, draw_surveys, survey_elements
from synthetic_data.population import Population
from synthetic_data.scenario import Scenario, roster_days
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = ["Life"]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """What happened to children in two school years, up to the day of the exports, and their true profiles.

    We draw every property on first access, from its own random streams. A system that records one thing needs
    nothing else, and a new property changes no other.
    """

    scenario: Scenario
    population: Population
    schooling: Schooling

    @cached_property
    def latent(self) -> Traits:
        """Traits of all children, as arrays in the order of the children."""
        return draw_traits(self.scenario, self.population, self.schooling)

    def latent_of(self, system: str) -> Traits:
        """Return the traits as one system sees them: the same for all unless ``traits_shared`` < 1."""
        if self.scenario.traits_shared == 1:
            return self.latent
        return draw_traits(self.scenario, self.population, self.schooling, system)

    @cached_property
    def traits(self) -> pd.DataFrame:
        """Person, academic, engagement, well-being, support, in standard deviations."""
        told = {name: getattr(self.latent, name) for name in TRAITS}
        return pd.DataFrame({"person": self.population.children["person"], **told})

    @cached_property
    def away(self) -> Absences:
        """Days missed and late, as arrays; see `synthetic_data.life.absences`."""
        return draw_absences(self.scenario, self.population, self.schooling, self.latent_of("attendance"))

    def away_of(self, system: str) -> Absences:
        """Return the missed days as one system sees them: the real ones, unless ``traits_shared`` < 1."""
        if self.scenario.people_only:  # with people only, tests and visits need no absences
            return nobody_away()
        if self.scenario.traits_shared == 1:
            return self.away
        return draw_absences(self.scenario, self.population, self.schooling, self.latent_of(system))

    @property
    def absences(self) -> pd.DataFrame:
        """Person, school_id, date, attendance_event_category, reason."""
        return self.away.frame

    @cached_property
    def grades(self) -> Grades:
        """See `synthetic_data.life.learning.grades`."""
        return draw_grades(self.scenario, self.schooling, self.latent_of("attendance"))

    @cached_property
    def credits(self) -> Credits:
        """See `synthetic_data.life.learning.grades`."""
        return draw_credits(self.scenario, self.schooling, self.latent_of("attendance"), self.grades)

    @cached_property
    def meal_accounts(self) -> pd.DataFrame:
        """Person, balance in USD; a child without an account isn't served."""
        return _meal_accounts(self.scenario, self.population)

    @cached_property
    def tests(self) -> Tests:
        """See `synthetic_data.life.learning.tests`."""
        seen = [self.latent_of(program) for program in ("map_growth", "iready")]
        away = self.away_of("map_growth")
        return draw_tests(self.scenario, self.population, self.schooling, away, seen)

    @cached_property
    def coursework(self) -> Coursework:
        """See `synthetic_data.life.learning.assignments`."""
        return draw_coursework(
            self.scenario, self.population, self.schooling, self.away_of("lms"), self.latent_of("lms")
        )

    @cached_property
    def family_contact(self) -> FamilyContact:
        """See `synthetic_data.life.family_contact`."""
        return draw_family_contact(
            self.scenario,
            self.population,
            self.schooling,
            self.latent_of("family"),
            lambda: self.away_of("family"),
        )

    @cached_property
    def plans(self) -> Plans:
        """See `synthetic_data.life.wellbeing.plans`."""
        traits = self.latent_of("special_education")
        return draw_plans(self.scenario, self.population, self.schooling, traits)

    @cached_property
    def conduct(self) -> Incidents:
        """See `synthetic_data.life.incidents`."""
        return draw_incidents(
            self.scenario, self.schooling, self.away_of("behaviour"), self.latent_of("behaviour")
        )

    @cached_property
    def online_work(self) -> OnlineWork:
        """See `synthetic_data.life.learning.online_activity`."""
        return draw_online_work(self.scenario, self.coursework, self.away_of("lms"), self.latent_of("lms"))

    @cached_property
    def sign_ins(self) -> SignIns:
        """See `synthetic_data.life.learning.online_activity`."""
        return draw_sign_ins(self.scenario, self.schooling, self.away_of("lms"), self.latent_of("lms"))

    @cached_property
    def participation(self) -> Participation:
        """See `synthetic_data.life.participation`."""
        return draw_participation(self.scenario, self.schooling, self.latent_of("activities"))

    @cached_property
    def club_members(self) -> ClubMembers:
        """See `synthetic_data.life.participation`."""
        return draw_club_members(self.scenario, self.schooling, self.latent_of("clubs"))

    @cached_property
    def screenings(self) -> Screenings:
        """See `synthetic_data.life.wellbeing.screenings`."""
        away, traits = (lambda: self.away_of("screener")), self.latent_of("screener")
        return draw_screenings(self.scenario, self.schooling, away, traits)

    @cached_property
    def surveys(self) -> Surveys:
        """See `synthetic_data.life.wellbeing.surveys`."""
        away, traits = (lambda: self.away_of("survey")), self.latent_of("survey")
        return draw_surveys(self.scenario, self.schooling, away, traits)

    @cached_property
    def ambitions(self) -> CollegePlans:
        """See `synthetic_data.life.college_plans`."""
        return draw_ambitions(self.scenario, self.schooling, self.latent_of("career"))

    @cached_property
    def eligibility(self) -> Eligibility:
        """See `synthetic_data.life.wellbeing.meal_eligibility`."""
        return draw_eligibility(self.scenario, self.population, self.schooling)

    @cached_property
    def record_errors(self) -> Mapping[str, Numbers]:
        """See `synthetic_data.life.record_errors`."""
        return record_errors(self.scenario, self.population)

    @cached_property
    def visits(self) -> Visits:
        """See `synthetic_data.life.wellbeing.health`."""
        away, traits = self.away_of("health"), self.latent_of("health")
        return draw_visits(self.scenario, self.population, self.schooling, away, traits)

    @cached_property
    def doses(self) -> Doses:
        """See `synthetic_data.life.wellbeing.health`."""
        return draw_doses(self.scenario, self.population)

    @cached_property
    def change(self) -> Change | None:
        """See `synthetic_data.life.one_change`."""
        return draw_change(
            self.scenario,
            self.population,
            self.schooling,
            self.meal_accounts["person"],
            lambda: self.family_contact,
            lambda: self.club_members,
        )

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Name, from, to, size, unit, source of every simulated effect."""
        return effects_frame(self.scenario)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Person, element, value, as_of: see `synthetic_data.life.true_values`."""
        days = roster_days(self.scenario)
        values = true_values(
            self.scenario,
            self.population,
            self.schooling,
            self.away,
            lasting=self._lasting(),
            changing=self._changing,
            days=days,
        )
        if self.change is None or self.change.kind != "surname":
            return values
        return surnames_in_time(values, self.change, self.schooling, days)

    def _lasting(self) -> list[Element]:
        """Elements that exist only on the day of the exports."""
        return [
            _balance(self.population, self.meal_accounts),
        ]

    def _changing(self, until: np.datetime64) -> list[Element]:
        """Elements that exist on any day: the same ones, in the same order."""
        children = len(self.population.children)
        now = standing(self.coursework, until)
        year = self.scenario.school_year
        return [
            *latest_scores(self.tests, year, children, until),
            *learning_elements(self.coursework, now, children),
            *submission_elements(self.coursework, self.online_work, now, children, until),
            *sign_in_elements(self.coursework, self.sign_ins, now, children, until),
            *conduct_elements(self.scenario, self.schooling, self.conduct, children, until),
            *screening_elements(self.scenario, self.screenings, children, until),
            *survey_elements(self.scenario, self.surveys, children, until),
            *eligibility_element(self.eligibility, self.scenario.school_year, children, until),
            *visit_element(self.scenario, self.schooling, self.visits, children, until),
            *vaccine_element(self.scenario, self.population, self.schooling, self.doses, until),
            *program_elements(self.scenario, self.population, self.schooling, self.plans, until),
            grade_average(self.grades, year, children, until),
            *mark_elements(self.grades, self.schooling, year, children, until),
            *credit_elements(self.credits, year, children, until),
            *family_elements(self.family_contact, self.schooling, self.scenario.school_year, children, until),
            *participation_elements(self.participation, self.scenario.school_year, children, until),
            *club_elements(self.club_members, children, until),
            *ambition_elements(self.ambitions, children, until),
        ]


def _meal_accounts(scenario: Scenario, population: Population) -> pd.DataFrame:
    """Open meal accounts; the shape of balances (a sixth of them below zero) is the kit's own."""
    rng, count = rng_for(scenario.seed, "meal accounts"), len(population.children)
    served = rng.random(count) < scenario.meal_coverage
    below = rng.random(count) < 0.16
    balance = np.where(below, -rng.gamma(1.2, 7.0, count), rng.gamma(1.6, 11.0, count)).round(2)
    return pd.DataFrame(
        {"person": population.children["person"].array[served], "balance": balance[served] + 0.0}
    )


def _balance(population: Population, accounts: pd.DataFrame) -> Element:
    balance = np.full(len(population.children), np.nan)
    balance[_places(population, accounts)] = accounts["balance"].to_numpy()
    return Element("account_balance", balance, lambda numbers: text([f"{n:.2f}" for n in numbers.tolist()]))


def _places(population: Population, frame: pd.DataFrame) -> Codes:
    return np.asarray(pd.Index(population.children["person"]).get_indexer(pd.Index(frame["person"])))
