"""What others than a file's writer may do with it."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["for_others"]


def for_others(path: Path) -> int:
    """Give the rights of group and others; none on Windows, which has no such modes."""
    return 0 if os.name == "nt" else path.stat().st_mode & 0o077
