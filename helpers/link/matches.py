"""Pairs of records that methods found, what else a method may look at, and what was decided of the pairs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from helpers.link.decisions import ReviewDecisions
    from helpers.link.id_columns import IdColumns
    from helpers.link.model import LinkModel

__all__ = ["LARGEST_BLOCK", "LinkageContext", "Matches", "Resolved"]

# A value that more records than this share is no key of a child: no child has a hundred records.
LARGEST_BLOCK = 100


@dataclass(frozen=True)
class LinkageContext:
    """What a rung may look at beside the records.

    ``id_columns`` says which ids may be believed, ``persons`` what persons decided. ``schools`` is the
    standard fact table *school*; without ``model`` the one that comes with the kit is taken.
    """

    id_columns: IdColumns
    persons: ReviewDecisions
    schools: pd.DataFrame | None = None
    model: LinkModel | None = None


@dataclass(frozen=True)
class Resolved:
    """Every pair with its evidence and decision, and the child (``label``) of every record.

    ``pairs`` has the columns of `evidence.gather_evidence` and `decide.decide`, further ``step``,
    ``decided_by``, ``match_weight``, ``match_probability`` and ``reviewed_utc``. ``confidence`` is the
    probability with which a model put a record to its child, NaN where rules did.
    """

    pairs: pd.DataFrame
    label: np.ndarray
    confidence: np.ndarray


@dataclass(frozen=True)
class Matches:
    """Pairs of records by the rungs climbed so far.

    ``pairs`` has ``left``, ``right`` (numbers, left below right) and ``step`` (place of the rung that found
    the pair), a pair as often as rungs found it; ``rule`` where a rung says by which rule of its own.
    ``agreeing_ids`` is that of `identifiers.agreeing_pairs`; ``passed_over`` has ``step``, ``keys``,
    ``records``. ``settled`` is there once a rung has decided itself what becomes of all pairs.
    """

    pairs: pd.DataFrame
    agreeing_ids: pd.DataFrame
    passed_over: pd.DataFrame
    settled: Resolved | None = None

    @staticmethod
    def nothing() -> Matches:
        """Give what is found at the foot of the ladder."""
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
        """Add what one more rung found."""
        rule = pairs["rule"] if "rule" in pairs else pd.Series(pd.NA, index=pairs.index, dtype="string")
        new = pairs[["left", "right"]].assign(step=step, rule=rule)
        over = passed_over[["keys", "records"]].astype("int64").assign(step=step)
        return Matches(
            pd.concat([self.pairs, new], ignore_index=True),
            self.agreeing_ids if agreeing_ids is None else agreeing_ids,
            pd.concat([self.passed_over, over], ignore_index=True),
        )

    def decided(self, step: int, settled: Resolved, passed_over: pd.DataFrame) -> Matches:
        """Add what a rung decided itself."""
        over = passed_over[["keys", "records"]].astype("int64").assign(step=step)
        return replace(
            self, passed_over=pd.concat([self.passed_over, over], ignore_index=True), settled=settled
        )
