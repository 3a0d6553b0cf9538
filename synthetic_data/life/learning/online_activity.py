"""Simulate online work: submissions and sign-ins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import marked
from synthetic_data.life.absences import Absences
from synthetic_data.life.effects import effect
from synthetic_data.life.learning.assignments import NEVER, Coursework, Standing, away_on
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, whole_number
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = [
    "EFFECTS",
    "OnlineWork",
    "SignIns",
    "draw_online_work",
    "draw_sign_ins",
    "online_now",
    "sign_in_elements",
    "submission_elements",
]


Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

TEACHERS = 0.5  # who collect work online
COLLECTED = (0.35, 0.2, 0.0, 0.8)  # of their homework, quizzes, tests, projects
LATE, ENGAGEMENT_IN_LATENESS, ABSENT_IN_LATENESS = -2.6, -0.5, 0.9  # log odds
LATE_BY_AT_MOST = 7  # days
EARLY = 0.35  # of work handed in on time, a day or more early
EVENING, NIGHT = (15 * 3600, 21 * 3600), 24 * 3600 - 60  # time range of submissions; due by the minute

SUBMISSION_EFFECTS = (
    effect("engagement_in_late_work", ENGAGEMENT_IN_LATENESS),
    effect("absence_in_late_work", ABSENT_IN_LATENESS),
)


@dataclass(frozen=True)
class OnlineWork:
    """Assignments collected online, and their submissions, one element per cell."""

    collected: Mask
    """By assignment of `Coursework`: whether it is handed in online."""
    cell: Codes
    """Positions in `Coursework` of the cells of these assignments."""
    handed_in: Mask
    late: Mask
    day: Days
    """Where it is handed in; local."""
    second: Codes
    """Of the day."""


def draw_online_work(
    scenario: Scenario, coursework: Coursework, absences: Absences, traits: Traits
) -> OnlineWork:
    """Draw the submissions of work collected online."""
    rng = rng_for(scenario.seed, "online work")
    teachers = rng.random(len(coursework.sections)) < TEACHERS
    share = np.array(COLLECTED)[coursework.group]
    collected = teachers[coursework.section] & (rng.random(len(share)) < share)
    cell = np.flatnonzero(collected[coursework.assignment] & coursework.assigned)
    assignment = coursework.assignment[cell]
    child = coursework.roster.child[coursework.place[cell]]
    chance = rng.random((4, len(cell)))
    due = coursework.due[assignment]
    away, _ = away_on(absences, child, due)
    log_odds = LATE + ENGAGEMENT_IN_LATENESS * traits.engagement[child]
    log_odds = log_odds + ABSENT_IN_LATENESS * scenario.direct_effects * away
    # Graded work has been handed in; if it is never graded, within a week.
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
    """Return what the learning system shows of it on a day."""
    listed = marked(now.cell, len(coursework.place))
    there = np.flatnonzero(listed[work.cell])
    return there, work.handed_in[there] & (work.day[there] <= until)


def submission_elements(
    coursework: Coursework, work: OnlineWork, now: Standing, children: int, until: np.datetime64
) -> list[Element]:
    """Count each child's online submissions by a day, and the late ones."""
    there, handed_in = online_now(coursework, work, now, until)
    child = coursework.roster.child
    sits = np.bincount(child[now.listed], minlength=children) > 0
    whose = child[coursework.place[work.cell[there]]]
    return [
        Element(name, np.where(sits, np.bincount(whose[which], minlength=children), np.nan), whole_number)
        for name, which in (("submissions", handed_in), ("submissions_late", handed_in & work.late[there]))
    ]


# Model: a child of a middle or high school signs in at school about once a week, on a day when it attends,
# and more often if engaged. All other use is through devices that stay signed in and leaves no trace. Some
# sign in twice a day; few sign out. Sizes are the kit's own: no source gives any.

USUAL, ENGAGEMENT_IN_SIGN_INS = -1.45, 0.45  # log odds of a school day
AGAIN = 0.15  # share of days with a second sign-in
SIGNED_OUT = 0.04  # of sign-ins are followed by a sign-out
SCHOOL_DAY = (8 * 3600, 15 * 3600)

SIGN_IN_EFFECTS = (
    effect("engagement_in_sign_ins", ENGAGEMENT_IN_SIGN_INS),
    effect("absence_in_sign_ins", -1),
)


@dataclass(frozen=True)
class SignIns:
    """Every sign-in and sign-out of this school year, by time."""

    child: Codes
    day: Days
    second: Codes
    """Of the day; local."""
    out: Mask
    """A sign-out."""


def draw_sign_ins(scenario: Scenario, schooling: Schooling, absences: Absences, traits: Traits) -> SignIns:
    """Draw the sign-ins of children in middle and high schools."""
    enrollments, year = schooling.enrollments, scenario.school_year
    rng = rng_for(scenario.seed, "sign-ins")
    odds = 1 / (1 + np.exp(-(USUAL + ENGAGEMENT_IN_SIGN_INS * traits.engagement)))
    children, days = [], []
    for level in ("middle", "high"):
        laid_out = schooling.years[year, level]
        mine = enrollments.attended(year, level)
        chance = rng.random((len(mine), len(laid_out.days)), dtype="float32")[:, : laid_out.past]
        at = np.arange(laid_out.past)
        last = np.where(enrollments.is_open[mine], laid_out.past, enrollments.end[mine])
        there = (at >= enrollments.begin[mine, None]) & (at <= last[:, None])
        row, day = np.nonzero(there & (chance < odds[enrollments.child[mine], None]))
        children.append(enrollments.child[mine[row]])
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
    """Count the days of this year on which a child had signed in, by a day."""
    mine = (signed.day <= until) & ~signed.out
    start = np.datetime64("2000-01-01", "D")
    both = np.unique(signed.child[mine] * 100_000 + (signed.day[mine] - start).astype("int64"))
    days = np.bincount(both // 100_000, minlength=children)
    child = coursework.roster.child[now.listed]
    sits = np.bincount(child, minlength=children) > 0
    return [Element("lms_logins", np.where(sits, days, np.nan), whole_number)]


EFFECTS = (*SUBMISSION_EFFECTS, *SIGN_IN_EFFECTS)
