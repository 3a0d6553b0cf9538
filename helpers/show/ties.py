"""How surely the records of each system are joined, and how rightly, as a page says it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.share.disclosure import shown_parts
from helpers.share.guard import Guard
from helpers.standard import STRING

__all__ = ["against_roster", "apart", "bands_by_system", "gathered", "ties_in_words"]

_SAID = {
    "Sure": "joined surely",
    "Unverified": "joined by an id that nothing could verify",
    "Review": "waiting for a person",
    "Alone": "joined to nobody",
}


def bands_by_system(crosswalk: pd.DataFrame, guard: Guard) -> pd.DataFrame:
    """Count how surely the records of each system are joined.

    Parameters
    ----------
    crosswalk
        Table ``crosswalk``.
    guard
        Of a real folder children are counted, each by the weakest of its records in a system: records beside
        children would tell how many have two.

    Returns
    -------
    pandas.DataFrame
        ``silo, band, count``.

    Examples
    --------
    >>> crosswalk = pd.DataFrame({"silo": ["meals"] * 3, "child": ["a", "a", "b"], "band": ["Sure"] * 3})
    >>> [int(bands_by_system(crosswalk, Guard(real=real))["count"].sum()) for real in (False, True)]
    [3, 2]
    """
    counted = crosswalk
    if guard.real:
        weakest = crosswalk["band"].map({band: place for place, band in enumerate(_SAID)})
        counted = crosswalk.assign(weakest=weakest).sort_values("weakest", kind="stable")
        counted = counted.drop_duplicates(["silo", "child"], keep="last")
    return counted.groupby(["silo", "band"], sort=False).size().rename("count").reset_index()


def ties_in_words(crosswalk: pd.DataFrame, names: Mapping[str, str], guard: Guard) -> pd.DataFrame:
    """Say of each system how its records of children are joined to those of other systems.

    Parameters
    ----------
    crosswalk
        Table ``crosswalk``.
    names
        System -> how it is called; systems stand in this order.
    guard
        Of a real folder children are counted, and small numbers are hidden; that all, some or none are joined
        may be said.

    Returns
    -------
    pandas.DataFrame
        ``system``; ``records``, of a real folder ``children`` (text: a number, or words); ``how``.

    Examples
    --------
    >>> crosswalk = pd.DataFrame(
    ...     {"silo": ["meals"] * 3, "child": list("abc"), "band": ["Sure", "Sure", "Alone"]}
    ... )
    >>> ties_in_words(crosswalk, {"meals": "Meals"}, Guard(real=False))["how"].tolist()
    ['2 joined surely, 1 joined to nobody']
    >>> ties_in_words(crosswalk, {"meals": "Meals"}, Guard(real=True))["how"].tolist()
    ['some joined surely, some joined to nobody']
    """
    counts = bands_by_system(crosswalk, guard).set_index(["silo", "band"])["count"]
    rows = []
    for silo, name in names.items():
        if silo not in counts.index.get_level_values("silo"):
            rows.append((name, "none", "names no child"))
            continue
        own = {band: int(counts.get((silo, band), 0)) for band in _SAID}
        rows.append((name, guard.count(sum(own.values())), _how(own, guard)))
    counted = "children" if guard.real else "records"
    return pd.DataFrame(rows, columns=["system", counted, "how"], dtype=STRING)


def _how(own: Mapping[str, int], guard: Guard) -> str:
    there = [band for band, count in own.items() if count]
    if len(there) == 1:
        said = _SAID[there[0]]
        whole = own[there[0]]
        return f"all {said}" if guard.hides(whole) or whole == 1 else f"all {whole:,} {said}"
    parts = shown_parts(guard, {band: own[band] for band in there})
    return ", ".join(
        f"{f'{part:,}' if isinstance(part, int) else 'some'} {_SAID[band]}" for band, part in parts.items()
    )


def apart(crosswalk: pd.DataFrame) -> list[str]:
    """List the systems none of whose records is joined to a record of another system.

    Parameters
    ----------
    crosswalk
        Table ``crosswalk``.

    Returns
    -------
    list of str
        Silos, in the order of the table.

    Examples
    --------
    >>> crosswalk = pd.DataFrame({"silo": ["sis", "meals", "clubs"], "child": ["a", "a", "b"]})
    >>> apart(crosswalk)
    ['clubs']
    """
    together = crosswalk.groupby("child")["silo"].transform("nunique").gt(1)
    tied = set(crosswalk.loc[together, "silo"])
    return [silo for silo in crosswalk["silo"].dropna().unique().tolist() if silo not in tied]


def against_roster(scores: pd.DataFrame, roster: str) -> pd.DataFrame:
    """Count, by system, how its records are joined to the same child's record on the roster.

    Parameters
    ----------
    scores
        Table ``scores``.
    roster
        The silo that every other is compared with.

    Returns
    -------
    pandas.DataFrame
        ``silo, right, missed, wrong``: pairs of a record of the system and one on the roster; children whom
        only one of both knows make no pair.

    Examples
    --------
    >>> scores = pd.DataFrame(
    ...     {"left_silo": ["meals"], "right_silo": ["sis"], "group": ["All"], "pair_kind": ["All"]}
    ...     | {"right": [540], "missed": [51], "wrong": [9]}
    ... )
    >>> against_roster(scores, "sis").to_dict("records")
    [{'silo': 'meals', 'right': 540, 'missed': 51, 'wrong': 9}]
    """
    whole = scores[scores["group"].eq("All") & scores["pair_kind"].eq("All")]
    left, right = whole["left_silo"], whole["right_silo"]
    other = right.where(left.eq(roster), left).where(left.eq(roster) | right.eq(roster))
    counts = whole[["right", "missed", "wrong"]].assign(silo=other)
    counts = counts[counts["silo"].notna() & counts["silo"].ne(roster)]
    return counts[["silo", "right", "missed", "wrong"]].reset_index(drop=True)


def gathered(pairs: pd.DataFrame, everybody: int) -> pd.DataFrame:
    """Tell each pair of systems once, the system that has most of them first.

    Parameters
    ----------
    pairs
        ``system`` and ``other``: names of two systems, each pair once.
    everybody
        How many systems there are: who is paired with all others is paired with every other system.

    Returns
    -------
    pandas.DataFrame
        ``system`` and ``with``, names in one text.

    Examples
    --------
    >>> pairs = pd.DataFrame({"system": ["A", "A", "B"], "other": ["B", "C", "D"]})
    >>> gathered(pairs, 5).to_dict("list")
    {'system': ['A', 'B'], 'with': ['B, C', 'D']}
    """
    lines = []
    while len(pairs):
        both = pd.concat([pairs["system"], pairs["other"]]).value_counts().sort_index()
        most = both.idxmax()
        own = pairs["system"].eq(most) | pairs["other"].eq(most)
        others = pairs.loc[own, "other"].where(pairs["system"].eq(most), pairs["system"])
        told = "every other system" if len(others) == everybody - 1 else ", ".join(sorted(others))
        lines.append((most, told))
        pairs = pairs[~own]
    return pd.DataFrame(lines, columns=["system", "with"], dtype=STRING)
