"""What a system says of the children whom it knows: columns that are filled, and facts that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from helpers.gaps.known import Known
from helpers.gaps.measures import line
from helpers.gaps.years_told import of_this_year
from helpers.profile.facts.systems import Newest
from helpers.profile.rules.yearly_counts import only_handed_in
from helpers.standard import fact_tables

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.layouts.layout import Layout

__all__ = ["completeness", "entries", "filled"]

# What is needed to say who a child is, where she belongs and how to talk with her family.
NEEDED = (
    "local_id", "first_name", "last_surname", "birth_date", "sex", "grade_level", "school_id",
    "home_language",
)  # fmt: skip
# Facts of which a system that keeps them has some of every child. Absences, incidents or visits are
# exceptions: a child without one is no gap.
OF_EVERY_CHILD = {
    "school_enrollment": "enrolments",
    "section_enrollment": "classes",
    "assignment_score": "scores",
    "course_grade": "grades",
    "assessment_result": "test results",
    "meal_eligibility": "eligibilities",
    "contact": "contacts",
}
# Work that has no score because none was asked for, or none can be given yet.
NOT_ASKED = ("Excused", "Not assigned", "Upcoming")

Lines = list[dict[str, Any]]


def filled(known: Known, column: str) -> npt.NDArray[np.bool_]:
    """Mark the records that say something in a column; a placeholder says nothing."""
    says = known.records[column].notna()
    if column in ("first_name", "last_surname"):
        says = (says | known.records["full_name"].notna()) & (known.records["name_status"] != "Placeholder")
    if column == "birth_date":
        says &= known.records["birth_date_status"] != "Placeholder"
    return says.to_numpy(dtype=bool)


def _collects(layout: Layout | None, column: str) -> bool:
    """Say whether a system's export has a column at all, as far as its layout tells."""
    if layout is None:
        return False
    wanted = (
        {"first_name", "last_surname", "full_name"} if column in ("first_name", "last_surname") else {column}
    )
    return any(
        wanted & {*makes.take, *makes.set, *makes.flags}
        for file in layout.files
        for makes in file.makes
        if makes.table == "people"
    )


def completeness(known: Known, newest: Newest, layouts: Mapping[str, Layout]) -> Lines:
    """Measure how often each system fills the columns that are needed to know a child.

    Parameters
    ----------
    known
        Who is in which system.
    newest
        The newest day of which each system speaks. Records that tell of an earlier school year only aren't
        asked, unless a system has no others: nobody fills the form of last year now.
    layouts
        Layout by system: a column that an export doesn't have is a limit, not a gap.

    Returns
    -------
    list of dict
        A line *column filled* a system and needed column.
    """
    lines: Lines = []
    now = of_this_year(known, newest)
    asked = [
        known.of(place) & now if (known.of(place) & now).any() else known.of(place)
        for place in range(len(known.silos))
    ]
    for column in NEEDED:
        says = filled(known, column)
        for place, silo in enumerate(known.silos):
            mine = asked[place]
            count, total = int((says & mine).sum()), int(mine.sum())
            limit = count == 0 and not _collects(layouts.get(silo), column)
            example = {} if limit else known.example(mine & ~says)
            lines.append(line("column filled", silo, None, count, total, column, is_limit=limit, **example))
    return sorted(lines, key=lambda each: known.silos.index(each["left_silo"]))


def entries(district: District, known: Known) -> Lines:
    """Measure of how many of its children each system has the facts that it keeps.

    Parameters
    ----------
    district
        A district that was read.
    known
        Who is in which system.

    Returns
    -------
    list of dict
        A line *children with an entry* a system and kind of fact that it keeps of every child; *scores given*
        where it keeps work and scores. The latter is a limit: what isn't graded yet is no gap.
    """
    lines: Lines = []
    for table, words in OF_EVERY_CHILD.items():
        if table not in fact_tables():
            continue
        facts = district.fact(table)
        named = facts.loc[facts["record"].notna(), ["silo", "record"]].drop_duplicates()
        number = known.numbers_of(named["silo"], named["record"])
        there = number[number >= 0]
        has = np.zeros(known.holds.shape, dtype=bool)
        has[known.child[there], known.place[there]] = True
        for place, silo in enumerate(known.silos):
            count = int(has[:, place].sum())
            if count:
                without = known.example(known.of(place) & ~has[known.child, place])
                total = int(known.holds[:, place].sum())
                lines.append(line("children with an entry", silo, None, count, total, words, **without))
        if table == "assignment_score":
            asked = facts[facts["record"].notna() & ~facts["score_status"].isin(list(NOT_ASKED))]
            asked = asked[~only_handed_in(asked)]
            given = asked.groupby("silo")["score"].agg(["count", "size"])
            lines += [
                line("scores given", silo, None, int(row["count"]), int(row["size"]), words, is_limit=True)
                for silo, row in given.to_dict("index").items()
                if silo in known.silos
            ]
    return lines
