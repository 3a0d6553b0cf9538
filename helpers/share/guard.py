"""Guard real data: decide what a page, a log or a printed line may show of a real folder.

We treat a folder as real unless it is marked ``"synthetic": true``. We don't show counts of one to nine
children, rates that would disclose one, rows about a child, or values of restricted cells. Synthetic
districts are shown unchanged.

Parts of a known total are all shown or all hidden (`suppress_complement`). Counts that other tables repeat,
as on the scorecard, are rounded to tens, so that no difference of two numbers discloses a hidden one.
`tests/share/attack.py` tries to solve the output of one run. An attacker can still subtract two runs: a table
that leaves the district needs stronger protection.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import District
from helpers.layouts import Layout
from helpers.standard import STRING, Measured, definition, figure, whole_figure

__all__ = ["ABOUT_FILES", "FEW", "MASK", "SMALLEST_GROUP", "Guard"]

SMALLEST_GROUP = whole_figure("smallest_group")
MASK = "…"
FEW = f"fewer than {SMALLEST_GROUP} {definition('children').noun(SMALLEST_GROUP)}"
HIDDEN = f"hidden: {FEW}"
# Units of the scorecard that count children or their records (a minute stands for one); days don't.
OF_CHILDREN = ("rate", "children", "pairs", "rows", "minutes", "findings")
# Measures that add up within a pair of systems: if one line is hidden, the others must be too.
OF_A_PAIR = ("match rate", "only in left", "only in right")
SHARE_STEP = figure("share/disclosure.share_step")
# Kinds of finding that count files and columns, not children or their records.
ABOUT_FILES = r"(?:file|column|header|delimiter|manifest|id_column)_"
# Kinds of finding whose `expected` comes from the layout. In other kinds, it may quote another record.
EXPECTED_BY_LAYOUT = (
    r"^(file_|column_|header_|delimiter_|text_not|cells_|row_|manifest_|record_|key_|reference_|id_|name_p|"
    r"not_a_|not_in_|required_|null_|too_long|out_of_range|date_ambiguous|zeros_|scientific_|rows_alike)"
)


@dataclass(frozen=True)
class Guard:
    """Decides what may be shown about a district.

    Attributes
    ----------
    real
        Whether the folder isn't marked as synthetic.
    """

    real: bool

    @classmethod
    def of(cls, district: District) -> Guard:
        """Create the guard of a district.

        Parameters
        ----------
        district
            What `read_district` returned.

        Returns
        -------
        Guard
            Strict for a real folder; for a synthetic one it hides nothing.
        """
        return cls(real=not district.synthetic)

    def hides(self, number: float, of: float | None = None) -> bool:
        """Check whether a number of children, or the rest of its group, is too small to show.

        Parameters
        ----------
        number
            Number of children.
        of
            Size of their group: the rest of it must not be small either.

        Returns
        -------
        bool
            True if the number would disclose a count of one to nine.
        """
        small = 0 < number < SMALLEST_GROUP
        if of is not None:
            small |= 0 < of - number < SMALLEST_GROUP or 0 < of < SMALLEST_GROUP
        return self.real and small

    def count(self, number: int) -> str:
        """Format a number of children.

        Parameters
        ----------
        number
            Number of children.

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

    def about(self, number: int) -> str:
        """Format a number that other tables repeat, rounded to tens.

        Parameters
        ----------
        number
            Number of children.

        Returns
        -------
        str
            The exact number for a synthetic district; for a real one "fewer than 10", or the nearest ten.

        Examples
        --------
        >>> Guard(real=True).about(298), Guard(real=True).about(8), Guard(real=False).about(298)
        ('about 300', 'fewer than 10', '298')
        """
        if not self.real or number == 0 or self.hides(number):
            return self.count(number)
        return f"about {int(self.rounded(pd.Series([number])).iloc[0]):,}"

    def shown(self, found: Measured) -> Measured:
        """Show a measure: of a real folder, counts of children rounded to tens, and without their rows.

        Parameters
        ----------
        found
            A value of a measure.

        Returns
        -------
        Measured
            The same for a synthetic district, or if the measure counts no children.

        Examples
        --------
        >>> Guard(real=True).shown(Measured("review", 298)).text
        'about 300'
        """
        if not self.real or found.definition.shown == "always":
            return found
        exact = (found.number, found.base)
        number, base = (self.about(one) if isinstance(one, int) else one for one in exact)
        if all(isinstance(one, int) for one in exact) and self.hides(exact[1] - exact[0]):  # type: ignore[operator]
            # Two rounded numbers that are alike would say that hardly anybody is left.
            number = "not shown"
        return replace(found, number=number, base=base, interval=None, rows=None)

    def rate(self, numerator: int, denominator: int, digits: int = 0) -> str:
        """Format a share of children.

        Parameters
        ----------
        numerator
            Number of children with the attribute.
        denominator
            Number of children in all.
        digits
            Digits after the point.

        Returns
        -------
        str
            The share in percent. For a real district, a bound if the number or the rest is one to nine, and a
            message if the whole group is.

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
        """Return rows about children, or a message instead.

        Parameters
        ----------
        frame
            Rows that may be about single children.

        Returns
        -------
        pandas.DataFrame or str
            The frame for a synthetic district. For a real one a message, without even a number of columns or
            a column name, because column names can come from cells.
        """
        if not self.real:
            return frame
        return f"Rows about children of a real district are not shown (rows: {self.count(len(frame))})."

    def counts(self, frame: pd.DataFrame, column: str) -> pd.DataFrame:
        """Suppress small numbers of children in a table.

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

    def rounded(self, numbers: pd.Series) -> pd.Series:
        """Round counts of children to tens where many tables count the same children.

        Parameters
        ----------
        numbers
            Counts.

        Returns
        -------
        pandas.Series
            The same numbers for a synthetic district. For a real one, zero stays, one to nine become NA, and
            all others are rounded to the nearest ten.

        Examples
        --------
        >>> Guard(real=True).rounded(pd.Series([0, 9, 10, 15, 294])).tolist()
        [0, <NA>, 10, 20, 290]
        """
        if not self.real:
            return numbers
        whole = numbers.astype("Float64")
        tens = ((whole / SMALLEST_GROUP + 0.5) // 1) * SMALLEST_GROUP
        shown = tens.mask((whole > 0) & (whole < SMALLEST_GROUP))
        return shown.astype("Int64")

    def share(self, shares: pd.Series) -> pd.Series:
        """Round shares of children to twentieths, because a more exact fraction discloses both its numbers.

        Parameters
        ----------
        shares
            Between 0 and 1.

        Returns
        -------
        pandas.Series
            Rounded shares; unchanged for a synthetic district.

        Examples
        --------
        >>> Guard(real=True).share(pd.Series([0.98, 0.62])).tolist()
        [1.0, 0.6]
        """
        return ((shares / SHARE_STEP).round() * SHARE_STEP).round(2) if self.real else shares

    def scorecard(self, scorecard: pd.DataFrame) -> pd.DataFrame:
        """Suppress the small numbers of a scorecard, and round the others.

        Parameters
        ----------
        scorecard
            Table ``scorecard``.

        Returns
        -------
        pandas.DataFrame
            The same lines. For a real folder, a line's figures and example are NA, and its next step says
            that they are hidden, if a number of children or its rest is one to nine, or is within nine of the
            number of children in a system of the pair. So are all lines of the pair that add up with it. All
            other counts of children are rounded to tens, and their shares to twentieths: a scorecard counts
            the same children in so many ways that exact numbers could be solved.
        """
        if not self.real:
            return scorecard
        counted = scorecard["unit"].isin(list(OF_CHILDREN))
        hidden = (counted & self._small_lines(scorecard)).to_numpy(dtype=bool)
        figures = ["numerator", "denominator", "value", "low", "high", "example_file", "example_row"]
        next_step = scorecard["next_step"].where(~hidden, HIDDEN + ". " + scorecard["next_step"])
        rough = {
            name: scorecard[name].mask(counted, self.rounded(scorecard[name]).astype("float64"))
            for name in ("numerator", "denominator")
        }
        of_share = scorecard["unit"].eq("rate")
        for name in ("value", "low", "high"):
            rough[name] = scorecard[name].mask(of_share, self.share(scorecard[name]))
            if name == "value":
                rough[name] = rough[name].mask(counted & ~of_share, rough["numerator"])
        shown = scorecard.assign(**rough)
        masked = {name: shown[name].mask(hidden) for name in figures}
        return shown.assign(**masked, next_step=next_step.astype(STRING))

    def _small_lines(self, scorecard: pd.DataFrame) -> pd.Series:
        """Mark the lines of a scorecard that disclose one to nine children."""
        number, whole = scorecard["numerator"], scorecard["denominator"]
        small = number.between(1, SMALLEST_GROUP - 1) | whole.between(1, SMALLEST_GROUP - 1)
        small |= (whole - number).between(1, SMALLEST_GROUP - 1)
        # Other lines show the number of children in a system. A pair's common number must not be within nine
        # of it, or a reader could subtract.
        of_pair = scorecard["right_silo"].notna()
        for measure, figure_of in (
            ("children known", "numerator"),
            ("children with two records", "denominator"),
        ):
            known = scorecard[scorecard["measure"] == measure].set_index("left_silo")[figure_of]
            for side in ("left_silo", "right_silo"):
                total = known.reindex(scorecard[side]).to_numpy(dtype="float64")
                for count in (number, whole):
                    small |= of_pair & (count - total).abs().between(1, SMALLEST_GROUP - 1)
        adds_up = of_pair & scorecard["measure"].isin(list(OF_A_PAIR))
        pair = scorecard["left_silo"].astype("object") + "\0" + scorecard["right_silo"].astype("object")
        gone = set(pair[adds_up & small])
        return small | (adds_up & pair.isin(gone))

    def findings(
        self, findings: pd.DataFrame, layouts: Mapping[str, Layout], show_values: bool = False
    ) -> pd.DataFrame:
        """Mask the values of findings, but keep their kind and location.

        Parameters
        ----------
        findings
            Table ``findings``.
        layouts
            Layout by system: a column declared public or internal keeps its values. A column that no layout
            declares is restricted, and so are all columns of an unknown system.
        show_values
            Whether the user at the computer asks for the values.

        Returns
        -------
        pandas.DataFrame
            The same rows; ``value``, ``read_as`` and, where it may quote another record, ``expected`` are
            "…".
        """
        if not self.real or show_values or findings.empty:
            return findings
        columns = list(zip(findings["silo"].fillna(""), findings["column"].fillna(""), strict=True))
        is_open = {(silo, column): _is_open(layouts.get(silo), column) for silo, column in set(columns)}
        closed = np.array([not is_open[place] for place in columns], dtype=bool)
        quoted = ~findings["kind"].str.match(EXPECTED_BY_LAYOUT).to_numpy(dtype=bool)
        return findings.assign(
            value=_masked(findings["value"], closed),
            read_as=_masked(findings["read_as"], closed),
            expected=_masked(findings["expected"], closed & quoted),
        )


def _masked(column: pd.Series, hide: npt.NDArray[np.bool_]) -> pd.Series:
    return column.mask(hide & column.notna().to_numpy(dtype=bool), MASK)


def _is_open(layout: Layout | None, column: str) -> bool:
    """Check that a layout declares a column, and never as restricted."""
    if layout is None:
        return False
    # The data number the elements of a list, the layout doesn't; a part of a cell belongs to its column.
    name = re.sub(r"\[\d+\]", "[]", column)
    found = [kind.find(name) or kind.find(column) for kind in layout.files]
    declared = [each[0] for each in found if each is not None]
    return bool(declared) and all(each.sensitivity != "restricted" for each in declared)
