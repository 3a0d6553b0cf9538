"""What a day brings: how many children fall ill on it, and how many stay away for other reasons.

Illness comes in winter, most of all in the weeks of the flu, whose peak is drawn for every school year. Other
absences gather on Mondays and Fridays, before closed days, after a day closed by weather, and towards summer.
Sizes are the kit's own; each of the two is 1 on average over a school year, so that they move absences from
one day to another and never change how many there are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthetic_data.life.effect import Effect
from synthetic_data.schooling.school_calendar import WEATHER, SchoolYear
from synthetic_data.streams import rng_for

__all__ = ["EFFECTS", "MONTHS", "WEEKDAYS", "flu_peak", "illness", "staying_away"]

Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

# January first.
ILLNESS_BY_MONTH = np.array([1.15, 1.20, 1.15, 1.0, 0.9, 0.7, 0.7, 0.7, 0.85, 1.0, 1.05, 1.15])
AWAY_BY_MONTH = np.array([1.05, 1.05, 1.0, 1.0, 1.15, 1.45, 1.0, 0.8, 0.85, 0.95, 1.05, 1.2])
AWAY_BY_WEEKDAY = np.array([1.20, 0.86, 0.82, 0.88, 1.24])  # Monday first
FLU_HEIGHT, FLU_WEEKS = 1.6, 2.0  # at its peak so much more illness; standard deviation in weeks
FLU_PEAKS = ("12-20", "02-28")  # between these days
BEFORE_CLOSED_DAYS, CLOSED_AT_LEAST = 1.5, 4  # a day before a gap of so many days
AFTER_BAD_WEATHER = 1.6

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MORE_ILL, MORE_AWAY = "times as many falling ill", "times as many staying away"
EFFECTS = (
    *(
        Effect(f"{month.lower()}_in_{kind}", month, what, float(size), unit)
        for kind, what, sizes, unit in (
            ("illness", "absence by illness", ILLNESS_BY_MONTH, MORE_ILL),
            ("staying_away", "other absence", AWAY_BY_MONTH, MORE_AWAY),
        )
        for month, size in zip(MONTHS, sizes, strict=True)
        if month != "July"
    ),
    Effect("flu_in_illness", "the week of the flu's peak", "absence by illness", 1 + FLU_HEIGHT, MORE_ILL),
    *(
        Effect(f"{name.lower()}_in_staying_away", name, "other absence", float(size), MORE_AWAY)
        for name, size in zip(WEEKDAYS, AWAY_BY_WEEKDAY, strict=True)
    ),
    Effect(
        "closed_days_in_staying_away",
        "the day before closed days",
        "other absence",
        BEFORE_CLOSED_DAYS,
        MORE_AWAY,
    ),
    Effect(
        "weather_in_staying_away",
        "the day after a day closed by weather",
        "other absence",
        AFTER_BAD_WEATHER,
        MORE_AWAY,
    ),
)


def flu_peak(seed: int, year: int) -> np.datetime64:
    """Say on which day of a school year the flu is at its height."""
    first, last = (np.datetime64(f"{year - (day > '07')}-{day}") for day in FLU_PEAKS)
    span = int((last - first).astype("int64"))
    return first + np.timedelta64(int(rng_for(seed, "flu", year).integers(0, span + 1)), "D")


def illness(seed: int, laid_out: SchoolYear) -> Numbers:
    """Give how many children fall ill on each instructional day, as a multiple of the usual.

    Parameters
    ----------
    seed
        The scenario's; it decides when the flu comes.
    laid_out
        A school year of a level.

    Returns
    -------
    numpy array
        One element an instructional day; 1 on average.
    """
    days = laid_out.days.astype("datetime64[D]")
    weeks = (days - flu_peak(seed, laid_out.year)).astype("int64") / 7
    factor = ILLNESS_BY_MONTH[_month(days)] * (1 + FLU_HEIGHT * np.exp(-((weeks / FLU_WEEKS) ** 2) / 2))
    return factor / factor.mean()


def staying_away(laid_out: SchoolYear) -> Numbers:
    """Give how many children stay away for other reasons on each instructional day; 1 on average."""
    days = laid_out.days.astype("datetime64[D]")
    weekday = (days.astype("int64") - 4) % 7
    factor = AWAY_BY_MONTH[_month(days)] * AWAY_BY_WEEKDAY[weekday]
    gap = np.diff(days).astype("int64")
    factor[:-1][gap > CLOSED_AT_LEAST] *= BEFORE_CLOSED_DAYS
    closed = laid_out.weekdays[laid_out.events == WEATHER]
    after = np.searchsorted(days, closed.astype("datetime64[D]"))
    factor[after[after < len(days)]] *= AFTER_BAD_WEATHER
    return factor / factor.mean()


def _month(days: Days) -> npt.NDArray[np.int64]:
    return days.astype("datetime64[M]").astype("int64") % 12
