"""A store of profiles is written beside its place, and takes it once it is whole."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files.save import private_folder, sweep, write_atomically
from helpers.profile.coverage import Coverage
from helpers.profile.standard_store import part_name, write_parquet
from helpers.profile.store_digests import write_digests
from helpers.standard import BadInput

__all__ = ["ABOUT", "VERSION", "StoreWriter", "new_store"]

VERSION = 4
ABOUT = "store.json"


class StoreWriter:
    """Writes the tables of a store into a folder that isn't in its place yet."""

    def __init__(self, folder: Path) -> None:
        """Keep where to write.

        Parameters
        ----------
        folder
            An empty folder.
        """
        self.folder = folder

    def part(self, name: str, place: int, frame: pd.DataFrame) -> None:
        """Write the rows of one part's children.

        Parameters
        ----------
        name
            Of the table.
        place
            Of the part.
        frame
            Its rows, sorted by child.
        """
        write_parquet(frame, self.folder / name / f"{part_name(place)}.parquet")

    def whole(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table that isn't cut.

        Parameters
        ----------
        name
            Of the table.
        frame
            Its rows.
        """
        write_parquet(frame, self.folder / f"{name}.parquet")

    def about(self, coverage: Coverage, firsts: Sequence[str], told: Mapping[str, Any]) -> None:
        """Write what a reader has to know of the store.

        Parameters
        ----------
        coverage
            Which system has which element.
        firsts
            First child of each part.
        told
            ``school_year, synthetic, folder, followed, about``.
        """
        written = {
            "version": VERSION,
            **told,
            "firsts": list(firsts),
            "elements": [element.name for element in coverage.elements],
            "trust": [list(element.trust) for element in coverage.elements],
            "years": list(coverage.years),
            "systems": dict(coverage.systems),
            "holders": [[*pair, list(silos)] for pair, silos in coverage.holders.items()],
        }
        write_atomically(self.folder / ABOUT, json.dumps(written, ensure_ascii=False, indent=1).encode())


@contextmanager
def new_store(folder: Path) -> Iterator[StoreWriter]:
    """Give a writer whose folder takes the place of an older store once all is written, and not before.

    Parameters
    ----------
    folder
        The store.

    Yields
    ------
    StoreWriter
        To write with.

    Raises
    ------
    BadInput
        When something else stands in that place.
    """
    if folder.exists() and not (folder / ABOUT).is_file() and any(folder.iterdir()):
        raise BadInput(
            f"{folder} is no store of profiles and isn't empty: name another folder for the store."
        )
    private_folder(folder.parent)
    sweep(folder.parent, f".{folder.name}.")
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.{os.getpid()}-"))
    try:
        yield StoreWriter(made)
        write_digests(made)
        _put_in_place(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _put_in_place(made: Path, folder: Path) -> None:
    """Move a finished folder to where it belongs, in the place of an older one."""
    if not folder.exists():
        made.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.{os.getpid()}-"))
    folder.rename(old / folder.name)
    try:
        made.rename(folder)
    except OSError:
        (old / folder.name).rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
