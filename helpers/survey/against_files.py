"""Compare survey answers with the scorecard: where people and files disagree."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from helpers.gaps import declared_measures
from helpers.standard import (
    DeclaredNumber,
    StrictModel,
    as_table,
    declared_survey,
    nearest,
    read_declared,
)
from helpers.survey.scores import item_scores

__all__ = ["compare_opinion_with_files", "measured_items", "read_bounds"]

DECLARED = Path(__file__).with_name("against_files.toml")


class MeasuredItem(StrictModel):
    """A survey item, the scorecard measure of the same topic, and the cutoffs of anchors 2, 3 and 4."""

    item: str
    measure: str
    read: Literal["together", "middle", "share of lines", "sum"]
    at_least: float | None = None
    unit: Literal["rate", "days", "minutes", "columns"]
    better: Literal["more", "less"]
    bounds: tuple[DeclaredNumber, DeclaredNumber, DeclaredNumber]
    says: str

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        items, known = declared_survey().items, [one.name for one in declared_measures()]
        if self.item not in items:
            raise ValueError(f"the survey has no item {self.item!r}.{nearest(self.item, items)}")
        if self.measure not in known:
            raise ValueError(f"there is no measure {self.measure!r}.{nearest(self.measure, known)}")
        order = list(self.bounds) if self.better == "more" else [-bound for bound in self.bounds]
        if sorted(set(order)) != order:
            raise ValueError(f"bounds of {self.item} don't rise from anchor to anchor: {self.bounds}")
        if (self.read == "share of lines") != (self.at_least is not None):
            raise ValueError("at_least belongs to lines of which a share is taken, and to no others")
        return self

    def anchor(self, value: float) -> int:
        """Return the anchor of a value, 1 to 4."""
        side = 1 if self.better == "more" else -1
        return 1 + sum(side * value >= side * bound for bound in self.bounds)


class Bounds(StrictModel):
    """Contents of ``against_files.toml``."""

    own: str
    apart: float = Field(gt=0)
    measured: tuple[MeasuredItem, ...]


def read_bounds(path: Path) -> Bounds:
    """Read which measure belongs to which item."""
    return read_declared(path, Bounds, "bounds")


@cache
def measured_items() -> Bounds:
    """Return the kit's own declaration.

    Returns
    -------
    Bounds
        Declared measures, in order of items.
    """
    return read_bounds(DECLARED)


def compare_opinion_with_files(answers: pd.DataFrame, scorecard: pd.DataFrame) -> pd.DataFrame:
    """Compare what people answered with what the files of their systems show.

    Parameters
    ----------
    answers
        Table ``survey_answers`` of one year.
    scorecard
        Table ``scorecard`` of the same school system. For a real one, pass it through its guard first, so
        that small numbers stay hidden.

    Returns
    -------
    pandas.DataFrame
        Table ``opinion_vs_files``, items in order. An opinion counts as higher or lower than the files if
        they differ by a whole anchor. Neither is the truth: files don't show what people mean to do, and
        people don't see what nobody looks at.
    """
    bounds = measured_items()
    survey = declared_survey()
    opinions = item_scores(answers).set_index("item")["mean"]
    lines = []
    for one in sorted(bounds.measured, key=lambda each: list(survey.items).index(each.item)):
        item, (value, count) = survey.item(one.item), _value(scorecard, one)
        opinion = float(opinions.get(one.item, np.nan))
        measured = None if np.isnan(value) else one.anchor(value)
        lines.append(
            {
                "domain": item.domain,
                "item": item.id,
                "title": item.title,
                "measure": one.measure,
                "read": one.read,
                "lines": count,
                "value": value,
                "unit": one.unit,
                "opinion": opinion,
                "measured": measured,
                "difference": None if measured is None else opinion - measured,
                "finding": _says(opinion, measured, bounds.apart),
            }
        )
    return as_table("opinion_vs_files", pd.DataFrame(lines))


def _says(opinion: float, measured: int | None, apart: float) -> str:
    if measured is None:
        return "The files don't say"
    if np.isnan(opinion):
        return "Nobody answered"
    if abs(opinion - measured) < apart:
        return "About the same"
    return "Higher than the files" if opinion > measured else "Lower than the files"


def _value(scorecard: pd.DataFrame, one: MeasuredItem) -> tuple[float, int]:
    """Reduce the lines of a measure to one number."""
    lines = scorecard[scorecard["measure"].eq(one.measure) & ~scorecard["is_limit"].fillna(False)]
    if one.read == "together":
        nobody = lines["blocked_by"].eq("Not joinable").fillna(False)
        found = lines["numerator"].mask(nobody & lines["numerator"].isna(), 0.0)
        sure = found.notna() & lines["denominator"].notna()
        of = float(lines.loc[sure, "denominator"].sum())
        return (float(found[sure].sum()) / of if of else float("nan")), int(sure.sum())
    values = lines["value"].dropna()
    if values.empty:
        return float("nan"), 0
    if one.read == "middle":
        return float(values.median()), len(values)
    if one.read == "sum":
        return float(values.sum()), len(values)
    assert one.at_least is not None
    return float((values >= one.at_least).mean()), len(values)
