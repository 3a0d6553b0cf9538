"""A person's yes makes one child of two, whatever a rule holds against single records of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["join_as_persons_said"]


def join_as_persons_said(label: np.ndarray, said: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Join the children of which a person said that they are one.

    The desk shows two records and asks about their children: the answer is about all that both hold.

    Parameters
    ----------
    label
        The child of each record, as rules and the model have it without any person's yes.
    said
        From `decisions.pairs_of`: ``left``, ``right``, ``is_match``.

    Returns
    -------
    numpy.ndarray
        The child of each record: the lowest label of those that were joined.
    numpy.ndarray
        Boolean, one a row of `said`: a yes that can't hold, since a person said no about two records of the
        same two children. Yeses are taken in their order.
    """
    label = label.copy()
    left, right = said["left"].to_numpy(dtype="int64"), said["right"].to_numpy(dtype="int64")
    yes = said["is_match"].to_numpy(dtype=bool)
    refused = np.zeros(len(said), dtype=bool)
    apart = [(int(one), int(other)) for one, other in zip(left[~yes], right[~yes], strict=True)]
    # Of a million records a person has spoken about few: only their children are looked at.
    new = {int(child): int(child) for child in np.unique(label[np.concatenate([left, right])])}

    def child(record: int) -> int:
        return new[int(label[record])]

    for place in np.flatnonzero(yes):
        one, other = child(int(left[place])), child(int(right[place]))
        if one == other:
            continue
        if any({child(a), child(b)} == {one, other} for a, b in apart):
            refused[place] = True
            continue
        keep, give = min(one, other), max(one, other)
        new.update({old: keep for old, now in new.items() if now == give})
    changed = {old: now for old, now in new.items() if old != now}
    if changed:
        touched = np.flatnonzero(np.isin(label, list(changed)))
        label[touched] = [changed[int(old)] for old in label[touched]]
    return label, refused
