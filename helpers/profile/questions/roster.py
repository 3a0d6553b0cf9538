"""Whom questions are about: the children on the roster, and how well each system is tied to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from helpers.profile.source import Source

__all__ = ["Roster", "Seen", "roster_of"]

# A system that knows less than this share of a grade, and more of others, has nothing to do with the grade.
# Of a smaller grade nobody may be known by chance. Both are the kit's own.
LEAST_OF_A_GRADE = 0.1
SMALLEST_GRADE = 5
LEAVES, STARTS = "leaves_school", "starts_at_school"


class Seen(Protocol):
    """What whoever asks may see, such as a view of `helpers.share`: the rest isn't in it."""

    @property
    def children(self) -> pd.DataFrame:
        """Children, by ``child``."""

    @property
    def values(self) -> pd.DataFrame:
        """Table ``values``."""

    @property
    def indicators(self) -> pd.DataFrame:
        """Table ``indicators``."""


@dataclass(frozen=True)
class Roster:
    """The children on the roster today.

    Attributes
    ----------
    children
        The children, in order.
    silo
        The system that says who is on the roster; None: none does, and every child counts.
    today
        The day of the question.
    newest
        Newest day of which each system speaks.
    system
        Which of the kit's systems each silo is.
    unplaced
        By silo, of the children of whom it tells something this year, the share whom the roster doesn't know
        and of whom no system says that they left.
    outside
        By silo, which of the children are of a grade that it isn't for.
    chosen, earlier
        Chosen values of the children: of the year (and without one), and of the year before.
    """

    children: pd.Index
    silo: str | None
    today: pd.Timestamp
    newest: dict[str, pd.Timestamp]
    system: dict[str, str]
    unplaced: dict[str, float]
    outside: dict[str, np.ndarray]
    chosen: pd.DataFrame
    earlier: pd.DataFrame

    def places(self, frame: pd.DataFrame) -> np.ndarray:
        """Give the place of each row's child."""
        return np.asarray(self.children.get_indexer(pd.Index(frame["child"])))

    def as_seen(self, seen: Seen, school_year: int | None) -> Roster:
        """Give the same roster with the values that whoever asks may see, and no others.

        Parameters
        ----------
        seen
            What may be seen.
        school_year
            The year that profiles show.

        Returns
        -------
        Roster
            The same children; of some of them nothing may be known any more.
        """
        chosen, earlier = _of_years(seen.values, self.children, school_year)
        return replace(self, chosen=chosen, earlier=earlier)


def roster_of(source: Source, today: pd.Timestamp | None = None) -> Roster:
    """Find who is on the roster today.

    Parameters
    ----------
    source
        What is known of a district's children.
    today
        The day of the question; the newest day of which any system speaks when not given.

    Returns
    -------
    Roster
        Children whom the most trusted roster lists in the year that profiles show, without those who have
        left by today; every child of the source where no system keeps a roster.
    """
    values, systems, year = source.values(), source.systems(), source.school_year
    named = {str(silo): str(system) for silo, system in zip(systems["silo"], systems["system"], strict=True)}
    spoken = systems.dropna(subset=["newest_day"])
    newest = {str(silo): day for silo, day in zip(spoken["silo"], spoken["newest_day"], strict=True)}
    if today is None:
        today = max(newest.values(), default=pd.Timestamp(1970, 1, 1))
    of_year = values["school_year"].eq(year if year is not None else -1).fillna(False).astype(bool)
    listed = values[values["element"].eq("school") & values["status"].eq("Reported") & of_year]
    silo = _roster_silo(listed["silo"], source.trust().get("school", {}))
    children = source.children()["child"] if silo is None else listed.loc[listed["silo"].eq(silo), "child"]
    kept = pd.Index(children.drop_duplicates().sort_values())
    moves = source.timeline()
    moves = moves.loc[moves["kind"].isin([LEAVES, STARTS]) & moves["date"].le(today)]
    if silo is not None:
        kept = kept.difference(_left(moves[moves["silo"].eq(silo)], year), sort=False)
    knows = values.loc[values["record"].notna() & values["silo"].notna(), ["child", "silo"]].drop_duplicates()
    rostered = kept if silo is None else pd.Index(knows.loc[knows["silo"].eq(silo), "child"])
    placed = rostered.union(_left(moves), sort=False)
    told = values.loc[
        values["status"].eq("Reported") & (values["school_year"].isna() | of_year), ["child", "silo"]
    ].drop_duplicates()
    unplaced = {str(name): float(1 - its["child"].isin(placed).mean()) for name, its in told.groupby("silo")}
    chosen, earlier = _of_years(values, kept, year)
    return Roster(
        kept,
        silo,
        today,
        newest,
        named,
        unplaced,
        _outside(kept, knows, chosen),
        chosen,
        earlier,
    )


def _of_years(
    values: pd.DataFrame, children: pd.Index, year: int | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the chosen values of the year (and without one), and those of the year before."""
    mine = values[values["chosen"].fillna(False).astype(bool) & values["child"].isin(children)]
    told = mine["school_year"].fillna(-1).to_numpy(dtype="int64")
    now = told == (-1 if year is None else year)
    before = told == (-1 if year is None else year - 1)
    return mine[now | (told == -1)].reset_index(drop=True), mine[before & (told != -1)].reset_index(drop=True)


def _roster_silo(listing: pd.Series, trust: Mapping[str, int]) -> str | None:
    """Name the system whose list counts: the most trusted one that says who is at which school."""
    found = [str(silo) for silo in listing.dropna().unique()]

    def rank(silo: str) -> tuple[int, int, str]:
        return trust.get(silo, len(trust)), -int(listing.eq(silo).sum()), silo

    return min(found, key=rank, default=None)


def _left(moves: pd.DataFrame, year: int | None = None) -> pd.Index:
    """List the children whose newest coming or going, of a school year or of any, is that they left."""
    if year is not None:
        moves = moves[moves["date"].ge(pd.Timestamp(year - 1, 7, 1))]
    moves = moves.assign(leaves=moves["kind"].eq(LEAVES).astype(bool))
    newest = moves.sort_values(["child", "date", "leaves"], kind="stable").drop_duplicates(
        "child", keep="last"
    )
    return pd.Index(newest.loc[newest["leaves"], "child"])


def _outside(children: pd.Index, knows: pd.DataFrame, chosen: pd.DataFrame) -> dict[str, np.ndarray]:
    """Mark, by system, the children of grades of which it knows hardly anybody."""
    grades = chosen[chosen["element"].eq("grade_level") & chosen["status"].eq("Reported")]
    grade = grades.drop_duplicates("child").set_index("child")["value"].reindex(children)
    code, names = pd.factorize(grade.astype("object"))
    size = np.bincount(code[code >= 0], minlength=len(names))
    outside = {}
    for silo, its in knows.groupby("silo"):
        held = children.isin(its["child"])
        of_grade = np.bincount(code[(code >= 0) & held], minlength=len(names))
        none = (of_grade < LEAST_OF_A_GRADE * size) & (size >= SMALLEST_GRADE)
        # Who knows nobody anywhere isn't for other grades: nobody is joined to it.
        if len(names) == 0 or held.mean() < LEAST_OF_A_GRADE / 2:
            outside[str(silo)] = np.zeros(len(children), dtype=bool)
        else:
            outside[str(silo)] = (code >= 0) & none[code] & ~held
    return outside
