"""What wrong and missing links do: who needs help and is not seen, and who is flagged for another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.profile.gather import gather
from helpers.profile.profiles import said_in
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import RECORD, true_crosswalk
from helpers.standard import STRING, as_table
from helpers.standard.elements import declared

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["FALLING_BY", "FLAGS", "Flags", "flags_lost", "page_of", "true_flags"]

CHRONIC = "Chronically absent"
SINCE_LAST_YEAR = "Grades fell since last year"
SINCE_REPORT_CARD = "Grades fell since the report card"
FLAGS = (CHRONIC, SINCE_LAST_YEAR, SINCE_REPORT_CARD)
# Percent points by which an average must have fallen: the kit's own; schools set their own.
FALLING_BY = 5.0
# The facts behind them.
FLAG_TABLES = frozenset(
    "school calendar session section school_enrollment section_enrollment attendance_event "
    "course_grade".split()
)
ELEMENTS = ("chronically_absent", "grade_average", "course_average")


@dataclass(frozen=True)
class Flags:
    """Which children are flagged, and whose page each one's is.

    Attributes
    ----------
    by_child
        One row a child of the crosswalk, one column a flag of `FLAGS` (boolean; NA: nothing is known).
    owner
        ``silo``, ``record``, ``person``: whose each record truly is, in the order of the systems.
    """

    by_child: pd.DataFrame
    owner: pd.DataFrame


def true_flags(
    district: District, links: Links, *, key: AnswerKey | None = None, falling_by: float = FALLING_BY
) -> Flags:
    """Flag the children of a district as they would be if every record were joined rightly.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    links
        Any links of it.
    key
        The truth; by default that of the district's folder.
    falling_by
        Percent points by which an average must have fallen.

    Returns
    -------
    Flags
        To be given to `flags_lost`, so that several rungs are compared with one truth.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    truly = true_crosswalk(district, key=key or read_answer_key(district.folder))
    owner = truly[[*RECORD, "child"]].rename(columns={"child": "person"})
    return Flags(_flags(district, replace(links, crosswalk=truly), falling_by), owner)


def flags_lost(
    district: District,
    links: Links,
    *,
    key: AnswerKey | None = None,
    truly: Flags | None = None,
    falling_by: float = FALLING_BY,
) -> pd.DataFrame:
    """Count the children whom a district would flag, fail to flag and flag wrongly because of its links.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    links
        Who is who, by whichever rung.
    key
        The truth; by default that of the district's folder.
    truly
        From `true_flags`, where it is at hand.
    falling_by
        Percent points by which an average must have fallen.

    Returns
    -------
    pandas.DataFrame
        The standard table *linking_costs*, one row a flag: *chronically absent* as profiles say it (a tenth
        of at least ten days enrolled); *grades fell since last year*, by the report cards of both years;
        *grades fell since the report card*, what gradebooks show today below the report cards of the year,
        which two systems must be joined for. ``truly``: flagged if every record is joined rightly; of these
        ``found`` and ``missed`` (``unknown``: of the missed, those of whom the page says nothing at all);
        ``wrongly``: flagged and not truly. A child's page is the one that holds its record in the first
        system, as the roster is where people look a child up.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    truly = truly or true_flags(district, links, key=key, falling_by=falling_by)
    shown = _flags(district, links, falling_by)
    opened = page_of(truly.owner, links)
    persons = pd.Index(truly.by_child.index).intersection(pd.Index(truly.owner["person"].unique()))
    page = opened.reindex(persons)
    rows = []
    for flag in FLAGS:
        is_so = truly.by_child[flag].reindex(persons).fillna(False).to_numpy(dtype=bool)
        says = shown[flag].reindex(page).set_axis(persons)
        flagged = says.fillna(False).to_numpy(dtype=bool)
        unknown = says.isna().to_numpy(dtype=bool)
        rows.append(
            {
                "flag": flag,
                "truly": int(is_so.sum()),
                "found": int((is_so & flagged).sum()),
                "missed": int((is_so & ~flagged).sum()),
                "unknown": int((is_so & unknown).sum()),
                "wrongly": int((~is_so & flagged).sum()),
            }
        )
    return as_table("linking_costs", pd.DataFrame(rows))


def page_of(owner: pd.DataFrame, links: Links) -> pd.Series:
    """Say which page is opened when a child is looked up: the one that holds its record in the first system.

    Parameters
    ----------
    owner
        ``silo``, ``record``, ``person``: whose each record truly is, in the order of the systems.
    links
        Who is who.

    Returns
    -------
    pandas.Series
        The crosswalk's child by person; a person without a page is missing.
    """
    made = links.crosswalk[[*RECORD, "child"]]
    ties = owner.merge(made, on=RECORD, how="left", validate="one_to_one")
    return ties.dropna(subset=["child"]).drop_duplicates("person").set_index("person")["child"]


def _flags(district: District, links: Links, falling_by: float) -> pd.DataFrame:
    """Flag each child of a crosswalk; NA where a figure that the flag needs isn't there."""
    wanted = tuple(one for one in declared().element if one.name in ELEMENTS)
    evidence = gather(_with_flag_tables(district), links)
    values = said_in(evidence, wanted)
    told = values[values["chosen"] & values["status"].eq("Reported") & values["school_year"].notna()]
    children = pd.Index(links.crosswalk["child"].unique(), dtype=STRING)
    latest = int(told["school_year"].max()) if len(told) else 0

    def figure(element: str, year: int) -> pd.Series:
        here = told[told["element"].eq(element) & told["school_year"].eq(year)]
        return here.set_index("child")["value_number"].reindex(children)

    now = figure("grade_average", latest)
    return pd.DataFrame(
        {
            CHRONIC: _above(figure("chronically_absent", latest), 1.0),
            SINCE_LAST_YEAR: _above(figure("grade_average", latest - 1) - now, falling_by),
            SINCE_REPORT_CARD: _above(now - figure("course_average", latest), falling_by),
        }
    )


def _with_flag_tables(district: District) -> District:
    """Leave out the facts that no flag looks at: they are most of a district."""
    silos = {
        name: replace(silo, facts={table: rows for table, rows in silo.facts.items() if table in FLAG_TABLES})
        for name, silo in district.items()
    }
    return replace(district, silos=silos)


def _above(figure: pd.Series, least: float) -> pd.Series:
    number = figure.to_numpy(dtype="float64", na_value=np.nan)
    # A hair's breadth, so that 81.3 less 76.3 is five.
    return pd.Series(number >= least - 1e-9, index=figure.index, dtype="boolean").mask(np.isnan(number))
