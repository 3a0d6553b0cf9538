"""Count children who are flagged or missed, by linkage method."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.profile import (
    Indicator,
    build_profiles,
    compute_indicators,
    gather_facts,
    indicator,
    recording_system,
    stated_values_of_part,
    status_by_child,
)
from helpers.score.answer_key import AnswerKey, can_be_judged, read_answer_key
from helpers.score.populations import (
    NAMED_KINDS,
    OUTCOMES,
    child_outcomes,
    record_kinds,
)
from helpers.score.summary import NAMED_RECORDS, children_by_records
from helpers.score.truth import RECORD, true_children, true_crosswalk
from helpers.standard import STRING, as_table
from helpers.systems import declared, element

__all__ = [
    "FALLING_BY",
    "FLAGS",
    "KNOWN",
    "SIGNS",
    "Flags",
    "children_at_risk",
    "count_cluster_outcomes",
    "flagged_children",
    "flags_missed",
    "missed_flags",
    "signs_of",
    "systems_of_signs",
    "true_flags",
]


CHRONIC = "Chronically absent"
SINCE_LAST_YEAR = "Grades fell since last year"
SINCE_REPORT_CARD = "Grades fell since the report card"
FLAGS = (CHRONIC, SINCE_LAST_YEAR, SINCE_REPORT_CARD)
# Drop in percentage points that counts as falling: the kit's own; schools set their own.
FALLING_BY = 5.0
# Facts that flags use.
FLAG_TABLES = frozenset(
    "school calendar session section school_enrollment section_enrollment attendance_event "
    "course_grade".split()
)
ELEMENTS = ("chronically_absent", "grade_average", "course_average")


@dataclass(frozen=True)
class Flags:
    """Flagged children, and the true child of each page."""

    # One row per child of the crosswalk, one boolean column per flag of `FLAGS`; NA if unknown.
    by_child: pd.DataFrame
    # ``silo``, ``record``, ``person``: true person of each record, in order of systems.
    owner: pd.DataFrame


def true_flags(district: District, links: Links, *, key: AnswerKey | None = None) -> Flags:
    """Flag the children of a district as correct links would flag them.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        Any links of it.
    key
        Answer key; default is the one in the district's folder.
    falling_by
        Drop of an average in percentage points that raises a flag.

    Returns
    -------
    Flags
        Input of `missed_flags`, to compare several linkage methods with one truth.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    truly = true_crosswalk(district, key=key or read_answer_key(district.folder))
    owner = truly[[*RECORD, "child"]].rename(columns={"child": "person"})
    return Flags(_flags(district, replace(links, crosswalk=truly)), owner)


def missed_flags(
    district: District,
    links: Links,
    *,
    key: AnswerKey | None = None,
    truly: Flags | None = None,
) -> pd.DataFrame:
    """Count children whom a district flags, fails to flag, or flags wrongly because of its links.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        Links from any linkage method.
    key
        Answer key; default is the one in the district's folder.
    truly
        Result of `true_flags`, if you have it.

    Returns
    -------
    pandas.DataFrame
        Table ``linking_harm``, one row per flag: *chronically absent* as in profiles (a tenth of at least
        ten days enrolled); *grades fell since last year*, by the report cards of both years; *grades fell
        since the report card*, today's gradebooks below this year's report cards, which needs a link between
        two systems. ``true_count``: flagged with correct links; among these ``found`` and ``missed``
        (``unknown``: missed because the page has no data); ``false_count``: flagged, but not with correct
        links. A child's page is the one with its record in the first system, because people look children up
        on the roster.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    truly = truly or true_flags(district, links, key=key)
    shown = _flags(district, links)
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
                "true_count": int(is_so.sum()),
                "found": int((is_so & flagged).sum()),
                "missed": int((is_so & ~flagged).sum()),
                "unknown": int((is_so & unknown).sum()),
                "false_count": int((~is_so & flagged).sum()),
            }
        )
    return as_table("linking_harm", pd.DataFrame(rows))


def page_of(owner: pd.DataFrame, links: Links) -> pd.Series:
    """Return the page of each child: the one with the child's record in the first system."""
    made = links.crosswalk[[*RECORD, "child"]]
    ties = owner.merge(made, on=RECORD, how="left", validate="one_to_one")
    return ties.dropna(subset=["child"]).drop_duplicates("person").set_index("person")["child"]


def _flags(district: District, links: Links) -> pd.DataFrame:
    """Flag each child of a crosswalk; NA if a figure that the flag needs is missing."""
    wanted = tuple(one for one in declared().element if one.name in ELEMENTS)
    evidence = gather_facts(_with_tables(district, FLAG_TABLES), links)
    values = stated_values_of_part(evidence, wanted)
    reported = values[values["chosen"] & values["status"].eq("Reported") & values["school_year"].notna()]
    children = pd.Index(links.crosswalk["child"].unique(), dtype=STRING)
    latest = int(reported["school_year"].max()) if len(reported) else 0

    def figure(element: str, year: int) -> pd.Series:
        here = reported[reported["element"].eq(element) & reported["school_year"].eq(year)]
        return here.set_index("child")["value_number"].reindex(children)

    now = figure("grade_average", latest)
    return pd.DataFrame(
        {
            CHRONIC: _above(figure("chronically_absent", latest), 1.0),
            SINCE_LAST_YEAR: _above(figure("grade_average", latest - 1) - now, FALLING_BY),
            SINCE_REPORT_CARD: _above(now - figure("course_average", latest), FALLING_BY),
        }
    )


def _with_tables(district: District, tables: Collection[str]) -> District:
    """Drop the facts that nobody uses here: they are most of a district."""
    silos = {
        name: replace(silo, facts={table: rows for table, rows in silo.facts.items() if table in tables})
        for name, silo in district.items()
    }
    return replace(district, silos=silos)


def _above(figure: pd.Series, least: float) -> pd.Series:
    number = figure.to_numpy(dtype="float64", na_value=np.nan)
    # A small tolerance, so that 81.3 less 76.3 counts as five.
    return pd.Series(number >= least - 1e-9, index=figure.index, dtype="boolean").mask(np.isnan(number))


# Indicators, each with its default definition: attendance, behavior, course performance, a test, a screener.
SIGNS = (
    "chronic_absence",
    "early_warning_courses",
    "early_warning_behavior",
    "achievement_mathematics",
    "screener_level",
)
# Statuses of an indicator with data.
KNOWN = ("Flagged", "Warning", "Clear")
# Facts that indicators use, and those that give a child's grade and school.
INDICATOR_TABLES = frozenset(
    "school calendar session section school_enrollment section_enrollment attendance_event attendance_day "
    "course_grade incident discipline_action assessment_result screener_result".split()
)


def signs_of(indicators: pd.DataFrame, statuses: Sequence[str] = ("Flagged",)) -> pd.DataFrame:
    """List the indicators that flag each child."""
    children = pd.Index(indicators["child"].unique(), dtype=STRING)
    flagged = {}
    for sign in SIGNS:
        status = status_by_child(indicators, sign).set_index("child")["status"].reindex(children)
        flagged[sign] = status.isin(list(statuses)).to_numpy(dtype=bool)
    return pd.DataFrame(flagged, index=children)


@cache
def systems_of_signs() -> Mapping[str, str]:
    """Map each indicator to the system of its definition's first element."""
    return {
        each.name: recording_system(element(each.elements_of(each.definition[0])[0])) for each in _asked()
    }


def children_at_risk(
    district: District, links: Links, indicators: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """List the indicators that flag each child, with these links and with correct ones."""
    key = key or read_answer_key(district.folder)
    truly = true_crosswalk(district, key=key)
    right = replace(links, crosswalk=truly)
    slim = _with_tables(district, INDICATOR_TABLES)
    truth = signs_of(compute_indicators(slim, right, build_profiles(slim, right), _asked()))
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
    """Return the indicators, each with only its default definition."""
    whole = [indicator(sign) for sign in SIGNS]
    return tuple(
        each.model_copy(update={"definition": tuple(one for one in each.definition if one.default)})
        for each in whole
    )


# Without a key, we only know the link confidence of a child's records; later entries are weaker.
TIES = {"Verified": "joined", "Unlinked": "alone", "Review": "review", "Unverified": "unverified"}


def count_cluster_outcomes(district: District, links: Links) -> dict[str, int]:
    """Count the children with a name in any system, by what became of their records."""
    if can_be_judged(district.folder):
        truth = true_children(district, read_answer_key(district.folder), links.crosswalk)
        by_outcome = child_outcomes(children_by_records(truth)[NAMED_RECORDS]).value_counts()
        return {outcome: int(by_outcome.get(outcome, 0)) for outcome in OUTCOMES}
    crosswalk = links.crosswalk[np.isin(record_kinds(links.crosswalk["linkable_by"]), NAMED_KINDS)]
    order = list(TIES)
    place = crosswalk["link_status"].map(order.index).groupby(crosswalk["child"]).max()
    counts = place.value_counts()
    return {TIES[link_status]: int(counts.get(number, 0)) for number, link_status in enumerate(order)}


def flagged_children(district: District, methods: Mapping[str, Links]) -> pd.DataFrame:
    """List the children with one of `FLAGS`: ``person``, and by method whether the page shows each."""
    truly = true_flags(district, next(iter(methods.values())))
    persons = pd.Index(truly.by_child.index).intersection(pd.Index(truly.owner["person"].unique()))
    due = truly.by_child.reindex(persons).fillna(False).astype(bool)
    due = due[due.any(axis="columns")].rename_axis(index="person")
    seen = {}
    for method, links in methods.items():
        page = page_of(truly.owner, links).reindex(due.index)
        shown = _flags(district, links).reindex(page).set_axis(due.index)
        seen[method] = (shown.fillna(False).astype(bool) | ~due).all(axis="columns")
    return pd.DataFrame(seen, index=due.index).reset_index()


def flags_missed(district: District, rungs: Mapping[str, Links]) -> pd.DataFrame:
    """Count the children whose flag each linkage method hides."""
    truly = true_flags(district, next(iter(rungs.values())))
    found = {
        rung: missed_flags(district, links, truly=truly).set_index("flag") for rung, links in rungs.items()
    }
    rows = {
        rung: {**lost["missed"].to_dict(), "flagged without cause": int(lost["false_count"].sum())}
        for rung, lost in found.items()
    }
    rows["who truly have it"] = next(iter(found.values()))["true_count"].to_dict()
    return pd.DataFrame.from_dict(rows, orient="index").astype("Int64").reset_index(names="joined by")
