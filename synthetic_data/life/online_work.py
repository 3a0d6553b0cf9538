"""Work that children hand in through the learning system: which of it, when, and what came late.

The model, in words. Half of the teachers collect work online: most projects, some homework and quizzes; all
else is handed in on paper and leaves no trace but its score. Who hands in does so in the days before it is
due, mostly in the evening of the last one. Little engaged children, and those who were away on the day, are
likelier to hand in late, up to a week, but never after the teacher has graded it. Sizes are the kit's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.life.absences import Absences
from synthetic_data.life.assignments import NEVER, Coursework, away_on
from synthetic_data.life.effect import Effect
from synthetic_data.life.gradebooks import Standing
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, whole_number
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = ["EFFECTS", "OnlineWork", "draw_online_work", "online_now", "submission_elements"]

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

TEACHERS = 0.5  # who collect work online
COLLECTED = (0.35, 0.2, 0.0, 0.8)  # of their homework, quizzes, tests, projects
LATE, ENGAGEMENT_IN_LATENESS, ABSENT_IN_LATENESS = -2.6, -0.5, 0.9  # log odds
LATE_BY_AT_MOST = 7  # days
EARLY = 0.35  # of what is in time is handed in a day or more before
EVENING, NIGHT = (15 * 3600, 21 * 3600), 24 * 3600 - 60  # between which work is handed in; due by the minute

EFFECTS = (
    Effect(
        "engagement_in_late_work",
        "engagement",
        "handing in late",
        ENGAGEMENT_IN_LATENESS,
        "log odds a standard deviation",
    ),
    Effect(
        "absence_in_late_work",
        "away on the day due",
        "handing in late",
        lambda scenario: ABSENT_IN_LATENESS * scenario.direct_effects,
        "log odds",
    ),
)


@dataclass(frozen=True)
class OnlineWork:
    """Assignments that are collected online, and what was handed in, one element a cell of them."""

    collected: Mask
    """By assignment of `Coursework`: whether it is handed in online."""
    cell: Codes
    """Places in `Coursework` of the cells of these assignments."""
    handed_in: Mask
    late: Mask
    day: Days
    """Where it is handed in; local."""
    second: Codes
    """Of the day."""


def draw_online_work(
    scenario: Scenario, coursework: Coursework, absences: Absences, traits: Traits
) -> OnlineWork:
    """Let children hand in what their teachers collect online.

    Parameters
    ----------
    scenario
        Its seed.
    coursework
        What is set, and who never hands it in.
    absences
        Who was away on the day on which something was due.
    traits
        How much engaged a child is.

    Returns
    -------
    OnlineWork
        Of the whole school year.
    """
    rng = rng_for(scenario.seed, "online work")
    teachers = rng.random(len(coursework.sections)) < TEACHERS
    share = np.array(COLLECTED)[coursework.group]
    collected = teachers[coursework.section] & (rng.random(len(share)) < share)
    cell = np.flatnonzero(collected[coursework.assignment] & coursework.assigned)
    assignment = coursework.assignment[cell]
    child = coursework.places.child[coursework.place[cell]]
    chance = rng.random((4, len(cell)))
    due = coursework.due[assignment]
    away, _ = away_on(absences, child, due)
    log_odds = LATE + ENGAGEMENT_IN_LATENESS * traits.engagement[child]
    log_odds = log_odds + ABSENT_IN_LATENESS * scenario.direct_effects * away
    # What is graded has been handed in; where nobody ever grades it, there is a week.
    graded = coursework.graded[cell]
    gap = np.where(graded == NEVER, LATE_BY_AT_MOST, (graded - due).astype("int64"))
    gap = np.clip(gap, 0, LATE_BY_AT_MOST)
    late = (chance[0] < 1 / (1 + np.exp(-log_odds))) & (gap > 0)
    after = 1 + (chance[1] * gap).astype("int64").clip(max=np.maximum(gap - 1, 0))
    published = coursework.published[assignment]
    ahead = (due - published).astype("int64")
    before = np.where(chance[2] < EARLY, 1 + (chance[1] * 3).astype("int64"), 0)
    day = np.where(late, due + after, due - np.minimum(before, np.maximum(ahead, 0)))
    second = (EVENING[0] + chance[3] * (NIGHT - EVENING[0])).astype("int64")
    return OnlineWork(
        collected=collected,
        cell=cell,
        handed_in=~coursework.missing[cell] & ~coursework.excused[cell],
        late=late,
        day=day,
        second=second,
    )


def online_now(
    coursework: Coursework, work: OnlineWork, now: Standing, until: np.datetime64
) -> tuple[Codes, Mask]:
    """Say what the learning system shows of it on a day.

    Parameters
    ----------
    coursework, work
        What is set, and what was handed in.
    now, until
        What gradebooks show on the day, and the day.

    Returns
    -------
    tuple
        Places in `work` of the cells that are listed: published, of a child who sits in the section; and
        which of them had been handed in by then.
    """
    listed = np.zeros(len(coursework.place), dtype=bool)
    listed[now.cell] = True
    there = np.flatnonzero(listed[work.cell])
    return there, work.handed_in[there] & (work.day[there] <= until)


def submission_elements(
    coursework: Coursework, work: OnlineWork, now: Standing, children: int, until: np.datetime64
) -> list[Element]:
    """Count what children handed in online by a day, and what of it late.

    Parameters
    ----------
    coursework, work
        What is set, and what was handed in.
    now
        What gradebooks show on the day.
    children
        How many children there are.
    until
        The day.

    Returns
    -------
    list of Element
        submissions and submissions_late, of the classes in which a child sits; none of a child who sits in
        no class that uses the learning system.
    """
    there, handed_in = online_now(coursework, work, now, until)
    child = coursework.places.child
    sits = np.bincount(child[now.listed], minlength=children) > 0
    whose = child[coursework.place[work.cell[there]]]
    return [
        Element(name, np.where(sits, np.bincount(whose[which], minlength=children), np.nan), whole_number)
        for name, which in (("submissions", handed_in), ("submissions_late", handed_in & work.late[there]))
    ]
