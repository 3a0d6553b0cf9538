"""What detectors are now, as a hash of all that reads, joins and measures: figures say of which they are.

What notices nothing in a district is left out, or figures would look as if they were of other detectors: the
drafting of layouts, which a made district has all declared, and what asks people, plans or writes contracts.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import helpers

__all__ = ["ROOMS", "detectors_now"]

ROOMS = ("files", "link", "gaps")
NO_DETECTORS = (
    "files/draft", "gaps/roadmap.py", "gaps/roadmap.toml", "gaps/contract.py", "gaps/contract.toml",
)  # fmt: skip
READ = (".py", ".toml", ".csv", ".json")


def detectors_now(root: Path | None = None) -> str:
    """Give the SHA-256 of the sources of the rooms that notice faults.

    Parameters
    ----------
    root
        Folder of the package ``helpers``; that which is installed when not given.

    Returns
    -------
    str
        Of names and bytes of all modules and tables of `ROOMS`, in the order of their paths, but
        `NO_DETECTORS`.

    Examples
    --------
    >>> len(detectors_now())
    64
    """
    home = root or Path(helpers.__file__).parent
    told = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((home / room).rglob("*")):
            other = any(path.is_relative_to(home / one) for one in NO_DETECTORS)
            if path.suffix in READ and path.is_file() and not other:
                told.update(path.relative_to(home).as_posix().encode())
                told.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return told.hexdigest()
