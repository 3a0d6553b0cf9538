"""A view as files: what is allowed, what is withheld and why, and the condition on which it was given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.files.output import all_or_none, save_table, write_atomically
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
        Folder; the files of an earlier view in it are taken away first, and other files stay.

    Returns
    -------
    list of Path
        ``children.csv, values.csv, timeline.csv, indicators.csv, contacts.csv, groups.csv``, each only where
        there is anything, ``withheld.csv``, and ``view.json``: role, purpose, year, and the condition on
        which it was given. A text that a spreadsheet would run is behind an apostrophe. Empty columns aren't
        written: nobody can tell a hidden column from none.
    """
    tables: dict[str, pd.DataFrame] = {name: getattr(view, name) for name in FILES}
    # Name of all that an earlier view may have left first: whenever this is stopped, no table of another
    # role stands beside those of this one.
    with all_or_none(out, (MANIFEST, *(f"{name}.csv" for name in FILES))) as draft:
        drafted = [
            save_table(table.loc[:, table.notna().any(axis=0).to_numpy(dtype=bool)], draft / f"{name}.csv")
            for name, table in tables.items()
            if len(table)
        ]
        about = {
            "role": view.role,
            "purpose": view.purpose,
            "school_year": view.school_year,
            "as_of": None if view.as_of is None else view.as_of.strftime("%Y-%m-%d"),
            "children": len(view.children),
            "tables": [path.name for path in drafted],
            "condition": CONDITION,
            "teaches": view.policy.teaches,
        }
        text = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
        write_atomically(draft / MANIFEST, text.encode("utf-8"))
        # Before the files are there: what is given away and isn't written down is worse than the reverse.
        view.log("written", shown_hash(*tables.values()))
    return [out / path.name for path in (*drafted, out / MANIFEST)]
