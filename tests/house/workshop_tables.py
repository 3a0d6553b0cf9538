"""The tables of the facilitator's guide, drawn from `helpers/teach/workshop/tracks.toml`.

``python -m tests.house.workshop_tables`` writes them where they belong.
"""

from __future__ import annotations

import sys
from pathlib import Path

from helpers.teach.workshop.guide import guide_with_tables

__all__ = ["GUIDE", "drawn_guide"]

GUIDE = Path(__file__).resolve().parents[2] / "notebooks" / "FACILITATOR.md"


def drawn_guide() -> str:
    """Draw the guide with the tables of the tracks."""
    return guide_with_tables(GUIDE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    text = drawn_guide()
    if GUIDE.read_text(encoding="utf-8") != text:
        GUIDE.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{GUIDE}\n")
