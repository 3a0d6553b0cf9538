"""The guard for real data: what a page, a log or a printed line may say of a folder that isn't invented.

A folder that doesn't say ``"synthetic": true`` is treated as real from the first day. Counts of one to nine
children are not shown, nor a rate from which one could be computed, nor a row about a child, nor what
stands in a restricted cell. Made districts are shown as they are.

What this doesn't do: hide every number from which a hidden one could be worked out. A pair's lines on the
scorecard hide each other, and `parts` hides a second part of a whole; who adds up other tables may still find
one. A table that leaves the district needs more than this guard.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.layouts import STRING

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.layouts import Layout

__all__ = ["MASK", "SMALLEST_GROUP", "Guard"]

# The commonest value among the states' reporting rules (NCES 2011-603: used by 39 states); a district sets
# its own.
SMALLEST_GROUP = 10
MASK = "…"
HIDDEN = f"hidden: fewer than {SMALLEST_GROUP} children"
# Units of the scorecard that count children or their records (a minute is one); days and findings don't.
OF_CHILDREN = ("rate", "children", "pairs", "rows", "minutes")
# Kinds of finding whose `expected` comes from the layout. That of any other may quote another record.
EXPECTED_BY_LAYOUT = (
    r"^(file_|column_|header_|delimiter_|text_not|cells_|row_|manifest_|record_|key_|reference_|id_|name_p|"
    r"not_a_|not_in_|required_|null_|too_long|out_of_range|date_ambiguous|zeros_|scientific_)"
)


@dataclass(frozen=True)
class Guard:
    """Decides what may be shown of a district.

    Attributes
    ----------
    real
        The folder doesn't say that everybody in it is invented.
    """

    real: bool

    @classmethod
    def of(cls, district: District) -> Guard:
        """Give the guard of a district.

        Parameters
        ----------
        district
            A district that was read.

        Returns
        -------
        Guard
            Strict for a real folder; for an invented one it hides nothing.
        """
        return cls(real=not district.synthetic)

    def hides(self, number: float, of: float | None = None) -> bool:
        """Say whether a number of children, or its share of a group, is too small to be shown.

        Parameters
        ----------
        number
            Number of children.
        of
            The group of which they are a part: its rest may not be small either.

        Returns
        -------
        bool
            True when one to nine children could be read from it.
        """
        small = 0 < number < SMALLEST_GROUP
        if of is not None:
            small |= 0 < of - number < SMALLEST_GROUP or 0 < of < SMALLEST_GROUP
        return self.real and small

    def count(self, number: int) -> str:
        """Write a number of children.

        Parameters
        ----------
        number
            How many.

        Returns
        -------
        str
            The number, or "fewer than 10".

        Examples
        --------
        >>> Guard(real=True).count(8), Guard(real=True).count(1200), Guard(real=False).count(8)
        ('fewer than 10', '1,200', '8')
        """
        return f"fewer than {SMALLEST_GROUP}" if self.hides(number) else f"{number:,}"

    def rate(self, numerator: int, denominator: int, digits: int = 0) -> str:
        """Write a share of children.

        Parameters
        ----------
        numerator
            How many, of
        denominator
            how many there are.
        digits
            Digits after the point.

        Returns
        -------
        str
            The share in percent; for a real district a bound where the number or its rest is one to nine,
            and a sentence where the whole group is.

        Examples
        --------
        >>> guard = Guard(real=True)
        >>> guard.rate(93, 120), guard.rate(3, 120), guard.rate(117, 120), guard.rate(3, 8)
        ('78%', 'under 9%', 'over 91%', 'hidden: fewer than 10 children')
        """
        if denominator == 0:
            return "nobody to count"
        if self.real and denominator < SMALLEST_GROUP:
            return HIDDEN
        bound = 100 * SMALLEST_GROUP / denominator
        if self.hides(numerator):
            return f"under {math.ceil(bound)}%"
        if self.hides(denominator - numerator):
            return f"over {math.floor(100 - bound)}%"
        return f"{100 * numerator / denominator:.{digits}f}%"

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame | str:
        """Give rows about children, or a sentence in their place.

        Parameters
        ----------
        frame
            Rows of which some may be about single children.

        Returns
        -------
        pandas.DataFrame or str
            The frame of a made district. For a real one a sentence: not even a number of columns or a header,
            since headers can be made from cells.
        """
        if not self.real:
            return frame
        return f"Rows about children of a real district are not shown ({self.count(len(frame))} rows)."

    def counts(self, frame: pd.DataFrame, column: str) -> pd.DataFrame:
        """Leave small numbers of children out of a table.

        Parameters
        ----------
        frame
            Any table.
        column
            Its column of counts.

        Returns
        -------
        pandas.DataFrame
            The same rows; for a real district one to nine are NA.
        """
        if not self.real:
            return frame
        small = frame[column].between(1, SMALLEST_GROUP - 1).fillna(False)
        return frame.assign(**{column: frame[column].astype("Int64").mask(small)})

    def scorecard(self, scorecard: pd.DataFrame) -> pd.DataFrame:
        """Hide the small numbers of a scorecard.

        Parameters
        ----------
        scorecard
            Table ``scorecard``.

        Returns
        -------
        pandas.DataFrame
            The same lines; where a number of children or its rest is one to nine, or lies within nine of the
            children whom a system of the pair knows, the line's figures and example are NA and its next step
            says that they are hidden.
        """
        if not self.real:
            return scorecard
        counted = scorecard["unit"].isin(list(OF_CHILDREN))
        number, whole = scorecard["numerator"], scorecard["denominator"]
        small = number.between(1, SMALLEST_GROUP - 1) | whole.between(1, SMALLEST_GROUP - 1)
        small |= (whole - number).between(1, SMALLEST_GROUP - 1)
        # How many children a system knows stands in other lines: what a pair has in common may not be within
        # nine of it either, or the rest could be subtracted.
        of_pair = scorecard["right_silo"].notna()
        for measure, figure_of in (
            ("children known", "numerator"),
            ("children with two records", "denominator"),
        ):
            known = scorecard[scorecard["measure"] == measure].set_index("left_silo")[figure_of]
            for side in ("left_silo", "right_silo"):
                total = known.reindex(scorecard[side]).to_numpy(dtype="float64")
                for figure in (number, whole):
                    small |= of_pair & (figure - total).abs().between(1, SMALLEST_GROUP - 1)
        hidden = (counted & small).to_numpy(dtype=bool)
        figures = ["numerator", "denominator", "value", "low", "high", "example_file", "example_row"]
        said = scorecard["next_step"].where(~hidden, HIDDEN + ". " + scorecard["next_step"])
        masked = {name: scorecard[name].mask(hidden) for name in figures}
        return scorecard.assign(**masked, next_step=said.astype(STRING))

    def findings(
        self, findings: pd.DataFrame, layouts: Mapping[str, Layout], show_values: bool = False
    ) -> pd.DataFrame:
        """Mask the values of findings, and keep their kind and place.

        Parameters
        ----------
        findings
            Table ``findings``.
        layouts
            Layout by system: a column that it declares public or internal keeps its values. A column that
            no layout declares is restricted, and so is one of a system that isn't there.
        show_values
            The person at the machine asks for the values.

        Returns
        -------
        pandas.DataFrame
            The same rows; ``value``, ``read_as`` and, where it may quote another record, ``expected`` are
            "…".
        """
        if not self.real or show_values or findings.empty:
            return findings
        places = list(zip(findings["silo"].fillna(""), findings["column"].fillna(""), strict=True))
        is_open = {(silo, column): _is_open(layouts.get(silo), column) for silo, column in set(places)}
        closed = np.array([not is_open[place] for place in places], dtype=bool)
        quoted = ~findings["kind"].str.match(EXPECTED_BY_LAYOUT).to_numpy(dtype=bool)
        return findings.assign(
            value=_masked(findings["value"], closed),
            read_as=_masked(findings["read_as"], closed),
            expected=_masked(findings["expected"], closed & quoted),
        )


def _masked(column: pd.Series, hide: npt.NDArray[np.bool_]) -> pd.Series:
    return column.mask(hide & column.notna().to_numpy(dtype=bool), MASK)


def _is_open(layout: Layout | None, column: str) -> bool:
    """Say whether every file of a layout that declares a column declares it as not restricted."""
    if layout is None:
        return False
    # Elements of lists are numbered in what was read, and not in the layout; a part of a cell belongs to
    # its column.
    name = re.sub(r"\[\d+\]", "[]", column)
    found = [kind.find(name) or kind.find(column) for kind in layout.files]
    declared = [each[0] for each in found if each is not None]
    return bool(declared) and all(each.sensitivity != "restricted" for each in declared)
