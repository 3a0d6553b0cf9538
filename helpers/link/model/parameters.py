"""The parameters of the linkage model: m and u of each level, and what they weigh."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.files import write_atomically
from helpers.link.comparisons import Comparison, declared_comparisons
from helpers.standard import BadInput, figure

__all__ = [
    "KINDS",
    "SHIPPED",
    "LinkModel",
    "bits_of",
    "chance_agreement",
    "counts_of",
    "declared_model",
    "drift",
    "shipped_model",
    "weights",
]

SHIPPED = Path(__file__).parent / "trained.json"
# How many of the two units have a birth date. If both do, rules have linked most matches already. So the
# prior differs among the three kinds.
KINDS = ("Both tell a birth date", "One tells a birth date", "Neither tells a birth date")
MOST_BITS = 18.0  # of one comparison
# Prior weight of u, in pairs of two children.
WORTH_OF_CHANCE = 5.0
# Random pairs may miss any level rarer than this.
RARE_LEVEL = 0.002
# A weight of one bit more or less is reported as drift.
DRIFTS = 1.0


def _lines() -> dict[str, float]:
    return {"accept": figure("link/thresholds.accept_dated"), "review": figure("link/thresholds.review")}


@dataclass(frozen=True)
class LinkModel:
    """A linkage model: for each comparison the m and u probability of each level, best level first.

    ``matches`` gives for each of `KINDS` the average number of other units of a unit's child, so that the
    model fits districts of any size. Pairs with probability ``accept`` or more are links, from ``review`` up
    they need review; a file without these uses the kit's thresholds. ``kept`` names comparisons that the data
    could not train: they keep an earlier model's weights.
    """

    m: Mapping[str, Sequence[float]]
    u: Mapping[str, Sequence[float]]
    matches: Mapping[str, float]
    accept: float
    review: float
    trained_on: str
    units: int
    pairs: int
    kept: tuple[str, ...] = ()

    def tables(self, comparisons: Sequence[Comparison]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return m and u of each comparison; the declared ones where the model has none."""
        m: list[np.ndarray] = []
        u: list[np.ndarray] = []
        for one in comparisons:
            declared = [level.m for level in one.levels], [level.u for level in one.levels]
            for side, own, usual in ((m, self.m, declared[0]), (u, self.u, declared[1])):
                values = np.array(own.get(one.name, usual), dtype="float64")
                side.append(values / values.sum())
        return m, u

    def save(self, path: Path | str) -> Path:
        """Write the model as JSON.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        pathlib.Path
            The same.
        """
        path = Path(path)
        lines = _lines()
        own = {name: value for name, value in asdict(self).items() if lines.get(name) != value}
        text = json.dumps(own, indent=1, ensure_ascii=False) + "\n"
        write_atomically(path, text.encode("utf-8"))
        return path

    @classmethod
    def load(cls, path: Path | str = SHIPPED) -> LinkModel:
        """Read a model.

        Parameters
        ----------
        path
            A file that `save` wrote.

        Returns
        -------
        LinkModel
            The model.

        Raises
        ------
        BadInput
            When the file is missing, or contains no model.
        """
        path = Path(path)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if "settings" in found:
                raise BadInput(
                    f"{str(path)!r} has a model of an earlier version, with other comparisons. "
                    f"Train it again with bigpicture link --train, or leave the path out to use the one that "
                    f"comes with the kit."
                )
            for part in ("m", "u"):
                _check(found[part])
            return cls(**(_lines() | found | {"kept": tuple(found["kept"])}))
        except FileNotFoundError:
            raise BadInput(
                f"There is no model {str(path)!r}. Train one with bigpicture link --train, or leave the path "
                f"out to use the one that comes with the kit."
            ) from None
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise BadInput(
                f"{str(path)!r} isn't a model of this kit. Give a file that bigpicture link --train wrote, "
                f"or leave the path out to use the one that comes with the kit."
            ) from None


def _check(found: Mapping[str, Sequence[float]]) -> None:
    """Refuse probabilities of other levels than the declared ones, or that are none."""
    for one in declared_comparisons():
        values = found.get(one.name)
        if values is not None and (
            len(values) != len(one.levels) or not all(0 < float(value) <= 1 for value in values)
        ):
            raise ValueError(f"{one.name} has other levels")
    if not found:
        raise ValueError("it weighs nothing")


def shipped_model() -> LinkModel:
    """Return the kit's model, trained on synthetic districts that no reported score uses."""
    return LinkModel.load(SHIPPED)


def declared_model() -> LinkModel:
    """Return the model before any training, with weights from judgment."""
    comparisons = declared_comparisons()
    accept, review = (figure(f"link/thresholds.{line}_untrained") for line in ("accept", "review"))
    return LinkModel(
        m={one.name: [level.m for level in one.levels] for one in comparisons},
        u={one.name: [level.u for level in one.levels] for one in comparisons},
        matches=dict.fromkeys(KINDS, 1.0),
        accept=accept,
        review=review,
        trained_on="nothing",
        units=0,
        pairs=0,
    )


def counts_of(level: np.ndarray, levels: int) -> np.ndarray:
    """Count the pairs of each known level."""
    return np.bincount(level[level >= 0], minlength=levels).astype("float64")


def chance_agreement(counts: np.ndarray, usual: np.ndarray, worth: float = WORTH_OF_CHANCE) -> np.ndarray:
    """Estimate the probability of each level for two random units.

    >>> chance_agreement(np.array([900.0, 99_100.0]), np.array([0.02, 0.98])).round(3).tolist()
    [0.009, 0.991]
    """
    share = (counts + worth) / (counts.sum() + worth / usual)
    result: np.ndarray = np.where((counts == 0) & (usual < RARE_LEVEL), usual, share)
    return result


def bits_of(m: Sequence[np.ndarray], u: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the weight of each level in bits; one more entry, 0, for what is unknown."""
    return [
        np.append(np.clip(np.log2(one / other), -MOST_BITS, MOST_BITS), 0.0)
        for one, other in zip(m, u, strict=True)
    ]


def weights(model: LinkModel | None = None) -> pd.DataFrame:
    """List the weight of each level of each comparison.

    Parameters
    ----------
    model
        By default the kit's own.

    Returns
    -------
    pandas.DataFrame
        One row per level, a comparison's best first: ``comparison``, ``level`` (labels), ``m`` (probability
        for records of one child), ``u`` (probability for records of two random children), ``weight`` (log2 of
        m over u: each step of 1 doubles the odds).
    """
    model = model or shipped_model()
    comparisons = [one for one in declared_comparisons() if one.name in model.m]
    m, u = model.tables(comparisons)
    bits = bits_of(m, u)
    rows = [
        (one.title, level.words, float(m[at][place]), float(u[at][place]), float(bits[at][place]))
        for at, one in enumerate(comparisons)
        for place, level in enumerate(one.levels)
    ]
    names = ["comparison", "level", "m", "u", "weight"]
    return pd.DataFrame(rows, columns=names).astype({"comparison": "string", "level": "string"})


def drift(model: LinkModel, prior: LinkModel | None = None) -> pd.DataFrame:
    """List the levels that weigh otherwise than before, with their weights in bits (``before``, ``now``)."""
    columns = ["comparison", "level"]
    both = weights(prior).merge(weights(model), on=columns, how="inner", validate="one_to_one")
    both = both.rename(columns={"weight_x": "before", "weight_y": "now"})
    apart = (both["now"] - both["before"]).abs() >= DRIFTS
    return both.loc[apart, [*columns, "before", "now"]].reset_index(drop=True)
