"""Whom each system knows, group by group: who misses one in ten may miss all of one kind of child."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.completeness import filled
from helpers.gaps.known import Known, know
from helpers.gaps.scope import scope_of
from helpers.standard import as_table, empty_table
from helpers.standard.intervals import wilson

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["GROUPS", "SMALLEST", "coverage_by_group", "widest_gaps"]

# What children are grouped by, where files say it, and what it is called.
GROUPS = {
    "grade_level": "grade",
    "school_id": "school",
    "home_language": "language at home",
    "sex": "sex",
    "race": "race",
}
# Fewer children say nothing about a group, and of a real district are never shown.
SMALLEST = 10
SURE = 0.95


def coverage_by_group(district: District, links: Links) -> pd.DataFrame:
    """Count whom each system knows of each group of children who are meant to be in it.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.

    Returns
    -------
    pandas.DataFrame
        Table ``coverage_by_group``. ``silo`` is empty where children are counted whom the roster knows and no
        other system does. Who is of a grade or school that a system isn't for doesn't count there; what a
        child's group is, the first system says that says anything (of schools, the roster). Small groups are
        in the table: who shows it hides them (`Guard.counts`).
    """
    known = know(district, links)
    if known.records.empty:
        return empty_table("coverage_by_group")
    scope = scope_of(known)
    rows: list[dict[str, Any]] = []
    lonely = known.holds[:, 0] & (known.holds.sum(axis=1) == 1)
    for column, words in GROUPS.items():
        code, names = _groups(known, column)
        if not len(names):
            continue
        said = code >= 0
        counted = np.bincount(code[said & known.holds[:, 0]], minlength=len(names))
        alone = np.bincount(code[said & lonely], minlength=len(names))
        rows += _rows(None, words, names, alone, counted)
        for place, silo in enumerate(known.silos[1:], start=1):
            if known.is_for_some(place):
                continue
            meant = said & scope.meant[:, place] & known.holds[:, 0]
            whole = np.bincount(code[meant], minlength=len(names))
            there = np.bincount(code[meant & known.holds[:, place]], minlength=len(names))
            rows += _rows(silo, words, names, there, whole)
    if not rows:
        return empty_table("coverage_by_group")
    table = pd.DataFrame(rows)
    interval = wilson(table["children"].astype("float64"), table["out_of"].astype("float64"))
    share = table["children"] / table["out_of"]
    return as_table(
        "coverage_by_group", table.assign(share=share, low=interval["low"], high=interval["high"])
    )


def _groups(known: Known, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Give each child's group by number, -1 where nobody says it; records are in order of systems."""
    spoken = known.records[column].where(pd.Series(filled(known, column)))
    if column == "school_id":
        spoken = spoken.where(pd.Series(known.place == 0))
    first = pd.DataFrame({"child": known.child, "said": spoken}).dropna().drop_duplicates("child")
    said = first.set_index("child")["said"].reindex(range(len(known.holds)))
    code, names = pd.factorize(said, sort=True)
    return code.astype("int64"), [str(name) for name in names]


def _rows(
    silo: str | None,
    words: str,
    names: list[str],
    there: npt.NDArray[np.int64],
    whole: npt.NDArray[np.int64],
) -> list[dict[str, Any]]:
    return [
        {"silo": silo, "group_by": words, "group": name, "children": int(count), "out_of": int(total)}
        for name, count, total in zip(names, there, whole, strict=True)
        if total
    ]


def widest_gaps(groups: pd.DataFrame) -> pd.DataFrame:
    """Find for each system and grouping the groups that it knows best and least.

    Parameters
    ----------
    groups
        Table ``coverage_by_group``, small groups and all.

    Returns
    -------
    pandas.DataFrame
        ``silo, group_by, least, least_share, most, most_share, gap``, widest first, behind those that are
        ``apart``; groups of fewer than ten children don't take part, and a grouping of one group has no row.
        The two are ``apart`` where chance alone is no likely reason, although they were chosen as the best
        and the worst of all: the interval of their difference (Newcombe 1998) allows for ``looked_at``, all
        pairs of groups that were compared.
    """
    big = groups[groups["out_of"].ge(SMALLEST) & groups["silo"].notna()]
    groupings = [mine for _, mine in big.groupby(["silo", "group_by"], sort=True) if len(mine) > 1]
    looked_at = sum(len(mine) * (len(mine) - 1) // 2 for mine in groupings)
    rows = []
    for mine in groupings:
        ordered = mine.sort_values(["share", "group"], kind="stable")
        least, most = ordered.iloc[0], ordered.iloc[-1]
        rows.append(
            (least["silo"], least["group_by"], least["group"], least["share"], most["group"], most["share"],
             most["share"] - least["share"], _apart(least, most, looked_at), looked_at)
        )  # fmt: skip
    columns = ["silo", "group_by", "least", "least_share", "most", "most_share", "gap", "apart", "looked_at"]
    found = pd.DataFrame(rows, columns=columns)
    order = ["apart", "gap", "silo"]
    return found.sort_values(order, ascending=[False, False, True], kind="stable", ignore_index=True)


def _apart(least: pd.Series, most: pd.Series, looked_at: int) -> bool:
    """Say whether two shares differ by more than the luckiest of so many pairs would."""
    both = pd.DataFrame([least, most])
    z = NormalDist().inv_cdf(1 - (1 - SURE) / 2 / looked_at)
    ends = wilson(both["children"].astype("float64"), both["out_of"].astype("float64"), z)
    below = float(most["share"]) - float(ends["low"].iloc[1])
    above = float(ends["high"].iloc[0]) - float(least["share"])
    return float(most["share"] - least["share"]) > float(np.hypot(below, above))
