"""The answer key of a made district: the only place that opens it, imported by nothing outside this room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.standard import BadInput, as_table, empty_table, standard_table

__all__ = ["AnswerKey", "can_be_judged", "read_answer_key"]

FOLDER = "answer_key"
NEEDED = ("people", "rows")


@dataclass(frozen=True)
class AnswerKey:
    """The truth, as CONTRACTS section 7 lays it out; tables that a key lacks are empty."""

    people: pd.DataFrame
    rows: pd.DataFrame
    faults: pd.DataFrame
    limits: pd.DataFrame
    cases: pd.DataFrame
    values: pd.DataFrame
    effects: pd.DataFrame


def can_be_judged(folder: Path | str) -> bool:
    """Tell whether a folder's links can be judged at all.

    Parameters
    ----------
    folder
        A district folder.

    Returns
    -------
    bool
        True where the truth lies beside the silos.
    """
    return all((Path(folder) / FOLDER / f"{name}.parquet").is_file() for name in NEEDED)


def read_answer_key(folder: Path | str) -> AnswerKey:
    """Open the truth of a made district.

    Parameters
    ----------
    folder
        A district folder.

    Returns
    -------
    AnswerKey
        Seven standard tables.

    Raises
    ------
    BadInput
        When the folder has no answer key; a real district's exports have none.
    """
    if not can_be_judged(folder):
        raise BadInput(
            f"{folder} holds no answer key, so nothing in it can be judged; real exports have none. "
            f"Make a district with `bigpicture make FOLDER` and judge that."
        )
    return AnswerKey(**{name: _read(Path(folder) / FOLDER, name) for name in AnswerKey.__dataclass_fields__})


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    if not path.is_file():
        return empty_table(f"key_{name}")
    frame = pd.read_parquet(path)
    declared = [column.name for column in standard_table(f"key_{name}").columns]
    # A newer kit's key may tell more than this one knows; what it does know must still be judged.
    return as_table(f"key_{name}", frame[[column for column in frame.columns if column in declared]])
