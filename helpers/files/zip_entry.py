"""An entry of a zip, in which neither the clock nor the system that writes it stands."""

from __future__ import annotations

import zipfile

__all__ = ["EPOCH", "zip_entry"]

EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def zip_entry(name: str) -> zipfile.ZipInfo:
    """Name an entry; Python would write down whether this is Windows, and bytes would differ by that."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = UNIX
    return entry
