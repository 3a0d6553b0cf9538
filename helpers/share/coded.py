"""Random codes in place of children: drawn, never computed; the lookup stays with the district."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from helpers.files.save import write_atomically
from helpers.standard import STRING, BadInput

__all__ = ["Codes"]


class Codes:
    """Which code stands for which child.

    A code that was computed from a name or an id, by a secret key too, is derived from personal information
    and may not be used (FERPA-12). So codes are drawn, and only the lookup says whose they are.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Open a lookup.

        Parameters
        ----------
        path
            A CSV ``child, code`` that stays with the district; it is begun where it isn't there. Without it
            the codes are forgotten with this object.

        Raises
        ------
        BadInput
            When the file is no lookup of codes.
        """
        self.path = path
        self._code: dict[str, str] = {}
        if path is not None and path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                rows: list[list[str]] = list(csv.reader(file))
            if not rows or rows[0] != ["child", "code"] or any(len(row) != 2 for row in rows):
                raise BadInput(f"{path.name} is no lookup of codes: its columns are child and code.")
            self._code = {row[0]: row[1] for row in rows[1:]}

    def of(self, children: Iterable[str]) -> dict[str, str]:
        """Give the code of each child; whoever has none gets one, and the lookup is written.

        Parameters
        ----------
        children
            Children.

        Returns
        -------
        dict
            Child -> code.
        """
        asked = list(dict.fromkeys(children))
        new = [child for child in asked if child not in self._code]
        taken = set(self._code.values())
        for child in new:
            code = f"r-{secrets.token_hex(6)}"
            while code in taken:
                code = f"r-{secrets.token_hex(6)}"
            taken.add(code)
            self._code[child] = code
        if new and self.path is not None:
            self._save(self.path)
        return {child: self._code[child] for child in asked}

    def child_of(self, code: str) -> str | None:
        """Say whose a code is; None where it is nobody's."""
        return next((child for child, known in self._code.items() if known == code), None)

    def coded(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Put codes in place of children, in an order that tells nothing of theirs.

        Parameters
        ----------
        frame
            Any table with ``child``.

        Returns
        -------
        pandas.DataFrame
            The same rows, sorted by code; those of a child in their order.
        """
        codes = self.of(frame["child"].unique())
        put = frame.assign(child=frame["child"].map(codes).astype(STRING))
        return put.sort_values("child", kind="stable", ignore_index=True)

    def _save(self, path: Path) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["child", "code"])
        # In the order of the codes, which tells nothing of the children's.
        writer.writerows((child, code) for code, child in sorted((c, n) for n, c in self._code.items()))
        write_atomically(path, text.getvalue().encode("utf-8"))
