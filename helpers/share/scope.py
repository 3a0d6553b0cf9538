"""Decide which children a view may show: own class, own caseload, own school, own child, oneself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from helpers.profile import ADULT, Source, of_age, with_rights
from helpers.share.access import Allowed, Refused, agreed
from helpers.share.policy import Policy, Role
from helpers.share.visible_values import name_parts

__all__ = ["ChildScope", "Ties", "children_in_scope", "latest_day"]

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ChildScope:
    """Children in scope, by domain."""

    # Domain -> children whom it may show.
    children: Mapping[str, frozenset[str]]
    # For a guardian: child -> home of this guardian, as named in ``relations``.
    homes: Mapping[str, str] = field(default_factory=dict)
    # For a guardian: children whose adults have more than one home.
    two_homes: frozenset[str] = NOBODY
    # For a student: whether she lacks only the rights of an eligible student.
    under_age: bool = False


def latest_day(source: Source) -> pd.Timestamp | None:
    """Return the latest day in any system: the as-of date of a view."""
    days = source.systems()["latest_day"].dropna()
    return pd.Timestamp(days.max()) if len(days) else None


class Ties:
    """Table ``relations``, indexed by adult and by school."""

    def __init__(self, source: Source, policy: Policy) -> None:
        """Load the relations of a source."""
        self.source = source
        self.policy = policy
        self.relations = source.relations()
        self._by_adult: Mapping[Any, Any] = {}
        self._schools: dict[frozenset[str], pd.DataFrame] = {}

    @cached_property
    def newest_days(self) -> Mapping[str, pd.Timestamp]:
        """Latest day of each system that has one."""
        known = self.source.systems().dropna(subset=["latest_day"])
        return {
            str(silo): pd.Timestamp(day) for silo, day in zip(known["silo"], known["latest_day"], strict=True)
        }

    @cached_property
    def names(self) -> Counter[str]:
        """Name parts of all children with their counts, computed once."""
        known = self.source.children()
        return name_parts({*known["first_name"].dropna(), *known["last_surname"].dropna()})

    def of_adult(self, role: str, who: str) -> pd.DataFrame:
        """Return the relations of an adult, identified as ``system:record``."""
        silo, _, record = who.partition(":")
        if not self._by_adult:
            named = self.relations[self.relations["adult"].notna()]
            self._by_adult = named.groupby(["role", "silo", "adult"], sort=False).groups
        rows = self._by_adult.get((role, silo, record))
        return self.relations.loc[rows] if rows is not None else self.relations.iloc[:0]

    def guardians(self, children: Iterable[str]) -> pd.DataFrame:
        """Return the guardians of children."""
        rows = self.relations
        mine = rows["child"].isin(list(children)) & rows["role"].eq("Guardian")
        return rows[mine.to_numpy(dtype=bool)]

    def schools(self, hidden: frozenset[str]) -> pd.DataFrame:
        """Return the schools of children, from the most trusted system that isn't hidden."""
        if hidden not in self._schools:
            systems = self.source.systems()
            order = {system: place for place, system in enumerate(self.policy.enrolled_by)}
            ranks = {
                str(silo): min(order.get(system, len(order)) for system in str(names).split(" "))
                for silo, names in zip(systems["silo"], systems["stands_for"], strict=True)
            }
            rows = self.relations[self.relations["role"].eq("School").to_numpy(dtype=bool)]
            rows = rows[~rows["silo"].isin(list(hidden)).to_numpy(dtype=bool)]
            rank = rows["silo"].map(ranks).fillna(len(order)).astype("int64")
            rows = rows.assign(rank=rank)
            best = rows.groupby("child")["rank"].transform("min")
            self._schools[hidden] = rows[(rows["rank"] == best).to_numpy(dtype=bool)]
        return self._schools[hidden]

    def at_school(self, who: str, hidden: frozenset[str]) -> frozenset[str]:
        """Return the children of a school, or of one of its grades."""
        rows = self.schools(hidden)
        named = rows["school_name"].eq(who)
        if not named.any():
            school, comma, grade = who.rpartition(", grade ")
            named = rows["school_name"].eq(school) & rows["grade_level"].eq(grade.strip())
            if not comma or not rows["school_name"].eq(school).any():
                named = named & False
        return frozenset(rows.loc[named.to_numpy(dtype=bool, na_value=False), "child"])


def children_in_scope(
    ties: Ties,
    who: str,
    allowed: Allowed,
    day: pd.Timestamp | None,
    consents: pd.DataFrame | None,
) -> ChildScope:
    """Find the children whom each domain may show."""
    role, hidden = allowed.role, allowed.unknown
    if role.needs_consent:
        everybody = _everybody(ties)
        named = agreed(
            consents, who, allowed.purpose.name, list(allowed.rows), list(allowed.counted), day, everybody
        )
        return ChildScope(named)
    scopes = {domain: rule.scope for domain, rule in {**allowed.rows, **allowed.counted}.items()}
    sets: dict[str, frozenset[str]] = {"district": NOBODY}
    homes: dict[str, str] = {}
    two_homes, under_age = NOBODY, False
    if role.who == "district":
        if who != "district":
            raise Refused(f"For the role {role.name}, write --who district.")
    elif role.who == "child":
        sets["self"], sets["self at 18"], under_age = _oneself(ties.source, role, who, day)
    elif role.scope == "own child":
        rows = _own_children(ties, role, who, day)
        sets["own child"] = frozenset(rows["child"])
        homes = dict(zip(rows["child"], rows["home"], strict=True))
        two_homes = _with_two_homes(ties, sets["own child"])
    else:
        sets[role.scope] = _in_charge(ties, role, who, hidden)
    if "district" in scopes.values():
        sets["district"] = _everybody(ties)
    return ChildScope(
        {domain: sets.get(scope, NOBODY) for domain, scope in scopes.items()}, homes, two_homes, under_age
    )


def _everybody(ties: Ties) -> frozenset[str]:
    return frozenset(ties.source.children()["child"])


def _in_charge(ties: Ties, role: Role, who: str, hidden: frozenset[str]) -> frozenset[str]:
    """Return the children of a class, a caseload or a school."""
    if role.scope == "own class":
        found = frozenset(ties.of_adult("Teacher", who)["child"])
    elif role.relation is not None:
        named = frozenset(ties.of_adult(role.relation, who)["child"])
        rows = ties.relations
        plans = rows["role"].eq(role.relation) & ~rows["silo"].isin(list(hidden))
        found = named or (
            frozenset(rows.loc[plans.to_numpy(dtype=bool), "child"]) & ties.at_school(who, hidden)
        )
    else:
        found = ties.at_school(who, hidden)
    if not found:
        raise Refused(
            f"No {role.title.lower()} is known by that name, or no child is in their charge today: "
            f"give --who as the {role.who_means}."
        )
    return found


def _own_children(ties: Ties, role: Role, who: str, day: pd.Timestamp | None) -> pd.DataFrame:
    """Return a guardian's minor children; a doubtful link gives no rights."""
    rows = ties.of_adult("Guardian", who)
    rows = rows[with_rights(rows)]
    rows = rows[~rows["child"].isin(list(_of_age(ties.source, rows["child"], day))).to_numpy(dtype=bool)]
    if rows.empty:
        raise Refused(
            "No guardian with that record may see a child: we know none, or the guardian has no rights, or "
            f"isn't surely linked to a child under {ADULT}. Give --who as the {role.who_means}."
        )
    return rows


def _oneself(
    source: Source, role: Role, who: str, day: pd.Timestamp | None
) -> tuple[frozenset[str], frozenset[str], bool]:
    if not source.children()["child"].eq(who).any():
        raise Refused(f"We know no such student. Give --who as {role.who_means}.")
    me = frozenset([who])
    grown = me & _of_age(source, pd.Series([who]), day)
    return me, grown, not grown


def _of_age(source: Source, children: pd.Series, day: pd.Timestamp | None) -> frozenset[str]:
    """Return the children aged 18 or over on a day."""
    known = source.children()[["child", "birth_date"]]
    known = known[known["child"].isin(list(children)).to_numpy(dtype=bool)]
    return frozenset(known.loc[of_age(known["birth_date"], day), "child"])


def _with_two_homes(ties: Ties, children: frozenset[str]) -> frozenset[str]:
    homes = ties.guardians(children).groupby("child")["home"].nunique()
    return frozenset(homes.index[homes > 1])
