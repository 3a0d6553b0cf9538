"""Average-link clusters of records from probabilities of pairs, at several cuts at once; for the ceiling."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from helpers.link.resolve.clusters import components

__all__ = ["average_link"]

# Pairs below this can hardly lift an average over any cut that is tried.
FAINT = 0.1


def average_link(
    left: np.ndarray, right: np.ndarray, probability: np.ndarray, count: int, cuts: Sequence[float]
) -> dict[float, np.ndarray]:
    """Join records whose pairs are, on average over the two clusters, likelier than a cut.

    Parameters
    ----------
    left, right, probability
        Pairs of records, each once; a pair that is not here has probability 0.
    count
        How many records there are.
    cuts
        Probabilities.

    Returns
    -------
    dict
        Cut -> ``int64``, a label a record.
    """
    likely = np.flatnonzero(probability >= FAINT)
    left, right, probability = left[likely], right[likely], probability[likely]
    label = components(count, left, right)
    of_pair = label[left]
    size = np.bincount(label, minlength=count)
    pairs = np.bincount(of_pair, minlength=count)
    faintest = np.ones(count)
    np.minimum.at(faintest, of_pair, probability)
    # Where everybody is likely to be everybody, no order of joining changes the end.
    plain = (pairs == size * (size - 1) // 2) & (faintest >= max(cuts))
    result = {}
    open_pairs = np.flatnonzero(~plain[of_pair])
    joined = _merges(left[open_pairs].tolist(), right[open_pairs].tolist(), probability[open_pairs].tolist())
    for cut in cuts:
        into = np.arange(count)
        kept = [(one, other) for average, one, other in joined if average >= cut]
        if kept:
            one, other = np.array(kept, dtype="int64").T
            into = components(count, one, other)
        result[cut] = np.where(plain[label], label, count + into)
    return result


def _merges(left: list[int], right: list[int], probability: list[float]) -> list[tuple[float, int, int]]:
    """Merge the two likeliest clusters again and again: (average, a record of the one, of the other)."""
    between: dict[int, dict[int, float]] = {}
    for one, other, likely in zip(left, right, probability, strict=True):
        between.setdefault(one, {})[other] = likely
        between.setdefault(other, {})[one] = likely
    size = dict.fromkeys(between, 1)
    heap = [(-likely, one, other) for one, other, likely in zip(left, right, probability, strict=True)]
    heapq.heapify(heap)
    merged: list[tuple[float, int, int]] = []
    while heap:
        average, one, other = heapq.heappop(heap)
        if one not in size or other not in size or other not in between[one]:
            continue
        now = between[one][other] / (size[one] * size[other])
        if now < -average - 1e-12:  # it was put there before one of the two grew
            continue
        merged.append((now, one, other))
        if len(between[one]) < len(between[other]):
            one, other = other, one
        for third, together in between.pop(other).items():
            del between[third][other]
            if third != one:
                whole = between[one].get(third, 0.0) + together
                between[one][third] = between[third][one] = whole
        size[one] += size.pop(other)
        for third, together in between[one].items():
            likely = together / (size[one] * size[third])
            if likely >= FAINT:
                heapq.heappush(heap, (-likely, one, third))
    return merged
