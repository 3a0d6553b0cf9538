"""Scores pairs of units with Splink on DuckDB."""

from __future__ import annotations

import copy
import logging
import math
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.files.save import spare_folder
from helpers.link.model.columns import as_compared, units_table
from helpers.link.model.comparisons import COMPARISONS, KINDS
from helpers.link.model.frequencies import chance_agreement, draw_pairs, frequencies, level_counts
from helpers.link.model.link_model import LinkModel, shipped_model
from helpers.standard import BadInput

if TYPE_CHECKING:
    import duckdb

__all__ = ["GAMMAS", "score_pairs"]

GAMMAS = tuple(f"gamma_{comparison.name}" for comparison in COMPARISONS)
# What depends on the place: how many schools and towns there are, which grades.
LOCAL = ("sex", "school", "grade", "home")
# So many pairs are scored at a time, which bounds the memory.
CHUNK = 1_000_000
# What doesn't fit goes to a folder that is removed afterwards.
MEMORY = "2GB"
# Fewer units than this, and pairs drawn by chance are too often one child's.
ENOUGH = 500
DRAWN_PAIRS = 100_000
# How many drawn pairs of each level the model's own figure is worth.
WORTH = 5.0


def score_pairs(units: pd.DataFrame, pairs: pd.DataFrame, model: LinkModel | None = None) -> pd.DataFrame:
    """Give the weight of evidence that the two units of each pair are one child.

    Parameters
    ----------
    units
        One row a unit, as `columns.as_compared` takes them: all of the district, since they also tell how
        common a name is.
    pairs
        ``left``, ``right``: numbers of units.
    model
        Default the one that comes with the kit.

    Returns
    -------
    pandas.DataFrame
        A row a pair in the order given: ``left``, ``right``, ``match_weight`` (log2, prior included),
        ``match_probability`` (0 to 1), and for each comparison ``gamma_name`` (whole number: -1 not known,
        0 the last level, upwards the better).

    Raises
    ------
    BadInput
        When a pair names a unit that isn't there.
    """
    model = model or shipped_model()
    ordered = as_compared(units)
    _refuse_unknown(ordered, pairs)
    if pairs.empty:
        return _empty(pairs)
    with database(ordered) as connection:
        settings = settings_for(connection, ordered, model)
        parts = [
            predict(connection, ordered, pairs.iloc[start : start + CHUNK], settings)
            for start in range(0, len(pairs), CHUNK)
        ]
    return pd.concat(parts, ignore_index=True)


@contextmanager
def database(units: pd.DataFrame) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that holds units as table *units*."""
    import duckdb

    with (
        spare_folder("link") as spare,
        duckdb.connect(
            ":memory:", config={"temp_directory": str(spare), "memory_limit": MEMORY}
        ) as connection,
        quiet(),
    ):
        connection.execute("SET enable_progress_bar = false")
        units_table(connection, units, "units")
        yield connection


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Splink's advice to its trainers from people who only link."""
    logger = logging.getLogger("splink")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def settings_for(
    connection: duckdb.DuckDBPyConnection, units: pd.DataFrame, model: LinkModel
) -> dict[str, Any]:
    """Fit a model's settings to the data at hand: how many units there are, schools, towns and grades."""
    settings = copy.deepcopy(model.settings)
    dated = int(dated_units(connection).sum())
    set_prior(settings, dated, len(units) - dated, model.matches)
    if len(units) >= ENOUGH:
        draw_pairs(connection, units["unit"].to_numpy(dtype="int64"), DRAWN_PAIRS)
        set_chance(connection, settings, LOCAL)
    return settings


def set_chance(
    connection: duckdb.DuckDBPyConnection,
    settings: dict[str, Any],
    names: Collection[str],
    only: Mapping[str, str] | None = None,
) -> None:
    """Put into settings how often pairs drawn by chance stand at each level of some comparisons."""
    chosen = [comparison for comparison in COMPARISONS if comparison.name in names]
    counts = level_counts(connection, chosen, only or {})
    for comparison in settings["comparisons"]:
        if (name := comparison["output_column_name"]) in names:
            levels = levels_of(comparison)
            measured = chance_agreement(counts[name], [level["u_probability"] for level in levels], WORTH)
            for level, value in zip(levels, measured, strict=True):
                level["u_probability"] = value


def levels_of(comparison: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the levels of a comparison of Splink's settings but for the one that stands for *not known*."""
    return [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]


def set_prior(settings: dict[str, Any], dated: int, bare: int, matches: dict[str, float]) -> None:
    """Put into settings how often a pair drawn by chance is one child, for each kind of pair.

    ``dated`` and ``bare`` are the numbers of units with and without a birth date.
    """
    pairs = np.maximum([dated * (dated - 1) / 2, dated * bare, bare * (bare - 1) / 2], 1.0)
    owners = np.array([dated / 2, bare, bare / 2])
    expected = np.clip(np.array([matches[kind] for kind in KINDS]) * owners, 1e-3, pairs / 2)
    settings["probability_two_random_records_match"] = float(expected.sum() / pairs.sum())
    kind = next(one for one in settings["comparisons"] if one["output_column_name"] == "kind")
    shares = zip(expected / expected.sum(), pairs / pairs.sum(), strict=True)
    for level, (m, u) in zip(levels_of(kind), shares, strict=True):
        level["m_probability"], level["u_probability"] = float(m), float(u)


def linker_for(
    connection: duckdb.DuckDBPyConnection, units: pd.DataFrame, settings: dict[str, Any], over: str = "units"
) -> Any:
    """Make Splink's linker over a table, with this kit's frequencies of names in place of its own."""
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register(over), settings, log_level=None, validate_settings=False)
    dated = pd.Series(dated_units(connection), index=units.index)
    firsts = connection.execute("SELECT first_name FROM units ORDER BY unit").fetch_df()["first_name"]
    for column, values in (("name_key", units["name_key"]), ("first_name", firsts)):
        found = frequencies(values.astype("string"), dated)
        named = found.rename(columns={"value": column, "frequency": f"tf_{column}"})
        table = api.register(pa.Table.from_pandas(named, preserve_index=False))
        linker.table_management.register_term_frequency_lookup(table, column)
    return linker


def predict(
    connection: duckdb.DuckDBPyConnection,
    units: pd.DataFrame,
    pairs: pd.DataFrame,
    settings: dict[str, Any],
    *,
    steps: bool = False,
) -> pd.DataFrame:
    """Score pairs, in their order; with ``steps``, add what each comparison weighs (``mw_name``)."""
    _tell_apart(settings)
    linker = linker_for(connection, units, settings)
    asked = pd.DataFrame(
        {
            "number": np.arange(len(pairs), dtype="int64"),
            "join_key_l": pairs["left"].to_numpy(dtype="int64"),
            "join_key_r": pairs["right"].to_numpy(dtype="int64"),
        }
    )
    connection.register("asked", asked)
    connection.execute(
        "CREATE OR REPLACE TABLE asked_once AS "
        "SELECT DISTINCT join_key_l, join_key_r, '0' AS match_key FROM asked"
    )
    linker.table_management.register_blocked_pairs_for_predict(linker._db_api.register("asked_once"))
    scored = linker.inference.predict(warning_mode="never")
    gammas = ", ".join(_gamma(one) for one in settings["comparisons"])
    if steps:
        gammas += ", s.* LIKE 'mw%'"
    result: pd.DataFrame = connection.execute(
        f'SELECT a.join_key_l AS "left", a.join_key_r AS "right", match_weight, match_probability, {gammas} '
        f"FROM asked a JOIN {scored.physical_name} s ON s.unit_l = a.join_key_l AND s.unit_r = a.join_key_r "
        f"ORDER BY number"
    ).fetch_df()
    scored.drop_table_from_database_and_remove_from_cache()
    return result


def weight_of(level: dict[str, Any]) -> float:
    """Give the weight of a level in log2, as Splink computes it."""
    return math.log2(level["m_probability"] / level["u_probability"])


def _tell_apart(settings: dict[str, Any]) -> None:
    """Make the weights of one comparison differ, from 0 as well, by less than anybody would notice."""
    for comparison in settings["comparisons"]:
        taken = [0.0]
        for level in levels_of(comparison):
            while any(abs(weight_of(level) - weight) < 1e-6 for weight in taken):
                level["m_probability"] *= 1 - 2e-6
            taken.append(weight_of(level))


def _gamma(comparison: dict[str, Any]) -> str:
    """Tell the level of a pair by its weight: Splink gives levels only along with all that it compared."""
    levels = levels_of(comparison)
    name = comparison["output_column_name"]
    cases = " ".join(
        f"WHEN abs(mw_{name} - ({weight_of(level)!r})) < 1e-7 THEN {len(levels) - 1 - place}"
        for place, level in enumerate(levels)
    )
    return f"CAST(CASE {cases} ELSE -1 END AS TINYINT) AS gamma_{name}"


def dated_units(connection: duckdb.DuckDBPyConnection) -> np.ndarray:
    """Tell which of the units, by number, have a birth date."""
    found = connection.execute("SELECT birth_days IS NOT NULL AS dated FROM units ORDER BY unit").fetchnumpy()
    dated: np.ndarray = np.asarray(found["dated"], dtype=bool)
    return dated


def _refuse_unknown(units: pd.DataFrame, pairs: pd.DataFrame) -> None:
    for side in ("left", "right"):
        strange = ~pairs[side].isin(units["unit"])
        if strange.any():
            raise BadInput(
                f"A pair names unit {pairs.loc[strange, side].iloc[0]}, which isn't among the {len(units):,} "
                f"units. Pairs must be made of the same units."
            )


def _empty(pairs: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, Any] = {side: pairs[side].astype("int64") for side in ("left", "right")}
    columns |= {name: pd.Series(dtype="float64") for name in ("match_weight", "match_probability")}
    return pd.DataFrame(columns | {name: pd.Series(dtype="int8") for name in GAMMAS})
