"""Read the answer key of a synthetic district. Only this room opens it, and no room imports this module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers.files import fingerprint, shared
from helpers.standard import OLD_KEY_COLUMNS, OLD_SPELLINGS, BadInput, as_table, empty_table, standard_table

__all__ = ["PLACE", "AnswerKey", "can_be_judged", "read_answer_key"]

FOLDER = "answer_key"
NEEDED = ("people", "rows")
PLACE = ["silo", "file", "row"]


@dataclass(frozen=True)
class AnswerKey:
    """Tables of the answer key; tables that a key lacks are empty."""

    people: pd.DataFrame
    rows: pd.DataFrame
    faults: pd.DataFrame
    limits: pd.DataFrame
    cases: pd.DataFrame
    values: pd.DataFrame
    effects: pd.DataFrame

    @cached_property
    def households(self) -> pd.Series:
        """Return the household of each person."""
        return (
            self.people.dropna(subset=["person"]).drop_duplicates("person").set_index("person")["household"]
        )

    def people_at(self, part: str) -> pd.DataFrame:
        """List the source rows, each with its person in a part: its subject, or a guardian in it."""
        return self.rows.loc[self.rows["part"].eq(part), [*PLACE, "person"]].dropna().drop_duplicates()


def can_be_judged(folder: Path | str) -> bool:
    """Check whether a folder has an answer key.

    Parameters
    ----------
    folder
        A district folder.

    Returns
    -------
    bool
        True if the folder has an answer key next to its silos.
    """
    return all((Path(folder) / FOLDER / f"{name}.parquet").is_file() for name in NEEDED)


def read_answer_key(folder: Path | str) -> AnswerKey:
    """Read the answer key of a synthetic district.

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
        If the folder has no answer key, like every real district.
    """
    if not can_be_judged(folder):
        raise BadInput(
            f"{folder} has no answer key, so nothing in it can be judged; real exports have none. "
            f"Make a district with `bigpicture make FOLDER` and judge that."
        )
    place = Path(folder) / FOLDER
    return shared(
        lambda: f"{fingerprint(place)}, answer key",
        lambda: AnswerKey(**{name: _read(place, name) for name in AnswerKey.__dataclass_fields__}),
    )


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    if not path.is_file():
        return empty_table(f"key_{name}")
    frame = pd.read_parquet(path)
    frame = frame.rename(columns=OLD_KEY_COLUMNS)
    if "silo" in frame:
        frame["silo"] = frame["silo"].replace(OLD_SPELLINGS)
    declared = [column.name for column in standard_table(f"key_{name}").columns]
    # A newer kit's key may have more columns; we score the ones that we know.
    return as_table(f"key_{name}", frame[[column for column in frame.columns if column in declared]])
