"""The RefIds by which SIF objects name a child: the one thing that they know of her."""

from __future__ import annotations

from typing import Any

from synthetic_data.scenario import Scenario
from synthetic_data.silos.observation import Truth, guids
from synthetic_data.streams import rng_for

__all__ = ["ref_ids"]


def ref_ids(scenario: Scenario, truth: Truth) -> Any:
    """Give every child's RefId, in the order of the children; whoever writes it, it is the same.

    Parameters
    ----------
    scenario
        Its seed.
    truth
        The children.

    Returns
    -------
    array
        GUIDs.
    """
    return guids(rng_for(scenario.seed, "sif", "RefId"), len(truth.population.children))
