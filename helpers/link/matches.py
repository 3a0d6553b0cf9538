"""Pairs that methods found, the context of a method, and what was decided about the pairs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from helpers.link.decisions import ReviewDecisions
    from helpers.link.ids.columns import IdColumns
    from helpers.link.model import LinkModel

__all__ = ["LARGEST_BLOCK", "LinkageContext", "Matches", "Resolved"]

# A value shared by more records than this is no blocking key: no child has a hundred records.
LARGEST_BLOCK = 100


@dataclass(frozen=True)
class LinkageContext:
    """What a linkage method may use besides the records.

    ``id_columns`` lists which ids to trust, ``persons`` reviewers' decisions. ``schools`` is the standard
    fact table *school*. Without ``model`` the kit's own is used.
    """

    id_columns: IdColumns
    persons: ReviewDecisions
    schools: pd.DataFrame | None = None
    model: LinkModel | None = None


@dataclass(frozen=True)
class Resolved:
    """Every pair with its evidence and decision, and the child (``label``) of every record.

    ``pairs`` has the columns of `resolve.compare_pairs` and `resolve.decide`, plus ``step``,
    ``decided_by``, ``match_weight``, ``match_probability``, ``doubt`` and ``reviewed_utc``. ``confidence``
    is the model's probability that the record belongs to its child, NaN where rules decided.
    """

    pairs: pd.DataFrame
    label: np.ndarray
    confidence: np.ndarray


@dataclass(frozen=True)
class Matches:
    """Pairs of records found by the stages run so far.

    ``pairs`` has ``left``, ``right`` (numbers, left below right) and ``step`` (position of the stage that
    found the pair), once per stage that found it; also ``rule`` if a stage names a rule of its own.
    ``agreeing_ids`` is that of `identifiers.agreeing_pairs`; ``passed_over`` has ``step``, ``keys``,
    ``records``. ``resolved`` is set once a stage has resolved all pairs itself.
    """

    pairs: pd.DataFrame
    agreeing_ids: pd.DataFrame
    passed_over: pd.DataFrame
    resolved: Resolved | None = None

    @staticmethod
    def nothing() -> Matches:
        """Return empty matches, before any stage has run."""
        return Matches(
            pd.DataFrame({"left": [], "right": [], "step": []}, dtype="int64").assign(
                rule=pd.Series([], dtype="string")
            ),
            pd.DataFrame({"left": [], "right": []}, dtype="int64").assign(strong=pd.Series([], dtype=bool)),
            pd.DataFrame({"step": [], "keys": [], "records": []}, dtype="int64"),
        )

    def with_pairs(
        self,
        step: int,
        pairs: pd.DataFrame,
        passed_over: pd.DataFrame,
        agreeing_ids: pd.DataFrame | None = None,
    ) -> Matches:
        """Add the pairs that one more stage found."""
        rule = pairs["rule"] if "rule" in pairs else pd.Series(pd.NA, index=pairs.index, dtype="string")
        new = pairs[["left", "right"]].assign(step=step, rule=rule)
        over = passed_over[["keys", "records"]].astype("int64").assign(step=step)
        return Matches(
            pd.concat([self.pairs, new], ignore_index=True),
            self.agreeing_ids if agreeing_ids is None else agreeing_ids,
            pd.concat([self.passed_over, over], ignore_index=True),
        )

    def decided(self, step: int, resolved: Resolved, passed_over: pd.DataFrame) -> Matches:
        """Add what a stage resolved itself."""
        over = passed_over[["keys", "records"]].astype("int64").assign(step=step)
        return replace(
            self, passed_over=pd.concat([self.passed_over, over], ignore_index=True), resolved=resolved
        )
