"""How surely the records of each system are joined, in words that give no small number away."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.layouts import STRING
from helpers.share.parts import shown_parts
from helpers.share.real_data import Guard

__all__ = ["ties_in_words"]

_SAID = {
    "Sure": "joined surely",
    "Unverified": "joined by an id that nothing could verify",
    "Review": "waiting for a person",
    "Alone": "joined to nobody",
}


def ties_in_words(crosswalk: pd.DataFrame, names: Mapping[str, str], guard: Guard) -> pd.DataFrame:
    """Say of each system how its records of children are joined to those of other systems.

    Parameters
    ----------
    crosswalk
        Table ``crosswalk``.
    names
        System -> how it is called; systems stand in this order.
    guard
        Of a real folder small numbers are hidden; that all, some or none are joined may be said.

    Returns
    -------
    pandas.DataFrame
        ``system``, ``records`` (text: a number, or the guard's words) and ``how``.

    Examples
    --------
    >>> crosswalk = pd.DataFrame({"silo": ["meals"] * 3, "band": ["Sure", "Sure", "Alone"]})
    >>> ties_in_words(crosswalk, {"meals": "Meals"}, Guard(real=False))["how"].tolist()
    ['2 joined surely, 1 joined to nobody']
    >>> ties_in_words(crosswalk, {"meals": "Meals"}, Guard(real=True))["how"].tolist()
    ['some joined surely, some joined to nobody']
    """
    counts = crosswalk.groupby(["silo", "band"]).size()
    rows = []
    for silo, name in names.items():
        if silo not in counts.index.get_level_values("silo"):
            rows.append((name, "none", "names no child"))
            continue
        own = {band: int(counts.get((silo, band), 0)) for band in _SAID}
        rows.append((name, guard.count(sum(own.values())), _how(own, guard)))
    return pd.DataFrame(rows, columns=["system", "records", "how"], dtype=STRING)


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
