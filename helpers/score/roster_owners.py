"""What changes with the system that owns the roster: whom its list has, misses and still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.gaps.measures.identity import keys_of
from helpers.gaps.presence import know
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import true_children
from helpers.standard import as_table, empty_table

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["score_roster_owners"]

ENROLLED = "school"
# The key knows the school of all children of the school year; these have left it, or never came.
GONE = ("left", "no_show")
# A system takes over from a roster by number where at least so many of its records carry one; the kit's own.
TAKES_OVER = 0.8


def score_roster_owners(district: District, links: Links, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Judge each system as the owner of the roster: the list from which all others take over.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    links
        Who is who in it.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        The standard table *roster_owners*, one row a system that says of children at which school they are.
        ``found`` are children of the district on the newest day whom its list has, ``missed`` those whom it
        hasn't, ``wrong`` children on it who aren't enrolled, ``twice`` children with two records.
        ``takes_over`` are the other systems that carry its numbers, and could take over by them.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    newest = key.values["as_of"].isna() | key.values["as_of"].eq(key.values["as_of"].max())
    here = key.values[newest & key.values["element"].eq(ENROLLED) & key.values["value"].notna()]
    gone = key.cases.loc[key.cases["case"].isin(GONE), "person"]
    enrolled = set(here["person"]) - set(gone)
    truth = true_children(district, key, links.crosswalk)
    truth = truth[truth["is_child"]]
    people = district.people.dropna(subset=["school_id"])
    known = know(district, links)
    keys = keys_of(known, district.identifiers)
    rows = []
    for silo in known.silos:
        listed = set(people.loc[people["silo"].eq(silo), "record"])
        mine = truth[truth["silo"].eq(silo) & truth["record"].isin(listed)]
        if mine.empty:
            continue
        persons = set(mine["person"])
        others = [other for other in known.silos if other != silo]
        over = [
            float(keys.meeting(other, silo)[known.of(known.silos.index(other))].mean()) >= TAKES_OVER
            for other in others
        ]
        rows.append(
            {
                "silo": silo,
                "of_children": len(enrolled),
                "listed": len(persons),
                "found": len(persons & enrolled),
                "missed": len(enrolled - persons),
                "wrong": len(persons - enrolled),
                "twice": int(mine.groupby("person")["record"].nunique().gt(1).sum()),
                "takes_over": sum(over),
                "other_systems": len(others),
            }
        )
    if not rows:  # no system says where a child goes to school
        return empty_table("roster_owners")
    frame = pd.DataFrame(rows).sort_values(["missed", "wrong", "silo"], kind="stable")
    return as_table("roster_owners", frame)
