"""Simulate college and career plans of older children.

From grade 8, children create an account in a planning system. Their interests depend on nothing here. Whether
they plan to study, how often they apply and whether they are accepted depends only on their academic trait.
The institutions are fictional.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import pick, text, whole_days
from synthetic_data.life.effects import Effect, effect
from synthetic_data.life.free_text import GOAL, draw_sentences, sentences
from synthetic_data.life.presence import last_days
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, whole_number
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = [
    "APPLIED",
    "EFFECTS",
    "FIRST_GRADE",
    "INSTITUTIONS",
    "INTERESTS",
    "PLANS",
    "SENIOR",
    "STATUSES",
    "CollegePlans",
    "ambition_elements",
    "draw_ambitions",
]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

FIRST_GRADE, SENIOR = 8, 12

INTERESTS = (
    "Nursing", "Teaching", "Software development", "Auto repair", "Graphic design", "Animal care", "Business",
    "Engineering", "Music", "Law enforcement", "Welding", "Cooking", "Sports training", "Biology",
    "Construction", "Writing", "Aviation", "Child care", "Film making", "Farming",
)  # fmt: skip
PLANS = ("4-year college", "2-year college", "Career training", "Work", "Military", "Not sure yet")
UNIVERSITY, COMMUNITY, TRAINING = range(3)
NAMED = 3  # interests, at most
BASE = len(INTERESTS) + 1
STATUSES = ("Applied", "Accepted", "Denied", "Waitlisted")
APPLIED, ACCEPTED, DENIED, WAITLISTED = range(4)


class Institution(NamedTuple):
    """A fictional college."""

    name: str
    plan: int
    accepts: float
    """Log odds at which it accepts an average applicant."""


INSTITUTIONS = (
    Institution("Tarnbrook State University", UNIVERSITY, 1.6),
    Institution("University of Esterfield", UNIVERSITY, 0.8),
    Institution("Quillmere College", UNIVERSITY, 0.3),
    Institution("Vellmont University", UNIVERSITY, -0.9),
    Institution("Ostermoor State University", UNIVERSITY, 1.2),
    Institution("Pellworth Community College", COMMUNITY, 4.0),
    Institution("Drumlin Fork Community College", COMMUNITY, 4.0),
    Institution("Cindermoor Technical Institute", TRAINING, 2.5),
    Institution("Oxbarrow School of Trades", TRAINING, 3.0),
)

# The kit's own sizes.
ACCOUNTS = {8: 0.50, 9: 0.65, 10: 0.75, 11: 0.90, 12: 0.96}  # share of children, by grade
PLAN_SHARES = (0.45, 0.20, 0.10, 0.10, 0.03, 0.12)
ACADEMIC_IN_PLANS = 0.8
APPLICATIONS = (4.0, 1.3, 1.2, 0.15, 0.1, 0.4)  # of a senior, by plan
ACADEMIC_IN_ADMISSION = 0.7
ENGAGEMENT_IN_ACCOUNTS = 0.3

EFFECTS = (
    effect("engagement_in_planning", ENGAGEMENT_IN_ACCOUNTS),
    effect("academic_in_college_plans", ACADEMIC_IN_PLANS),
    effect("academic_in_admission", ACADEMIC_IN_ADMISSION),
    effect(
        "institution_in_admission",
        max(one.accepts for one in INSTITUTIONS) - min(one.accepts for one in INSTITUTIONS),
    ),
    *(
        Effect(f"grade_{grade:02}_in_planning", f"grade {grade:02}", "account for planning", size, "share")
        for grade, size in ACCOUNTS.items()
    ),
    *(
        Effect(
            f"{plan.lower().replace(' ', '_')}_in_applications",
            plan,
            "applications of a senior",
            size,
            "on average",
        )
        for plan, size in zip(PLANS, APPLICATIONS, strict=True)
    ),
)


@dataclass(frozen=True)
class CollegePlans:
    """Accounts of children, and their applications, as arrays of indexes."""

    child: Codes
    """By account."""
    grade: Codes
    since: Days
    """Since when the child has used it in this school year."""
    left: Days
    """The child's last day at school, as far as it looks in; ``NaT``: still there."""
    visit: Numbers
    """How far between then and any day the last visit lies."""
    interests: Codes
    """By account and rank: a place in `INTERESTS`; -1: no such."""
    plan: Codes
    goal: Codes
    """By account: a place in `sentences`, what the child wrote as a goal; -1: nothing."""
    account: Codes
    """By application."""
    institution: Codes
    applied: Days
    decided: Days
    outcome: Codes

    def last_visit(self, until: np.datetime64) -> Days:
        """Return the day of each child's last visit before a day ends; ``NaT`` if none."""
        last = np.where(self.left < until, self.left, until)
        days = (last - self.since).astype("int64")
        visit = self.since + (self.visit * np.maximum(days, 0)).astype("int64")
        return np.where(days >= 0, visit, np.datetime64("NaT", "D"))


def draw_ambitions(scenario: Scenario, schooling: Schooling, traits: Traits) -> CollegePlans:
    """Draw accounts, interests, plans and applications of this school year."""
    enrollments, children = schooling.enrollments, len(traits.academic)
    rng = rng_for(scenario.seed, "ambitions")
    mine = enrollments.attended(scenario.school_year)
    begin = schooling.begin[mine]
    grade = np.full(children, -1)
    here, gone = np.full(children, np.datetime64("NaT", "D")), last_days(schooling, children)
    grade[enrollments.child[mine]] = enrollments.grade[mine]
    here[enrollments.child[mine][::-1]] = begin[::-1]  # the first enrollment period counts
    share = np.array([ACCOUNTS.get(one, 0.5) for one in range(SENIOR + 1)])[grade]
    chance = _chance(np.log(share / (1 - share)) + ENGAGEMENT_IN_ACCOUNTS * traits.engagement)
    draw, late, visit = rng.random(children), rng.random(children), rng.random(children)
    child = np.flatnonzero((grade >= FIRST_GRADE) & (draw < chance))
    since = here[child] + whole_days(14 + (60 * late[child] ** 2).astype("int64"))
    closing = np.datetime64(scenario.as_of, "D")
    kept = (since <= closing) & (np.isnat(gone[child]) | (since <= gone[child]))
    child, since = child[kept], since[kept]

    order = rng.random((children, len(INTERESTS))).argsort(axis=1)[child, :NAMED]
    number = 1 + rng.integers(0, NAMED, children)[child]
    interests = np.where(np.arange(NAMED) < number[:, None], order, -1)
    first = _chance(
        np.log(PLAN_SHARES[0] / (1 - PLAN_SHARES[0])) + ACADEMIC_IN_PLANS * traits.academic[child]
    )
    others = np.cumsum(PLAN_SHARES[1:]) / sum(PLAN_SHARES[1:])
    plan_draw, other_draw = rng.random((2, children))
    plan = 1 + np.searchsorted(others[:-1], other_draw[child], side="right")
    plan = np.where(plan_draw[child] < first, UNIVERSITY, plan)

    sent = rng.poisson(np.array(APPLICATIONS)[plan] * (grade[child] == SENIOR)).clip(max=5)
    account = np.repeat(np.arange(len(child)), sent)
    institution = _choices(rng, sent, plan)
    opens = np.datetime64(f"{scenario.school_year - 1}-10-01")
    applied = np.maximum(opens, since[account]) + rng.integers(0, 140, len(account))
    decided = applied + rng.integers(30, 110, len(account))
    accepts = np.array([one.accepts for one in INSTITUTIONS])[institution]
    accepted = rng.random(len(account)) < _chance(
        accepts + ACADEMIC_IN_ADMISSION * traits.academic[child[account]]
    )
    outcome = np.where(accepted, ACCEPTED, np.where(rng.random(len(account)) < 0.25, WAITLISTED, DENIED))
    left = gone[child[account]]
    kept = (applied <= closing) & (np.isnat(left) | (applied <= left)) & (institution >= 0)
    plans = [PLANS[one] for one in plan.tolist()]
    goals = draw_sentences(scenario, ("ambitions",), GOAL, plans, child, children)
    return CollegePlans(
        child,
        grade[child],
        since,
        gone[child],
        0.4 + 0.6 * visit[child],
        interests,
        plan,
        goals,
        account[kept],
        institution[kept],
        applied[kept],
        decided[kept],
        outcome[kept],
    )


def _choices(rng: np.random.Generator, sent: Codes, plan: Codes) -> Codes:
    """Choose different institutions for everybody's applications, those of the plan first."""
    count = len(sent)
    fits = np.array([one.plan for one in INSTITUTIONS]) == plan[:, None]
    order = np.argsort(rng.random((count, len(INSTITUTIONS))) - fits, axis=1)
    return order[np.arange(len(INSTITUTIONS)) < sent[:, None]]


def ambition_elements(ambitions: CollegePlans, children: int, until: np.datetime64) -> list[Element]:
    """Return each child's interests, plan, goal and number of applications on a day."""
    known = ambitions.since <= until
    interest, every, plan, goal, applications = np.full((5, children), np.nan)
    child = ambitions.child[known]
    interest[child] = ambitions.interests[known, 0]
    # Pack up to three interests into one number, the first one in front; a missing interest has the index
    # after all.
    ranks = np.where(ambitions.interests[known] < 0, len(INTERESTS), ambitions.interests[known])
    every[child] = ranks @ (BASE ** np.arange(ranks.shape[1])[::-1])
    plan[child] = ambitions.plan[known]
    goal[child] = np.where(ambitions.goal[known] < 0, np.nan, ambitions.goal[known])
    sent = ambitions.child[ambitions.account[ambitions.applied <= until]]
    applications[ambitions.child[known]] = np.bincount(sent, minlength=children)[ambitions.child[known]]
    return [
        Element("career_interest", interest, lambda numbers: pick(INTERESTS, numbers.astype("int64"))),
        Element("interests", every, _all_interests),
        Element("plan_after_high_school", plan, lambda numbers: pick(PLANS, numbers.astype("int64"))),
        Element("own_goal", goal, lambda numbers: pick(sentences(), numbers.astype("int64"))),
        Element("applications", applications, whole_number),
    ]


def _all_interests(numbers: Numbers) -> object:
    """Format packed interests, the first one first."""
    words = np.array([*INTERESTS, ""], dtype=object)
    codes = numbers.astype("int64")[:, None] // BASE ** np.arange(NAMED)[::-1] % BASE
    return text(["; ".join(filter(None, row)) for row in words[codes].tolist()])


def _chance(log_odds: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-log_odds))
