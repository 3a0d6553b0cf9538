"""Children flagged or missed, by linkage method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from helpers.score.children import score_children
from helpers.score.truth import RECORD, true_crosswalk, true_person_of_record
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
    "flags_missed",
    "missed_flags",
    "of_named_pairs",
    "page_of",
    "signs_of",
    "systems_of_signs",
    "true_flags",
]


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
    """Which children are flagged, and whose page each one's is."""

    # One row a child of the crosswalk, one column a flag of `FLAGS` (boolean; NA: nothing is known).
    by_child: pd.DataFrame
    # ``silo``, ``record``, ``person``: whose each record truly is, in the order of the systems.
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
        To be given to `missed_flags`, so that several rungs are compared with one truth.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    truly = true_crosswalk(district, key=key or read_answer_key(district.folder))
    owner = truly[[*RECORD, "child"]].rename(columns={"child": "person"})
    return Flags(_flags(district, replace(links, crosswalk=truly), falling_by), owner)


def missed_flags(
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
    """Say which page opens for a child: the one with the child's record in the first system."""
    made = links.crosswalk[[*RECORD, "child"]]
    ties = owner.merge(made, on=RECORD, how="left", validate="one_to_one")
    return ties.dropna(subset=["child"]).drop_duplicates("person").set_index("person")["child"]


def _flags(district: District, links: Links, falling_by: float) -> pd.DataFrame:
    """Flag each child of a crosswalk; NA where a figure that the flag needs isn't there."""
    wanted = tuple(one for one in declared().element if one.name in ELEMENTS)
    evidence = gather_facts(_with_flag_tables(district), links)
    values = stated_values_of_part(evidence, wanted)
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


# Signs, each under its default definition: attendance, behaviour, course performance, a test, a screener.
SIGNS = (
    "chronic_absence",
    "early_warning_courses",
    "early_warning_behaviour",
    "achievement_mathematics",
    "screener_level",
)
# Statuses of a sign of which something is known, whatever it says.
KNOWN = ("Flagged", "Warning", "Clear")
# The facts behind them, and those by which a child's grade and school are known.
INDICATOR_TABLES = frozenset(
    "school calendar session section school_enrollment section_enrollment attendance_event attendance_day "
    "course_grade incident discipline_action assessment_result screener_result".split()
)


def signs_of(indicators: pd.DataFrame, statuses: Sequence[str] = ("Flagged",)) -> pd.DataFrame:
    """Say of each child which signs point at it."""
    children = pd.Index(indicators["child"].unique(), dtype=STRING)
    said = {}
    for sign in SIGNS:
        status = status_by_child(indicators, sign).set_index("child")["status"].reindex(children)
        said[sign] = status.isin(list(statuses)).to_numpy(dtype=bool)
    return pd.DataFrame(said, index=children)


@cache
def systems_of_signs() -> Mapping[str, str]:
    """Name the system whose records each sign comes from: that of the first element of its definition."""
    return {
        each.name: recording_system(element(each.elements_of(each.definition[0])[0])) for each in _asked()
    }


def children_at_risk(
    district: District, links: Links, indicators: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Say of each child which signs point at it by the links, and which would by right ones."""
    key = key or read_answer_key(district.folder)
    truly = true_crosswalk(district, key=key)
    right = replace(links, crosswalk=truly)
    slim = _with_indicator_tables(district)
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


NAMED = ("Name and birth date", "Name only")
PAIRS_OF_NAMED = ("Both with birth date", "One without", "Names only")
OUTCOMES = ("right", "missed", "wrong")
# Without a key only how surely a child's records are tied can be told; what comes later is weaker.
TIES = {"Sure": "joined", "Alone": "alone", "Review": "review", "Unverified": "unverified"}


def count_cluster_outcomes(district: District, links: Links) -> dict[str, int]:
    """Count the children of whom some system has a name, by what became of their records."""
    crosswalk = links.crosswalk[links.crosswalk["linkable_by"].isin(NAMED)]
    if can_be_judged(district.folder):
        key = read_answer_key(district.folder)
        behind = true_person_of_record(district, key)[[*RECORD, "person"]].drop_duplicates()
        two_in_one = behind.loc[behind.duplicated(RECORD), RECORD]
        crosswalk = crosswalk[~_among(crosswalk, two_in_one)]
        told = score_children(
            _only(district, crosswalk[RECORD]), replace(links, crosswalk=crosswalk), key=key
        )["outcome"].value_counts()
        return {outcome: int(told.get(outcome, 0)) for outcome in OUTCOMES}
    order = list(TIES)
    place = crosswalk["band"].map(order.index).groupby(crosswalk["child"]).max()
    counts = place.value_counts()
    return {TIES[band]: int(counts.get(number, 0)) for number, band in enumerate(order)}


def flags_missed(district: District, rungs: Mapping[str, Links]) -> pd.DataFrame:
    """Count, for each way to join, the children whose flag it hides."""
    truly = true_flags(district, next(iter(rungs.values())))
    found = {
        rung: missed_flags(district, links, truly=truly).set_index("flag") for rung, links in rungs.items()
    }
    rows = {
        rung: {**lost["missed"].to_dict(), "flagged without cause": int(lost["wrongly"].sum())}
        for rung, lost in found.items()
    }
    rows["who truly have it"] = next(iter(found.values()))["truly"].to_dict()
    return pd.DataFrame.from_dict(rows, orient="index").astype("Int64").reset_index(names="joined by")


def of_named_pairs(scores: pd.DataFrame) -> tuple[float, float]:
    """Sum up pairs of records that both have a name."""
    whole = scores[scores["left_silo"].isna() & scores["group"].eq("All")]
    counts = whole.loc[whole["pair_kind"].isin(PAIRS_OF_NAMED), ["possible", "linked", "right"]].sum()
    possible, linked, right = (float(counts[name]) for name in ("possible", "linked", "right"))
    both = possible + linked
    return right / possible if possible else np.nan, 2 * right / both if both else np.nan


def _among(frame: pd.DataFrame, records: pd.DataFrame) -> np.ndarray:
    """Tell which rows are of one of some records."""
    return pd.MultiIndex.from_frame(frame[RECORD]).isin(pd.MultiIndex.from_frame(records[RECORD]))


def _only(district: District, records: pd.DataFrame) -> District:
    """Leave only some records in a district."""
    silos = {}
    for name, silo in district.items():
        people = silo.people[_among(silo.people, records)]
        rows = silo.person_rows[_among(silo.person_rows, records)]
        silos[name] = replace(silo, people=people, person_rows=rows)
    return District(district.folder, district.about, silos)
