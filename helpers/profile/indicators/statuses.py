"""From what was measured to a status: flagged, a warning, clear, unknown, or not for this child."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers.layouts import STRING, cast, missing
from helpers.profile.indicators.declared import Definition, Indicator, Limit

__all__ = ["STATUSES", "detailed", "judged", "worst"]

# From what calls for a person to what says nothing of the child.
STATUSES = ("Flagged", "Warning", "Unknown", "Clear", "Not applicable")
# A share is compared as counts, to nine places: 18 of 180 isn't lost to a rounding.
PLACES = 9
MEASURED: dict[str, Any] = {
    **dict.fromkeys(["child", "word", "detail", "link_band"], STRING),
    **dict.fromkeys(["value", "numerator", "denominator"], np.dtype("float64")),
    **dict.fromkeys(["as_of", "fresh_on"], np.dtype("datetime64[us]")),
}


def detailed(**parts: pd.Series) -> pd.Series:
    """Write parts as ``name=text; name=text``, without those that are missing.

    Parameters
    ----------
    **parts
        Texts by name, on one index.

    Returns
    -------
    pandas.Series
        Text; NA where no part is there.
    """
    index = next(iter(parts.values())).index
    whole = pd.Series("", index=index, dtype=STRING)
    for name, texts in parts.items():
        said = texts.astype(STRING).str.replace(r"[;=]", ",", regex=True)
        part = name + "=" + said
        between = whole.map({"": ""}).fillna("; ")
        whole = whole.where(said.isna(), whole + between + part.fillna(""))
    return whole.where(whole != "")


def worst(statuses: pd.Series, by: list[pd.Series]) -> pd.Series:
    """Take the status that calls loudest for a person.

    Parameters
    ----------
    statuses
        Statuses.
    by
        What names the group of each.

    Returns
    -------
    pandas.Series
        One status a group.
    """
    rank = statuses.map({status: place for place, status in enumerate(STATUSES)}).astype("int64")
    return rank.groupby(by, sort=True).min().map(dict(enumerate(STATUSES))).astype(STRING)


def _beyond(measured: pd.DataFrame, limit: Limit | None, *, shares: bool) -> np.ndarray:
    """Say which values a limit is about; an unknown value is beyond none."""
    if limit is None:
        return np.zeros(len(measured), dtype=bool)
    if limit.words:
        return measured["word"].isin(list(limit.words)).to_numpy(dtype=bool)
    at = float(limit.at or 0.0)
    value = measured["value"].to_numpy(dtype="float64")
    against = np.full(len(value), at)
    if shares:
        value = measured["numerator"].to_numpy(dtype="float64")
        against = at * measured["denominator"].to_numpy(dtype="float64")
    value, against = np.round(value, PLACES), np.round(against, PLACES)
    with np.errstate(invalid="ignore"):
        if limit.compare == "at least":
            return value >= against
        if limit.compare == "more than":
            return value > against
        return value <= against if limit.compare == "at most" else value < against


def judged(
    measured: pd.DataFrame,
    indicator: Indicator,
    definition: Definition,
    grades: pd.Series,
    newest: pd.Timestamp,
) -> pd.DataFrame:
    """Give every child a status under one definition.

    Parameters
    ----------
    measured
        ``child``, and of ``value, word, numerator, denominator, detail, as_of, link_band, fresh_on`` what
        there is: one row a child, or one a child and part. ``fresh_on``: the day up to which the system can
        tell; `as_of` when missing.
    indicator, definition
        The indicator, and the definition by which it is judged.
    grades
        Grade level by child: the children of the district.
    newest
        The newest day for which any system speaks.

    Returns
    -------
    pandas.DataFrame
        Columns of table ``indicators`` but ``school_year``; children without a measure are Unknown. What is
        older than the indicator allows clears nobody: it is Unknown, and a flag stays.
    """
    have = measured.reset_index(drop=True)
    lacking = grades.index[~grades.index.isin(have["child"])]
    columns = {
        name: cast(have[name], dtype).array if name in have else missing(len(have), dtype)
        for name, dtype in MEASURED.items()
    }
    rest = {name: missing(len(lacking), dtype) for name, dtype in MEASURED.items()}
    rest["child"] = lacking.astype(STRING).array
    parts = [pd.DataFrame(each) for each in (columns, rest) if len(each["child"])]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns)

    shares = definition.unit == "rate"
    known = (rows["word"].notna() if _in_words(definition) else rows["value"].notna()).to_numpy(dtype=bool)
    flagged = known & _beyond(rows, definition.flag, shares=shares)
    warned = known & ~flagged & _beyond(rows, definition.warn, shares=shares)
    age = (newest - rows["fresh_on"].fillna(rows["as_of"])).dt.days
    stale = known & ~flagged & (age > indicator.days_until_stale).fillna(False).to_numpy(dtype=bool)
    status = np.full(len(rows), "Clear", dtype=object)
    for word, here in (("Warning", warned), ("Flagged", flagged), ("Unknown", ~known | stale)):
        status[here] = word
    if definition.minimum is not None:
        short = known & (rows["denominator"] < definition.minimum).fillna(False).to_numpy(dtype=bool)
        status[short] = "Not applicable"
    if definition.grades:
        grade = rows["child"].map(grades)
        outside = (grade.notna() & ~grade.isin(list(definition.grades))).to_numpy(dtype=bool)
        status[grade.isna().to_numpy(dtype=bool)] = "Unknown"
        status[outside] = "Not applicable"
    detail = rows["detail"].mask(
        stale & (status == "Unknown"),
        (rows["detail"] + "; ").fillna("") + "why=too old",
    )
    return pd.DataFrame(
        {
            "child": rows["child"],
            "indicator": indicator.name,
            "definition": definition.name,
            "status": pd.array(status, dtype=STRING),
            "value": rows["value"],
            "unit": definition.unit,
            "numerator": rows["numerator"],
            "denominator": rows["denominator"],
            "threshold": definition.flag.at if definition.flag else None,
            "detail": detail,
            "elements": ";".join(indicator.elements_of(definition)),
            "as_of": rows["as_of"],
            "link_band": rows["link_band"],
        }
    )


def _in_words(definition: Definition) -> bool:
    """Say whether a definition judges words, not numbers."""
    return bool(definition.flag and definition.flag.words)
