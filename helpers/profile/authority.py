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
from helpers.standard.elements import declared

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["COUNTED_BY", "ROSTER", "Authority", "authority_in", "authority_of", "stands_for"]

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
        In words, where it was inferred among several systems that know children; else empty.
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


def stands_for(silo: str, layout: Layout | None, *inferred: str) -> str:
    """Name the kit's systems that a system stands for.

    Parameters
    ----------
    silo
        Its name.
    layout
        Its layout, as far as known.
    inferred
        Domains for which files showed it to be the authority, beside those that its layout claims.

    Returns
    -------
    str
        Its layout's ``silo`` and the kit's systems of these domains, parted by blanks.
    """
    claimed = [*(layout.authority if layout else ()), *inferred]
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
        known = [silo for silo in order if many.get(silo)]
        best = max(listing or known, key=shown)
        rosters = (best,)
        why = _why(best, {silo: shown(silo) for silo in listing or known}) if len(known) > 1 else ""
    found = (ROSTER,) if inferred else ()
    systems = {
        silo: stands_for(silo, layouts.get(silo), *(found if silo in rosters else ())) for silo in order
    }
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


def _why(best: str, shown: Mapping[str, tuple[int, int, float]]) -> str:
    """Say by what one system was taken for the roster; a comparison, for pages that may show no numbers."""
    others = [figures for silo, figures in shown.items() if silo != best]
    second = max(others, default=None)
    told = (
        "lists the most children",
        "lists as many as another, in more fields",
        "lists as many as another, more completely",
    )
    if second is None:
        reason = "is the only one that lists children"
    elif shown[best] == second:
        reason = "comes first of several whose files show no difference"
    else:
        reason = next(
            words for words, one, other in zip(told, shown[best], second, strict=True) if one != other
        )
    return (
        f"No layout says which system is the roster, so {best} was taken for it: it {reason}. If that is "
        f'wrong, write authority = ["{ROSTER}"] into the layout of the roster.'
    )


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
