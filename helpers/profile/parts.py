"""Profiles in two steps: what the rules find of some children, then what is chosen by what all say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.agreement import code_groups, spoken_codes
from helpers.profile.coverage import NO_YEAR, Coverage, coverage_of
from helpers.profile.evidence import Evidence
from helpers.profile.found import STATUSES
from helpers.profile.found_values import find_values
from helpers.profile.left_out import account_for
from helpers.profile.pivot import profile_of
from helpers.profile.tallies import tally
from helpers.profile.timeline import timeline_of
from helpers.profile.values import Days, Names, choose_values
from helpers.standard import STRING
from helpers.standard.elements import Declarations, Element

__all__ = ["Choice", "Part", "choice_of", "choose_in", "find_in", "said_in"]

REPORTED, EMPTY = STATUSES.index("Reported"), STATUSES.index("Empty")


@dataclass(frozen=True)
class Part:
    """What was found of some children.

    Attributes
    ----------
    found
        Values as the rules found them, in numbers.
    names
        What the numbers stand for.
    codes
        Codes that systems use: what `spoken_codes` lists.
    told
        Elements by years (0: none) by silos (by name): some value isn't empty.
    latest
        The newest year of which anything is reported; 0 without any.
    timeline, left_out, accounts
        Tables of these children.
    also_behind
        By fact table, places of rows about nobody's child that stand behind a value, such as a mother's
        log-in; they are accounted for with all others about nobody's child.
    """

    found: pd.DataFrame
    names: Names
    codes: pd.DataFrame
    told: npt.NDArray[np.bool_]
    latest: int
    timeline: pd.DataFrame
    left_out: pd.DataFrame
    accounts: pd.DataFrame
    also_behind: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """What all children together say, and by which each one's values are chosen.

    Attributes
    ----------
    elements
        Elements, as declared.
    groups
        Systems that use the same codes.
    coverage
        Which system has which element in which year.
    days
        How new the systems are.
    school_year
        The year that profiles show.
    """

    elements: tuple[Element, ...]
    groups: Mapping[int, Mapping[int, int]]
    coverage: Coverage
    days: Days
    school_year: int | None


def find_in(evidence: Evidence, terms: Declarations, *, apart: bool = False) -> Part:
    """Let the rules find what is known of some children.

    Parameters
    ----------
    evidence
        Records and facts of these children.
    terms
        Elements and events, as declared.
    apart
        These are some of the district's children, and rows about nobody's child are looked at apart.

    Returns
    -------
    Part
        What they found, and which facts stand behind nothing.
    """
    tallies = tally(evidence)
    found, weighed = find_values(terms.element, evidence, tallies)
    names = _names(evidence)
    line, shown = timeline_of(
        evidence, terms.timeline, {"attendance_event": tallies.attendance.event_out_of_place}
    )
    behind = dict(weighed)
    for table, on_line in shown.items():
        behind[table] = behind[table] | on_line if table in behind else on_line
    left_out, accounts = account_for(evidence, behind, of_children=apart)
    also_behind = _about_nobody(evidence, behind) if apart else {}
    reported = found[found["status"].to_numpy() == REPORTED]
    latest = int(np.max(reported["school_year"].to_numpy(dtype="int64"), initial=0))
    told = _told(found, len(terms.element), evidence.years.years, len(names.silos))
    codes = spoken_codes(reported, terms.element)
    return Part(found, names, codes, told, latest, line, left_out, accounts, also_behind)


def _names(evidence: Evidence) -> Names:
    """Say what the numbers of found values stand for."""
    records = evidence.crosswalk["record"]
    return Names(evidence.children, evidence.silos, records, evidence.file_names)


def _about_nobody(evidence: Evidence, behind: Mapping[str, pd.Series]) -> dict[str, npt.NDArray[np.int64]]:
    """Give the places, in the district's own tables, of rows about nobody's child that are behind a value."""
    places = {}
    for table, mask in behind.items():
        facts = evidence.facts[table]
        if "place" in facts.columns:
            nobody = mask.to_numpy(dtype=bool) & facts["child"].isna().to_numpy()
            if nobody.any():
                places[table] = facts["place"].to_numpy(dtype="int64")[nobody]
    return places


def _told(found: pd.DataFrame, elements: int, years: tuple[int, ...], silos: int) -> npt.NDArray[np.bool_]:
    told = np.zeros((elements, 1 + len(years), silos), dtype=bool)
    year = pd.Index([NO_YEAR, *years]).get_indexer(pd.Index(found["school_year"]))
    there = (year >= 0) & (found["status"].to_numpy() != EMPTY)
    told[found["element"].to_numpy()[there], year[there], found["system"].to_numpy()[there]] = True
    return told


def said_in(evidence: Evidence, elements: tuple[Element, ...]) -> pd.DataFrame:
    """Give what systems say of some elements, where nothing else is asked for.

    Parameters
    ----------
    evidence
        Records and facts of all children.
    elements
        Elements.

    Returns
    -------
    pandas.DataFrame
        Table ``values``, without rows for what nobody says, and without an age.
    """
    found, _ = find_values(elements, evidence, tally(evidence))
    reported = found[found["status"].to_numpy() == REPORTED]
    groups = code_groups(spoken_codes(reported, elements))
    return choose_values(found, _names(evidence), Days({}, evidence.systems), elements, groups)


def choice_of(
    parts: Iterable[Part],
    terms: Declarations,
    years: tuple[int, ...],
    days: Days,
    school_year: int | None = None,
) -> Choice:
    """Put together what all parts say.

    Parameters
    ----------
    parts
        What was found of all children.
    terms
        Elements, as declared.
    years
        School years of the district.
    days
        How new the systems are.
    school_year
        Year that profiles show; the newest of which anything is reported when not given.

    Returns
    -------
    Choice
        By which each part's values are chosen.
    """
    told = np.zeros((len(terms.element), 1 + len(years), len(days.systems)), dtype=bool)
    codes = []
    latest = 0
    for part in parts:
        told |= part.told
        codes.append(part.codes)
        latest = max(latest, part.latest)
    if school_year is None and years:
        school_year = latest or years[-1]
    groups = code_groups(pd.concat(codes, ignore_index=True).drop_duplicates()) if codes else {}
    return Choice(
        terms.element, groups, coverage_of(told, terms.element, years, days.systems), days, school_year
    )


def choose_in(part: Part, choice: Choice, crosswalk: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose the values of some children, and pivot them.

    Parameters
    ----------
    part
        What was found of them.
    choice
        What all children together say.
    crosswalk
        Table ``crosswalk``: their records.

    Returns
    -------
    tuple of pandas.DataFrame
        Table ``values``, without rows for what nobody says; and one row a child.
    """
    said = choose_values(part.found, part.names, choice.days, choice.elements, choice.groups)
    children = pd.Index(part.names.children, dtype=STRING)
    due = choice.coverage.due(said, children, choice.school_year)
    return said, profile_of(said, crosswalk, choice.school_year, choice.elements, also_due=due)
