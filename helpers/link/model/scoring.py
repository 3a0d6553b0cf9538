"""The trained model, match weights, and their explanation."""

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
    """What is known of how the records of one child agree, and those of two.

    ``settings`` are Splink's own, with every m and u. ``matches`` tells for each of `comparisons.KINDS` how
    many other units belong to the child of one, on average, so that the model can be used on a district of
    another size. A pair of probability ``accept`` or more is taken as one child, from ``review`` up a person
    is asked; the kit's own lines where a file names none. ``kept`` names comparisons that the data could not
    teach, with the weights of an earlier model.
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
            When the file isn't there, or holds no model.
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
    """Give the model that comes with the kit, trained on made districts that no score is reported on."""
    return LinkModel.load(SHIPPED)


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


BEFORE_LOOKING = "Before looking"
# The step that says how common the very name is on which two units agree.
COMMON = "How common the name is"
COLUMNS = {"comparison": "string", "level": "string", "weight": "float64", "running_total": "float64"}


def weights(model: LinkModel | None = None) -> pd.DataFrame:
    """Say what each level of each comparison weighs.

    Parameters
    ----------
    model
        Default the one that comes with the kit.

    Returns
    -------
    pandas.DataFrame
        One row a level, a comparison's best first: ``comparison``, ``level`` (both in words), ``m`` (how
        often one child's records stand there), ``u`` (how often records of two children drawn by chance
        do), ``weight`` (log2 of m over u: each step of 1 doubles the odds), ``is_guard``
        (boolean: not learnt, but set to outweigh everything else together).
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
    """Show how the weight of one pair adds up.

    Parameters
    ----------
    units
        All units of the district, as `scoring.score_pairs` takes them.
    left, right
        Numbers of two of them.
    model
        Default the one that comes with the kit.

    Returns
    -------
    pandas.DataFrame
        One row a step: ``comparison``, ``level`` (both in words), ``weight`` (log2) and ``running_total``,
        which ends at the pair's ``match_weight``. The first row says how likely a pair is one child before
        anything is compared; what a side doesn't tell weighs nothing.

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
    """Say one step of `explain` or one level of `weights` as a sentence.

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
