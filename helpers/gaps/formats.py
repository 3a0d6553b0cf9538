"""How dates and files are written: in one way, or in several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.gaps.known import Known
from helpers.gaps.measures import line

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["formats", "usual_shapes"]

Lines = list[dict[str, Any]]


def usual_shapes(values: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Find in which shape dates are written most.

    Parameters
    ----------
    values
        Rows of ``written_values`` that are dates.
    by
        Columns that say what is one place: ``silo, kind, column``, and the file where it counts.

    Returns
    -------
    pandas.DataFrame
        A row a place: ``by``, ``usual``, ``others`` (rows in any other shape), ``all``, and ``file, row`` of
        the first date in another shape.
    """
    if values.empty:
        return pd.DataFrame(columns=[*by, "usual", "others", "all", "file", "row"])
    own = [*by, "written"]
    counts = values.groupby(own, sort=False)["times"].sum().reset_index()
    counts = counts.sort_values("times", ascending=False, kind="stable")
    usual = counts.drop_duplicates(by).rename(columns={"written": "usual", "times": "most"})
    total = counts.groupby(by, sort=False)["times"].sum().rename("all").reset_index()
    found = usual.merge(total, on=by, how="left", validate="one_to_one")
    marked = values.merge(found[[*by, "usual"]], on=by, how="left", validate="many_to_one")
    odd = marked[marked["written"].ne(marked["usual"])].drop_duplicates(by)
    places = [name for name in ("file", "row") if name not in by]
    found = found.merge(odd[[*by, *places]], on=by, how="left", validate="one_to_one")
    return found.assign(others=found["all"] - found["most"]).drop(columns="most")


def formats(district: District, known: Known) -> Lines:
    """Measure in how many ways dates are written, inside a column and between two systems, and files stored.

    Parameters
    ----------
    district
        A district that was read.
    known
        Who is in which system.

    Returns
    -------
    list of dict
        Lines *dates in another form* (a system and column with more than one form), *ways to store files* (a
        system) and *dates written differently* (a pair: of the standard columns that both fill with dates).
    """
    written = district.written
    dates = written.values[written.values["is_date"].astype(bool)]
    lines: Lines = []
    inside = usual_shapes(dates, ["silo", "kind", "column", "file"])
    inside = inside[inside["others"].gt(0)]
    for (silo, column), mine in inside.groupby(["silo", "column"], sort=True):
        first = mine.iloc[0]
        lines.append(
            line("dates in another form", str(silo), None, int(mine["others"].sum()), int(mine["all"].sum()),
                 str(column), example_file=first["file"], example_row=first["row"])
        )  # fmt: skip
    kinds = written.columns[["silo", "file", "kind"]].drop_duplicates(["silo", "file"])
    stored = written.files.merge(kinds, on=["silo", "file"], how="left", validate="one_to_one")
    for silo, mine in stored.groupby("silo", sort=True):
        ways = mine.drop_duplicates(["kind", "encoding", "line_end", "delimiter"])
        several = ways.groupby("kind").size()
        lines.append(
            line("ways to store files", str(silo), None, int(several.max()) if len(several) else 1, len(mine))
        )
    return lines + _between(district, known, dates)


def _between(district: District, known: Known, dates: pd.DataFrame) -> Lines:
    """Compare the usual form of each standard column that two systems fill with dates."""
    usual = usual_shapes(dates, ["silo", "kind", "column"])
    shape = {
        (silo, kind, column): form
        for silo, kind, column, form in usual[["silo", "kind", "column", "usual"]].itertuples(index=False)
    }
    by_silo: dict[str, dict[str, set[str]]] = {}
    for silo, layout in district.layouts.items():
        for file in layout.files:
            for makes in file.makes:
                for target, source in makes.take.items():
                    form = shape.get((silo, file.name, source))
                    if form is not None:
                        by_silo.setdefault(silo, {}).setdefault(f"{makes.table}.{target}", set()).add(form)
    lines: Lines = []
    for left_place, right_place in known.pairs():
        left, right = known.silos[left_place], known.silos[right_place]
        mine, theirs = by_silo.get(left, {}), by_silo.get(right, {})
        both = mine.keys() & theirs.keys()
        if both:
            differ = sum(mine[name] != theirs[name] for name in both)
            lines.append(line("dates written differently", left, right, differ, len(both)))
    return lines
