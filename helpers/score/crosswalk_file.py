"""A crosswalk that somebody wrote to a file -> a crosswalk that can be judged, or one sentence why not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.files.save import without_guard
from helpers.standard import BadInput, as_table

__all__ = ["crosswalk_from", "must_be_of"]

KEY = ["silo", "record"]


def crosswalk_from(path: Path) -> pd.DataFrame:
    """Read a crosswalk to judge.

    Parameters
    ----------
    path
        A crosswalk.csv, as `bigpicture link` writes it.

    Returns
    -------
    pandas.DataFrame
        The standard table.

    Raises
    ------
    BadInput
        When it is no such file.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}: name a crosswalk.csv that `bigpicture link` wrote.")
    no_crosswalk = "it is no crosswalk.csv of `bigpicture link`"
    try:
        frame = without_guard(pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""]))
    except ValueError as error:  # also what pandas raises for an empty file, or rows of many lengths
        raise BadInput(f"{path} can't be read ({str(error).splitlines()[0]}): {no_crosswalk}.") from None
    lacking = [name for name in ("silo", "record", "child", "band", "linkable_by") if name not in frame]
    if lacking:
        raise BadInput(f"{path} has no column {', '.join(lacking)}: {no_crosswalk}.")
    twice = frame[frame.duplicated(KEY)]
    if len(twice):
        raise BadInput(
            f"{path} has record {twice['record'].iloc[0]!r} of {twice['silo'].iloc[0]} twice: {no_crosswalk}."
        )
    try:
        return as_table("crosswalk", frame)
    except ValueError as error:
        raise BadInput(f"{path}: {error}; {no_crosswalk}.") from None


def must_be_of(crosswalk: pd.DataFrame, people: pd.DataFrame, path: Path) -> None:
    """Refuse a crosswalk of another district.

    Parameters
    ----------
    crosswalk
        From `crosswalk_from`.
    people
        The standard table of that name, of the district.
    path
        Where the crosswalk stands, to be named.

    Raises
    ------
    BadInput
        When it holds a record that the district hasn't.
    """
    here = pd.MultiIndex.from_frame(people.loc[people["role"].eq("Student"), KEY])
    strange = crosswalk[~pd.MultiIndex.from_frame(crosswalk[KEY]).isin(here)]
    if len(strange):
        raise BadInput(
            f"{path} has {len(strange)} records that this district hasn't, such as "
            f"{strange['record'].iloc[0]!r} of {strange['silo'].iloc[0]}: link this district again."
        )
