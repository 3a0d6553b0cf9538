"""Where the kit keeps what is this user's alone, apart from every folder of a district."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["own_place"]


def own_place(name: str) -> Path:
    """Give a folder for what is this user's alone; the variable BIGPICTURE_HOME moves it.

    Parameters
    ----------
    name
        What is kept there.

    Returns
    -------
    pathlib.Path
        The folder; it need not be there yet.
    """
    if own := os.environ.get("BIGPICTURE_HOME"):
        return Path(own).expanduser().absolute() / name
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "see-the-big-picture" / name
