"""What may stand on family pages of a made district, judged: wrong values, held pages, what is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.score.answer_key import AnswerKey
from helpers.score.pages import score_held_pages, score_pages
from helpers.share.doubt import roster_silos, sure_enough
from helpers.share.holding import held_pages

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.profile import Profiles

__all__ = ["FamilyPageScores", "judge_family_pages"]

# The student gets a page then, and the same has to hold for it.
STILL_WRITTEN = ("eighteen", "birth_date_unknown")


@dataclass(frozen=True)
class FamilyPageScores:
    """How safe pages are, and what that costs.

    Attributes
    ----------
    pages
        Table ``page_scores``: of all that may stand on any page of a child on the roster, by domain.
    unguarded
        The same, if nothing that was joined were doubted.
    held
        Table ``held_page_scores``.
    systems
        ``silo, children, stand, share``: of the children whom a system has, those for whom it stands.
    """

    pages: pd.DataFrame
    unguarded: pd.DataFrame
    held: pd.DataFrame
    systems: pd.DataFrame


def judge_family_pages(
    district: District, links: Links, profiles: Profiles, *, key: AnswerKey | None = None
) -> FamilyPageScores:
    """Judge all that may stand on pages for families and students: more than any page shows.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    links
        Who is who in it.
    profiles
        Its profiles.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    FamilyPageScores
        Every value that a system reports, of any year, and every event counts as a line.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    rosters = roster_silos(district)
    standing = sure_enough(district, links)
    held = held_pages(district, links, standing)
    listed = standing.loc[standing["silo"].isin(rosters), "child"].unique().tolist()
    known = _lines(profiles, listed)
    whole = held["guardian"].isna() & held["home"].isna() & ~held["code"].isin(STILL_WRITTEN)
    may = standing.loc[standing["may_stand"].astype(bool), ["child", "silo"]]
    shown = known.merge(may, on=["child", "silo"], how="inner", validate="many_to_one")
    shown = shown[~shown["child"].isin(held.loc[whole, "child"].tolist())]
    own = standing[standing["child"].isin(listed)]
    systems = own.groupby("silo", sort=True)["may_stand"].agg(["size", "sum"]).reset_index()
    systems.columns = pd.Index(["silo", "children", "stand"])
    systems = systems.assign(share=systems["stand"].astype("float64") / systems["children"])
    return FamilyPageScores(
        pages=score_pages(district, links, shown, rosters=rosters, known=known, key=key),
        unguarded=score_pages(district, links, known, rosters=rosters, key=key),
        held=score_held_pages(held, len(listed)),
        systems=systems,
    )


def _lines(profiles: Profiles, children: Collection[str]) -> pd.DataFrame:
    """Give every value that any system reports and every event of some children, a row each."""
    values = profiles.values
    told = values[values["status"].eq("Reported") & values["silo"].notna()]
    told = told[["child", "element", "silo"]].set_axis(["child", "name", "silo"], axis="columns")
    events = profiles.timeline[["child", "kind", "silo"]].set_axis(["child", "name", "silo"], axis="columns")
    lines = pd.concat([told, events], ignore_index=True)
    return lines[lines["child"].isin(list(children))].reset_index(drop=True)
