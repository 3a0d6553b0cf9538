"""Train the model: u from random pairs, m from candidate pairs by EM."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.link.model.comparisons import COMPARISONS, KINDS, shared
from helpers.link.model.inputs import SEED, as_compared, draw_pairs
from helpers.link.model.scoring import (
    LinkModel,
    database,
    dated_units,
    levels_of,
    linker_for,
    predict,
    set_chance,
    set_prior,
    settings_for,
    shipped_model,
)
from helpers.standard import BadInput, figure

if TYPE_CHECKING:
    import duckdb

__all__ = ["train", "untrained", "with_matches"]

MAX_PAIRS = 1_000_000
DRAWN_PAIRS = 500_000
# With fewer matching pairs than this, a comparison keeps its earlier weights.
FEWEST_MATCHES = 100.0
# Prior weight of the earlier m probabilities, in matching pairs.
WORTH = 30.0
# Records err: no level's m falls below one in a thousand.
RAREST_ERROR = 0.001
# Each round trains with the match counts that the weights of the previous round give.
ROUNDS = 2
# Certainly two children, whatever else agrees; and two children when birth dates can't be used.
STRANGERS = f"NOT {shared('birth_parts')}"
STRANGERS_BY_NAME = f"NOT {shared('family_parts')} AND NOT {shared('given_formal')}"


def train(
    units: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    start: LinkModel | None = None,
    trained_on: str = "own data",
    max_pairs: int = MAX_PAIRS,
    drawn_pairs: int = DRAWN_PAIRS,
    seed: int = SEED,
) -> LinkModel:
    """Train the weights of agreements and differences on unlabeled data.

    Parameters
    ----------
    units
        One row per unit, as `inputs.as_compared` takes them.
    pairs
        ``left``, ``right``: candidate pairs, which should include nearly all matches.
    start
        Starting values, which stay where the data can't train; by default the kit's model.
    trained_on
        Short description of the data.
    max_pairs
        With more candidate pairs than this, a sample of this size is used.
    drawn_pairs
        Number of random pairs for estimating how often two children agree.
    seed
        For all sampling.

    Returns
    -------
    LinkModel
        The same for the same units and pairs, in any row order. ``kept`` names the comparisons that the data
        could not train.

    Raises
    ------
    BadInput
        When too few pairs look like one child.
    """
    start = start or shipped_model()
    ordered = as_compared(units)
    candidates = pairs[["left", "right"]].drop_duplicates().sort_values(["left", "right"], ignore_index=True)
    settings = copy.deepcopy(start.settings)
    with database(ordered) as connection:
        dated = dated_units(connection)
        kind = _kind_of(candidates, ordered, dated)
        _set_every_chance(connection, ordered["unit"].to_numpy("int64"), dated, settings, drawn_pairs, seed)
        matches, taught = dict(start.matches), set[str]()
        for place in _lessons(kind):
            chosen = candidates[kind == place].reset_index(drop=True)
            sample = _sample(chosen, max_pairs, seed)
            taught |= _teach(
                connection,
                ordered,
                sample,
                len(chosen) / len(sample),
                dated,
                settings,
                start.settings,
                matches,
                taught,
            )
    if not taught:
        raise BadInput(
            f"The weights cannot be trained: among {len(candidates):,} candidate pairs of {len(ordered):,} "
            f"units fewer than {FEWEST_MATCHES:.0f} look like one child. Link without training, or train on "
            f"more data."
        )
    before = copy.deepcopy(start.settings["comparisons"])
    settings["comparisons"] = [
        new if new["output_column_name"] in taught else old
        for new, old in zip(settings["comparisons"], before, strict=True)
    ]
    return LinkModel(
        settings=_rounded(settings),
        matches={kind: float(f"{value:.5g}") for kind, value in matches.items()},
        accept=start.accept,
        review=start.review,
        trained_on=trained_on,
        units=len(ordered),
        pairs=len(candidates),
        kept=tuple(one.name for one in COMPARISONS if one.name not in taught and one.name != "kind"),
    )


def untrained() -> LinkModel:
    """Return the model before any training, with weights from judgment."""
    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unit",
        "comparisons": [comparison.settings() for comparison in COMPARISONS],
        "blocking_rules_to_generate_predictions": [],
        "probability_two_random_records_match": 1e-4,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
    }
    matches = dict.fromkeys(KINDS, 1.0)
    accept, review = (figure(f"link/thresholds.{line}_untrained") for line in ("accept", "review"))
    return LinkModel(settings, matches, accept, review, trained_on="nothing", units=0, pairs=0)


def with_matches(model: LinkModel, units: pd.DataFrame, pairs: pd.DataFrame) -> LinkModel:
    """Count the matching units that remain after rules have linked what is certain.

    Training uses single records, since pairs that rules link best show how records of one child agree.
    Scoring uses units, and a child has fewer of them. The count for pairs with two birth dates stays
    nevertheless: rules leave such a pair open only if name or date disagrees, and each record had its chance
    of that.

    Parameters
    ----------
    model
        From `train`.
    units, pairs
        As they will be scored.

    Returns
    -------
    LinkModel
        The same weights, with new ``matches`` for pairs with at most one birth date.
    """
    ordered = as_compared(units)
    chosen = pairs[["left", "right"]].drop_duplicates().sort_values(["left", "right"], ignore_index=True)
    if chosen.empty:
        return model
    matches = dict(model.matches)
    with database(ordered) as connection:
        dated = dated_units(connection)
        for _ in range(ROUNDS):
            settings = settings_for(connection, ordered, replace(model, matches=matches))
            scored = predict(connection, ordered, chosen, settings)
            counted = _matches(scored, int(dated.sum()), int((~dated).sum()), 1.0)
            matches |= {kind: float(f"{counted[kind]:.5g}") for kind in KINDS[1:] if kind in counted}
    return replace(model, matches=matches)


def _kind_of(pairs: pd.DataFrame, units: pd.DataFrame, dated: np.ndarray) -> np.ndarray:
    """Return each pair's position in `KINDS`."""
    number = units["unit"].to_numpy(dtype="int64")
    told = [dated[np.searchsorted(number, pairs[side].to_numpy("int64"))] for side in ("left", "right")]
    kind: np.ndarray = 2 - told[0].astype("int64") - told[1].astype("int64")
    return kind


def _lessons(kind: np.ndarray) -> list[int]:
    """Return the kinds of pair to train on, in order; each trains only what earlier ones could not.

    Pairs with two birth dates are found by name or by date, so each can be trained on pairs that the other
    found. The others are found by name, and would teach that names never differ.
    """
    return [place for place in range(len(KINDS)) if (kind == place).any()]


def _teach(
    connection: duckdb.DuckDBPyConnection,
    units: pd.DataFrame,
    sample: pd.DataFrame,
    times: float,
    dated: np.ndarray,
    settings: dict[str, Any],
    start: dict[str, Any],
    matches: dict[str, float],
    taught: set[str],
) -> set[str]:
    """Train on pairs of one kind; update `settings` and `matches`, and return the trained comparisons."""
    with_date, without = int(dated.sum()), int((~dated).sum())
    _write_training(connection, sample)
    learned: set[str] = set()
    for _ in range(ROUNDS):
        set_prior(settings, with_date, without, matches)
        scored = predict(connection, units, sample, settings)
        matches |= _matches(scored, with_date, without, times)
        probability = scored["match_probability"]
        seen = {one.name: float(probability[scored[f"gamma_{one.name}"] >= 0].sum()) for one in COMPARISONS}
        learned = {name for name, count in seen.items() if count >= FEWEST_MATCHES} - taught - {"kind"}
        set_prior(settings, with_date, without, matches)
        found = _expectation_maximization(connection, units, settings, learned)
        _set_m(settings, start, found, {name: seen[name] for name in learned})
    return learned


def _sample(pairs: pd.DataFrame, max_pairs: int, seed: int) -> pd.DataFrame:
    if len(pairs) <= max_pairs:
        return pairs
    chosen = np.sort(np.random.default_rng(seed).choice(len(pairs), max_pairs, replace=False))
    return pairs.iloc[chosen].reset_index(drop=True)


def _set_every_chance(
    connection: duckdb.DuckDBPyConnection,
    number: np.ndarray,
    dated: np.ndarray,
    settings: dict[str, Any],
    drawn_pairs: int,
    seed: int,
) -> None:
    """Estimate each u from pairs of two children.

    Each child has about one unit with a birth date, and unequal dates confirm two children. A child has
    several units without one, so random pairs of them may match; they count only if dates are rare.
    """
    sure = int(dated.sum()) >= max(2, len(number) // 20)
    chosen = number[dated] if sure else number
    if len(chosen) < 2:
        return
    draw_pairs(connection, chosen, min(drawn_pairs, len(chosen) * (len(chosen) - 1) // 2), seed)
    names = [comparison.name for comparison in COMPARISONS if comparison.name != "kind"]
    only = dict.fromkeys(names, STRANGERS) if sure else {}
    set_chance(connection, settings, names, only | {"birth_date": STRANGERS_BY_NAME})


def _write_training(connection: duckdb.DuckDBPyConnection, sample: pd.DataFrame) -> None:
    """Create a view with two rows per pair, so that Splink's blocking finds exactly these pairs."""
    place = np.arange(len(sample), dtype="int64")
    sides = [
        pd.DataFrame(
            {"training_pair": place, "row": 2 * place + side, "unit": sample[name].to_numpy("int64")}
        )
        for side, name in enumerate(("left", "right"))
    ]
    connection.register("training_rows", pd.concat(sides, ignore_index=True))
    connection.execute(
        "CREATE OR REPLACE VIEW training AS SELECT t.training_pair, t.row AS unit, u.* EXCLUDE (unit) "
        "FROM training_rows t JOIN units u ON u.unit = t.unit"
    )


def _expectation_maximization(
    connection: duckdb.DuckDBPyConnection, units: pd.DataFrame, settings: dict[str, Any], learning: set[str]
) -> dict[str, list[float | None]]:
    """Let Splink estimate each m; u and the prior stay fixed, since they hold for all pairs."""
    settings = copy.deepcopy(settings)
    for comparison in settings["comparisons"]:
        if comparison["output_column_name"] not in learning:
            for level in levels_of(comparison):
                level["fix_m_probability"] = True
    linker = linker_for(connection, units, settings, "training")
    linker.training.estimate_parameters_using_expectation_maximisation(
        "l.training_pair = r.training_pair",
        estimate_without_term_frequencies=True,
        fix_probability_two_random_records_match=True,
        fix_u_probabilities=True,
    )
    found = linker.misc.save_model_to_json()
    return {
        one["output_column_name"]: [level.get("m_probability") for level in levels_of(one)]
        for one in found["comparisons"]
    }


def _set_m(
    settings: dict[str, Any],
    start: dict[str, Any],
    found: dict[str, list[float | None]],
    seen: dict[str, float],
) -> None:
    """Update m from training; the earlier weights count as much as a few pairs.

    A level that neither matches nor random pairs reached keeps both probabilities: initials for names, for
    example, if nobody writes them.
    """
    for comparison, before in zip(settings["comparisons"], start["comparisons"], strict=True):
        name = comparison["output_column_name"]
        if name not in seen:
            continue
        for level, old, new in zip(levels_of(comparison), levels_of(before), found[name], strict=True):
            met = (new or 0.0) * seen[name]
            if level["fix_m_probability"]:
                continue
            if met < 1 and level["u_probability"] == old["u_probability"]:
                level["m_probability"] = old["m_probability"]
                continue
            m = (met + old["m_probability"] * WORTH) / (seen[name] + WORTH)
            level["m_probability"] = max(m, min(RAREST_ERROR, level["u_probability"]))


def _matches(scored: pd.DataFrame, dated: int, bare: int, times: float) -> dict[str, float]:
    """Estimate, for each kind of scored pair, a unit's average number of other units of its child."""
    probability = scored["match_probability"].to_numpy(dtype="float64")
    kind = len(KINDS) - 1 - scored["gamma_kind"].to_numpy(dtype="int64")
    owners = (dated / 2, bare, bare / 2)
    return {
        KINDS[place]: float(probability[kind == place].sum()) * times / max(owners[place], 1.0)
        for place in range(len(KINDS))
        if (kind == place).any()
    }


def _rounded(settings: dict[str, Any]) -> dict[str, Any]:
    """Round probabilities to five digits: more would be noise, and vary with the number of cores."""
    for comparison in settings["comparisons"]:
        for level in levels_of(comparison):
            for part in ("m_probability", "u_probability"):
                level[part] = float(f"{level[part]:.5g}")
    settings["probability_two_random_records_match"] = float(
        f"{settings['probability_two_random_records_match']:.5g}"
    )
    return settings
