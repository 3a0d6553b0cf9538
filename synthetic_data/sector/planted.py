"""What the generator put in: each comparison as an endless sector would give it, in which all answer all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import as_table
from helpers.standard.survey_items import declared_survey
from synthetic_data.sector.readiness import (
    answers,
    expected_readiness,
    expected_score,
    items_of,
    unrecorded,
)
from synthetic_data.sector.settings import LOCALES, SectorSettings
from synthetic_data.sector.systems import Systems, draw_systems
from synthetic_data.streams import rng_for

__all__ = ["planted_effects"]

Floats = npt.NDArray[np.float64]
# So many systems stand for an endless number: what is left of chance is a hundredth of a sector's own.
ENDLESS = 200_000
# Of these, so many answer, which gives the spread of scores.
ANSWERING = 40_000
_ENDLESS = "endless sector"


def _adjusting(systems: Systems) -> Floats:
    """Give what the adjusted comparison holds alike: size, locale and IT staff."""
    return np.column_stack(
        [
            np.ones(len(systems)),
            np.log(systems.students),
            *(systems.locale == place for place in range(1, len(LOCALES))),
            np.log1p(systems.it_staff),
        ]
    )


def _groupings(systems: Systems, year: int) -> dict[str, npt.NDArray[np.bool_]]:
    return {
        "pledged": systems.pledged,
        "community": systems.community,
        "data_team": systems.data_team[year],
    }


def _slope(grouping: npt.NDArray[np.bool_], alike: Floats, score: Floats) -> float:
    design = np.column_stack([grouping.astype("float64"), alike])
    # By normal equations: 200,000 rows of seven columns are solved in a moment.
    return float(np.linalg.solve(design.T @ design, design.T @ score)[0])


def planted_effects(settings: SectorSettings, systems: int = ENDLESS) -> pd.DataFrame:
    """Work out what each comparison of the sector report would come to without any chance.

    A planted effect is the difference in mean answers (1 to 4) that the same comparison would find in an
    endless sector of the same making, in which every system answers every item. Its first part is exact: the
    mean answer of systems alike in all that is recorded is a sum of normal probabilities. Only who the
    systems are is drawn, `systems` of them.

    Parameters
    ----------
    settings
        The sector's.
    systems
        How many stand for an endless number.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_planted``: ``grouping, domain, year, comparison, points, deviations``.
    """
    drawn = draw_systems(settings, systems, _ENDLESS)
    hidden = unrecorded(settings, systems, _ENDLESS)
    alike = _adjusting(drawn)
    rows: list[dict[str, object]] = []
    for place, year in enumerate(settings.years):
        groups = _groupings(drawn, place)
        for domain in declared_survey().domains:
            items = items_of(settings, domain)
            known = expected_readiness(settings, drawn, domain, place)
            expected = expected_score(items, known)
            stream = rng_for(settings.seed, _ENDLESS, "answers", domain, place)
            given = answers(items, (known + hidden[domain][place])[:ANSWERING], stream).mean(axis=1)
            rows.append(_row("all", domain, year, "mean", float(expected.mean()), float(given.std())))
            for name, group in groups.items():
                spread = _pooled_deviation(given, group[:ANSWERING])
                if np.isnan(spread):
                    continue
                apart = float(expected[group].mean() - expected[~group].mean())
                rows.append(_row(name, domain, year, "unadjusted", apart, spread))
                rows.append(_row(name, domain, year, "adjusted", _slope(group, alike, expected), spread))
    return as_table("sector_planted", pd.DataFrame(rows))


def _pooled_deviation(score: Floats, group: npt.NDArray[np.bool_]) -> float:
    """Give the standard deviation within both groups; not a number where one is empty."""
    sizes = np.array([group.sum(), (~group).sum()])
    if sizes.min() < 2:
        return float("nan")
    squares = sizes @ np.array([score[group].var(), score[~group].var()])
    return float(np.sqrt(squares / sizes.sum()))


def _row(
    grouping: str, domain: str, year: int, comparison: str, points: float, spread: float
) -> dict[str, object]:
    return {
        "grouping": grouping,
        "domain": domain,
        "year": year,
        "comparison": comparison,
        "points": points,
        "deviations": np.nan if comparison == "mean" else points / spread,
    }
