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
from synthetic_data.life.family_contact import (
    FamilyContact,
    Traffic,
    draw_family_contact,
    draw_traffic,
    family_elements,
)
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
    usual_percent,
)
from synthetic_data.life.learning.online_activity import (
    OnlineWork,
    SignIns,
    draw_online_work,
    draw_sign_ins,
    sign_in_elements,
    submission_elements,
)
from synthetic_data.life.learning.tests import Tests, draw_tests, latest_scores, older_tests
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
    draw_cards,
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

__all__ = ["Life", "draw_life"]

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

# Streams of what systems see: of a child's traits, and of the days missed. All are the same unless
# ``traits_shared`` < 1.
SEE_TRAITS = (
    "attendance", "map_growth", "iready", "lms", "behaviour", "special_education", "screener", "survey",
    "health", "activities", "clubs", "career", "family",
)  # fmt: skip
SEE_ABSENCES = ("attendance", "map_growth", "lms", "behaviour", "screener", "survey", "health", "family")


@dataclass(frozen=True)
class Life:
    """What happened to children in two school years, up to the day of the exports, and their true profiles.

    Every part is drawn from random streams of its own: a new part changes no other.
    """

    population: Population
    schooling: Schooling
    year: int
    days: list[pd.Timestamp]
    """Days of the systems' rosters, latest first: on these the key says what was true."""
    latent: Traits
    """Traits of all children, as arrays in the order of the children."""
    away: Absences
    """Days missed and late, as arrays."""
    grades: Grades
    credits: Credits
    tests: Tests
    coursework: Coursework
    online_work: OnlineWork
    sign_ins: SignIns
    conduct: Incidents
    plans: Plans
    screenings: Screenings
    surveys: Surveys
    visits: Visits
    cards: Mask
    """Children with a card in the nurse's office, which otherwise knows nothing about them."""
    doses: Doses
    eligibility: Eligibility
    meal_accounts: pd.DataFrame
    """Person, balance in USD; a child without an account isn't served."""
    participation: Participation
    club_members: ClubMembers
    ambitions: CollegePlans
    family_contact: FamilyContact
    traffic: Traffic
    """Log-ins and messages of the family portal."""
    record_errors: Mapping[str, Numbers]
    change: Change | None
    effects: pd.DataFrame
    """Name, from, to, size, unit, source of every simulated effect."""

    @property
    def traits(self) -> pd.DataFrame:
        """Person, academic, engagement, well-being, support, in standard deviations."""
        values = {name: getattr(self.latent, name) for name in TRAITS}
        return pd.DataFrame({"person": self.population.children["person"], **values})

    @property
    def absences(self) -> pd.DataFrame:
        """Person, school_id, date, attendance_event_category, reason."""
        return self.away.frame

    @cached_property
    def values(self) -> pd.DataFrame:
        """Person, element, value, as_of: see `synthetic_data.life.true_values`."""
        values = true_values(
            self.year,
            self.population,
            self.schooling,
            self.away,
            lasting=[_balance(self.population, self.meal_accounts)],
            changing=self._changing,
            earlier=older_tests(self.tests, self.year, np.datetime64(self.days[0], "D")),
            days=self.days,
        )
        if self.change is None or self.change.kind != "surname":
            return values
        return surnames_in_time(values, self.change, self.schooling, self.days)

    def _changing(self, until: np.datetime64) -> list[Element]:
        """Elements that exist on any day: the same ones, in the same order."""
        schooling, year, children = self.schooling, self.year, len(self.population.children)
        now = standing(self.coursework, until)
        return [
            *latest_scores(self.tests, year, children, until),
            *learning_elements(self.coursework, now, children),
            *submission_elements(self.coursework, self.online_work, now, children, until),
            *sign_in_elements(self.coursework, self.sign_ins, now, children, until),
            *conduct_elements(self.conduct, schooling, year, children, until),
            *screening_elements(self.screenings, year, children, until),
            *survey_elements(self.surveys, year, children, until),
            *eligibility_element(self.eligibility, year, children, until),
            *visit_element(self.visits, schooling, year, children, until),
            *vaccine_element(self.doses, schooling, year, children, until),
            *program_elements(self.plans, schooling, year, children, until),
            grade_average(self.grades, year, children, until),
            *mark_elements(self.grades, schooling, year, children, until),
            *credit_elements(self.credits, year, children, until),
            *family_elements(self.family_contact, self.traffic, schooling, year, children, until),
            *participation_elements(self.participation, year, children, until),
            *club_elements(self.club_members, children, until),
            *ambition_elements(self.ambitions, children, until),
        ]


def draw_life(scenario: Scenario, population: Population, schooling: Schooling) -> Life:
    """Draw what happens to children, each part after those that it depends on."""
    accounts = _meal_accounts(scenario, population)
    everybody = (scenario, population, schooling)
    latent = draw_traits(*everybody)
    seen = dict.fromkeys(SEE_TRAITS, latent)
    if scenario.traits_shared < 1:
        seen = {system: draw_traits(*everybody, system) for system in SEE_TRAITS}
    if scenario.people_only:  # lists of people need no absences
        away = dict.fromkeys(SEE_ABSENCES, nobody_away())
    elif scenario.traits_shared < 1:
        away = {system: draw_absences(*everybody, seen[system]) for system in SEE_ABSENCES}
    else:
        away = dict.fromkeys(SEE_ABSENCES, draw_absences(*everybody, latent))
    # Nor do they need classes, messages and incidents; files of visits and tests name persons.
    attended = schooling.without_children() if scenario.people_only else schooling
    grades = draw_grades(scenario, attended, seen["attendance"])
    usual = usual_percent(scenario, attended, seen["lms"])
    earned = draw_credits(scenario, attended, seen["attendance"], grades)
    coursework = draw_coursework(scenario, attended, away["lms"], seen["lms"], usual)
    contacts = draw_family_contact(scenario, population, seen["family"])
    traffic = draw_traffic(scenario, population, attended, seen["family"], contacts, away["family"])
    taken_part = draw_participation(scenario, schooling, seen["activities"])
    club_members = draw_club_members(scenario, schooling, seen["clubs"])
    cards = draw_cards(scenario, len(population.children))
    visits = draw_visits(*everybody, away["health"], seen["health"])
    return Life(
        population=population,
        schooling=schooling,
        year=scenario.school_year,
        latent=latent,
        away=away["attendance"],
        grades=grades,
        credits=earned,
        coursework=coursework,
        club_members=club_members,
        participation=taken_part,
        cards=cards,
        visits=visits,
        doses=draw_doses(scenario, population),
        online_work=draw_online_work(scenario, coursework, away["lms"], seen["lms"]),
        sign_ins=draw_sign_ins(scenario, attended, away["lms"], seen["lms"]),
        tests=draw_tests(*everybody, away["map_growth"], [seen["map_growth"], seen["iready"]]),
        conduct=draw_incidents(scenario, attended, away["behaviour"], seen["behaviour"]),
        plans=draw_plans(*everybody, seen["special_education"]),
        screenings=draw_screenings(scenario, schooling, away["screener"], seen["screener"]),
        surveys=draw_surveys(scenario, schooling, away["survey"], seen["survey"]),
        eligibility=draw_eligibility(*everybody),
        meal_accounts=accounts,
        ambitions=draw_ambitions(scenario, schooling, seen["career"]),
        family_contact=contacts,
        traffic=traffic,
        record_errors=record_errors(scenario, population),
        change=draw_change(*everybody, accounts["person"], contacts, club_members, cards),
        effects=effects_frame(scenario),
        days=roster_days(scenario),
    )


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
    balance[population.child_of(accounts["person"])] = accounts["balance"].to_numpy()
    return Element("account_balance", balance, lambda numbers: text([f"{n:.2f}" for n in numbers.tolist()]))
