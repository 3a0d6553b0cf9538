"""What is drawn from data of `helpers/teach/workshop`: tables and map of the guide, the clock in sessions.

``python -m tests.house.workshop_tables`` writes them where they belong.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from helpers.teach.workshop.concepts import CONCEPT_MAP, concept_map
from helpers.teach.workshop.guide import guide_with_tables, with_clock

__all__ = ["GUIDE", "drawn_files", "drawn_guide"]

GUIDE = Path(__file__).resolve().parents[2] / "notebooks" / "FACILITATOR.md"


def drawn_guide() -> str:
    """Draw the guide with the tables of the tracks."""
    return guide_with_tables(GUIDE.read_text(encoding="utf-8"))


def drawn_files() -> dict[Path, str]:
    """Draw every file that shows what is declared: the guide, its map, and the sessions with the clock."""
    drawn = {GUIDE: drawn_guide(), GUIDE.with_name(CONCEPT_MAP): concept_map() + "\n"}
    for path in sorted(GUIDE.parent.glob("workshop/[A-Z]_*.ipynb")):
        content = json.loads(path.read_text(encoding="utf-8"))
        first = content["cells"][0]
        first["source"] = with_clock("".join(first["source"]), path.stem).splitlines(keepends=True)
        drawn[path] = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    return drawn


if __name__ == "__main__":
    for path, text in drawn_files().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path}\n")
