"""Average-link clusters of records from probabilities of pairs, at several cuts at once; for the ceiling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

__all__ = ["average_link"]

# Pairs below this cannot lift an average over any cut that is tried.
FAINT = 0.1
# A dense matrix of a larger component would be too large; its faintest pairs are cut until it falls apart.
LARGEST = 2_000


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
    result = {cut: np.zeros(count, dtype="int64") for cut in cuts}
    used = dict.fromkeys(cuts, 0)
    for records, edges in _components(left, right, probability, count):
        if len(records) == 1:
            for cut in cuts:
                result[cut][records] = used[cut]
                used[cut] += 1
            continue
        place = {record: number for number, record in enumerate(records.tolist())}
        one = np.array([place[record] for record in left[edges].tolist()])
        other = np.array([place[record] for record in right[edges].tolist()])
        distance = np.ones((len(records), len(records)))
        distance[one, other] = distance[other, one] = 1 - probability[edges]
        np.fill_diagonal(distance, 0)
        tree = linkage(squareform(distance, checks=False), "average")
        for cut in cuts:
            labels = fcluster(tree, 1 - cut, "distance")
            result[cut][records] = used[cut] + labels - 1
            used[cut] += int(labels.max())
    return result


def _components(
    left: np.ndarray, right: np.ndarray, probability: np.ndarray, count: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give records and places of pairs of each connected component that is small enough."""
    found: list[tuple[np.ndarray, np.ndarray]] = []
    waiting = [(np.arange(count), np.flatnonzero(probability >= FAINT), FAINT)]
    while waiting:
        records, edges, faint = waiting.pop()
        number = np.full(count, -1, dtype="int64")
        number[records] = np.arange(len(records))
        ends = (number[left[edges]], number[right[edges]])
        shape = (len(records), len(records))
        graph = coo_matrix((np.ones(len(edges), dtype="int8"), ends), shape=shape)
        label = connected_components(graph, directed=False)[1]
        of_edge = label[ends[0]]
        order, edge_order = np.argsort(label, kind="stable"), np.argsort(of_edge, kind="stable")
        sizes = np.bincount(label)
        begin, edge_begin = (
            np.concatenate(([0], np.cumsum(numbers)))
            for numbers in (sizes, np.bincount(of_edge, minlength=len(sizes)))
        )
        for component, size in enumerate(sizes.tolist()):
            mine = records[order[begin[component] : begin[component + 1]]]
            pairs = edges[edge_order[edge_begin[component] : edge_begin[component + 1]]]
            if size <= LARGEST:
                found.append((mine, pairs))
            else:
                stricter = (1 + faint) / 2 if faint >= 0.5 else faint + 0.1
                waiting.append((mine, pairs[probability[pairs] >= stricter], stricter))
    return found
