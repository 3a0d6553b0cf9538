"""A view as files: what is allowed, what is withheld and why, and the condition on which it was given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.files.output import save_table, write_atomically
from helpers.share.audit import shown_hash

if TYPE_CHECKING:
    import pandas as pd

    from helpers.share.view import View

__all__ = ["FILES", "MANIFEST", "save_view"]

# Names that hold nothing of a child, whoever looks into the folder.
FILES = ("children", "values", "timeline", "indicators", "contacts", "groups", "withheld")
MANIFEST = "view.json"
CONDITION = (
    "Use it for this purpose only, pass it on to nobody without consent, and destroy it when it is no longer "
    "needed (34 CFR 99.33)."
)


def save_view(view: View, out: Path) -> list[Path]:
    """Write a view into a folder.

    Parameters
    ----------
    view
        What may be seen.
    out
        Folder; files of an earlier view in it that this one doesn't write are taken away.

    Returns
    -------
    list of Path
        ``children.csv, values.csv, timeline.csv, indicators.csv, contacts.csv, groups.csv``, each only where
        there is anything, ``withheld.csv``, and ``view.json``: role, purpose, year, and the condition on
        which it was given. A text that a spreadsheet would run is behind an apostrophe. Empty columns aren't
        written: nobody can tell a hidden column from none.
    """
    written = []
    tables: dict[str, pd.DataFrame] = {name: getattr(view, name) for name in FILES}
    for name, table in tables.items():
        path = out / f"{name}.csv"
        if len(table):
            shown = table.loc[:, [column for column in table.columns if table[column].notna().any()]]
            written.append(save_table(shown, path))
        else:
            path.unlink(missing_ok=True)
    about = {
        "role": view.role,
        "purpose": view.purpose,
        "school_year": view.school_year,
        "as_of": None if view.as_of is None else view.as_of.strftime("%Y-%m-%d"),
        "children": len(view.children),
        "tables": [path.name for path in written],
        "condition": CONDITION,
        "teaches": view.policy.teaches,
    }
    manifest = out / MANIFEST
    write_atomically(manifest, (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))
    view.log("written", shown_hash(*tables.values()))
    return [*written, manifest]
