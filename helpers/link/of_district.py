"""The ladder on a whole district: every room, command and notebook links it the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.files import District
from helpers.files.run_cache import of_what, shared
from helpers.link.crosswalk import Links
from helpers.link.ladder import Method, link_children

if TYPE_CHECKING:
    from helpers.link.model import LinkModel

__all__ = ["link_district"]


def link_district(
    district: District,
    method: Method = "decided",
    *,
    decisions: pd.DataFrame | None = None,
    model: LinkModel | None = None,
) -> Links:
    """Say which records of a district's systems are the same child.

    Parameters
    ----------
    district
        A district that was read: its order of silos says where a child's anchor is looked for first, its
        layouts which silos promise one record a child.
    method
        The highest rung, as in `link_children`.
    decisions
        The standard table of that name: what persons decided.
    model
        A trained model; without it the one that comes with the kit.

    Returns
    -------
    Links
        Its findings name the file, row and column at which a record disagrees.
    """

    def link() -> Links:
        return link_children(
            district.people,
            district.identifiers,
            method=method,
            unique_people=district.unique_people,
            anchor_order=tuple(district),
            person_rows=district.person_rows,
            layouts=district.layouts,
            kinds=district.kinds,
            schools=district.fact("school"),
            decisions=decisions,
            model=model,
        )

    known = of_what(district) if decisions is None and model is None else None
    return shared(lambda: f"{known}, linked: {method}" if known else None, link)
