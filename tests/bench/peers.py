"""Environments for tools that the kit is measured beside: each its own, kept, so that it is made once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from synthetic_data.district import cache_folder

__all__ = ["peer_python"]

LONGEST = 600  # seconds that an installation may take


def peer_python(name: str, version: str) -> Path | str:
    """Give the Python of an environment that has a peer.

    Parameters
    ----------
    name, version
        As the package index has it.

    Returns
    -------
    Path or str
        The interpreter; a sentence that says why there is none, such as that there is no network.
    """
    place = cache_folder().parent / "peers" / f"{name}-{version}-py{sys.version_info[0]}{sys.version_info[1]}"
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    installed = place / "installed"
    if installed.exists():
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True, capture_output=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--retries", "1", "install", "--quiet"]
        subprocess.run([*pip, f"{name}=={version}"], check=True, capture_output=True, timeout=LONGEST)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error).encode()).decode(errors="replace")
        return f"{name} {version} can't be installed here: {said.strip().splitlines()[-1]}"
    installed.touch()
    return python
