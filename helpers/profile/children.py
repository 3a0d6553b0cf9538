"""The profiles of a district: values with their source, one row a child, a timeline, what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from helpers.files.run_cache import of_what, shared
from helpers.profile.coverage import Coverage
from helpers.profile.gathering import gather
from helpers.profile.newest_day import newest_days
from helpers.profile.parts import choice_of, choose_in, find_in
from helpers.profile.survivorship import Survivorship
from helpers.profile.values import Days
from helpers.standard import BadInput
from helpers.standard.elements import Declarations, declared, declared_for

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["Profiles", "changed_values", "child_profiles"]


@dataclass(frozen=True)
class Profiles:
    """What a district knows about its children.

    Attributes
    ----------
    profile
        One row a child: ``child, band, silos, completeness, complete_of``, then one column an element.
    said
        Table ``values``, only what some system says of a child.
    coverage
        Which system has which element, by which `values` says why there is no value.
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
    said: pd.DataFrame
    coverage: Coverage
    timeline: pd.DataFrame
    left_out: pd.DataFrame
    accounts: pd.DataFrame
    school_year: int | None
    crosswalk: pd.DataFrame

    @cached_property
    def values(self) -> pd.DataFrame:
        """Table ``values``: of every child, element and year what every system says, or why there is nothing.

        The profile is a pivot of it. Most of its rows say that there is nothing, so it is made when first
        asked for.
        """
        return self.coverage.fill(self.said, self.crosswalk)


def child_profiles(
    district: District,
    links: Links,
    school_year: int | None = None,
    *,
    survivorship: Survivorship | None = None,
    terms: Declarations | None = None,
) -> Profiles:
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
    survivorship
        Whom a team decided to believe; the order of trust of ``terms`` when not given.
    terms
        What elements are, and whom to believe; when not given, the ``elements.toml`` in the district's
        folder, and the kit's where there is none.

    Returns
    -------
    Profiles
        Profile, values, timeline, facts left out, and their accounts.

    Raises
    ------
    BadInput
        When no system speaks of the year that is asked for.
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
    evidence = gather(district, links)
    years = evidence.years.years
    if school_year is not None and school_year not in years:
        there = ", ".join(map(str, years)) or "none"
        raise BadInput(f"No system speaks of the school year {school_year}. There are: {there}.")
    part = find_in(evidence, terms)
    days = Days(newest_days(district).days, evidence.systems)
    choice = choice_of([part], terms, years, days, school_year)
    said, profile = choose_in(part, choice, links.crosswalk)
    return Profiles(
        profile,
        said,
        choice.coverage,
        part.timeline,
        part.left_out,
        part.accounts,
        choice.school_year,
        links.crosswalk,
    )


def changed_values(before: Profiles, after: Profiles) -> pd.DataFrame:
    """List the values that the profiles show otherwise after a decision.

    Parameters
    ----------
    before, after
        Profiles of one district, by the same links.

    Returns
    -------
    pandas.DataFrame
        ``child, element, school_year, was, was_silo, now, now_silo``, of the year that is shown and of what
        always holds: a row a value that differs. No key is needed.
    """
    cell = ["child", "element", "school_year"]

    def shown(profiles: Profiles, name: str) -> pd.DataFrame:
        said = profiles.said
        of_year = said["school_year"].isna() | said["school_year"].eq(profiles.school_year or 0)
        rows = said[said["chosen"] & of_year.fillna(False) & said["status"].eq("Reported")]
        return rows[[*cell, "value", "silo"]].rename(columns={"value": name, "silo": f"{name}_silo"})

    # A year that isn't there is no key of a merge; it stands as zero in between.
    left, right = (
        shown(profiles, name).assign(school_year=lambda rows: rows["school_year"].fillna(0))
        for profiles, name in ((before, "was"), (after, "now"))
    )
    both = left.merge(right, on=cell, how="outer", validate="one_to_one")
    both = both[both["was"].ne(both["now"]).fillna(True)]
    both = both.assign(school_year=both["school_year"].mask(both["school_year"].eq(0)))
    return both.sort_values(["element", "child"], ignore_index=True)
