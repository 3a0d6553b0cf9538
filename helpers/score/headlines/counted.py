"""Measures of one district, each counted with its rows: from its records, its links, or its answer key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.gaps import blocked_pairs, measure_gaps
from helpers.link import Links, join_all_on_id, link_district
from helpers.profile import latest_days, roster_silos
from helpers.score.answer_key import can_be_judged
from helpers.score.children import (
    children_in_systems,
    complete_without,
    judge_records,
    mixed_in_systems,
    outcomes_of,
)
from helpers.score.flags import flagged_children
from helpers.score.links import judge_matches
from helpers.score.populations import COMPLETE, MIXED, NAMED_KINDS, SPLIT, record_kinds
from helpers.score.truth import RECORD, commonest, of_one_person
from helpers.share import Guard
from helpers.standard import BadInput, Measured, definition, nearest
from helpers.systems import roster_system

__all__ = ["AND", "MATCHED", "NUMBER", "Headlines", "measure"]

NUMBER, MATCHED = "number", "matched"
# Between the systems of a measure that is about several.
AND = " and "


@dataclass(frozen=True)
class Headlines:
    """Measures of a linked district; each is computed once, when somebody asks for it.

    ``of("complete")`` gives the measure of that name in ``definitions.toml``, as `Measured`.
    """

    district: District
    links: Links

    def of(self, name: str, where: str = "") -> Measured:
        """Count a measure, in one system or all of the district; see `measure` for errors."""
        above = definition(name).base
        rows = self.rows(name, where)
        base = len(self.rows(above, where if above in COUNTED_IN else "")) if above else None
        return Measured.of_rows(name, rows, base, where)

    def shown(self, name: str, where: str = "") -> Measured:
        """Count a measure as the guard of a real folder shows it, without its rows."""
        return Guard.of(self.district).shown(self.of(name, where))

    def counts(self, name: str, where: str = "") -> bool:
        """Check whether a measure can be counted here."""
        known = COUNTED_IN if where else COUNTED
        systems = set(where.split(AND)) <= set(self.district) if where else True
        return name in known and systems and (self.has_key or definition(name).shown != "with answer key")

    def rows(self, name: str, where: str = "") -> pd.DataFrame:
        """List what a measure counts, a row a unit."""
        if where and self.counts(name, where):
            return COUNTED_IN[name](self, where).reset_index(drop=True)
        if where or name not in COUNTED:
            raise BadInput(
                f"{name!r} isn't counted for one district.{nearest(name, COUNTED)} There are: "
                f"{', '.join(COUNTED)}."
            )
        if definition(name).shown == "with answer key" and not self.has_key:
            raise BadInput(
                f"{name!r} needs an answer key, which only an invented district has. Without one there are: "
                f"{', '.join(one for one in COUNTED if definition(one).shown != 'with answer key')}."
            )
        if name not in self._counted:
            self._counted[name] = COUNTED[name](self).reset_index(drop=True)
        return self._counted[name]

    @cached_property
    def _counted(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def has_key(self) -> bool:
        """Check whether the folder is an invented district with an answer key."""
        return not Guard.of(self.district).real and can_be_judged(self.district.folder)

    @cached_property
    def methods(self) -> Mapping[str, Links]:
        """Links by method: a lookup by ID number alone, and the district's own."""
        return {NUMBER: join_all_on_id(self.district.people, self.district.identifiers), MATCHED: self.links}

    @cached_property
    def records(self) -> Mapping[str, pd.DataFrame]:
        """Results of `judge_records` by method."""
        return {method: judge_records(self.district, links) for method, links in self.methods.items()}

    @cached_property
    def children(self) -> Mapping[str, pd.DataFrame]:
        """Outcomes of children by method, as from `score_children`."""
        return {method: outcomes_of(judged) for method, judged in self.records.items()}

    @cached_property
    def flagged(self) -> pd.DataFrame:
        """Result of `flagged_children`."""
        return flagged_children(self.district, self.methods)

    @cached_property
    def about_groups(self) -> pd.DataFrame:
        """Name the person with most records of each group of links, and count its systems and records."""
        judged = self.records[MATCHED].dropna(subset=["child"])
        by = judged.groupby("child")["silo"].agg(silos="nunique", records="size")
        return by.assign(person=commonest(judged, "child", "person"))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Give each person a first name, an initial and a grade, as the first record writes them.

        Who shares all three with somebody has a number, too.
        """
        people = self.district.people[[*RECORD, "first_name", "last_surname", "grade_level"]]
        matched = self.records[MATCHED][[*RECORD, "person"]]
        matched = matched.merge(people, on=RECORD, how="left", validate="many_to_one")
        first = matched.groupby("person")[["first_name", "last_surname", "grade_level"]].first()
        grade = first["grade_level"].str.lstrip("0").replace("KG", "K")
        text = first["first_name"] + " " + first["last_surname"].str.slice(0, 1) + "."
        text = (text + (", grade " + grade).fillna("")).dropna()
        numbered = text + " (" + text.index.astype("str") + ")"
        text = text.where(~text.duplicated(keep=False), numbered)
        return {str(person): str(name) for person, name in text.items()}

    @cached_property
    def newest_day(self) -> pd.Timestamp | None:
        """Find the newest day of the exports."""
        return max(latest_days(self.district).days.values(), default=None)

    @cached_property
    def card(self) -> pd.DataFrame:
        """The scorecard of the district's gaps."""
        judged = judge_matches(self.district, self.links.crosswalk) if self.has_key else ()
        return measure_gaps(self.district, self.links, *judged)


@dataclass(frozen=True)
class Measure:
    """A measure that can be counted in any district."""

    name: str

    def of(self, district: District, links: Links | None = None) -> Measured:
        """Count the measure in a district; without links, the district is linked first."""
        return Headlines(district, links or link_district(district)).of(self.name)


def measure(name: str) -> Measure:
    """Ask for a measure by its name.

    Parameters
    ----------
    name
        Name in ``helpers/standard/definitions.toml``.

    Returns
    -------
    Measure
        ``of(district)`` counts it: a number, its base, and its rows, one a unit.

    Raises
    ------
    BadInput
        If no measure has that name; on counting, if it needs an answer key and the folder has none.

    Examples
    --------
    >>> measure("undetected_by_numbr")
    Traceback (most recent call last):
    helpers.standard.validation.BadInput: No measure is called 'undetected_by_numbr'. ...
    """
    definition(name)
    return Measure(name)


def _with_outcome(outcome: str, method: str) -> Callable[[Headlines], pd.DataFrame]:
    return lambda found: found.children[method][found.children[method]["outcome"].eq(outcome)]


def _named(found: Headlines) -> pd.DataFrame:
    """Classify each child by its records with a name alone."""
    judged = found.records[MATCHED]
    return outcomes_of(judged[np.isin(record_kinds(judged["linkable_by"]), NAMED_KINDS)])


def _undetected(method: str) -> Callable[[Headlines], pd.DataFrame]:
    """Choose the silent wrong matches: children with another child's record, without any sign of it."""

    def rows(found: Headlines) -> pd.DataFrame:
        children = found.children[method]
        return children[children["outcome"].eq(MIXED) & ~children["detected"].fillna(False).astype(bool)]

    return rows


def _seen(method: str) -> Callable[[Headlines], pd.DataFrame]:
    return lambda found: found.flagged[found.flagged[method]]


def _together(found: Headlines) -> pd.DataFrame:
    """List the children of groups with two children, also where one record describes both."""
    records = found.records[NUMBER]
    shared = records.groupby("child")["person"].transform("nunique").gt(1)
    rows = records[shared & records["is_child"]]
    return rows[["child", "person"]].drop_duplicates("person")


def _on_roster(found: Headlines) -> pd.DataFrame:
    records = found.records[NUMBER]
    listed = records.loc[records["silo"].eq(roster_system()), "person"]
    rows = found.rows("undetected_by_number")
    return rows[rows["person"].isin(listed)]


def _pages(found: Headlines) -> pd.DataFrame:
    """List the groups with a record of another child that no check notices."""
    records = of_one_person(found.records[NUMBER])
    return records.loc[records["silent"], ["child"]].drop_duplicates()


def _with_status(status: str) -> Callable[[Headlines], pd.DataFrame]:
    return lambda found: found.links.crosswalk[found.links.crosswalk["link_status"].eq(status)]


def _decided(decision: str) -> Callable[[Headlines], pd.DataFrame]:
    return lambda found: found.links.pairs[found.links.pairs["decision"].eq(decision)]


def _listed(found: Headlines) -> pd.DataFrame:
    """List the children, as linked, with a record on the roster."""
    roster = next(iter(roster_silos(found.district)), "")
    groups = found.links.crosswalk
    return groups.loc[groups["silo"].eq(roster), ["child"]].dropna().drop_duplicates()


def _elsewhere(found: Headlines) -> pd.DataFrame:
    groups = found.rows("groups")
    return groups[~groups["child"].isin(found.rows("on_roster")["child"])]


def _blocked(why: str) -> Callable[[Headlines], pd.DataFrame]:
    def rows(found: Headlines) -> pd.DataFrame:
        pairs = blocked_pairs(Guard.of(found.district).scorecard(found.card))
        return pairs[pairs["blocked_by"].eq(why)]

    return rows


def unchecked_records(links: Links, silo: str) -> pd.DataFrame:
    """List the records of a system that only a number links to another system."""
    tied = links.crosswalk
    elsewhere = tied.loc[tied["silo"].ne(silo), "child"]
    own = tied[tied["silo"].eq(silo) & tied["child"].isin(elsewhere)]
    return own[own["link_status"].eq("Unverified")]


def _in_system(found: Headlines, silo: str) -> pd.DataFrame:
    rows = children_in_systems(found.records[MATCHED])
    return rows[rows["silo"].eq(silo)]


def _mixed_in(found: Headlines, silo: str) -> pd.DataFrame:
    rows = mixed_in_systems(found.records[MATCHED])
    return rows[rows["silo"].eq(silo)]


def _pairs_of_systems(found: Headlines) -> pd.DataFrame:
    sides = ["left_silo", "right_silo"]
    return found.card.loc[found.card["right_silo"].notna(), sides].drop_duplicates()


COUNTED: Mapping[str, Callable[[Headlines], pd.DataFrame]] = {
    "children": lambda found: found.children[MATCHED],
    "complete": _with_outcome(COMPLETE, MATCHED),
    "split": _with_outcome(SPLIT, MATCHED),
    "mixed": _with_outcome(MIXED, MATCHED),
    "mixed_noticed": lambda found: found.rows("mixed").query("detected"),
    "children_named": _named,
    "complete_named": lambda found: found.rows("children_named").query("outcome == @COMPLETE"),
    "split_named": lambda found: found.rows("children_named").query("outcome == @SPLIT"),
    "mixed_named": lambda found: found.rows("children_named").query("outcome == @MIXED"),
    "undetected": _undetected(MATCHED),
    "undetected_by_number": _undetected(NUMBER),
    "mixed_by_number": _with_outcome(MIXED, NUMBER),
    "together_by_number": _together,
    "on_roster_by_number": _on_roster,
    "pages_by_number": _pages,
    "flagged": lambda found: found.flagged,
    "flagged_by_number": _seen(NUMBER),
    "flagged_by_links": _seen(MATCHED),
    "records": lambda found: found.links.crosswalk,
    "verified": _with_status("Verified"),
    "unverified": _with_status("Unverified"),
    "review": _with_status("Review"),
    "unlinked": _with_status("Unlinked"),
    "groups": lambda found: found.links.crosswalk[["child"]].dropna().drop_duplicates(),
    "on_roster": _listed,
    "beyond_roster": _elsewhere,
    "review_pairs": _decided("Review"),
    "refused_pairs": _decided("Refused"),
    "refused_by_number": lambda found: found.rows("refused_pairs").query("evidence_identifier == 'Same'"),
    "pairs_of_systems": _pairs_of_systems,
    "not_joinable": _blocked("Not joinable"),
    "not_fresh": _blocked("Not fresh"),
    "not_permitted": _blocked("Not permitted"),
}

# Measures of one system, or of some: by its name in the folder.
COUNTED_IN: Mapping[str, Callable[[Headlines, str], pd.DataFrame]] = {
    "in_system": _in_system,
    "missing_in_system": lambda found, silo: _in_system(found, silo).query("missing"),
    "undetected_in_system": _mixed_in,
    "unchecked": lambda found, silo: unchecked_records(found.links, silo)[["child"]].drop_duplicates(),
    "unchecked_records": lambda found, silo: unchecked_records(found.links, silo),
    "complete_if_linked": lambda found, silos: complete_without(found.records[MATCHED], silos.split(AND)),
}
