"""Candidates weighed by a model, and what no weight may join."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.link.forms import compare_names
from helpers.link.identifiers import contradicting
from helpers.link.many_valued import distinct_pairs
from helpers.link.matches import Aids, Settled
from helpers.link.persons import Persons
from helpers.link.units import Units

__all__ = ["HOPELESS", "Exclusions", "one_of_all", "weigh"]

# Below this probability two units speak against each other, and nobody need look at them.
HOPELESS = 0.01


@dataclass(frozen=True)
class Exclusions:
    """What keeps two units from being one child, whatever they weigh.

    ``refused`` holds pairs (lower unit times the number of units plus the higher) of which two records were
    refused by the decision table or called two children by a person; ``together`` those that a person called
    one child, ``apart`` those that a person called two.
    """

    units: Units
    refused: np.ndarray
    together: np.ndarray
    apart: np.ndarray

    @staticmethod
    def of(units: Units, settled: Settled, persons: Persons) -> Exclusions:
        """Gather what was decided about records, by their units."""
        pairs = settled.pairs
        said = persons.pairs
        yes = said["is_match"].to_numpy(dtype=bool)
        apart = said.loc[~yes, ["left", "right"]]
        refused = pd.concat([pairs.loc[pairs["decision"].eq("Refused"), ["left", "right"]], apart])
        together = said.loc[yes, ["left", "right"]]
        return Exclusions(units, *(_numbered(units, part) for part in (refused, together, apart)))

    def with_pairs(self, left: np.ndarray, right: np.ndarray) -> Exclusions:
        """Add pairs of units that speak against each other."""
        more = np.minimum(left, right) * len(self.units) + np.maximum(left, right)
        return replace(self, refused=np.union1d(self.refused, more))

    def two_children(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell which pairs of units are two children by the word of a person or of their silo."""
        number = np.minimum(left, right) * len(self.units) + np.maximum(left, right)
        return self._both_in_one_silo(left, right) | np.isin(number, self.apart)

    def by_ids(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell which pairs of units ids, promises of silos, rules or persons keep apart."""
        units = self.units
        number = np.minimum(left, right) * len(units) + np.maximum(left, right)
        apart = contradicting(units.ids, len(units), left, right) >= 0
        apart |= self._both_in_one_silo(left, right) | np.isin(number, self.refused)
        return apart & ~np.isin(number, self.together)

    def also_by_names(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell the same, and of which pairs first names are plainly different."""
        apart = self.by_ids(left, right)
        plain = compare_names(self.units.names, len(self.units), left, right).plainly_different
        number = np.minimum(left, right) * len(self.units) + np.maximum(left, right)
        return apart | (plain & ~np.isin(number, self.together))

    def _both_in_one_silo(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Tell which pairs would be two records of a silo that keeps one a child."""
        units = self.units
        keeps = units.keeps_one_record_a_child[units.silos.code]
        if not keeps.any():
            return np.zeros(len(left), dtype=bool)
        promised = units.silos.among(keeps)
        return promised.shared(len(units), left, right) == 1


def _numbered(units: Units, pairs: pd.DataFrame) -> np.ndarray:
    left, right = (units.of_record[pairs[side].to_numpy(dtype="int64")] for side in ("left", "right"))
    one, other = distinct_pairs(np.minimum(left, right), np.maximum(left, right))
    return one * len(units) + other


def weigh(units: Units, pairs: pd.DataFrame, exclusions: Exclusions, aids: Aids) -> pd.DataFrame:
    """Weigh candidates, and refuse what may not be joined.

    Parameters
    ----------
    units
        All units: they also tell how common a name is.
    pairs
        ``left``, ``right``: numbers of units, distinct.
    exclusions
        What keeps units apart.
    aids
        With the model, where not the one of the kit is meant.

    Returns
    -------
    pandas.DataFrame
        ``left``, ``right``, ``match_weight`` (log2), ``match_probability``, ``refused`` (boolean; false for
        what is hopeless anyway).
    """
    if pairs.empty:
        return pairs.assign(match_weight=0.0, match_probability=0.0, refused=False)
    from helpers.link.model import score_pairs

    # Whoever is known by an id alone can't be a candidate, and makes no name or chance rarer.
    frame = units.frame()[units.named | units.dated]
    scored = score_pairs(frame, pairs[["left", "right"]], aids.model)
    weighed = scored[["left", "right", "match_weight", "match_probability"]].astype(
        {"left": "int64", "right": "int64"}
    )
    refused = np.zeros(len(weighed), dtype=bool)
    hopeful = np.flatnonzero(weighed["match_probability"].to_numpy() >= HOPELESS)
    left, right = (weighed[side].to_numpy()[hopeful] for side in ("left", "right"))
    refused[hopeful] = exclusions.also_by_names(left, right)
    return weighed.assign(refused=refused)


def one_of_all(units: Units, kind: np.ndarray, children: int, aids: Aids) -> np.ndarray:
    """Turn weights of pairs drawn from all into weights for one child drawn from all children.

    Parameters
    ----------
    units
        All units.
    kind
        Of each pair: 0 both have a birth date, 1 one has, 2 neither has.
    children
        How many children can be chosen.
    aids
        With the model, where not the one of the kit is meant.

    Returns
    -------
    numpy.ndarray
        log2, one a pair, to be added to its match weight: what the model takes for the odds before anything
        is compared gives way to one in `children`.
    """
    from helpers.link.model import shipped_model
    from helpers.link.model.comparisons import KINDS

    matches = (aids.model or shipped_model()).matches
    dated = int(units.dated.sum())
    bare = int((units.named & ~units.dated).sum())
    pairs = np.maximum([dated * (dated - 1) / 2, dated * bare, bare * (bare - 1) / 2], 1.0)
    owners = np.array([dated / 2, bare, bare / 2])
    expected = np.clip(np.array([matches[name] for name in KINDS]) * owners, 1e-3, pairs / 2)
    shift: np.ndarray = -np.log2(max(children, 1)) - np.log2(expected / pairs)
    return shift[kind]
