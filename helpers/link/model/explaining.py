"""How a match weight comes about: what every level weighs, and how the weights of one pair add up."""

from __future__ import annotations

import math

import pandas as pd

from helpers.link.model.columns import as_compared
from helpers.link.model.link_model import LinkModel, shipped_model
from helpers.link.model.scoring import database, levels_of, predict, settings_for, weight_of
from helpers.standard import BadInput

__all__ = ["BEFORE_LOOKING", "COMMON", "explain", "in_words", "weights"]

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


def in_words(step: pd.Series) -> str:
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
    >>> in_words(pd.Series({"comparison": "School", "level": "School the same", "weight": 4.0}))
    'School the same: 16 times as likely for one child as for two.'
    >>> in_words(pd.Series({"comparison": "Sex", "level": "Sex different", "weight": -3.0}))
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
