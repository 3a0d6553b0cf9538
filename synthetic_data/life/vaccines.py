"""Which vaccines each child has had, by the ages at which they are given, and who is exempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthetic_data.durations import whole_days
from synthetic_data.life.effect import Effect
from synthetic_data.life.true_values import Element, whole_number
from synthetic_data.population import Population
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = ["EXEMPTIONS", "VACCINES", "Doses", "draw_doses", "vaccine_element"]

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


class Vaccine(NamedTuple):
    """A series of doses; ages in years, from the first day to the last on which they are usually given."""

    name: str
    """Ed-Fi's word."""
    doses: int
    first: tuple[float, float]
    last: tuple[float, float]
    required: bool
    """Whether a school asks for it: then the office also notes that it has none on record."""
    taken: float
    """Share of children who have it."""


# Ages after the usual schedule; who takes part is the kit's own.
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
BETWEEN = 150  # days, at least, from the first dose to the last one: five months, as for HPV
UNFINISHED = 0.05  # of the series of several doses: the last one never came

EFFECTS = (
    Effect("exempt_from_vaccines", "everybody", "exempt from vaccines", 100 * EXEMPT, "percent of children"),
    Effect(
        "unfinished_series",
        "everybody",
        "a series of doses without its last one",
        100 * UNFINISHED,
        "percent of series",
    ),
)


@dataclass(frozen=True)
class Doses:
    """A row a child, a column a vaccine of `VACCINES`; NaT: never given."""

    first: Days
    last: Days
    """The last dose of the series; that of the first where there is one only."""
    exemption: Codes
    """Place in `EXEMPTIONS`, -1: none. Who is exempt has no doses."""

    def given(self, until: np.datetime64) -> tuple[Days, Codes]:
        """Give, by child and vaccine, the day of the newest dose until a day, and how many there were."""
        complete = self.last <= until
        begun = self.first <= until
        never = np.datetime64("NaT", "D")
        day = np.where(complete, self.last, np.where(begun, self.first, never))
        series = np.array([vaccine.doses for vaccine in VACCINES])
        # Between the first and the last come the others: all but the last one have been given by school age.
        counts = np.where(complete, series, np.where(begun, np.maximum(series - 1, 1), 0))
        return day, counts


def draw_doses(scenario: Scenario, population: Population) -> Doses:
    """Draw every child's doses, from birth on; nothing depends on race, origin or language.

    Parameters
    ----------
    scenario
        Its seed.
    population
        Children and their birth dates.

    Returns
    -------
    Doses
        Also those that lie ahead.
    """
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
    scenario: Scenario, population: Population, schooling: Schooling, doses: Doses, until: np.datetime64
) -> list[Element]:
    """Count the vaccines of which each child has had a dose.

    Parameters
    ----------
    scenario
        Its school year.
    population, schooling
        Who had come by then.
    doses
        From `draw_doses`.
    until
        The day.

    Returns
    -------
    list of Element
        vaccines_recorded: none of a child who isn't here yet.
    """
    begin = schooling.school_enrollment["begin_date"].to_numpy().astype("datetime64[D]")
    spells, numbers = schooling.spells, np.full(len(population.children), np.nan)
    here = spells.child[(spells.year == scenario.school_year) & (begin <= until)]
    numbers[here] = (doses.first <= until).sum(axis=1)[here]
    return [Element("vaccines_recorded", numbers, whole_number)]
