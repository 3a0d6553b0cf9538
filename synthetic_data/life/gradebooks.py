"""What gradebooks show on a day: which assignments and scores there are, and the totals that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.life.assignments import GROUPS, Coursework
from synthetic_data.life.true_values import Element, measured, whole_number

__all__ = ["Standing", "Totals", "learning_elements", "standing", "totals"]

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """All gradebooks on one day.

    ``listed`` is one element a place, ``visible`` one an assignment. The others are about those cells of
    `Coursework` in which a listed child meets a visible assignment: ``cell`` is their place there.
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
    """Sums over cells, one row a place; of all groups together, or one column a group."""

    earned: Numbers
    possible: Numbers
    """Points of what is graded."""
    earned_posted: Numbers
    possible_posted: Numbers
    possible_of_all: Numbers
    """Points of everything assigned and not excused, graded or not."""

    @property
    def current(self) -> Numbers:
        """Percent of what is graded and posted; NaN where nothing is."""
        return _percent(self.earned_posted, self.possible_posted)

    @property
    def unposted_current(self) -> Numbers:
        """The same, with what children don't see yet."""
        return _percent(self.earned, self.possible)

    @property
    def final(self) -> Numbers:
        """Percent, with everything that isn't graded and posted as zero."""
        return _percent(self.earned_posted, self.possible_of_all)

    @property
    def unposted_final(self) -> Numbers:
        """Percent, with everything that isn't graded as zero."""
        return _percent(self.earned, self.possible_of_all)


def standing(coursework: Coursework, until: np.datetime64) -> Standing:
    """Say what gradebooks show on a day.

    Parameters
    ----------
    coursework
        From `draw_coursework`.
    until
        The day.

    Returns
    -------
    Standing
        Children who sit in a section on the day, assignments published by then, and their cells.
    """
    places = coursework.places
    listed = (places.begin <= until) & (places.end >= until)
    listed &= (places.away_from >= until) | (places.away_to <= until)
    visible = coursework.published <= until
    cell = np.flatnonzero(listed[coursework.place] & visible[coursework.assignment])
    assignment = coursework.assignment[cell]
    assigned = coursework.assigned[cell]
    excused = coursework.excused[cell] & (coursework.due[assignment] <= until)
    graded = (coursework.graded[cell] <= until) & ~np.isnan(coursework.score[cell]) & ~excused
    posted = graded & (coursework.posted[assignment] <= until)
    return Standing(listed, visible, cell, assigned, excused, graded, posted)


def totals(coursework: Coursework, now: Standing, by_group: bool = False) -> Totals:
    """Add up points, as Canvas does where groups have no weights.

    Parameters
    ----------
    coursework, now
        The cells.
    by_group
        One column a group of assignments, in the order of `GROUPS`.

    Returns
    -------
    Totals
        One row a place of `coursework`.
    """
    count = len(coursework.places.child)
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
    """Give what gradebooks say of each child on a day.

    Parameters
    ----------
    coursework
        From `draw_coursework`.
    now
        What gradebooks show on the day.
    children
        How many children there are.

    Returns
    -------
    list of Element
        course_average (mean of the sections' current scores), assignments assigned, graded and excused,
        points earned and possible on what is graded, and their share; a child who sits in no section that
        uses the learning system has none.
    """
    child = coursework.places.child
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
    """Divide; nothing of nothing is NaN."""
    shares = np.full(part.shape, np.nan)
    return np.divide(part, whole, out=shares, where=whole > 0)
