"""Children whom the kit's indicators point at: as the links show it, and as right links would show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from helpers.profile.indicators import Indicator, child_indicators, indicator, status_by_child
from helpers.profile.profiles import child_profiles
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.flags import page_of
from helpers.score.truth import RECORD, true_crosswalk
from helpers.standard import STRING

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["KNOWN", "SIGNS", "SYSTEM_OF", "children_at_risk", "signs_of"]

# Signs, each under its default definition, and the system that tells it: attendance, behaviour, course
# performance (marks come from the system of absences), a test, a screener.
SYSTEM_OF = {
    "chronic_absence": "attendance",
    "early_warning_courses": "attendance",
    "early_warning_behaviour": "behaviour",
    "achievement_mathematics": "map_growth",
    "screener_level": "screener",
}
SIGNS = tuple(SYSTEM_OF)
# Statuses of a sign of which something is known, whatever it says.
KNOWN = ("Flagged", "Warning", "Clear")
# The facts behind them, and those by which a child's grade and school are known.
INDICATOR_TABLES = frozenset(
    "school calendar session section school_enrollment section_enrollment attendance_event attendance_day "
    "course_grade incident discipline_action assessment_result screener_result".split()
)


def signs_of(indicators: pd.DataFrame, statuses: Sequence[str] = ("Flagged",)) -> pd.DataFrame:
    """Say of each child which signs point at it.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    statuses
        What counts: `KNOWN` says of whom a sign is known at all.

    Returns
    -------
    pandas.DataFrame
        Indexed by child, one boolean column a sign of `SIGNS`: flagged. What isn't known points at nobody.
    """
    children = pd.Index(indicators["child"].unique(), dtype=STRING)
    said = {}
    for sign in SIGNS:
        status = status_by_child(indicators, sign).set_index("child")["status"].reindex(children)
        said[sign] = status.isin(list(statuses)).to_numpy(dtype=bool)
    return pd.DataFrame(said, index=children)


def children_at_risk(
    district: District, links: Links, indicators: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Say of each child which signs point at it by the links, and which would by right ones.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    links
        Who is who, by whichever rung.
    indicators
        Table ``indicators``, computed with these links.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        One row a person of whom a system has a record: ``person``, ``known`` (the child has a page: that of
        its record in the first system), and two booleans a sign, ``<sign>.shown`` and ``<sign>.truly``. Both
        come from the same files: what a file says wrongly or late is in both.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    truly = true_crosswalk(district, key=key)
    right = replace(links, crosswalk=truly)
    slim = _with_indicator_tables(district)
    truth = signs_of(child_indicators(slim, right, child_profiles(slim, right), _asked()))
    shown = signs_of(indicators)
    owner = truly[[*RECORD, "child"]].rename(columns={"child": "person"})
    page = page_of(owner, links)
    persons = truth.index.intersection(pd.Index(owner["person"].unique()))
    opened = page.reindex(persons)
    says = shown.reindex(opened).set_axis(persons, axis="index").fillna(False).astype(bool)
    found = pd.DataFrame({"person": persons, "known": opened.notna().to_numpy(dtype=bool)})
    for sign in SIGNS:
        found[f"{sign}.shown"] = says[sign].to_numpy(dtype=bool)
        found[f"{sign}.truly"] = truth[sign].reindex(persons).to_numpy(dtype=bool)
    return found


def _asked() -> tuple[Indicator, ...]:
    """Give the signs' indicators, each with its default definition alone."""
    whole = [indicator(sign) for sign in SIGNS]
    return tuple(
        each.model_copy(update={"definition": tuple(one for one in each.definition if one.default)})
        for each in whole
    )


def _with_indicator_tables(district: District) -> District:
    """Leave out the facts that no sign looks at: they are most of a district."""
    silos = {
        name: replace(
            silo, facts={table: rows for table, rows in silo.facts.items() if table in INDICATOR_TABLES}
        )
        for name, silo in district.items()
    }
    return replace(district, silos=silos)
