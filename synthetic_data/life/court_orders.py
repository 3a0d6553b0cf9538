"""Which parents may not see a child's records: by a court's order, or because somebody once typed No.

Either parent has the right to see the records unless a court order, a statute or a binding document revokes
it (34 CFR 99.4). A portal has a field for that, and people fill it in without a document, too. No published
rate says how often; both shares here are the kit's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for

__all__ = ["CourtOrders", "draw_court_orders"]

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Of parents who live apart from the child.
REVOKED = 0.04  # a court has revoked the right
ONLY_SAID = 0.02  # somebody typed No, and no document is named
ORDERED_WITHIN = 6 * 365  # days before the exports


@dataclass(frozen=True)
class CourtOrders:
    """Who may see a child's records, one entry a contact."""

    may_see: Mask
    """The portal says so."""
    number: npt.NDArray[np.object_]
    """Number of the document that revokes the right; ``None`` without one."""
    day: npt.NDArray[np.datetime64]
    """Its day; ``NaT`` without one."""


def draw_court_orders(scenario: Scenario, home: Codes, lives_with: Mask) -> CourtOrders:
    """Draw who may not see a child's records; one document is about all children of a home.

    Parameters
    ----------
    scenario
        The seed, and the day of the exports.
    home
        The household of each contact's child.
    lives_with
        Whether the adult of each contact lives with the child; who does may see the records.

    Returns
    -------
    CourtOrders
        In the order of contacts.
    """
    rng = rng_for(scenario.seed, "family contact", "court orders")
    homes = int(np.max(home, initial=-1)) + 1
    draw, number = rng.random(homes)[home], rng.permutation(homes)[home]
    before = rng.integers(1, ORDERED_WITHIN, homes)[home]
    revoked = ~lives_with & (draw < REVOKED)
    said = ~lives_with & ~revoked & (draw < REVOKED + ONLY_SAID)
    day = np.datetime64(scenario.as_of, "D") - before.astype("timedelta64[D]")
    day[~revoked] = np.datetime64("NaT", "D")
    words = [
        f"FC-{one.year}-{10_000 + at}" if is_one else None
        for one, at, is_one in zip(day.tolist(), number.tolist(), revoked.tolist(), strict=True)
    ]
    return CourtOrders(~(revoked | said), np.array(words, dtype=object), day)
