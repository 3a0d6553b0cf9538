"""Signing in to the learning system: on which days, how often, and at what time.

The model, in words. A child of a middle or high school signs in at school about once a week, on a day on
which it is there, the more engaged the oftener; all else goes through devices that stay signed in and leaves
no trace. Some sign in twice on a day; few sign out. Sizes are the kit's own: no source gives any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.life.absences import Absences
from synthetic_data.life.assignments import Coursework, away_on
from synthetic_data.life.effect import Effect
from synthetic_data.life.gradebooks import Standing
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, whole_number
from synthetic_data.population.schools import LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = ["EFFECTS", "SignIns", "draw_sign_ins", "sign_in_elements"]

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

USUAL, ENGAGEMENT_IN_SIGN_INS = -1.45, 0.45  # log odds of a day at school
AGAIN = 0.15  # of the days: a second time
SIGNED_OUT = 0.04  # of sign-ins are followed by a sign-out
SCHOOL_DAY = (8 * 3600, 15 * 3600)

EFFECTS = (
    Effect(
        "engagement_in_sign_ins",
        "engagement",
        "signing in on a day at school",
        ENGAGEMENT_IN_SIGN_INS,
        "log odds a standard deviation",
    ),
    Effect(
        "absence_in_sign_ins",
        "away on the day",
        "signing in",
        lambda scenario: -scenario.direct_effects,
        "share of such days without",
    ),
)


@dataclass(frozen=True)
class SignIns:
    """Every sign-in and sign-out of this school year, by moment."""

    child: Codes
    day: Days
    second: Codes
    """Of the day; local."""
    out: Mask
    """A sign-out."""


def draw_sign_ins(scenario: Scenario, schooling: Schooling, absences: Absences, traits: Traits) -> SignIns:
    """Let children of middle and high schools sign in.

    Parameters
    ----------
    scenario
        Seed, school year and the day of the exports.
    schooling
        Who is at which school on which day.
    absences
        Who was away.
    traits
        How much engaged a child is.

    Returns
    -------
    SignIns
        At most two of a child and day, and few sign-outs.
    """
    spells, year = schooling.spells, scenario.school_year
    rng = rng_for(scenario.seed, "sign-ins")
    odds = 1 / (1 + np.exp(-(USUAL + ENGAGEMENT_IN_SIGN_INS * traits.engagement)))
    children, days = [], []
    for level in ("middle", "high"):
        laid_out = schooling.years[year, level]
        mine = np.flatnonzero(
            (spells.year == year) & (spells.level == list(LEVELS).index(level)) & (spells.end != -2)
        )
        chance = rng.random((len(mine), len(laid_out.days)), dtype="float32")[:, : laid_out.past]
        at = np.arange(laid_out.past)
        last = np.where(spells.is_open[mine], laid_out.past, spells.end[mine])
        there = (at >= spells.begin[mine, None]) & (at <= last[:, None])
        row, day = np.nonzero(there & (chance < odds[spells.child[mine], None]))
        children.append(spells.child[mine[row]])
        days.append(laid_out.days[day].astype("datetime64[D]"))
    child, on = np.concatenate(children), np.concatenate(days)
    away, _ = away_on(absences, child, on)
    kept = ~away | (rng.random(len(away)) >= scenario.direct_effects)
    child, on = child[kept], on[kept]
    count = len(child)
    second = (SCHOOL_DAY[0] + rng.random(count) * (SCHOOL_DAY[1] - SCHOOL_DAY[0])).astype("int64")
    again, out = np.flatnonzero(rng.random(count) < AGAIN), np.flatnonzero(rng.random(count) < SIGNED_OUT)
    later = second[again] + 300 + rng.integers(0, 1200, len(again))
    until = second[out] + 60 + rng.integers(0, 1200, len(out))
    place = np.r_[np.arange(count), again, out]
    moments = np.r_[second, later, until]
    signs_out = np.arange(len(place)) >= count + len(again)
    order = np.lexsort((child[place], moments, on[place]))
    place = place[order]
    return SignIns(child[place], on[place], moments[order], signs_out[order])


def sign_in_elements(
    coursework: Coursework, signed: SignIns, now: Standing, children: int, until: np.datetime64
) -> list[Element]:
    """Count the days of this year on which a child had signed in by a day.

    Parameters
    ----------
    coursework
        Who sits in a class that uses the learning system: nobody else has such days.
    signed
        From `draw_sign_ins`.
    now
        What gradebooks show on the day.
    children
        How many children there are.
    until
        The day.

    Returns
    -------
    list of Element
        lms_logins.
    """
    mine = (signed.day <= until) & ~signed.out
    start = np.datetime64("2000-01-01", "D")
    both = np.unique(signed.child[mine] * 100_000 + (signed.day[mine] - start).astype("int64"))
    days = np.bincount(both // 100_000, minlength=children)
    child = coursework.places.child[now.listed]
    sits = np.bincount(child, minlength=children) > 0
    return [Element("lms_logins", np.where(sits, days, np.nan), whole_number)]
