"""The search over seeds: which effects of the lessons each seed's default district shows.

``lesson_effects.toml`` declares the effects; `synthetic_data/studies/search_seeds.py` counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from helpers.files import write_atomically
from helpers.standard import Measured, StrictModel, read_declared
from synthetic_data.scenario import load_scenario

__all__ = [
    "SEARCHED",
    "Effect",
    "Effects",
    "SeedSearch",
    "declared_effects",
    "read_search",
    "seed_search",
    "write_search",
]

DECLARED = Path(__file__).with_name("lesson_effects.toml")
SEARCHED = Path(__file__).with_name("seed_search.csv")
# One row for each seed: when and on how many children it was measured, then one column for each effect.
ABOUT = ["seed", "students", "measured"]


class Effect(StrictModel):
    """One effect, and from which count on it is visible."""

    name: str
    lesson: str
    text: str
    counts: str
    at_least: int


class Effects(StrictModel):
    """All of ``lesson_effects.toml``."""

    # First and last seed of the search.
    seeds: tuple[int, int]
    # Seeds that were looked at while the rules were made.
    in_sight: tuple[int, ...]
    # Roles whose views notebook 06 compares.
    viewers: tuple[str, ...]
    effect: tuple[Effect, ...]


@cache
def declared_effects() -> Effects:
    """Return the declared effects, and the seeds of the search."""
    return read_declared(DECLARED, Effects, "effects that the lessons teach")


@dataclass(frozen=True)
class SeedSearch:
    """A search over seeds, for one default seed."""

    # Rows by seed, as in ``seed_search.csv``.
    counts: pd.DataFrame
    # The default seed.
    chosen: int

    @property
    def visible(self) -> pd.DataFrame:
        """Whether each seed shows each effect: seeds by effects."""
        effects = declared_effects().effect
        counts = self.counts.set_index("seed")
        return pd.DataFrame({one.name: counts[one.name].ge(one.at_least) for one in effects})

    @property
    def showing_all(self) -> list[int]:
        """The seeds that show every effect."""
        visible = self.visible
        return [int(seed) for seed in visible.index[visible.to_numpy(dtype=bool).all(axis=1)]]

    @property
    def vanished(self) -> list[str]:
        """The effects that the default seed doesn't show."""
        return [str(name) for name, seen in self.visible.loc[self.chosen].items() if not seen]

    @property
    def others(self) -> pd.DataFrame:
        """What `visible` says of the seeds that nobody looked at or chose."""
        known = [self.chosen, *declared_effects().in_sight]
        return self.visible.drop(index=known, errors="ignore")

    def shares(self) -> pd.DataFrame:
        """Count the seeds that show each effect, without the chosen one and those in sight of the rules."""
        others, effects = self.others, declared_effects().effect
        shown = [int(others[one.name].sum()) for one in effects]
        return pd.DataFrame(
            {
                "lesson": [one.lesson for one in effects],
                "effect": [one.text for one in effects],
                "seeds": shown,
                "of_seeds": len(others),
                "percent": [100 * count / len(others) for count in shown],
            }
        )

    def sentence(self) -> str:
        """Say that the seed was chosen, from how many, and how many would do as well."""
        seeds, day = self.counts["seed"], self.counts["measured"].max()
        tried = Measured("study_seeds", len(seeds), where="search of seeds")
        every = f"{tried:count} ({seeds.min()} to {seeds.max()}, measured {day})"
        children = (
            f"{Measured('enrolled', int(self.counts['students'].iloc[0]), where='search of seeds'):count}"
        )
        return (
            f"Seed {self.chosen} was chosen from {every}: "
            f"{len(self.showing_all)} of them make a district of {children} that shows every effect."
        )


def read_search(path: Path = SEARCHED) -> pd.DataFrame:
    """Read a search; no row if there is none yet."""
    names = [*ABOUT, *(one.name for one in declared_effects().effect)]
    if not path.is_file():
        return pd.DataFrame(columns=names)
    return pd.read_csv(path)


def write_search(rows: pd.DataFrame, path: Path = SEARCHED) -> None:
    """Write a search, its seeds in order."""
    text = rows.sort_values("seed").to_csv(index=False, lineterminator="\n")
    write_atomically(path, text.encode(), private=False)


@cache
def seed_search() -> SeedSearch:
    """Return the search that comes with the kit."""
    return SeedSearch(read_search(), load_scenario().seed)
