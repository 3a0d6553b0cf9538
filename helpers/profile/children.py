"""One row a child: the profile, a pivot of the chosen values that holds nothing of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.layouts import STRING, BadInput
from helpers.profile.elements import DTYPES, Element, declared
from helpers.profile.evidence import BANDS, gather
from helpers.profile.left_out import account_for
from helpers.profile.tallies import tally
from helpers.profile.timeline import timeline_of
from helpers.profile.values import choose_values, find_values

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["Profiles", "child_profiles", "profile_of"]


@dataclass(frozen=True)
class Profiles:
    """What a district knows about its children.

    Attributes
    ----------
    profile
        One row a child: ``child, band, silos, completeness, complete_of``, then one column an element.
    values
        Table ``values``: every value of every system, with its source; the profile is a pivot of it.
    timeline
        Table ``timeline``: the dated events of every child.
    left_out
        Table ``left_out``: every fact row that stands behind no value and no event, with the reason.
    accounts
        Table ``profile_accounts``: rows = rows_behind + rows_left_out, by fact table and system.
    school_year
        The year that the profile shows; None where no system speaks of a year.
    crosswalk
        Table ``crosswalk``: who is who, as the profiles were put together.
    """

    profile: pd.DataFrame
    values: pd.DataFrame
    timeline: pd.DataFrame
    left_out: pd.DataFrame
    accounts: pd.DataFrame
    school_year: int | None
    crosswalk: pd.DataFrame


def child_profiles(district: District, links: Links, school_year: int | None = None) -> Profiles:
    """Put together what a district's systems know about each child.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.
    school_year
        Year that the profile shows, named by the year in which it ends; the newest of which anything is
        reported when not given. The values hold every year.

    Returns
    -------
    Profiles
        Profile, values, timeline, facts left out, and their accounts.

    Raises
    ------
    BadInput
        When no system speaks of the year that is asked for.
    """
    terms = declared()
    evidence = gather(district, links)
    years = evidence.years.years
    if school_year is not None and school_year not in years:
        there = ", ".join(map(str, years)) or "none"
        raise BadInput(f"No system speaks of the school year {school_year}. There are: {there}.")
    tallies = tally(evidence)
    found, weighed = find_values(terms.element, evidence, tallies)
    values = choose_values(found, evidence, terms.element)
    line, shown = timeline_of(
        evidence, terms.timeline, {"attendance_event": tallies.attendance.event_out_of_place}
    )
    behind = dict(weighed)
    for table, on_line in shown.items():
        behind[table] = behind[table] | on_line if table in behind else on_line
    left_out, accounts = account_for(evidence, behind)
    if school_year is None and years:
        told = values.loc[values["status"].eq("Reported") & values["school_year"].notna(), "school_year"]
        school_year = int(told.max()) if len(told) else years[-1]
    profile = profile_of(values, links.crosswalk, school_year, terms.element)
    return Profiles(profile, values, line, left_out, accounts, school_year, links.crosswalk)


def profile_of(
    values: pd.DataFrame, crosswalk: pd.DataFrame, school_year: int | None, elements: tuple[Element, ...]
) -> pd.DataFrame:
    """Pivot the chosen values of one year, and those without a year, into one row a child.

    Parameters
    ----------
    values
        Table ``values``.
    crosswalk
        Table ``crosswalk``: how many systems know the child, and the weakest tie of its records.
    school_year
        The year; None: only what has no year.
    elements
        Elements, in the order of the columns.

    Returns
    -------
    pandas.DataFrame
        ``child, band, silos, completeness`` (rate: reported of ``complete_of``, the elements that some system
        has and that apply to the child), ``complete_of``, then one column an element, ``domain_name``.
    """
    weakness = crosswalk["band"].map({band: place for place, band in enumerate(BANDS)}).astype("int64")
    by_child = crosswalk.assign(weakness=weakness).groupby("child", sort=True)
    profile = pd.DataFrame(
        {
            "band": by_child["weakness"].max().map(dict(enumerate(BANDS))).astype(STRING),
            "silos": by_child["silo"].nunique().astype("Int64"),
        }
    )
    in_year = values["school_year"].isna()
    if school_year is not None:
        in_year |= values["school_year"].eq(school_year).fillna(False)
    chosen = values[values["chosen"] & in_year]
    counts = pd.DataFrame(
        {
            "child": chosen["child"],
            "reported": chosen["status"].eq("Reported"),
            "due": ~chosen["status"].isin(["Not collected", "Not applicable"]),
        }
    )
    counts = counts.groupby("child")[["reported", "due"]].sum().reindex(profile.index).fillna(0)
    due = counts["due"].astype("Int64")
    profile["completeness"] = (counts["reported"] / counts["due"].where(counts["due"] > 0)).astype("float64")
    profile["complete_of"] = due
    row = profile.index.get_indexer(pd.Index(chosen["child"]))
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
    """Take the values at some places (-1: none there), and give canonical text back its type."""
    dtype = DTYPES[element.type]
    if element.type in ("string", "date"):
        text = pd.Series(values["value"].array.take(at, allow_fill=True))
        text = text if element.type == "string" else pd.to_datetime(text, format="%Y-%m-%d")
        return text.astype(dtype).array
    number = pd.Series(np.append(values["value_number"].to_numpy(), np.nan)[at])
    if element.type == "number":
        return number.astype(dtype).array
    return number.astype("Int64").astype(dtype).array
