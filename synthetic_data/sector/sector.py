"""Generate a synthetic sector with simulated effects."""

from __future__ import annotations

import importlib.metadata
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import save_all, write_atomically
from helpers.standard import STRING, BadInput, as_sector, as_table, declared_survey, labeled
from synthetic_data.sector.settings import LOCALES, SectorSettings
from synthetic_data.sector.systems import (
    Systems,
    answers,
    draw_systems,
    expected_readiness,
    expected_score,
    items_of,
    unrecorded,
    who_responds,
)
from synthetic_data.streams import rng_for

__all__ = ["SyntheticSector", "make_sector", "simulated_effects", "write_sector"]


# This many systems approximate an infinite number: the remaining error is a hundredth of a sector's own.
ENDLESS = 200_000
# This many of them answer, which determines the spread of scores.
ANSWERING = 40_000
_ENDLESS = "endless sector"


def _adjusting(systems: Systems) -> Floats:
    """Return the covariates of the adjusted comparison: size, locale and IT staff."""
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
    # Normal equations solve 200,000 rows of seven columns at once.
    return float(np.linalg.solve(design.T @ design, design.T @ score)[0])


def simulated_effects(settings: SectorSettings, systems: int = ENDLESS) -> pd.DataFrame:
    """Compute the true value of each comparison in the sector report, without sampling error.

    A simulated effect is the difference in mean answers (1 to 4) that the same comparison would find in an
    infinite sector of the same kind, in which every system answers every item. The mean answer of systems
    with equal recorded attributes is exact, a sum of normal probabilities. Only the attributes are drawn, for
    `systems` systems.

    Parameters
    ----------
    settings
        Settings of the sector.
    systems
        Number of systems that approximates an infinite sector.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_simulated``: ``grouping, domain, year, comparison, points, deviations``.
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
    return as_table("sector_simulated", pd.DataFrame(rows))


def _pooled_deviation(score: Floats, group: npt.NDArray[np.bool_]) -> float:
    """Return the pooled standard deviation of both groups; NaN if one is empty."""
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


Floats = npt.NDArray[np.float64]
# Distance of the two upper answers about standards from knowing of them at all, in standard deviations.
_STANDARDS_ABOVE = (0.0, 1.1, 2.0)


@dataclass(frozen=True)
class SyntheticSector:
    """A synthetic sector with its simulated effects.

    Attributes
    ----------
    settings
        Settings of the sector.
    frame
        Table ``sector`` with one column per item: every invited system in each year.
    """

    settings: SectorSettings
    frame: pd.DataFrame

    @property
    def answered(self) -> pd.DataFrame:
        """Numbers of invited and answering systems: ``year, invited, answered``."""
        in_year = self.frame.groupby("year")["responded"]
        return in_year.agg(invited="size", answered="sum").reset_index()

    @property
    def about(self) -> dict[str, Any]:
        """Metadata: that it is synthetic, and how to generate it again."""
        return {
            "synthetic": True,
            "title": "A synthetic sector of school systems",
            "scenario": self.settings.name,
            "seed": self.settings.seed,
            "kit_version": importlib.metadata.version("see-the-big-picture"),
            "settings": self.settings.model_dump(mode="json"),
        }

    @cached_property
    def simulated(self) -> pd.DataFrame:
        """Simulated effects: table ``sector_simulated``."""
        return simulated_effects(self.settings)


def _knows_standards(
    settings: SectorSettings, systems: Systems, hidden: dict[str, Floats], year: int
) -> npt.NDArray[np.int64]:
    share = settings.standards_by_readiness
    overall = np.mean([of_domain[year] for of_domain in hidden.values()], axis=0)
    own = rng_for(settings.seed, "sector", "standards", year).standard_normal(len(systems))
    known = np.sqrt(share) * overall + np.sqrt(1 - share) * own
    known = known + settings.standards_by_pledge * systems.pledged + settings.standards_change * year
    steps = _knows_from(settings) + np.array(_STANDARDS_ABOVE)
    return 1 + np.sum(known[:, None] >= steps[None, :], axis=1)


def _knows_from(settings: SectorSettings) -> float:
    """Find the cutoff of knowing standards that gives the wanted share of all systems."""
    # The mean of the domains varies less than one domain.
    domains = len(declared_survey().domains)
    overall = settings.common_share + (1 - settings.common_share) / domains
    normal = NormalDist(sigma=math.sqrt(1 - settings.standards_by_readiness * (1 - overall)))
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        above = settings.pledged * normal.cdf(settings.standards_by_pledge - middle)
        above += (1 - settings.pledged) * normal.cdf(-middle)
        low, high = (middle, high) if above > settings.knows_standards else (low, middle)
    return (low + high) / 2


def _answered(
    settings: SectorSettings, systems: Systems, hidden: dict[str, Floats], year: int, responds: np.ndarray
) -> dict[str, object]:
    """Generate the answers of responding systems; small systems skip items more often."""
    columns: dict[str, object] = {}
    for domain in declared_survey().domains:
        items = items_of(settings, domain)
        readiness = expected_readiness(settings, systems, domain, year) + hidden[domain][year]
        given = answers(items, readiness, rng_for(settings.seed, "sector", "answers", domain, year))
        rng = rng_for(settings.seed, "sector", "missing items", domain, year)
        chance = settings.missing_items * rng.uniform(0.5, 1.5, len(items.ids))[None, :]
        chance = np.clip(chance * np.exp(-0.3 * systems.size)[:, None], 0, 0.9)
        skipped = rng.random(given.shape) < chance
        for place, name in enumerate(items.ids):
            nothing = ~responds | skipped[:, place]
            columns[name] = pd.arrays.IntegerArray(given[:, place].astype("int64"), nothing.copy())
    return columns


def make_sector(settings: SectorSettings) -> SyntheticSector:
    """Generate a sector of school systems.

    Parameters
    ----------
    settings
        From ``load_sector``.

    Returns
    -------
    MadeSector
        Its frame has one row per invited system and year, with answers only if it responded.
    """
    count = settings.invited
    systems = draw_systems(settings, count)
    hidden = unrecorded(settings, count)
    responds = who_responds(settings, systems, hidden)
    parts = []
    for place, year in enumerate(settings.years):
        silent = ~responds[place]
        team = systems.data_team[place]
        parts.append(
            pd.DataFrame(
                {
                    "system": pd.array([f"S{number:05d}" for number in range(1, count + 1)], dtype=STRING),
                    "year": year,
                    "responded": responds[place],
                    "pledged": systems.pledged,
                    "community": systems.community,
                    "students": systems.students,
                    "locale": labeled(systems.locale, LOCALES),
                    "it_staff": pd.arrays.IntegerArray(systems.it_staff.astype("int64"), silent.copy()),
                    "data_team": pd.arrays.BooleanArray(team.copy(), silent.copy()),
                    "data_team_size": pd.arrays.IntegerArray(
                        systems.data_team_size.astype("int64"), silent | ~team
                    ),
                    "knows_standards": pd.arrays.IntegerArray(
                        _knows_standards(settings, systems, hidden, place).astype("int64"), silent.copy()
                    ),
                    **_answered(settings, systems, hidden, place, responds[place]),
                }
            )
        )
    return SyntheticSector(settings, as_sector(pd.concat(parts, ignore_index=True)))


def write_sector(
    made: SyntheticSector, place: Path, page: Callable[[SyntheticSector, Path], object] | None = None
) -> dict[str, Path]:
    """Write a synthetic sector: a survey office's file, and next to it the simulated effects.

    Parameters
    ----------
    made
        From ``make_sector``.
    place
        A folder, for ``sector.csv`` in it, or a path that ends in ``.csv``.
    page
        Function that writes the page to a given path.

    Returns
    -------
    dict of str to Path
        ``sector``; ``about`` (that it is synthetic, and how to generate it again); ``simulated``; and
        ``page``.

    Raises
    ------
    BadInput
        If a file has the path of the folder, or the sector's path belongs to a file that isn't synthetic.
    """
    file = place if place.suffix.lower() == ".csv" else place / "sector.csv"
    if file.is_dir() or (place != file and place.is_file()):
        raise BadInput(f"{place} can't hold a sector: name a folder, or a file that ends in .csv.")
    beside = file.with_suffix(".json")
    if file.exists() and not _is_made(beside):
        raise BadInput(f"{file} already exists, and nothing next to it marks it as synthetic: name another.")
    yes_no = {True: "yes", False: "no"}
    frame = made.frame.assign(
        **{
            name: made.frame[name].map(yes_no, na_action="ignore").astype(STRING)
            for name in made.frame.columns
            if made.frame[name].dtype == "boolean"
        }
    )
    text = (json.dumps(made.about, indent=1) + "\n").encode("utf-8")
    also: dict[str, Callable[[Path], object]] = {beside.name: lambda path: write_atomically(path, text)}
    if page is not None:
        also[f"{file.stem}_made.html"] = lambda path: page(made, path)
    # We delete metadata last: a sector never exists without the file that marks it as synthetic.
    paths = save_all(
        file.parent,
        {file.name: frame, f"{file.stem}_simulated.csv": made.simulated},
        also,
        instead_of=[file.name],
    )
    return dict(zip(("sector", "simulated", "about", "page"), paths, strict=False))


def _is_made(beside: Path) -> bool:
    """Check whether the metadata next to a sector mark it as synthetic."""
    try:
        about = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and about.get("synthetic") is True
