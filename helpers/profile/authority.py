"""Which systems are the authority for what: by their layouts; where none is the roster, by what files show.

Elements name the kit's systems in the order in which they are trusted. A district's own system stands in that
order for every kit system of a domain for which its layout claims authority, whatever its folder is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from helpers.layouts import Layout, all_layouts
from helpers.profile.elements import declared

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["COUNTED_BY", "ROSTER", "Authority", "authority_in", "authority_of"]

ROSTER = "roster"
# Domains of the kit's own systems that list a district's children; tests, meals and clubs don't.
LISTS_CHILDREN = (ROSTER, "attendance")
COUNTED_BY = ["silo", "role", "linkable_by"]
WHOLE_NAME_AND_DATE = "Name and birth date"


@dataclass(frozen=True)
class Authority:
    """Whom a district's systems stand for.

    Attributes
    ----------
    systems
        Silo -> the kit's systems that it stands for in orders of trust, parted by blanks; silos in the order
        in which those that no element names are trusted.
    rosters
        Silos that are the authority for who the children are.
    inferred
        Whether files showed that, since no layout says it.
    why
        In words, where it was inferred; else empty.
    """

    systems: Mapping[str, str]
    rosters: tuple[str, ...]
    inferred: bool
    why: str


@cache
def _kit_systems() -> Mapping[str, tuple[str, ...]]:
    """Give the kit's systems of each domain."""
    found: dict[str, set[str]] = {}
    for layout in all_layouts().values():
        found.setdefault(layout.domain or "", set()).add(layout.silo)
    return {domain: tuple(sorted(systems)) for domain, systems in found.items()}


def _stands_for(silo: str, layout: Layout | None, rosters: Sequence[str]) -> str:
    claimed = list(layout.authority) if layout else []
    if silo in rosters and ROSTER not in claimed:
        claimed.append(ROSTER)
    named = [system for domain in claimed for system in _kit_systems().get(domain, ())]
    return " ".join(dict.fromkeys([layout.silo if layout else silo, *named]))


def authority_of(silos: Sequence[str], layouts: Mapping[str, Layout], people: pd.DataFrame) -> Authority:
    """Say which systems are the authority for what.

    Parameters
    ----------
    silos
        Names of the systems.
    layouts
        Layout of each, as far as known.
    people
        How many records (``rows``) there are by `COUNTED_BY`, to count children where no layout claims the
        roster.

    Returns
    -------
    Authority
        Never by how a system or its folder is called, unless files show no difference at all.
    """
    children = people[people["role"].eq("Student").fillna(False)]
    many = children.groupby("silo")["rows"].sum().to_dict()
    whole = children[children["linkable_by"].eq(WHOLE_NAME_AND_DATE)].groupby("silo")["rows"].sum().to_dict()

    def shown(silo: str) -> tuple[int, int, float]:
        return (
            many.get(silo, 0),
            len(_fields(layouts.get(silo))),
            whole.get(silo, 0) / max(many.get(silo, 0), 1),
        )

    others = declared().others

    def place(silo: str) -> tuple[int, tuple[float, ...], str]:
        name = layouts[silo].silo if silo in layouts else silo
        known = others.index(name) if name in others else len(others)
        return known, tuple(-figure for figure in shown(silo)), silo

    order = sorted(map(str, silos), key=place)
    rosters = tuple(silo for silo in order if silo in layouts and _claims_the_roster(layouts[silo]))
    inferred = not rosters and any(many.values())
    why = ""
    if inferred:
        listing = [silo for silo in order if many.get(silo) and _may_list_children(layouts.get(silo))]
        best = max(listing or [silo for silo in order if many.get(silo)], key=shown)
        rosters = (best,)
        # Numbers of children are for people who may see them; a comparison says as much.
        why = (
            f"{best}: no layout says which system is the roster, and this one lists most children, or as "
            f'many in more fields or more completely. If that is wrong, write authority = ["{ROSTER}"] into '
            "the layout of the roster."
        )
    systems = {silo: _stands_for(silo, layouts.get(silo), rosters) for silo in order}
    return Authority(systems, rosters, inferred, why)


def authority_in(district: District) -> Authority:
    """Say which systems of a district that was read are the authority for what.

    Parameters
    ----------
    district
        The district.

    Returns
    -------
    Authority
        As `authority_of` has it.
    """
    people = district.people.groupby(COUNTED_BY, dropna=False).size().rename("rows").reset_index()
    return authority_of(tuple(district), district.layouts, people)


def _claims_the_roster(layout: Layout) -> bool:
    return ROSTER in layout.authority or layout.silo in _kit_systems().get(ROSTER, ())


def _may_list_children(layout: Layout | None) -> bool:
    if layout is None or layout.layout not in all_layouts():
        return True
    return layout.domain in LISTS_CHILDREN


def _fields(layout: Layout | None) -> set[str]:
    """Name the fields of people that a layout takes."""
    files = layout.files if layout else []
    makes = [make for file in files for make in file.makes if make.table == "people"]
    return {field for make in makes for field in {**make.take, **make.set}}
