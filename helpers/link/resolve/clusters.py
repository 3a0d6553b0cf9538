"""Cluster records without contradictions, and apply reviewers' decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.link.blocking import components, pairs_within
from helpers.link.decisions import SIDES
from helpers.link.records import Records
from helpers.standard import STRING

__all__ = [
    "Clusters",
    "Compare",
    "anchors",
    "apply_review_decisions",
    "cluster_records",
    "components",
    "pairs_already_decided",
    "pairs_inside",
]


# Pairs implied by a component are compared all at once; in components with more records than this, only the
# pairs that a stage found.
LARGEST_COMPARED = 1_500

Compare = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Clusters:
    """Cluster label of each record (the lowest record number in it), and the outcome of each match."""

    label: np.ndarray
    outcome: np.ndarray  # per match: Match, Refused or Review


def pairs_inside(label: np.ndarray, largest: int = LARGEST_COMPARED) -> tuple[np.ndarray, np.ndarray]:
    """List every pair of records within a component."""
    sizes = np.bincount(label, minlength=len(label))
    inside = np.flatnonzero(sizes[label] > 1)
    left, right, _ = pairs_within(label[inside], inside, largest)
    return left, right


def cluster_records(count: int, matches: pd.DataFrame, excluded: Compare) -> Clusters:
    """Cluster the records of each child."""
    left, right = matches["left"].to_numpy(), matches["right"].to_numpy()
    label = components(count, left, right)
    outcome = np.full(len(matches), "Match", dtype="<U7")
    one, other = pairs_inside(label)
    apart = excluded(one, other)
    sizes = np.bincount(label, minlength=count)
    doubtful = np.zeros(count, dtype=bool)
    doubtful[label[one[apart]]] = True
    doubtful[sizes > LARGEST_COMPARED] = True
    if not doubtful.any():
        return Clusters(label, outcome)

    forbidden: dict[int, set[int]] = {}
    for a, b in zip(one[apart].tolist(), other[apart].tolist(), strict=True):
        forbidden.setdefault(a, set()).add(b)
        forbidden.setdefault(b, set()).add(a)
    in_doubt = np.flatnonzero(doubtful[label[left]])
    strength = matches["strength"].to_numpy()
    sort_by = (right, left, -strength, label[left])
    order = in_doubt[np.lexsort([key[in_doubt] for key in sort_by])]
    label = label.copy()
    bounds = np.flatnonzero(np.diff(label[left[order]])) + 1
    for edges in np.split(order, bounds):
        oversized = sizes[label[left[edges[0]]]] > LARGEST_COMPARED
        joining = _Joining(forbidden, excluded if oversized else None)
        for level in _levels(strength[edges], edges):
            joining.join([(int(left[edge]), int(right[edge]), int(edge)) for edge in level])
        for members in joining.clusters():
            label[members] = min(members)
        for edge, became in joining.outcomes.items():
            outcome[edge] = became
    return Clusters(label, outcome)


def _levels(strength: np.ndarray, edges: np.ndarray) -> Iterator[np.ndarray]:
    yield from np.split(edges, np.flatnonzero(np.diff(strength)) + 1)


@dataclass
class _Joining:
    """Cluster the records of one component, strongest matches first."""

    forbidden: dict[int, set[int]]
    excluded: Compare | None
    cluster: dict[int, int] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    undecided: set[tuple[int, int]] = field(default_factory=set)
    outcomes: dict[int, str] = field(default_factory=dict)

    def clusters(self) -> list[list[int]]:
        return list(self.members.values())

    def join(self, matches: list[tuple[int, int, int]]) -> None:
        """Merge clusters along matches of equal strength."""
        for one, other, _ in matches:
            for record in (one, other):
                if record not in self.cluster:
                    self.cluster[record] = record
                    self.members[record] = [record]
        ties: dict[tuple[int, int], list[int]] = {}
        for one, other, edge in matches:
            a, b = sorted((self.cluster[one], self.cluster[other]))
            if a != b:
                ties.setdefault((a, b), []).append(edge)
        for a, b in self._torn(ties):
            self.undecided.update((one, other) for one in self.members[a] for other in self.members[b])
        for (a, b), edges in ties.items():
            # A cluster's label is one of its records, so this stays valid after merges.
            one, other = self.cluster[a], self.cluster[b]
            if one == other:
                continue
            if self._is_undecided(one, other):
                self.outcomes.update(dict.fromkeys(edges, "Review"))
            elif self._apart(one, other):
                self.outcomes.update(dict.fromkeys(edges, "Refused"))
            else:
                self._merge(one, other)

    def _torn(self, ties: dict[tuple[int, int], list[int]]) -> set[tuple[int, int]]:
        """Find links from a cluster to two others that exclude each other."""
        near: dict[int, list[int]] = {}
        for a, b in ties:
            if not self._apart(a, b):
                near.setdefault(a, []).append(b)
                near.setdefault(b, []).append(a)
        torn = set()
        for middle, around in near.items():
            for place, one in enumerate(around):
                for other in around[:place]:
                    if self._apart(one, other):
                        torn |= {(min(middle, end), max(middle, end)) for end in (one, other)}
        return torn

    def _apart(self, a: int, b: int) -> bool:
        short, long = sorted((self.members[a], self.members[b]), key=len)
        if any(not self.forbidden.get(record, set()).isdisjoint(long) for record in short):
            return True
        if self.excluded is None:
            return False
        one, other = np.meshgrid(np.array(short), np.array(long))
        left, right = np.minimum(one, other).ravel(), np.maximum(one, other).ravel()
        return bool(self.excluded(left, right).any())

    def _is_undecided(self, a: int, b: int) -> bool:
        return bool(self.undecided) and any(
            (one, other) in self.undecided or (other, one) in self.undecided
            for one in self.members[a]
            for other in self.members[b]
        )

    def _merge(self, a: int, b: int) -> None:
        keep, give = min(a, b), max(a, b)
        moved = self.members.pop(give)
        self.members[keep].extend(moved)
        for record in moved:
            self.cluster[record] = keep


def apply_review_decisions(label: np.ndarray, answers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Merge children whom a reviewer called one child.

    The review desk shows two records but asks about their children, so the answer applies to all records of
    both.
    """
    label = label.copy()
    left, right = answers["left"].to_numpy(dtype="int64"), answers["right"].to_numpy(dtype="int64")
    yes = answers["is_match"].to_numpy(dtype=bool)
    refused = np.zeros(len(answers), dtype=bool)
    apart = [(int(one), int(other)) for one, other in zip(left[~yes], right[~yes], strict=True)]
    # Reviewers have decided about few of a million records: only their children matter here.
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


def pairs_already_decided(pairs: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.Series:
    """Find waiting pairs that earlier decisions answer, with the answer."""
    answer = pd.Series(None, index=pairs.index, dtype=STRING)
    by_person = pairs["decided_by"].eq("Person") & pairs["decision"].isin(["Match", "No match"])
    waits = pairs["decision"].eq("Review")
    if not by_person.any() or not waits.any():
        return answer
    joined = pairs["decision"].eq("Match")
    used = pairs[by_person | waits | joined]
    key = [
        used[f"{side}_silo"].astype(STRING) + "\n" + used[f"{side}_record"].astype(STRING) for side in SIDES
    ]
    codes, names = pd.factorize(pd.concat(key, ignore_index=True))
    left, right = codes[: len(used)], codes[len(used) :]
    persons, open_, ties = (mask.loc[used.index].to_numpy(dtype=bool) for mask in (by_person, waits, joined))
    # Components by rules and model, then the same with reviewers' answers.
    part = components(len(names), left[ties & ~persons], right[ties & ~persons])
    whole = components(len(names), part[left[ties & persons]], part[right[ties & persons]])
    one, other = part[left], part[right]
    yes = open_ & (one != other) & (whole[one] == whole[other])
    child_of = crosswalk["silo"].astype(STRING) + "\n" + crosswalk["record"].astype(STRING)
    child = pd.Series(crosswalk["child"].to_numpy(), index=child_of).reindex(names)
    number = pd.factorize(child)[0].astype("int64")
    near, far = np.minimum(number[left], number[right]), np.maximum(number[left], number[right])
    between = near * (int(number.max()) + 1) + far
    answered_no = persons & ~ties & (near != far)
    no = open_ & (near != far) & np.isin(between, between[answered_no])
    answer.loc[used.index[yes]] = "Match"
    answer.loc[used.index[no]] = "No match"
    return answer


def anchors(students: Records, label: np.ndarray) -> np.ndarray:
    """Return the anchor of each record's child: the record in the first silo.

    A record without a name is an anchor only if no record of the child has one. A record without a birth date
    as well comes last of all, since nothing could be compared with it.
    """
    missing = students.bare.astype("int64") + students.says_nothing
    order = np.lexsort((np.arange(len(label)), students.silo, missing, label))
    sorted_label = label[order]
    first = order[np.flatnonzero(np.diff(sorted_label, prepend=-1))]
    anchor_of = np.zeros(len(label), dtype="int64")
    anchor_of[label[first]] = first
    return anchor_of[label]
