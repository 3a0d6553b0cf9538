"""References between the files of a silo: those that lead to no row."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.files.read_file import ReadFile
from helpers.layouts import Layout

__all__ = ["tell_dangling"]


def tell_dangling(silo: Mapping[str, list[ReadFile]], layout: Layout) -> None:
    """Tell references that lead to no row of the silo.

    Parameters
    ----------
    silo
        The silo's files by kind; their findings get reference_dangling. A file that isn't there at all is one
        finding of its own, not one a reference.
    layout
        The silo's layout.
    """
    for file in layout.files:
        for column in file.columns:
            if not column.references:
                continue
            target, _, key = column.references.partition(".")
            there = [other.text(key) for other in silo.get(target, [])]
            if not there:
                continue
            known = pd.concat(there, ignore_index=True).dropna().unique()
            for read in silo.get(file.name, []):
                text = read.text(column.name)
                if column.type == "list":
                    text = text.str.split(",").explode().str.strip()
                lost = text.notna() & ~text.isin(known)
                if not lost.any():
                    continue
                places = text.index[lost]
                read.findings.add_rows(
                    "reference_dangling",
                    "nothing",
                    read.parsed.row[places],
                    column=column.name,
                    value=text[lost].tolist(),
                    expected=f"a row of {target} with that {key}",
                )
