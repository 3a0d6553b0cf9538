"""Who answers the survey: by chance, by what is recorded, and, apart, by what nobody records."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from synthetic_data.sector.settings import LOCALES, SectorSettings
from synthetic_data.sector.systems import Systems
from synthetic_data.streams import rng_for

__all__ = ["who_responds"]

# Log-odds of answering by what is recorded; the kit's own.
_BY_SIZE, _BY_PLEDGE, _BY_COMMUNITY = 0.4, 0.8, 0.5
_BY_LOCALE = {"City": -0.3, "Suburb": 0.3, "Town": 0.0, "Rural": -0.2}


def who_responds(
    settings: SectorSettings, systems: Systems, unrecorded: Mapping[str, npt.NDArray[np.float64]]
) -> npt.NDArray[np.bool_]:
    """Choose exactly as many systems a year as the settings say.

    A system answers if its log-odds and a logistic draw reach far enough up, so that chances are those of a
    logistic model whose intercept gives the wanted number. In the second year those who answered before and
    the others are two lists, so that the wanted share of the first answers again.

    Parameters
    ----------
    settings, systems
        The sector's.
    unrecorded
        What nobody records of readiness, by domain.

    Returns
    -------
    numpy.ndarray
        A row a year, a column a system.
    """
    locale = np.array([_BY_LOCALE[name] for name in LOCALES])[systems.locale]
    recorded = _BY_SIZE * systems.size + _BY_PLEDGE * systems.pledged + _BY_COMMUNITY * systems.community
    recorded = settings.recorded_nonresponse * (recorded + locale)
    reach = np.empty((2, len(systems)))
    for year in range(2):
        # How ready it is all in all, in standard deviations; those with neither answer when they have
        # something to show, those with both when they want help.
        overall = sum(of_domain[year] for of_domain in unrecorded.values())
        overall = overall / np.std(overall)
        slope = (1 - 2.0 * systems.pledged) + (1 - 2.0 * systems.data_team[year])
        hidden = settings.unrecorded_self_selection * slope * overall
        chance = rng_for(settings.seed, "sector", "responds", year).logistic(size=len(systems))
        reach[year] = recorded + hidden + chance
    responds = np.zeros((2, len(systems)), bool)
    first, second = settings.responding
    responds[0, np.argsort(-reach[0], kind="stable")[:first]] = True
    again = min(round(settings.overlap * first), second)
    ranked = np.argsort(-reach[1], kind="stable")
    before = responds[0, ranked]
    responds[1, ranked[before][:again]] = True
    responds[1, ranked[~before][: second - again]] = True
    return responds
