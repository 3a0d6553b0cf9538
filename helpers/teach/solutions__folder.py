"""Split off."""

from __future__ import annotations

from pathlib import Path

import helpers
from helpers.standard import BadInput

__all__ = ["notebooks_folder"]


def notebooks_folder() -> Path:
    """Find the notebooks: the folder beside the package, as in a clone.

    Returns
    -------
    Path
        The folder ``notebooks``.

    Raises
    ------
    BadInput
        When it isn't there: the package was installed without its clone.
    """
    folder = Path(helpers.__file__).resolve().parent.parent / "notebooks"
    if not folder.is_dir():
        raise BadInput(
            f"There is no folder {folder}: the notebooks come with a clone of the project, "
            "not with the package alone."
        )
    return folder
