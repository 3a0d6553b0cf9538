"""What may stand on family pages of a made district, judged: wrong values, held pages, what is shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from helpers.profile.relations import roster_silos
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.pages import PLACE, owners_of_pages, score_held_pages, score_pages
from helpers.score.truth import RECORD, true_crosswalk
from helpers.share.doubt import sure_enough
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
    adults
        ``adults, may_get, of_another_home``: ties of adults to children on the roster; those to whom a page
        isn't held; and of these, adults whose home is another than the child's.
    """

    pages: pd.DataFrame
    unguarded: pd.DataFrame
    held: pd.DataFrame
    systems: pd.DataFrame
    adults: pd.DataFrame


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
        adults=_adults(district, links, held, rosters, key),
    )


def _adults(
    district: District, links: Links, held: pd.DataFrame, rosters: list[str], key: AnswerKey | None
) -> pd.DataFrame:
    """Count the adults to whom a page may go, and those of them who are of another home."""
    key = key or read_answer_key(district.folder)
    owner = owners_of_pages(links, true_crosswalk(district, key=key), rosters)
    ties = district.fact("contact").dropna(subset=["record", "contact_record"])
    ties = ties.merge(
        links.crosswalk[[*RECORD, "child"]], on=RECORD, how="inner", validate="many_to_one"
    ).rename(columns={"contact_record": "guardian"})
    ties = ties.loc[ties["child"].isin(owner.index), ["child", "silo", "guardian"]].drop_duplicates()
    whole = held.loc[held["guardian"].isna(), "child"]
    not_to = held.dropna(subset=["guardian"])[["child", "silo", "guardian"]].drop_duplicates()
    ties = ties.merge(
        not_to.assign(held=True), on=["child", "silo", "guardian"], how="left", validate="one_to_one"
    )
    gets = ties["held"].isna() & ~ties["child"].isin(whole)
    rows = key.rows.loc[key.rows["part"].eq("Guardian"), [*PLACE, "person"]].dropna().drop_duplicates()
    adults = district.person_rows[[*RECORD, "file", "row"]].merge(
        rows, on=PLACE, how="inner", validate="many_to_many"
    )
    homes = key.people.dropna(subset=["person"]).drop_duplicates("person").set_index("person")["household"]
    adults = adults.assign(home=adults["person"].map(homes)).rename(columns={"record": "guardian"})
    adults = adults[["silo", "guardian", "home"]].drop_duplicates()
    getting = ties[gets].assign(own=ties["child"].map(owner).map(homes))
    getting = getting.merge(adults, on=["silo", "guardian"], how="left", validate="many_to_many")
    another = getting["home"].ne(getting["own"]) & getting["home"].notna()
    told = {"adults": len(ties), "may_get": int(gets.sum()), "of_another_home": int(another.sum())}
    return pd.DataFrame([told], dtype="Int64")


def _lines(profiles: Profiles, children: Collection[str]) -> pd.DataFrame:
    """Give every value that any system reports and every event of some children, a row each."""
    values = profiles.values
    told = values[values["status"].eq("Reported") & values["silo"].notna()]
    told = told[["child", "element", "silo"]].set_axis(["child", "name", "silo"], axis="columns")
    events = profiles.timeline[["child", "kind", "silo"]].set_axis(["child", "name", "silo"], axis="columns")
    lines = pd.concat([told, events], ignore_index=True)
    return lines[lines["child"].isin(list(children))].reset_index(drop=True)
