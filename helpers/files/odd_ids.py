"""Ids that a spreadsheet has spoilt: digits lost for good, zeros lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.files.findings import Findings
from helpers.layouts import Column

__all__ = ["without_odd_ids"]

SCIENTIFIC = r"^\d(\.\d+)?[eE]\+?\d+$"


def without_odd_ids(text: pd.Series, column: Column, rows: np.ndarray, findings: Findings) -> pd.Series:
    """Tell ids that a spreadsheet has spoilt, and leave out those whose digits are lost.

    Parameters
    ----------
    text
        Trimmed text of one column.
    column
        Its declaration.
    rows
        Row numbers, for findings.
    findings
        Gets scientific_notation and zeros_lost.

    Returns
    -------
    pandas.Series
        The text; what was written as 1E+05 is missing.
    """
    distinct = pa.chunked_array(pa.array(text, from_pandas=True))
    science = pc.fill_null(pc.match_substring_regex(distinct, SCIENTIFIC), False).to_numpy()
    if science.any():
        findings.add_rows(
            "scientific_notation",
            "value_set_aside",
            rows[science],
            column=column.name,
            value=text[science].tolist(),
            expected="every digit of the id",
        )
        text = text.mask(pd.Series(science, index=text.index))
        distinct = pa.chunked_array(pa.array(text, from_pandas=True))
    digits = pc.fill_null(pc.utf8_is_digit(distinct), False).to_numpy()
    if digits.sum() > 1:
        lengths = pc.fill_null(pc.utf8_length(distinct), 0).to_numpy()
        counts = np.bincount(lengths[digits])
        usual = int(np.argmax(counts))
        # Ids of one length but for a few shorter ones: their zeros were cut. Where no id begins with 0, more
        # may be short, since then the whole column was cut.
        zero = pc.fill_null(pc.starts_with(distinct, "0"), False).to_numpy()
        shorter = digits & (lengths < usual)
        part = counts[usual] / digits.sum()
        by_one = (
            shorter.any() and (lengths[shorter] == usual - 1).mean() >= 0.5
        )  # few ids begin with two zeros
        if usual >= 4 and by_one and (part >= 0.9 or (part >= 0.6 and not zero.any())):
            findings.add_rows(
                "zeros_lost",
                "nothing",
                rows[shorter],
                column=column.name,
                value=text[shorter].tolist(),
                expected=f"{usual} digits, as most others have",
            )
    return text
