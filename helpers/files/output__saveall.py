"""Split off."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import pandas as pd

from helpers.files.output__save import all_or_none, save_table

__all__ = ["save_all"]


def save_all(
    out: Path,
    tables: Mapping[str, pd.DataFrame],
    also: Mapping[str, Callable[[Path], object]] | None = None,
    instead_of: Collection[str] = (),
) -> list[Path]:
    """Write everything that a command writes into a folder, as a whole or not at all (`all_or_none`).

    Parameters
    ----------
    out
        The folder.
    tables
        File name -> table (`save_table`).
    also
        Name -> what writes that file, or folder, to the path that it is given.
    instead_of
        Names of an earlier run that go even where no new file comes.

    Returns
    -------
    list of Path
        Where each stands, in the order given; then what `also` wrote beside it.
    """
    with all_or_none(out, instead_of) as draft:
        for name, table in tables.items():
            save_table(table, draft / name)
        for name, write in (also or {}).items():
            write(draft / name)
        beside = sorted(path.name for path in draft.iterdir())
    return [out / name for name in dict.fromkeys([*tables, *(also or {}), *beside])]
