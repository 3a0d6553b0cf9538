"""A region: a folder of district folders."""

from __future__ import annotations

from pathlib import Path

from helpers.standard import BadInput

__all__ = ["district_folders", "is_region"]


def is_region(folder: Path) -> bool:
    """Tell whether a folder holds several districts rather than the exports of one.

    Parameters
    ----------
    folder
        Any folder.

    Returns
    -------
    bool
        It has a ``region.json``; or it is no district itself, and two folders in it are.
    """
    if not folder.is_dir() or (folder / "district.json").is_file():
        return False
    return (folder / "region.json").is_file() or len(_districts_in(folder)) > 1


def district_folders(folder: Path) -> dict[str, Path]:
    """Give the districts of a region.

    Parameters
    ----------
    folder
        The region.

    Returns
    -------
    dict
        Name of each district's folder -> the folder, in order of name.

    Raises
    ------
    BadInput
        When no folder in it has a ``district.json``.
    """
    found = _districts_in(folder)
    if not found:
        raise BadInput(
            f"No folder in {folder} holds a district: each needs a district.json beside its silos/. Make a "
            "region with bigpicture make FOLDER --scenario region, or put a district.json that holds {} into "
            "each district's folder."
        )
    return {path.name: path for path in found}


def _districts_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if (path / "district.json").is_file())
