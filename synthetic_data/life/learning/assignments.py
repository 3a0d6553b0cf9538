"""Simulate assignments, and gradebooks as of a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.columns import numbered, within
from synthetic_data.life.absences import Absences
from synthetic_data.life.effects import effect
from synthetic_data.life.learning.grades import CHILD_SPREAD
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, measured, whole_number
from synthetic_data.population.schools import LEVELS
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.schooling.calendar import SchoolYear
from synthetic_data.streams import rng_for

__all__ = [
    "EFFECTS",
    "GROUPS",
    "NEVER",
    "Coursework",
    "Roster",
    "Standing",
    "Totals",
    "away_on",
    "draw_coursework",
    "learning_elements",
    "standing",
    "totals",
]


Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

GROUPS = ("Homework", "Quizzes", "Tests", "Projects")
GROUP_SHARES = (0.46, 0.25, 0.17, 0.12)
POINTS = ((10, 10, 15, 20), (10, 15, 20, 25), (50, 50, 100, 100), (50, 75, 100, 100))
EASE = np.array([4.0, 0.0, -4.0, 3.0])  # percent, added to the child's usual
MANNERS = (
    ("Homework {n}", "HW {n}", "Practice {n}"),
    ("Quiz {n}", "Quiz {n} (no notes)", "Check {n}"),
    ("Test {n}", "Unit {n} Test", "Exam {n}"),
    ("Project {n}", "Project {n}, part A", "Lab {n}"),
)
DAYS_APART = 6.5  # instructional days from one assignment of a section to the next
AHEAD = (4, 12)  # instructional days between publishing and due
GRADED_AFTER = ((1, 4), (1, 4), (2, 7), (3, 10))  # instructional days, by group
LATE_SHARE, LATE_BY = 0.06, (3, 12)
DIFFICULTY, CHANCE = 3.5, 8.0  # percent, standard deviations

TO_SOME, OF_THEM = 0.05, 0.4  # assignments given to some children only, and to how many
MISSING = -3.0  # log odds of handing nothing in, for a child of usual engagement who was there
ENGAGEMENT_IN_MISSING, ABSENT_IN_MISSING = -0.55, 1.1  # log odds, a standard deviation; log odds
ZERO_SHARE = 0.55  # of what isn't handed in; the rest stays blank
EXCUSED_IF_AWAY, EXCUSED_ANYWAY = 0.30, 0.004
BY_HAND_SECTIONS, BY_HAND = 0.15, 0.35  # teachers who post some scores by hand, and how many of them
POSTED_AFTER = (1, 15)  # instructional days after scoring

NEVER = np.datetime64("2262-01-01", "D")

EFFECTS = (
    effect("doing_in_coursework", CHILD_SPREAD),
    effect("engagement_in_handing_in", ENGAGEMENT_IN_MISSING),
    effect("absence_in_handing_in", ABSENT_IN_MISSING),
    effect("excuse_in_handing_in", 100 * (EXCUSED_IF_AWAY - EXCUSED_ANYWAY)),
)


@dataclass(frozen=True)
class Roster:
    """Children in sections, sorted by section and child: indexes, with begin and end."""

    child: Codes
    section: Codes
    begin: Days
    end: Days
    """`NEVER` where the child is still there."""
    away_from: Days
    """A child who left and came back was away from here; `NEVER` for all others."""
    away_to: Days


@dataclass(frozen=True)
class Coursework:
    """Assignments and their outcomes.

    Assignments are sorted by section, group and due date; cells by assignment and child, so that those of one
    assignment are adjacent, in the order of the section's children.
    """

    sections: Codes
    """Positions in `schooling.sections` of those that use the learning system."""
    roster: Roster
    """`section` counts in `sections`."""
    section: Codes
    group: Codes
    title: npt.NDArray[np.object_]
    number: npt.NDArray[np.object_]
    """The learning system's own number of the assignment."""
    points: Numbers
    due: Days
    published: Days
    by_hand: Mask
    posted: Days
    """From when on children see scores of an assignment that is posted by hand."""
    assignment: Codes
    place: Codes
    assigned: Mask
    excused: Mask
    missing: Mask
    """Never handed in."""
    score: npt.NDArray[np.float32]
    """NaN where there never is one."""
    graded: Days


def draw_coursework(
    scenario: Scenario,
    schooling: Schooling,
    absences: Absences,
    traits: Traits,
    usual_percent: tuple[Codes, Numbers],
) -> Coursework:
    """Draw the assignments of sections and children's work on them through the whole school year."""
    sections, roster, usual = _rosters(schooling, scenario.school_year, *usual_percent)
    rng = rng_for(scenario.seed, "assignments")
    section, due_at, end_of_year, days = _due(rng, schooling, scenario.school_year, sections)
    count = len(section)
    group = np.searchsorted(np.cumsum(GROUP_SHARES)[:-1], rng.random(count), side="right")
    order = np.lexsort((due_at, group, section))
    section, group, due_at = section[order], group[order], due_at[order]
    points = np.array(POINTS, dtype="float64")[group, rng.integers(0, len(POINTS[0]), count)]
    manner = rng.integers(0, len(MANNERS[0]), (len(sections), len(GROUPS)))[section, group]
    ahead = rng.integers(*AHEAD, count)
    takes = np.array(GRADED_AFTER)[group]
    graded_at = due_at + takes[:, 0] + (rng.random(count) * (takes[:, 1] - takes[:, 0])).astype("int64")
    by_hand = (rng.random(len(sections)) < BY_HAND_SECTIONS)[section] & (rng.random(count) < BY_HAND)
    posted_at = graded_at + rng.integers(*POSTED_AFTER, count)
    to_some = rng.random(count) < TO_SOME
    difficulty = DIFFICULTY * rng.standard_normal(count)

    def day(at: Codes, of: Codes) -> Days:
        """Return the date of a section's instructional day; `NEVER` beyond the last."""
        past = at >= end_of_year[of]
        found = days[of, np.clip(at, 0, days.shape[1] - 1)]
        found[past] = NEVER
        return found

    due, published = day(due_at, section), day(np.maximum(due_at - ahead, 0), section)

    # Cells: every assignment of every child in its section.
    seated = np.bincount(roster.section, minlength=len(sections))
    first_place = np.cumsum(seated) - seated
    assignment = np.repeat(np.arange(count), seated[section])
    place = within(seated[section]) + first_place[section[assignment]]
    rng = rng_for(scenario.seed, "assignment scores")
    cells = len(place)
    chance = rng.random((4, cells), dtype="float32")
    there = (roster.begin[place] <= due[assignment]) & (roster.end[place] >= published[assignment])
    there &= (roster.away_from[place] >= due[assignment]) | (roster.away_to[place] <= due[assignment])
    assigned = there & ~(to_some[assignment] & (chance[0] >= OF_THEM))

    away, with_excuse = away_on(absences, roster.child[place], due[assignment])
    log_odds = MISSING + ENGAGEMENT_IN_MISSING * traits.engagement[roster.child[place]]
    missing = chance[1] < 1 / (1 + np.exp(-(log_odds + scenario.direct_effects * ABSENT_IN_MISSING * away)))
    leniency = EXCUSED_ANYWAY + scenario.direct_effects * with_excuse * (EXCUSED_IF_AWAY - EXCUSED_ANYWAY)
    excused = assigned & (chance[2] < leniency)
    percent = usual[place] + (EASE[group] + difficulty)[assignment]
    percent = percent + CHANCE * rng.standard_normal(cells, dtype="float32")
    most = points[assignment]
    steps = np.where(group == 0, 1, 2)[assignment]  # homework in whole points, everything else in halves
    score = (np.round(percent * most / 100 * steps) / steps).clip(0, most)
    score[missing] = 0.0
    score[(missing & (chance[3] >= ZERO_SHARE)) | excused | ~assigned] = np.nan
    late = (chance[3] < LATE_SHARE) & ~missing
    handed_in = graded_at[assignment] + late * rng.integers(*LATE_BY, cells)
    return Coursework(
        sections=sections,
        roster=roster,
        section=section,
        group=group,
        title=_titles(group, manner, section),
        number=_numbers(rng_for(scenario.seed, "assignment numbers"), published),
        points=points,
        due=due,
        published=published,
        by_hand=by_hand,
        posted=np.where(by_hand, day(posted_at, section), published),
        assignment=assignment,
        place=place,
        assigned=assigned,
        excused=excused,
        missing=missing & assigned & ~excused,
        score=score.astype("float32"),
        graded=day(handed_in, section[assignment]),
    )


def _rosters(schooling: Schooling, year: int, seat: Codes, usual: Numbers) -> tuple[Codes, Roster, Numbers]:
    """Return the sections, the children in each with begin and end, and each child's usual percent there."""
    seats, enrollments = schooling.seats, schooling.enrollments
    secondary = enrollments.level[seats.enrollment[seat]] != list(LEVELS).index("elementary")
    mine = secondary & (enrollments.year[seats.enrollment[seat]] == year)
    seat, usual = seat[mine], usual[mine]
    # Students come first among section enrollments, in the same order.
    seated = schooling.section_enrollment
    begin = seated["begin_date"].to_numpy()[seat].astype("datetime64[D]")
    end = seated["end_date"].to_numpy()[seat].astype("datetime64[D]")
    end[np.isnat(end)] = NEVER
    child = enrollments.child[seats.enrollment[seat]]
    sections, section = np.unique(seats.section[seat], return_inverse=True)
    order = np.lexsort((begin, child, section))
    child, section, begin, end = child[order], section[order], begin[order], end[order]
    again = np.zeros(len(child), dtype=bool)
    again[1:] = (child[1:] == child[:-1]) & (section[1:] == section[:-1])
    first = np.flatnonzero(~again)
    last = np.append(first, len(child))[1:] - 1
    back = last > first
    roster = Roster(
        child=child[first],
        section=section[first],
        begin=begin[first],
        end=end[last],
        away_from=np.where(back, end[first], NEVER),
        away_to=np.where(back, begin[last], NEVER),
    )
    return sections, roster, usual[order][first]


def _due(
    rng: np.random.Generator, schooling: Schooling, of_year: int, sections: Codes
) -> tuple[Codes, Codes, Codes, Days]:
    """Distribute each section's assignments over its days.

    Returns section and due date (as index of instructional days) of each assignment, and for each section the
    number of days in its year, and the days.
    """
    table = schooling.sections.iloc[sections]
    level_of = dict(zip(schooling.courses["course_id"], schooling.courses["grade_level"], strict=True))
    high = np.array([level_of[course] in ("09", "10", "11", "12") for course in table["course_id"]])
    session = table["session_id"].str[-2:].to_numpy(dtype=object)
    years: list[SchoolYear] = [schooling.years[of_year, name] for name in ("middle", "high")]
    longest = max(len(year.days) for year in years)
    days = np.full((len(sections), longest), NEVER)
    start, stop, length = (np.zeros(len(sections), dtype="int64") for _ in range(3))
    for is_high, year in enumerate(years):
        mine = high == bool(is_high)
        days[mine, : len(year.days)] = year.days
        length[mine] = len(year.days)
        start[mine] = np.where(session[mine] == "S2", year.fall_end + 1, 0)
        stop[mine] = np.where(session[mine] == "S1", year.fall_end + 1, len(year.days))
    pace = DAYS_APART * rng.uniform(0.8, 1.25, len(sections))
    count = np.maximum(((stop - start) / pace).astype("int64"), 1)
    section = np.repeat(np.arange(len(sections)), count)
    share = (within(count) + rng.random(len(section))) / count[section]
    due_at = start[section] + (share * (stop - start)[section]).astype("int64")
    return section, due_at, length, days


def away_on(absences: Absences, child: Codes, day: Days) -> tuple[Mask, Mask]:
    """Mark who missed a day, and who was excused."""
    start = np.datetime64("2000-01-01", "D")
    width = 100_000

    def keys(who: Codes, when: Days) -> Codes:
        return who * width + (when.astype("datetime64[D]") - start).astype("int64")

    missed = keys(absences.child[absences.missed], absences.day[absences.missed])
    excuse = absences.excused[absences.missed]
    if len(missed) == 0:
        return np.zeros(len(child), dtype=bool), np.zeros(len(child), dtype=bool)
    wanted = keys(child, day)
    at = np.minimum(np.searchsorted(missed, wanted), len(missed) - 1)
    away = missed[at] == wanted
    return away, away & excuse[at]


def _titles(group: Codes, manner: Codes, section: Codes) -> npt.NDArray[np.object_]:
    """Return titles in each teacher's style, numbered within each group of a section."""
    changes = np.flatnonzero(np.r_[True, (group[1:] != group[:-1]) | (section[1:] != section[:-1])])
    number = np.arange(len(group)) - np.repeat(changes, np.diff(np.r_[changes, len(group)])) + 1
    columns = (group.tolist(), manner.tolist(), number.tolist())
    return np.array([MANNERS[g][m].format(n=n) for g, m, n in zip(*columns, strict=True)], dtype=object)


def _numbers(rng: np.random.Generator, published: Days) -> npt.NDArray[np.object_]:
    """Draw assignment numbers in order of publication; other schools use the same counter."""
    numbers = np.zeros(len(published), dtype="int64")
    order = np.argsort(published, kind="stable")
    numbers[order] = 3_100_000 + np.cumsum(rng.integers(1, 60, len(order)))
    return numbered("", numbers, 7)


@dataclass(frozen=True)
class Standing:
    """All gradebooks on one day.

    ``listed`` has one element per child in a section, ``visible`` one per assignment. The others have one per
    cell of `Coursework` with a listed child and a visible assignment: ``cell`` is its index there.
    """

    listed: Mask
    visible: Mask
    cell: Codes
    assigned: Mask
    excused: Mask
    graded: Mask
    posted: Mask
    """Graded, and children see it."""


@dataclass(frozen=True)
class Totals:
    """Sums over cells, one row per child in a section; of all groups together, or one column per group."""

    earned: Numbers
    possible: Numbers
    """Points of what is graded."""
    earned_posted: Numbers
    possible_posted: Numbers
    possible_of_all: Numbers
    """Points of everything assigned and not excused, graded or not."""

    @property
    def current(self) -> Numbers:
        """Percent of graded and posted points; NaN if there are none."""
        return _percent(self.earned_posted, self.possible_posted)

    @property
    def unposted_current(self) -> Numbers:
        """The same, including scores not yet posted."""
        return _percent(self.earned, self.possible)

    @property
    def final(self) -> Numbers:
        """Percent, counting everything not graded and posted as zero."""
        return _percent(self.earned_posted, self.possible_of_all)

    @property
    def unposted_final(self) -> Numbers:
        """Percent, counting everything not graded as zero."""
        return _percent(self.earned, self.possible_of_all)


def standing(coursework: Coursework, until: np.datetime64) -> Standing:
    """Return what gradebooks show on a day."""
    roster = coursework.roster
    listed = (roster.begin <= until) & (roster.end >= until)
    listed &= (roster.away_from >= until) | (roster.away_to <= until)
    visible = coursework.published <= until
    cell = np.flatnonzero(listed[coursework.place] & visible[coursework.assignment])
    assignment = coursework.assignment[cell]
    assigned = coursework.assigned[cell]
    excused = coursework.excused[cell] & (coursework.due[assignment] <= until)
    graded = (coursework.graded[cell] <= until) & ~np.isnan(coursework.score[cell]) & ~excused
    posted = graded & (coursework.posted[assignment] <= until)
    return Standing(listed, visible, cell, assigned, excused, graded, posted)


def totals(coursework: Coursework, now: Standing, by_group: bool = False) -> Totals:
    """Sum the points, as Canvas does for groups without weights."""
    count = len(coursework.roster.child)
    assignment = coursework.assignment[now.cell]
    width = len(GROUPS) if by_group else 1
    key = coursework.place[now.cell] * width + (coursework.group[assignment] if by_group else 0)
    points, score = coursework.points[assignment], coursework.score[now.cell]

    def add(weights: npt.NDArray[np.floating], mask: Mask) -> Numbers:
        sums = np.bincount(key[mask], weights=weights[mask], minlength=count * width).astype("float64")
        return sums.reshape(count, width) if by_group else sums

    return Totals(
        earned=add(score, now.graded),
        possible=add(points, now.graded),
        earned_posted=add(score, now.posted),
        possible_posted=add(points, now.posted),
        possible_of_all=add(points, now.assigned & ~now.excused),
    )


def learning_elements(coursework: Coursework, now: Standing, children: int) -> list[Element]:
    """Return each child's gradebook facts on a day."""
    child = coursework.roster.child
    whose = child[coursework.place[now.cell]]
    none = np.bincount(child[now.listed], minlength=children) == 0
    points = totals(coursework, now)
    current = np.round(points.current, 2)
    has = ~np.isnan(current)

    def by_child(weights: npt.NDArray[np.floating | np.bool_], of: Codes) -> Numbers:
        return np.bincount(of, weights=weights, minlength=children).astype("float64")

    earned, possible = by_child(points.earned, child), by_child(points.possible, child)
    average = _ratio(by_child(current[has], child[has]), by_child(has, child))
    elements: list[tuple[str, Numbers, Callable[[Numbers], object]]] = [
        ("course_average", average, measured),
        ("assignments_assigned", by_child(now.assigned, whose), whole_number),
        ("assignments_graded", by_child(now.graded, whose), whole_number),
        ("assignments_excused", by_child(now.assigned & now.excused, whose), whole_number),
        ("points_earned", earned, measured),
        ("points_possible", possible, measured),
        ("points_share", _ratio(earned, possible), measured),
    ]
    return [Element(name, np.where(none, np.nan, numbers), write) for name, numbers, write in elements]


def _percent(earned: Numbers, possible: Numbers) -> Numbers:
    return 100 * _ratio(earned, possible)


def _ratio(part: Numbers, whole: Numbers) -> Numbers:
    """Divide; 0/0 is NaN."""
    shares = np.full(part.shape, np.nan)
    return np.divide(part, whole, out=shares, where=whole > 0)
