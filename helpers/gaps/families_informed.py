"""How many families could know what the systems know: of how many, by what they are grouped, and why not."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.gaps.communication import REASONS
from helpers.gaps.family_terms import family_terms
from helpers.standard import STRING, as_table

__all__ = ["MEASURES", "families_who_could_know", "groups_of_children"]

MEASURES = ("on record", "shown", "in their language", "read", "up to date", "every home")


def families_who_could_know(
    gap: pd.DataFrame, groups: Mapping[str, pd.Series] | None = None, *, within_days: int | None = None
) -> pd.DataFrame:
    """Count the families who could know what the systems know of their child.

    Parameters
    ----------
    gap
        Table ``communication_gap``.
    groups
        Name of a grouping -> group of each child (child -> word), to count by group as well.
    within_days
        Up to how many days behind counts as up to date; as declared when not given.

    Returns
    -------
    pandas.DataFrame
        Table ``families_informed``. A family is a child's here: brothers and sisters count each, since the
        portal may know one and not the other. ``every home`` counts, of children with two homes, those of
        whom both read it. Small groups stand in it: hide them before anybody sees it.
    """
    days = family_terms().within_days if within_days is None else within_days
    read = gap["read"].notna()
    two = gap["homes"].gt(1)
    told = pd.DataFrame(
        {
            "domain": gap["domain"],
            "child": gap["child"],
            "on record": gap["adults"].gt(0),
            "shown": gap["shown"].notna(),
            "in their language": gap["in_language"].fillna(False).astype(bool),
            "read": read,
            # What is dated nowhere is as new as what was read.
            "up to date": read & gap["gap_days"].fillna(0).le(days).astype(bool),
            "every home": gap["homes_read"].ge(gap["homes"]).astype(bool).mask(~two.astype(bool)),
            **{why: gap["why"].eq(why).fillna(False).astype(bool) for why in REASONS},
        }
    )
    parts = [_counted(told, None, None)]
    for name, words in (groups or {}).items():
        group = told["child"].map(words).astype(STRING)
        for word in sorted(group.dropna().unique()):
            parts.append(_counted(told[group.eq(word).fillna(False)], name, str(word)))
        parts += [_counted(told[group.isna()], name, None)] if group.isna().any() else []
    return as_table("families_informed", pd.concat(parts, ignore_index=True))


def groups_of_children(profile: pd.DataFrame) -> dict[str, pd.Series]:
    """Group children in the ways in which families differ for a portal.

    Parameters
    ----------
    profile
        One row a child.

    Returns
    -------
    dict
        ``language`` that the family asked for, ``school``, and ``grade_level``, by child.
    """
    columns = {
        "language": "family_contact_language",
        "school": "roster_school",
        "grade_level": "roster_grade_level",
    }
    by_child = profile.set_index("child")
    return {name: by_child[column].astype(STRING) for name, column in columns.items()}


def _counted(told: pd.DataFrame, group_by: str | None, group: str | None) -> pd.DataFrame:
    """Count every measure over all things together, and of each."""
    rows = []
    domains: list[str | None] = [None, *dict.fromkeys(told["domain"].dropna().tolist())]
    for domain in domains:
        mine = told if domain is None else told[told["domain"].eq(domain)]
        for measure in (*MEASURES, *REASONS):
            holds = mine[measure].dropna()
            number, whole = int(holds.sum()), len(holds)
            rows.append(
                {
                    "measure": measure,
                    "domain": domain,
                    "group_by": group_by,
                    "group": group,
                    "numerator": number,
                    "denominator": whole,
                    "share": number / whole if whole else float("nan"),
                }
            )
    return pd.DataFrame(rows)
