"""Trains the model: chance agreement from pairs drawn by chance, one child's from candidate pairs by EM."""

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
# With fewer pairs of one child than this to learn from, a comparison keeps the weights that it had.
FEWEST_MATCHES = 100.0
# How many pairs of one child the earlier weights count as much as.
WORTH = 30.0
# No difference speaks against one child as if records never erred: one in a thousand does.
RAREST_ERROR = 0.001
# Each round trains with the numbers of matches that the weights of the round before find.
ROUNDS = 2
# Two children for certain, whatever else agrees; and two who can't be told by their birth dates.
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
    """Learn from unlabelled data how much each agreement and each difference weighs.

    Parameters
    ----------
    units
        One row a unit, as `columns.as_compared` takes them.
    pairs
        ``left``, ``right``: candidate pairs, which should hold nearly all pairs of one child.
    start
        Where training begins, and what stays where the data teach nothing; default the model that comes with
        the kit.
    trained_on
        What the data are, in a few words.
    max_pairs
        More candidate pairs than this, and that many of them are drawn.
    drawn_pairs
        How many pairs are drawn by chance to see how often two children agree.
    seed
        For what is drawn.

    Returns
    -------
    LinkModel
        The same for the same units and pairs, in whatever order their rows stand. ``kept`` names the
        comparisons that the data could not teach.

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
    """Give the model as it is before any training: weights that somebody thought likely."""
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
    """Count how many units of one child there are once rules have tied what is certain.

    A model is trained on single records, since pairs that rules tie are the ones that show how records of one
    child agree. It is used on units, of which a child has fewer. For pairs that both tell a birth date the
    number stays nevertheless: rules leave such a pair open only if name or date disagrees, and each record
    had its chance of that.

    Parameters
    ----------
    model
        From `train`.
    units, pairs
        As they will be scored.

    Returns
    -------
    LinkModel
        The same weights, with ``matches`` of pairs that at most one side tells a birth date of.
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
    """Give the place of each pair in `KINDS`."""
    number = units["unit"].to_numpy(dtype="int64")
    told = [dated[np.searchsorted(number, pairs[side].to_numpy("int64"))] for side in ("left", "right")]
    kind: np.ndarray = 2 - told[0].astype("int64") - told[1].astype("int64")
    return kind


def _lessons(kind: np.ndarray) -> list[int]:
    """Say which kinds of pair teach, in order; each teaches only what no earlier one did.

    Pairs that both tell a birth date are found by the name or by the date, so that each can be learnt from
    pairs that the other found. The others are found by their names, and would teach that names never differ.
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
    """Train on pairs of one kind; changes `settings` and `matches`, and tells which comparisons learnt."""
    with_date, without = int(dated.sum()), int((~dated).sum())
    _write_training(connection, sample)
    learnt: set[str] = set()
    for _ in range(ROUNDS):
        set_prior(settings, with_date, without, matches)
        scored = predict(connection, units, sample, settings)
        matches |= _matches(scored, with_date, without, times)
        probability = scored["match_probability"]
        seen = {one.name: float(probability[scored[f"gamma_{one.name}"] >= 0].sum()) for one in COMPARISONS}
        learnt = {name for name, count in seen.items() if count >= FEWEST_MATCHES} - taught - {"kind"}
        set_prior(settings, with_date, without, matches)
        found = _expectation_maximisation(connection, units, settings, learnt)
        _set_m(settings, start, found, {name: seen[name] for name in learnt})
    return learnt


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
    """Measure each u on pairs that are two children.

    Units with a birth date are nearly one a child, and unlike dates make sure of it. The others are several a
    child, so that pairs of them drawn by chance aren't chance; they count only where dates are rare.
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
    """Write the pairs as a view of two rows each, so that Splink's blocking finds exactly these pairs."""
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


def _expectation_maximisation(
    connection: duckdb.DuckDBPyConnection, units: pd.DataFrame, settings: dict[str, Any], learning: set[str]
) -> dict[str, list[float | None]]:
    """Let Splink estimate each m, while u and the prior stay: they hold for all pairs, not for candidates."""
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
    """Take over what was learnt, beside which the earlier weights count as much as a few pairs.

    A level that neither a child's records nor chance ever reached keeps both its probabilities: initials for
    names, say, where nobody writes them.
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
    """Count for each kind of pair that was scored how many more units of its child a unit has on average."""
    probability = scored["match_probability"].to_numpy(dtype="float64")
    kind = len(KINDS) - 1 - scored["gamma_kind"].to_numpy(dtype="int64")
    owners = (dated / 2, bare, bare / 2)
    return {
        KINDS[place]: float(probability[kind == place].sum()) * times / max(owners[place], 1.0)
        for place in range(len(KINDS))
        if (kind == place).any()
    }


def _rounded(settings: dict[str, Any]) -> dict[str, Any]:
    """Give probabilities to five digits: more would be noise, and depend on how many cores added them up."""
    for comparison in settings["comparisons"]:
        for level in levels_of(comparison):
            for part in ("m_probability", "u_probability"):
                level[part] = float(f"{level[part]:.5g}")
    settings["probability_two_random_records_match"] = float(
        f"{settings['probability_two_random_records_match']:.5g}"
    )
    return settings
