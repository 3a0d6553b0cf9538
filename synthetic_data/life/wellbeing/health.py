"""Simulate nurse visits and immunizations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import positions_in, whole_days
from synthetic_data.life.absences import Absences, illness
from synthetic_data.life.effects import effect
from synthetic_data.life.presence import enrolled_until
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, whole_number
from synthetic_data.population import Population
from synthetic_data.population.schools import LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.schooling.calendar import SchoolYear
from synthetic_data.streams import rng_for

__all__ = [
    "DISPOSITIONS",
    "EFFECTS",
    "EXEMPTIONS",
    "REASONS",
    "VACCINES",
    "Doses",
    "Visits",
    "draw_cards",
    "draw_doses",
    "draw_visits",
    "vaccine_element",
    "visit_element",
]


Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

REASONS = (
    "Fever", "Stomach ache", "Headache", "Cough or cold", "Injury", "Asthma", "Medicine", "Feeling anxious",
)  # fmt: skip
ILL, ANXIOUS = 4, REASONS.index("Feeling anxious")  # the first four are illness
DISPOSITIONS = ("Returned to class", "Rested, then returned to class", "Sent home")
RETURNED, RESTED, SENT_HOME = range(3)

# The kit's own sizes.
WITH_A_CARD = 0.94  # share of children with a health card from the family
VISITS_A_YEAR = 1.9
BY_GRADE = np.array([1.5, 1.4, 1.3, 1.2, 1.1, 1.1, 1.1, 1.0, 0.9, 0.8, 0.7, 0.7, 0.6])
WELL_BEING_IN_VISITS = -0.35
WELL_BEING_IN_ANXIETY = -0.50
REASON_SHARES = (0.08, 0.19, 0.21, 0.13, 0.20, 0.05, 0.08, 0.06)
GOES_BY_OFFICE = 0.6  # of those who leave early for illness
CAME_THE_DAY_BEFORE = 0.15  # of absences that begin with illness

VISIT_EFFECTS = (
    effect("well_being_in_visits", WELL_BEING_IN_VISITS),
    effect("well_being_in_anxiety", WELL_BEING_IN_ANXIETY),
    effect("grade_in_visits", float(BY_GRADE[0] / BY_GRADE[-1])),
    effect("illness_season_in_visits", 1.0),
    effect("leaving_early_in_visits", 100 * GOES_BY_OFFICE),
    effect("illness_in_visits", 100 * CAME_THE_DAY_BEFORE),
)


@dataclass(frozen=True)
class Visits:
    """One element per visit, sorted by date and time; children and schools are indexes."""

    child: Codes
    school: Codes
    day: Days
    time_in: Codes
    """Minutes after midnight."""
    time_out: Codes
    reason: Codes
    """Place in `REASONS`."""
    disposition: Codes
    """Place in `DISPOSITIONS`."""


def draw_cards(scenario: Scenario, children: int) -> Mask:
    """Mark children with a card in the office, which otherwise knows nothing about them."""
    return rng_for(scenario.seed, "health", "cards").random(children) < WITH_A_CARD


def draw_visits(
    scenario: Scenario, population: Population, schooling: Schooling, away: Absences, traits: Traits
) -> Visits:
    """Draw visits to the nurse on each day of two school years."""
    parts = []
    events = _Events.of(population, away)
    for year in sorted({year for year, _ in schooling.years}):
        for level in LEVELS:
            laid_out = schooling.years[year, level]
            past = len(laid_out.days) if year < scenario.school_year else laid_out.past
            rng = rng_for(scenario.seed, "visits", *traits.stream[1:], year, level)
            levels = population.school_list.levels
            parts.append(_of_level(rng, scenario, schooling, laid_out, past, level, levels, events, traits))
    child, school, day, sent = (np.concatenate([part[n] for part in parts]) for n in range(4))
    order = np.lexsort((child, day))
    child, school, day, sent = child[order], school[order], day[order], sent[order].astype(bool)
    rng, count = rng_for(scenario.seed, "visits", *traits.stream[1:]), len(child)
    reason = _reasons(rng, traits.well_being[child], sent)
    disposition = np.where(rng.random(count) < 0.85, RETURNED, RESTED)
    disposition[sent | ((reason == 0) & (rng.random(count) < 0.7))] = SENT_HOME
    time_in = 8 * 60 + 25 + (rng.random(count) * 375).astype("int64")
    stay = 4 + np.minimum(rng.gamma(2.0, 4.0, count), 50).astype("int64")
    stay += np.array([0, 20, 25])[disposition]
    return Visits(child, school, day, time_in, time_in + stay, reason, disposition)


def visit_element(
    visits: Visits, schooling: Schooling, year: int, children: int, until: np.datetime64
) -> list[Element]:
    """Count each child's visits of this year up to a day."""
    numbers = np.where(enrolled_until(schooling, year, children, until), 0.0, np.nan)
    first = min(days.days[0] for (of_year, _), days in schooling.years.items() if of_year == year)
    counted = (visits.day >= first) & (visits.day <= until)
    return [
        Element(
            "health_visits",
            numbers + np.bincount(visits.child[counted], minlength=children),
            whole_number,
        )
    ]


@dataclass(frozen=True)
class _Events:
    """Missed days, absences that start with illness, and early departures for it."""

    child: Codes
    school: Codes
    day: Days
    missed: Codes
    """Children and days as `_child_and_day` numbers them, in rising order."""
    ill: Mask
    early: Mask

    @staticmethod
    def of(population: Population, away: Absences) -> _Events:
        frame = away.frame
        child = population.child_of(frame["person"])
        school = positions_in(population.school_list.ids, frame["school_id"])
        day = frame["date"].to_numpy().astype("datetime64[D]")
        category = frame["attendance_event_category"]
        missed = category.isin(["Excused Absence", "Unexcused Absence"]).to_numpy(dtype=bool)
        reported_ill = (frame["reason"] == "Illness").fillna(False).to_numpy(dtype=bool)
        ill = missed & reported_ill
        # Rows are sorted by child and day: an absence starts on the first day of a run.
        follows = np.r_[False, (child[1:] == child[:-1]) & (day[1:] - day[:-1] <= np.timedelta64(3, "D"))]
        ill &= ~(follows & np.r_[False, missed[:-1]])
        early = reported_ill & (category == "Early departure").to_numpy(dtype=bool)
        return _Events(child, school, day, np.sort(_child_and_day(child, day)[missed]), ill, early)


def _of_level(
    rng: np.random.Generator,
    scenario: Scenario,
    schooling: Schooling,
    laid_out: SchoolYear,
    past: int,
    level: str,
    levels: list[str],
    events: _Events,
    traits: Traits,
) -> tuple[Codes, Codes, Days, Mask]:
    """Draw the visits of a level and year: child, school, day, and whether the nurse sent the child home."""
    enrollments, days = schooling.enrollments, laid_out.days[:past].astype("datetime64[D]")
    mine = enrollments.at(enrollments.attended(laid_out.year, level))
    season = np.r_[0.0, np.cumsum(illness(scenario.seed, laid_out)[:past])]
    end = np.where(mine.is_open, past - 1, np.minimum(mine.end, past - 1))
    span = np.maximum(season[end + 1] - season[np.minimum(mine.begin, end + 1)], 0)
    pull = WELL_BEING_IN_VISITS * traits.well_being[mine.child] - WELL_BEING_IN_VISITS**2 / 2
    rate = VISITS_A_YEAR / len(laid_out.days) * BY_GRADE[mine.grade] * np.exp(pull)
    times = rng.poisson(rate * span)
    enrollment = np.repeat(np.arange(len(times)), times)
    drawn = season[mine.begin[enrollment]] + rng.random(len(enrollment)) * span[enrollment]
    place = np.searchsorted(season, drawn, side="right") - 1
    child, school, day = mine.child[enrollment], mine.school[enrollment], days[place.clip(0, past - 1)]

    at_level = np.array([one == level for one in levels])
    here = at_level[events.school] & (events.day >= days[0]) & (events.day <= days[-1])
    first = np.full(len(traits.well_being), past)
    np.minimum.at(first, mine.child, mine.begin)
    leave = np.flatnonzero(here & events.early)
    leave = leave[rng.random(len(leave)) < GOES_BY_OFFICE]
    fell_ill = np.flatnonzero(here & events.ill)
    before = np.searchsorted(days, events.day[fell_ill]) - 1
    came = (rng.random(len(fell_ill)) < CAME_THE_DAY_BEFORE) & (before >= first[events.child[fell_ill]])
    fell_ill, before = fell_ill[came], before[came]
    child = np.r_[child, events.child[leave], events.child[fell_ill]]
    school = np.r_[school, events.school[leave], events.school[fell_ill]]
    day = np.r_[day, events.day[leave], days[before]]
    sent = np.zeros(len(child), dtype=bool)
    sent[len(enrollment) :] = True

    # A child visits neither on a missed day nor twice a day.
    key = _child_and_day(child, day)
    _, once = np.unique(key[::-1], return_index=True)
    kept = np.zeros(len(key), dtype=bool)
    kept[len(key) - 1 - once] = True  # a visit that sent the child home takes precedence
    if len(events.missed):
        place = np.searchsorted(events.missed, key).clip(0, len(events.missed) - 1)
        kept &= events.missed[place] != key
    return child[kept], school[kept], day[kept], sent[kept]


def _child_and_day(child: Codes, day: Days) -> Codes:
    number: Codes = child * 100_000 + day.astype("int64")
    return number


def _reasons(rng: np.random.Generator, well_being: Numbers, sent: Mask) -> Codes:
    """Draw the reason of a visit; children sent home were ill."""
    shares = np.tile(np.array(REASON_SHARES), (len(well_being), 1))
    shares[:, ANXIOUS] *= np.exp(WELL_BEING_IN_ANXIETY * well_being)
    shares[sent, ILL:] = 0
    cuts = np.cumsum(shares, axis=1)
    drawn = rng.random(len(well_being)) * cuts[:, -1]
    found: Codes = (drawn[:, None] >= cuts).sum(axis=1).clip(0, len(REASONS) - 1)
    return found


class Vaccine(NamedTuple):
    """A series of doses; ages in years, from the first to the last usual day."""

    name: str
    """Ed-Fi's word."""
    doses: int
    first: tuple[float, float]
    last: tuple[float, float]
    required: bool
    """Whether a school asks for it: then the office also notes that it has none on record."""
    taken: float
    """Share of children who have it."""


# Ages after the usual schedule; the coverage is the kit's own.
VACCINES = (
    Vaccine("HepB", 3, (0.0, 0.02), (0.5, 1.5), True, 0.97),
    Vaccine("DTaP", 5, (0.15, 0.25), (4.0, 5.4), True, 0.97),
    Vaccine("IPV", 4, (0.15, 0.25), (4.0, 5.4), True, 0.97),
    Vaccine("MMR", 2, (1.0, 1.4), (4.0, 5.4), True, 0.96),
    Vaccine("VAR", 2, (1.0, 1.4), (4.0, 5.4), True, 0.95),
    Vaccine("HepA", 2, (1.0, 1.9), (1.9, 2.9), False, 0.85),
    Vaccine("MenACWY", 1, (11.0, 12.6), (11.0, 12.6), False, 0.85),
    Vaccine("HPV", 2, (11.0, 12.6), (11.8, 14.0), False, 0.60),
)
EXEMPTIONS = ("Medical", "Religious or philosophical")
EXEMPT = 0.03
MEDICAL = 0.1  # of the exempt
BETWEEN = 150  # minimum days from first to last dose: five months, as for HPV
UNFINISHED = 0.05  # of series with several doses: the last one is missing

VACCINE_EFFECTS = (
    effect("exempt_from_vaccines", 100 * EXEMPT),
    effect("unfinished_series", 100 * UNFINISHED),
)


@dataclass(frozen=True)
class Doses:
    """One row per child, one column per vaccine of `VACCINES`; NaT: never given."""

    first: Days
    last: Days
    """The last dose of the series; that of the first where there is one only."""
    exemption: Codes
    """Place in `EXEMPTIONS`, -1: none. Who is exempt has no doses."""

    def given(self, until: np.datetime64) -> tuple[Days, Codes]:
        """Return, by child and vaccine, the day of the latest dose up to a day, and the number of doses."""
        complete = self.last <= until
        begun = self.first <= until
        never = np.datetime64("NaT", "D")
        day = np.where(complete, self.last, np.where(begun, self.first, never))
        series = np.array([vaccine.doses for vaccine in VACCINES])
        # Other doses fall between the first and the last: all but the last are given by school age.
        counts = np.where(complete, series, np.where(begun, np.maximum(series - 1, 1), 0))
        return day, counts


def draw_doses(scenario: Scenario, population: Population) -> Doses:
    """Draw every child's doses from birth on; nothing depends on race, origin or language."""
    rng, birth = rng_for(scenario.seed, "vaccines"), population.children["birth_date"].to_numpy()
    born = birth.astype("datetime64[D]")[:, None]
    shape = (len(born), len(VACCINES))
    exempt = rng.random(len(born)) < EXEMPT
    kind = (rng.random(len(born)) >= MEDICAL).astype("int64")
    ages = []
    for low_high in ([v.first for v in VACCINES], [v.last for v in VACCINES]):
        low, high = np.array(low_high).T
        ages.append(365.25 * (low + (high - low) * rng.random(shape)))
    never = np.datetime64("NaT", "D")
    none = (rng.random(shape) >= np.array([v.taken for v in VACCINES])) | exempt[:, None]
    single = np.array([v.doses == 1 for v in VACCINES])
    unfinished = (rng.random(shape) < UNFINISHED) & ~single
    first = np.where(none, never, born + whole_days(ages[0]))
    last = np.maximum(born + whole_days(ages[1]), first + whole_days(BETWEEN))
    last = np.where(single, first, last)
    return Doses(first, np.where(none | unfinished, never, last), np.where(exempt, kind, -1))


def vaccine_element(
    doses: Doses, schooling: Schooling, year: int, children: int, until: np.datetime64
) -> list[Element]:
    """Count the vaccines with at least one dose, by child."""
    here = enrolled_until(schooling, year, children, until)
    numbers = np.where(here, (doses.first <= until).sum(axis=1), np.nan)
    return [Element("vaccines_recorded", numbers, whole_number)]


EFFECTS = (*VISIT_EFFECTS, *VACCINE_EFFECTS)
