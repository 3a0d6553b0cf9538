"""A run's own folder, named by day and time: it takes its place once it is whole, beside all earlier ones."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.show.blocks import slug

__all__ = ["DatedRun", "dated_run", "run_name"]

_UNFINISHED = ".unfinished-"
# A run that was killed leaves its draft; after a day no run is still at work on one.
_STALE = 24 * 3600
_LONGEST = 40


@dataclass(frozen=True)
class DatedRun:
    """One run's folder.

    Attributes
    ----------
    name
        Its name, which sorts by time.
    draft
        Where the run writes.
    folder
        Where everything stands once the run is whole.
    """

    name: str
    draft: Path
    folder: Path


def run_name(about: Mapping[str, Any], moment: dt.datetime) -> str:
    """Name a run by its moment and its district.

    Parameters
    ----------
    about
        What ``district.json`` says. A folder that says nothing of itself isn't named: the name of a folder
        of real files may be anybody's.
    moment
        When the run began.

    Returns
    -------
    str
        ``2026-11-30_060000_riverbend``: small letters, digits, hyphens and underscores, which every system
        takes as the name of a folder, and which sort by time.

    Examples
    --------
    >>> run_name({"title": "Riverbend: Upper/Lower"}, dt.datetime(2026, 11, 30, 6, 0))
    '2026-11-30_060000_riverbend-upper-lower'
    """
    title = str(about.get("title") or about.get("district_name") or "own files")
    return f"{moment:%Y-%m-%d_%H%M%S}_{slug(title)[:_LONGEST].rstrip('-')}"


def _sweep(out: Path) -> None:
    """Take away what runs left that were killed long ago."""
    for left in out.glob(f"{_UNFINISHED}*"):
        try:
            old = time.time() - left.stat().st_mtime > _STALE
        except OSError:
            continue
        if old:
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def dated_run(out: Path, about: Mapping[str, Any], moment: dt.datetime | None = None) -> Iterator[DatedRun]:
    """Give a run a folder of its own; when the block ends well, the folder takes its place.

    Parameters
    ----------
    out
        The folder of all runs.
    about
        As for `run_name`.
    moment
        When the run began; now.

    Yields
    ------
    DatedRun
        A draft to write into. A block that ends with an error leaves nothing, one that is killed a hidden
        draft, which a later run takes away.
    """
    name = run_name(about, moment or dt.datetime.now())
    out.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    draft = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=out))
    draft.chmod(0o755)
    # Two runs that began in the same second are told apart; none writes over another.
    place, again = out / name, 1
    while place.exists():
        again += 1
        place = out / f"{name}_{again}"
    try:
        yield DatedRun(place.name, draft, place)
        draft.replace(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
