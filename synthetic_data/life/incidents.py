"""Simulate incidents of two school years: who did what, when, to whom, and the response.

A child's number of incidents depends on engagement and well-being, a tendency of its own, the level of the
school, the month and the weekday. Incidents happen on days when the child attends, but absences don't reduce
their number: we draw it first. Some incidents have a victim or a witness, a child of the same grade who
attends on that day. We ignore last year's absences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import Arrays
from synthetic_data.life.absences import MONTHS, WEEKDAYS, Absences
from synthetic_data.life.effects import Effect, effect
from synthetic_data.life.presence import days_away, enrolled_until, is_away
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured, whole_number
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = [
    "ACTIONS",
    "BEHAVIORS",
    "EFFECTS",
    "LOCATIONS",
    "MOTIVATIONS",
    "OFFENDER",
    "PARTS",
    "STAFF_MANAGED",
    "SUSPENSIONS",
    "Incidents",
    "conduct_elements",
    "draw_incidents",
    "enrolled_until",
]

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

# Terms after SWIS; the frequencies are the kit's own. Behaviors of staff come first.
BEHAVIORS = (
    "Defiance", "Disrespect", "Disruption", "Dress code violation", "Inappropriate language",
    "Physical contact/physical aggression", "Property misuse", "Tardy", "Technology violation",
    "Abusive language/inappropriate language/profanity", "Bullying", "Defiance/insubordination", "Fighting",
    "Harassment", "Physical aggression", "Property damage/vandalism", "Skip class", "Theft",
)  # fmt: skip
STAFF_MANAGED = 9
SHARES = (
    (0.18, 0.12, 0.26, 0.03, 0.08, 0.14, 0.05, 0.06, 0.08),
    (0.14, 0.06, 0.20, 0.14, 0.07, 0.18, 0.06, 0.10, 0.05),
)
AGAINST_SOMEBODY = np.isin(np.arange(len(BEHAVIORS)), [5, 10, 12, 13, 14])
LOCATIONS = ("Classroom", "Hallway/breezeway", "Cafeteria", "Playground", "Bus", "Bathroom/restroom",
             "Commons/common area", "Library", "Gym", "Parking lot")  # fmt: skip
LOCATION_SHARES = {
    "elementary": (0.46, 0.09, 0.09, 0.22, 0.07, 0.03, 0.01, 0.01, 0.02, 0.0),
    "middle": (0.54, 0.16, 0.11, 0.02, 0.05, 0.04, 0.03, 0.01, 0.04, 0.0),
    "high": (0.55, 0.15, 0.09, 0.0, 0.02, 0.05, 0.08, 0.01, 0.02, 0.03),
}
MOTIVATIONS = (
    "Obtain peer attention", "Obtain adult attention", "Obtain items/activities", "Avoid peer(s)",
    "Avoid adult", "Avoid task/activity", "Unknown/other",
)  # fmt: skip
MOTIVATION_SHARES = (0.30, 0.16, 0.10, 0.05, 0.06, 0.23, 0.10)
ACTIONS = (
    "Conference with student", "Loss of privilege", "Parent contact", "Time in office", "Detention",
    "Restitution/community service", "In-school suspension", "Out-of-school suspension",
)  # fmt: skip
SUSPENSIONS = (6, 7)
FROM_SCHOOL = SUSPENSIONS[1]
ACTION_SHARES = (
    (0.46, 0.24, 0.16, 0.10, 0.04, 0.0, 0.0, 0.0),
    (0.08, 0.08, 0.14, 0.10, 0.20, 0.04, 0.22, 0.14),
)
PARENT_CONTACT, PARENTS_INFORMED = 2, 0.25  # in addition to another action
PARTS = ("Offender", "Victim", "Witness")
OFFENDER, VICTIM, WITNESS = range(3)

# The kit's own sizes.
A_HUNDRED_A_DAY = {"elementary": 0.25, "middle": 0.50, "high": 0.40}  # incidents per hundred children and day
MONTH_FACTOR = np.array([1.0, 1.1, 1.15, 1.1, 1.1, 0.8, 0.8, 0.6, 0.85, 1.15, 1.05, 0.95])  # January first
WEEKDAY_FACTOR = np.array([0.95, 1.02, 1.04, 1.02, 0.97])  # Monday first
ENGAGEMENT_IN_INCIDENTS, WELL_BEING_IN_INCIDENTS, OWN_TENDENCY = -0.45, -0.45, 0.70
ADMINISTRATOR_SHARE = 0.30
HAS_VICTIM, HAS_WITNESS = 0.65, 0.15
SUSPENDED_DAYS = (0.45, 0.25, 0.20, 0.06, 0.04)  # one to five
TRIES = 10

EFFECTS = (
    effect("engagement_in_incidents", ENGAGEMENT_IN_INCIDENTS),
    effect("well_being_in_incidents", WELL_BEING_IN_INCIDENTS),
    effect("own_tendency_in_incidents", OWN_TENDENCY),
    *(
        Effect(f"{level}_in_incidents", f"{level} school", "incidents", size, "a day and hundred children")
        for level, size in A_HUNDRED_A_DAY.items()
    ),
    *(
        Effect(f"{name.lower()}_in_incidents", name, "incidents", float(size), "times as many")
        for name, size in zip(MONTHS, MONTH_FACTOR, strict=True)
        if name != "July"
    ),
    *(
        Effect(f"{name.lower()}_in_incidents", name, "incidents", float(size), "times as many")
        for name, size in zip(WEEKDAYS, WEEKDAY_FACTOR, strict=True)
    ),
)


@dataclass(frozen=True)
class Incidents(Arrays):
    """Incident records as arrays, sorted by day; a record is one child's role in an incident.

    ``action`` and ``also`` are indexes in `ACTIONS`, -1 for none; ``days`` is the length in school days of
    the first action, from ``begin`` to ``end``.
    """

    incident: Codes
    child: Codes
    school: Codes
    grade: Codes
    year: Codes
    day: Days
    minute: Codes
    """Of the day."""
    part: Codes
    behavior: Codes
    location: Codes
    motivation: Codes
    action: Codes
    also: Codes
    days: Codes
    begin: Days
    end: Days


def draw_incidents(scenario: Scenario, schooling: Schooling, absences: Absences, traits: Traits) -> Incidents:
    """Draw incidents."""
    enrollments = schooling.enrollments
    own = rng_for(scenario.seed, "conduct", "tendency").standard_normal(len(traits.engagement))
    risk = np.exp(
        ENGAGEMENT_IN_INCIDENTS * traits.engagement
        + WELL_BEING_IN_INCIDENTS * traits.well_being
        + OWN_TENDENCY * own
    )
    risk /= risk.mean()
    away = days_away(absences)
    parts = []
    for year, level in schooling.years:
        laid_out = schooling.years[year, level]
        known = laid_out.past if year == scenario.school_year else len(laid_out.days)
        mine = enrollments.attended(year, level)
        mine = mine[enrollments.begin[mine] < known]
        last = np.where(enrollments.is_open[mine], known, enrollments.end[mine] + 1).clip(max=known)
        if known < 2:
            continue
        rng = rng_for(scenario.seed, "conduct", year, level)
        weights = _weights(laid_out.days[:known])
        reach = np.r_[0.0, np.cumsum(weights)]
        first, beyond = reach[enrollments.begin[mine]], reach[last]
        usual = A_HUNDRED_A_DAY[level] / 100 * risk[enrollments.child[mine]]
        times = rng.poisson(usual * (beyond - first))
        of = np.repeat(np.arange(len(mine)), times)
        child = enrollments.child[mine[of]]
        day = np.full(len(of), -1)
        for _ in range(TRIES):
            drawn = first[of] + rng.random(len(of)) * (beyond - first)[of]
            column = np.searchsorted(reach, drawn, side="right").clip(1, known) - 1
            free = (day < 0) & ~is_away(away, child, laid_out.days[column])
            day[free] = column[free]
        happened = day >= 0
        parts.append(
            _one_year(rng, schooling, year, level, mine, of[happened], day[happened], last, away, known)
        )
    return _together(parts, rng_for(scenario.seed, "conduct", "order"))


def _weights(days: Days) -> Numbers:
    """Return the weight of each day; the usual day is 1."""
    month = days.astype("datetime64[M]").astype("int64") % 12
    weekday = (days.astype("datetime64[D]").astype("int64") + 3) % 7
    return MONTH_FACTOR[month] * WEEKDAY_FACTOR[weekday]


def _one_year(
    rng: np.random.Generator,
    schooling: Schooling,
    year: int,
    level: str,
    mine: Codes,
    of: Codes,
    day: Codes,
    last: Codes,
    away: Codes,
    known: int,
) -> tuple[Incidents, Codes]:
    """Draw the incidents of a level's year and the others involved; also return their number."""
    enrollments, days = schooling.enrollments, schooling.years[year, level].days
    count = len(of)
    serious = (rng.random(count) < ADMINISTRATOR_SHARE).astype("int64")
    staff, office = (_choose(rng, shares, count) for shares in SHARES)
    behavior = np.where(serious == 1, STAFF_MANAGED + office, staff)
    light, hard = (_choose(rng, shares, count) for shares in ACTION_SHARES)
    action = np.where(serious == 1, hard, light)
    also = np.where((rng.random(count) < PARENTS_INFORMED) & (action != PARENT_CONTACT), PARENT_CONTACT, -1)
    length = np.where(np.isin(action, SUSPENSIONS), 1 + _choose(rng, SUSPENDED_DAYS, count), 0)
    begin = day + 1
    # Incidents after the exports, or in summer, don't exist.
    done = begin < known
    length = np.minimum(length, known - begin).clip(0)
    action, also = np.where(done, action, -1), np.where(done, also, -1)
    end = begin + np.maximum(length - 1, 0)
    enrollment = mine[of]
    offenders = {
        "incident": np.arange(count),
        "child": enrollments.child[enrollment],
        "school": enrollments.school[enrollment],
        "grade": enrollments.grade[enrollment],
        "year": np.full(count, year),
        "day": days[day],
        "minute": rng.integers(8 * 60, 15 * 60, count),
        "part": np.zeros(count, dtype="int64"),
        "behavior": behavior,
        "location": _choose(rng, LOCATION_SHARES[level], count),
        "motivation": _choose(rng, MOTIVATION_SHARES, count),
        "action": action,
        "also": also,
        "days": length,
        "begin": days[begin.clip(max=len(days) - 1)],
        "end": days[end.clip(max=len(days) - 1)],
    }
    # Others are children of the same grade and school who attend on that day.
    group = enrollments.school[mine] * 100 + enrollments.grade[mine]
    order = np.argsort(group, kind="stable")
    low = np.searchsorted(group[order], group[of], side="left")
    high = np.searchsorted(group[order], group[of], side="right")
    everybody = [offenders]
    for part, chance in (
        (VICTIM, HAS_VICTIM * AGAINST_SOMEBODY[behavior]),
        (WITNESS, np.full(count, HAS_WITNESS)),
    ):
        other = order[(low + rng.random(count) * (high - low)).astype("int64")] if count else of
        there = (rng.random(count) < chance) & (enrollments.begin[mine[other]] <= day) & (last[other] > day)
        there &= enrollments.child[mine[other]] != enrollments.child[enrollment]
        there &= ~is_away(away, enrollments.child[mine[other]], days[day])
        if part == WITNESS:
            victims = everybody[-1]
            taken = np.full(count, -1)
            taken[victims["incident"]] = victims["child"]
            there &= enrollments.child[mine[other]] != taken
        at = np.flatnonzero(there)
        theirs = {name: values[at] for name, values in offenders.items()}
        theirs |= {"child": enrollments.child[mine[other[at]]], "part": np.full(len(at), part)}
        theirs |= dict.fromkeys(("motivation", "action", "also"), np.full(len(at), -1))
        theirs |= {"days": np.zeros(len(at), dtype="int64")}
        everybody.append(theirs)
    merged = {name: np.concatenate([one[name] for one in everybody]) for name in offenders}
    return Incidents(**merged), np.array(count)


def _choose(rng: np.random.Generator, shares: tuple[float, ...], count: int) -> Codes:
    """Draw indexes by their shares."""
    reach = np.cumsum(shares)
    return np.searchsorted(reach, rng.random(count) * reach[-1], side="right").clip(max=len(shares) - 1)


def _together(parts: list[tuple[Incidents, Codes]], rng: np.random.Generator) -> Incidents:
    """Combine years and levels, and number incidents by time; those of one minute come in any order."""
    starts = np.cumsum([0, *(int(count) for _, count in parts)])
    numbered = [
        replace(part, incident=part.incident + start)
        for (part, _), start in zip(parts, starts[:-1], strict=True)
    ]
    whole = Incidents.stack(numbered)
    any_order = rng.permutation(int(starts[-1]))[whole.incident]
    whole = whole.at(np.lexsort((whole.part, any_order, whole.minute, whole.day)))
    _, first, number = np.unique(whole.incident, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype="int64")
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return replace(whole, incident=rank[number])


def conduct_elements(
    conduct: Incidents, schooling: Schooling, year: int, count: int, until: np.datetime64
) -> list[Element]:
    """Count each child's incidents of this year, and the days of actions, up to a day."""
    nobody = ~enrolled_until(schooling, year, count, until)
    now = conduct.year == year
    did = now & (conduct.part == OFFENDER) & (conduct.day <= until)
    incidents = np.bincount(conduct.child[did], minlength=count).astype("float64")
    served = now & (conduct.days > 0) & (conduct.begin <= until)
    days = np.bincount(conduct.child[served], weights=conduct.days[served], minlength=count)
    away = served & (conduct.action == FROM_SCHOOL)
    suspended = np.bincount(conduct.child[away], weights=conduct.days[away], minlength=count)
    return [
        Element("incidents", np.where(nobody, np.nan, incidents), whole_number),
        Element("discipline_days", np.where(nobody, np.nan, days), measured),
        Element("suspension_days", np.where(nobody, np.nan, suspended), measured),
    ]
