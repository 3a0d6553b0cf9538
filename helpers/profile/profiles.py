"""Build profiles: run the rules, choose values, pivot to one row per child."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import of_what, shared
from helpers.profile.coverage import NO_YEAR, Coverage, account_for, coverage_of
from helpers.profile.facts.store import LINK_STATUSES, FactStore
from helpers.profile.facts.systems import latest_days
from helpers.profile.gather import gather_facts
from helpers.profile.rules import RULES
from helpers.profile.rules.results import NOTHING, STATUSES, undated_values
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.profile.survivorship import Survivorship
from helpers.profile.timeline import timeline_of
from helpers.profile.values import Days, Names, choose_values, code_groups, stated_codes
from helpers.standard import DTYPES, STRING, BadInput, Declarations, Element
from helpers.systems import declared, declared_for

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = [
    "Choice",
    "ProfilePart",
    "Profiles",
    "build_profiles",
    "choose_values_of_part",
    "compare_profiles",
    "find_values",
    "plan_choice",
    "profile_of",
    "run_rules",
    "stated_values_of_part",
]


def find_values(
    elements: tuple[Element, ...], evidence: FactStore, tallies: YearlyCounts
) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Run every element's rule."""
    tables = [NOTHING.values.assign(element=np.zeros(0, dtype="int16"))]
    weighed: dict[str, Any] = {}
    for place, element in enumerate(elements):
        found = RULES[element.rule](element, evidence, tallies)
        for table, mask in found.weighed.items():
            rows = np.asarray(mask, dtype=bool)
            weighed[table] = rows | weighed[table] if table in weighed else rows
        for values in (found.values, undated_values(element, evidence, found)):
            if len(values):
                tables.append(values.assign(element=np.full(len(values), place, dtype="int16")))
    masks = {table: pd.Series(mask, index=evidence.facts[table].index) for table, mask in weighed.items()}
    return pd.concat(tables[1:] or tables, ignore_index=True), masks


def profile_of(
    values: pd.DataFrame,
    crosswalk: pd.DataFrame,
    school_year: int | None,
    elements: tuple[Element, ...],
    *,
    also_due: np.ndarray | None = None,
) -> pd.DataFrame:
    """Pivot the chosen values of one year, and those without a year, to one row per child."""
    weakness = (
        crosswalk["link_status"]
        .map({status: place for place, status in enumerate(LINK_STATUSES)})
        .astype("int64")
    )
    by_child = crosswalk.assign(weakness=weakness).groupby("child", sort=True)
    profile = pd.DataFrame(
        {
            "link_status": by_child["weakness"].max().map(dict(enumerate(LINK_STATUSES))).astype(STRING),
            "silos": by_child["silo"].nunique().astype("Int64"),
        }
    )
    in_year = values["school_year"].isna()
    if school_year is not None:
        in_year |= values["school_year"].eq(school_year).fillna(False)
    chosen = values[(values["chosen"] & in_year).to_numpy(dtype=bool)]
    row = profile.index.get_indexer(pd.Index(chosen["child"]))
    reported = chosen["status"].eq("Reported").to_numpy(dtype=bool)
    applies = ~chosen["status"].isin(["Not collected", "Not applicable"]).to_numpy(dtype=bool)
    due = np.bincount(row[applies], minlength=len(profile))
    due = due + also_due if also_due is not None else due
    complete = np.full(len(profile), np.nan)
    np.divide(np.bincount(row[reported], minlength=len(profile)), due, out=complete, where=due > 0)
    profile["completeness"] = complete
    profile["complete_of"] = pd.array(due, dtype="Int64")
    by_element = chosen.groupby("element").indices
    columns = {}
    for element in elements:
        own = by_element.get(element.name, np.zeros(0, "int64"))
        at = np.full(len(profile), -1)
        at[row[own]] = own
        columns[element.profile_column] = _typed(chosen, at, element)
    shown = pd.DataFrame(columns, index=profile.index)
    return pd.concat([profile, shown], axis="columns").reset_index()


def _typed(values: pd.DataFrame, at: np.ndarray, element: Element) -> Any:
    """Convert the canonical text at some positions (-1: none) to the element's type."""
    dtype = DTYPES[element.type]
    if element.type in ("string", "date"):
        text = pd.Series(values["value"].array.take(at, allow_fill=True))
        text = text if element.type == "string" else pd.to_datetime(text, format="%Y-%m-%d")
        return text.astype(dtype).array
    number = pd.Series(np.append(values["value_number"].to_numpy(), np.nan)[at])
    if element.type == "number":
        return number.astype(dtype).array
    return number.astype("Int64").astype(dtype).array


REPORTED, EMPTY = STATUSES.index("Reported"), STATUSES.index("Empty")


@dataclass(frozen=True)
class ProfilePart:
    """Results of the rules for some children."""

    # Values as the rules found them, integer-coded.
    found: pd.DataFrame
    # Names of the codes.
    names: Names
    # Codes that systems use, from `stated_codes`.
    codes: pd.DataFrame
    # Elements by years (0: none) by silos (by name): whether any value isn't empty.
    filled: npt.NDArray[np.bool_]
    # The latest year with any reported value; 0 without any.
    latest: int
    # Tables of these children.
    timeline: pd.DataFrame
    left_out: pd.DataFrame
    accounts: pd.DataFrame
    # By fact table, positions of rows without a child that are sources of a value, such as a mother's login;
    # they are accounted for with all other rows without a child.
    also_behind: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """What all children together determine, for choosing each child's values."""

    # Elements, as declared.
    elements: tuple[Element, ...]
    # Groups of systems that use the same codes.
    groups: Mapping[int, Mapping[int, int]]
    # Which systems record which element in which year.
    coverage: Coverage
    # How current the systems are.
    days: Days
    # The year that profiles show.
    school_year: int | None


def run_rules(evidence: FactStore, terms: Declarations, *, apart: bool = False) -> ProfilePart:
    """Run the rules for some children."""
    tallies = YearlyCounts(evidence)
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
    filled = _filled(found, len(terms.element), evidence.years.years, len(names.silos))
    codes = stated_codes(reported, terms.element)
    return ProfilePart(found, names, codes, filled, latest, line, left_out, accounts, also_behind)


def _names(evidence: FactStore) -> Names:
    """Return the names of the codes in found values."""
    records = evidence.crosswalk["record"]
    return Names(evidence.children, evidence.silos, records, evidence.file_names)


def _about_nobody(evidence: FactStore, behind: Mapping[str, pd.Series]) -> dict[str, npt.NDArray[np.int64]]:
    """Return the positions, in the district's own tables, of source rows without a child."""
    positions = {}
    for table, mask in behind.items():
        facts = evidence.facts[table]
        if "place" in facts.columns:
            nobody = mask.to_numpy(dtype=bool) & facts["child"].isna().to_numpy()
            if nobody.any():
                positions[table] = facts["place"].to_numpy(dtype="int64")[nobody]
    return positions


def _filled(found: pd.DataFrame, elements: int, years: tuple[int, ...], silos: int) -> npt.NDArray[np.bool_]:
    filled = np.zeros((elements, 1 + len(years), silos), dtype=bool)
    year = pd.Index([NO_YEAR, *years]).get_indexer(pd.Index(found["school_year"]))
    there = (year >= 0) & (found["status"].to_numpy() != EMPTY)
    filled[found["element"].to_numpy()[there], year[there], found["system"].to_numpy()[there]] = True
    return filled


def stated_values_of_part(evidence: FactStore, elements: tuple[Element, ...]) -> pd.DataFrame:
    """Return what systems state for some elements, without anything else."""
    found, _ = find_values(elements, evidence, YearlyCounts(evidence))
    reported = found[found["status"].to_numpy() == REPORTED]
    groups = code_groups(stated_codes(reported, elements))
    return choose_values(found, _names(evidence), Days({}, evidence.systems), elements, groups)


def plan_choice(
    parts: Iterable[ProfilePart],
    terms: Declarations,
    years: tuple[int, ...],
    days: Days,
    school_year: int | None = None,
) -> Choice:
    """Combine the results of all parts."""
    filled = np.zeros((len(terms.element), 1 + len(years), len(days.systems)), dtype=bool)
    codes = []
    latest = 0
    for part in parts:
        filled |= part.filled
        codes.append(part.codes)
        latest = max(latest, part.latest)
    if school_year is None and years:
        school_year = latest or years[-1]
    groups = code_groups(pd.concat(codes, ignore_index=True).drop_duplicates()) if codes else {}
    return Choice(
        terms.element, groups, coverage_of(filled, terms.element, years, days.systems), days, school_year
    )


def choose_values_of_part(
    part: ProfilePart, choice: Choice, crosswalk: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose the values of some children, and pivot them."""
    recorded = choose_values(part.found, part.names, choice.days, choice.elements, choice.groups)
    children = pd.Index(part.names.children, dtype=STRING)
    due = choice.coverage.due(recorded, children, choice.school_year)
    return recorded, profile_of(recorded, crosswalk, choice.school_year, choice.elements, also_due=due)


@dataclass(frozen=True)
class Profiles:
    """A district's profiles.

    Attributes
    ----------
    profile
        One row per child: ``child, link_status, silos, completeness, complete_of``, then one column per
        element.
    recorded
        Table ``values``, only with what systems record.
    coverage
        Which systems record which element; `values` uses it to explain missing values.
    timeline
        Table ``timeline``: the dated events of every child.
    left_out
        Table ``left_out``: every fact row that gave no value and no event, with the reason.
    accounts
        Table ``profile_accounts``: rows = rows_used + rows_left_out, by fact table and system.
    school_year
        The year that the profile shows; None if no system covers a year.
    crosswalk
        Table ``crosswalk``: the links that the profiles were built from.
    """

    profile: pd.DataFrame
    recorded: pd.DataFrame
    coverage: Coverage
    timeline: pd.DataFrame
    left_out: pd.DataFrame
    accounts: pd.DataFrame
    school_year: int | None
    crosswalk: pd.DataFrame

    @cached_property
    def values(self) -> pd.DataFrame:
        """Table ``values``: every system's value for every child, element and year, or why there is none.

        The profile is a pivot of it. Most of its rows explain missing values, so it is built on first use.
        """
        return self.coverage.fill(self.recorded, self.crosswalk)


def build_profiles(
    district: District,
    links: Links,
    school_year: int | None = None,
    *,
    survivorship: Survivorship | None = None,
    terms: Declarations | None = None,
) -> Profiles:
    """Build one profile per child from everything that a district's systems record.

    Parameters
    ----------
    district
        From `read_district`.
    links
        From `link_district` for it.
    school_year
        School year of the profile, named for the year it ends in; by default the latest with data.
        ``values`` covers every year.
    survivorship
        Your team's survivorship rules; by default the trust order in ``terms``.
    terms
        Declared elements; by default ``elements.toml`` in the district's folder, else the kit's.

    Returns
    -------
    Profiles
        ``profile`` (one row per child, one column per element), ``values`` (one row per value, with its
        system, file and row), ``timeline``, facts left out, and accounts.

    Raises
    ------
    BadInput
        When no system has data for that school year.

    Examples
    --------
    >>> profiles = build_profiles(district, links)
    >>> len(profiles.profile)
    155
    >>> profiles.values[["child", "element", "value", "silo", "file", "row"]].shape[1]
    6
    """
    terms = declared_for(district.folder) if terms is None else terms
    usual = school_year is None and survivorship is None and terms is declared()
    known = (of_what(district), of_what(links)) if usual else (None,)
    return shared(
        lambda: f"{known[-1]}, profiled: {known[0]}" if all(known) else None,
        lambda: _put_together(
            district, links, school_year, terms if survivorship is None else survivorship.applied_to(terms)
        ),
    )


def _put_together(district: District, links: Links, school_year: int | None, terms: Declarations) -> Profiles:
    evidence = gather_facts(district, links)
    years = evidence.years.years
    if school_year is not None and school_year not in years:
        there = ", ".join(map(str, years)) or "none"
        raise BadInput(f"No system has the school year {school_year}. There are: {there}.")
    part = run_rules(evidence, terms)
    days = Days(latest_days(district).days, evidence.systems)
    choice = plan_choice([part], terms, years, days, school_year)
    recorded, profile = choose_values_of_part(part, choice, links.crosswalk)
    return Profiles(
        profile,
        recorded,
        choice.coverage,
        part.timeline,
        part.left_out,
        part.accounts,
        choice.school_year,
        links.crosswalk,
    )


def compare_profiles(before: Profiles, after: Profiles) -> pd.DataFrame:
    """List the values that differ between two versions of the profiles.

    Parameters
    ----------
    before, after
        Profiles of one district, from the same links.

    Returns
    -------
    pandas.DataFrame
        ``child, element, school_year, was, was_silo, now, now_silo``, for the shown year and for values
        without a year: one row per differing value. No answer key is needed.
    """
    cell = ["child", "element", "school_year"]

    def shown(profiles: Profiles, name: str) -> pd.DataFrame:
        recorded = profiles.recorded
        of_year = recorded["school_year"].isna() | recorded["school_year"].eq(profiles.school_year or 0)
        rows = recorded[recorded["chosen"] & of_year.fillna(False) & recorded["status"].eq("Reported")]
        return rows[[*cell, "value", "silo"]].rename(columns={"value": name, "silo": f"{name}_silo"})

    # A missing year can't be a merge key, so it is zero in between.
    left, right = (
        shown(profiles, name).assign(school_year=lambda rows: rows["school_year"].fillna(0))
        for profiles, name in ((before, "was"), (after, "now"))
    )
    both = left.merge(right, on=cell, how="outer", validate="one_to_one")
    both = both[both["was"].ne(both["now"]).fillna(True)]
    both = both.assign(school_year=both["school_year"].mask(both["school_year"].eq(0)))
    return both.sort_values(["element", "child"], ignore_index=True)
