"""The trained model, its match weights, and explanations of them."""

from __future__ import annotations

import copy
import json
import logging
import math
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.files import spare_folder, write_atomically
from helpers.link.model.comparisons import COMPARISONS, KINDS
from helpers.link.model.inputs import (
    as_compared,
    chance_agreement,
    draw_pairs,
    frequencies,
    level_counts,
    units_table,
)
from helpers.standard import BadInput, figure

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "BEFORE_LOOKING",
    "COMMON",
    "GAMMAS",
    "SHIPPED",
    "LinkModel",
    "describe",
    "explain",
    "score_pairs",
    "shipped_model",
    "weights",
]


SHIPPED = Path(__file__).parent / "trained.json"


def _lines() -> dict[str, float]:
    return {"accept": figure("link/thresholds.accept_dated"), "review": figure("link/thresholds.review")}


@dataclass(frozen=True)
class LinkModel:
    """A trained linkage model: m and u probabilities of each comparison level.

    ``settings`` are Splink's own, with every m and u. ``matches`` gives for each of `comparisons.KINDS` the
    average number of other units of a unit's child, so that the model fits districts of any size. Pairs with
    probability ``accept`` or more are links, from ``review`` up they need review; a file without these uses
    the kit's thresholds. ``kept`` names comparisons that the data could not train: they keep an earlier
    model's weights.
    """

    settings: dict[str, Any]
    matches: dict[str, float]
    accept: float
    review: float
    trained_on: str
    units: int
    pairs: int
    kept: tuple[str, ...] = ()

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
        write_atomically(path, text.encode("utf-8"), private=False)
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
            if not found["settings"]["comparisons"] or not found["matches"]:
                raise ValueError("it weighs nothing")
            return cls(**(_lines() | found | {"kept": tuple(found["kept"])}))
        except FileNotFoundError:
            raise BadInput(
                f"There is no model {str(path)!r}. Train one with bigpicture link --train, or leave the path "
                f"out to use the one that comes with the kit."
            ) from None
        except (OSError, ValueError, TypeError, KeyError):
            raise BadInput(
                f"{str(path)!r} holds no model of this kit. Give a file that bigpicture link --train wrote, "
                f"or leave the path out to use the one that comes with the kit."
            ) from None


def shipped_model() -> LinkModel:
    """Return the kit's model, trained on synthetic districts that no reported score uses."""
    return LinkModel.load(SHIPPED)


GAMMAS = tuple(f"gamma_{comparison.name}" for comparison in COMPARISONS)
# Comparisons that depend on the district: how many schools and towns it has, and which grades.
LOCAL = ("sex", "school", "grade", "home")
# Number of pairs scored at a time, to bound memory.
CHUNK = 1_000_000
# DuckDB spills the rest to a folder that is removed afterwards.
MEMORY = "2GB"
# With fewer units than this, too many random pairs are one child.
ENOUGH = 500
DRAWN_PAIRS = 100_000
# Prior weight of the model's own figure, in drawn pairs per level.
WORTH = 5.0


def score_pairs(units: pd.DataFrame, pairs: pd.DataFrame, model: LinkModel | None = None) -> pd.DataFrame:
    """Score pairs: the match weight that the two units of each are one child.

    Parameters
    ----------
    units
        One row per unit, as `inputs.as_compared` takes them: all units of the district, since they also
        determine how common a name is.
    pairs
        ``left``, ``right``: numbers of units.
    model
        By default the kit's own.

    Returns
    -------
    pandas.DataFrame
        One row per pair in the given order: ``left``, ``right``, ``match_weight`` (log2, prior included),
        ``match_probability`` (0 to 1), and for each comparison ``gamma_name`` (integer: -1 missing,
        0 the last level, higher is better).

    Raises
    ------
    BadInput
        When a pair names a unit that doesn't exist.
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
    """Open an in-memory database with the units as table *units*."""
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
    """Silence Splink's training advice, which doesn't concern people who only link."""
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
    """Fit a model's settings to the data: number of units, schools, towns and grades."""
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
    """Set the u probabilities of some comparisons from random pairs."""
    chosen = [comparison for comparison in COMPARISONS if comparison.name in names]
    counts = level_counts(connection, chosen, only or {})
    for comparison in settings["comparisons"]:
        if (name := comparison["output_column_name"]) in names:
            levels = levels_of(comparison)
            measured = chance_agreement(counts[name], [level["u_probability"] for level in levels], WORTH)
            for level, value in zip(levels, measured, strict=True):
                level["u_probability"] = value


def levels_of(comparison: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the levels of a comparison in Splink's settings, without the null level."""
    return [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]


def set_prior(settings: dict[str, Any], dated: int, bare: int, matches: dict[str, float]) -> None:
    """Set the prior: how often a random pair is one child, for each kind of pair.

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
    """Create Splink's linker for a table, with our own term frequencies of names."""
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
    """Score pairs, in order; with ``steps``, add each comparison's weight (``mw_name``)."""
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
    """Return a level's weight in log2, as Splink computes it."""
    return math.log2(level["m_probability"] / level["u_probability"])


def _tell_apart(settings: dict[str, Any]) -> None:
    """Make the weights within a comparison distinct and nonzero, by a negligible amount."""
    for comparison in settings["comparisons"]:
        taken = [0.0]
        for level in levels_of(comparison):
            while any(abs(weight_of(level) - weight) < 1e-6 for weight in taken):
                level["m_probability"] *= 1 - 2e-6
            taken.append(weight_of(level))


def _gamma(comparison: dict[str, Any]) -> str:
    """Write SQL that finds a pair's level by its weight: Splink returns levels only with all columns."""
    levels = levels_of(comparison)
    name = comparison["output_column_name"]
    cases = " ".join(
        f"WHEN abs(mw_{name} - ({weight_of(level)!r})) < 1e-7 THEN {len(levels) - 1 - place}"
        for place, level in enumerate(levels)
    )
    return f"CAST(CASE {cases} ELSE -1 END AS TINYINT) AS gamma_{name}"


def dated_units(connection: duckdb.DuckDBPyConnection) -> np.ndarray:
    """Test which units have a birth date, in order of number."""
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


BEFORE_LOOKING = "Before looking"
# The step for how common the matching name is.
COMMON = "How common the name is"
COLUMNS = {"comparison": "string", "level": "string", "weight": "float64", "running_total": "float64"}


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
        m over u: each step of 1 doubles the odds), ``is_guard`` (boolean: not trained, but set to outweigh
        everything else together).
    """
    model = model or shipped_model()
    rows = [
        (
            comparison["comparison_description"],
            level["label_for_charts"],
            level["m_probability"],
            level["u_probability"],
            weight_of(level),
            bool(level["fix_m_probability"]),
        )
        for comparison in model.settings["comparisons"]
        if comparison["output_column_name"] != "kind"
        for level in levels_of(comparison)
    ]
    names = ["comparison", "level", "m", "u", "weight", "is_guard"]
    return pd.DataFrame(rows, columns=names).astype({"comparison": "string", "level": "string"})


def explain(units: pd.DataFrame, left: int, right: int, model: LinkModel | None = None) -> pd.DataFrame:
    """Explain how the weight of one pair adds up.

    Parameters
    ----------
    units
        All units of the district, as `scoring.score_pairs` takes them.
    left, right
        Numbers of two of them.
    model
        By default the kit's own.

    Returns
    -------
    pandas.DataFrame
        One row per step: ``comparison``, ``level`` (labels), ``weight`` (log2) and ``running_total``, which
        ends at the pair's ``match_weight``. The first row is the prior, before any comparison; a missing
        value weighs nothing.

    Raises
    ------
    BadInput
        When there is no such unit, or both numbers are the same.
    """
    if left == right:
        raise BadInput(f"Unit {left} cannot be compared with itself. Give the numbers of two units.")
    model = model or shipped_model()
    ordered = as_compared(units)
    for number in (left, right):
        if not ordered["unit"].eq(number).any():
            raise BadInput(f"There is no unit {number} among the {len(ordered):,} units. Give one of theirs.")
    with database(ordered) as connection:
        settings = settings_for(connection, ordered, model)
        pair = pd.DataFrame({"left": [left], "right": [right]})
        found = predict(connection, ordered, pair, settings, steps=True).iloc[0]
    prior = settings["probability_two_random_records_match"]
    start = math.log2(prior / (1 - prior)) + float(found["mw_kind"])
    rows = [(BEFORE_LOOKING, f"one in {1 + 2 ** min(-start, 60):,.0f} such pairs is one child", start)]
    for comparison in settings["comparisons"]:
        name, levels = comparison["output_column_name"], levels_of(comparison)
        if name == "kind":
            continue
        place = len(levels) - 1 - int(found[f"gamma_{name}"])
        level = levels[place]["label_for_charts"] if place < len(levels) else "Not known"
        rows.append((comparison["comparison_description"], level, float(found[f"mw_{name}"])))
        common = found.get(f"mw_tf_adj_{name}")
        if common is not None and abs(float(common)) > 0:
            rows.append((COMMON, "rarer than most" if common > 0 else "commoner than most", float(common)))
    steps = pd.DataFrame(rows, columns=["comparison", "level", "weight"])
    return steps.assign(running_total=steps["weight"].cumsum()).astype(COLUMNS)


def describe(step: pd.Series) -> str:
    """Describe one step of `explain` or one level of `weights` in a sentence.

    Parameters
    ----------
    step
        A row with ``comparison``, ``level`` and ``weight``.

    Returns
    -------
    str
        A plain sentence.

    Examples
    --------
    >>> describe(pd.Series({"comparison": "School", "level": "School the same", "weight": 4.0}))
    'School the same: 16 times as likely for one child as for two.'
    >>> describe(pd.Series({"comparison": "Sex", "level": "Sex different", "weight": -3.0}))
    'Sex different: 8 times as likely for two children as for one.'
    """
    weight, level = float(step["weight"]), str(step["level"])
    if step["comparison"] == BEFORE_LOOKING:
        return f"Before anything is compared, {level}."
    if step["comparison"] == COMMON:
        level = f"The name is {level}"
    if abs(weight) < 0.1:
        return f"{step['comparison']}: {level[0].lower()}{level[1:]}, which tells nothing."
    times = _times(2.0 ** min(abs(weight), 60.0))
    more, less = ("one child", "two") if weight > 0 else ("two children", "one")
    return f"{level}: {times} as likely for {more} as for {less}."


def _times(ratio: float) -> str:
    if ratio > 1e6:
        return "over a million times"
    return f"{ratio:,.0f} times" if ratio >= 10 or ratio == round(ratio) else f"{ratio:.1f} times"
