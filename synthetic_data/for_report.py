"""Make the district that a report's parameters describe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthetic_data.district import make_district
from synthetic_data.scenario import Scenario

__all__ = ["district_for"]


def district_for(parameters: Mapping[str, Any]) -> Path:
    """Make, or find again, the district of a report run.

    Parameters
    ----------
    parameters
        Parameters of notebooks. Those that a scenario knows make the district, ``scenario`` names it; the
        others are the notebooks' own and passed over.

    Returns
    -------
    Path
        The district folder, kept by scenario.
    """
    known = {name: value for name, value in parameters.items() if name in Scenario.model_fields}
    return make_district(parameters.get("scenario", "workshop"), **known)
