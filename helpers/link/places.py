"""Where in the files a record's name, birth date or id stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import PurePosixPath

import pandas as pd

from helpers.layouts import FileLayout, Layout
from helpers.standard import STRING

__all__ = ["Places"]

RECORD = ["silo", "record"]


@dataclass(frozen=True)
class Places:
    """The rows that stand behind records, and the layouts that say what stands where in them.

    ``rows`` has ``silo``, ``record``, ``file``, ``row``; without a layout of a silo, columns are named as in
    the standard tables.
    """

    rows: pd.DataFrame
    layouts: Mapping[str, Layout]
    kinds: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of_values(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """Say in which file, row and column something about a record stands.

        Parameters
        ----------
        wanted
            ``silo``, ``record``, ``about``: a column of the standard table *people*.

        Returns
        -------
        pandas.DataFrame
            ``file``, ``row``, ``column``, one row for each row of `wanted`. The row is one of a file that the
            layout takes this from, else the first that stands behind the record.
        """
        rows = self.rows[[*RECORD, "file", "row"]]
        rows = rows.merge(wanted[RECORD].drop_duplicates(), on=RECORD, how="inner", validate="many_to_one")
        rows = rows.sort_values([*RECORD, "file", "row"])
        taken = pd.DataFrame(
            list(self._taken(rows[["silo", "file"]].drop_duplicates())),
            columns=["silo", "file", "about", "column"],
        ).astype(STRING)
        exact = rows.merge(taken, on=["silo", "file"], how="inner", validate="many_to_many")
        exact = exact.drop_duplicates([*RECORD, "about"])
        places = wanted.merge(exact, on=[*RECORD, "about"], how="left", validate="many_to_one")
        first = rows.drop_duplicates(RECORD).rename(columns={"file": "first_file", "row": "first_row"})
        places = places.merge(first, on=RECORD, how="left", validate="many_to_one")
        named_after = places["record"].str.extract(r"^(?P<file>.*)#(?P<row>\d+)$")
        row = (
            places["row"]
            .fillna(places["first_row"])
            .fillna(pd.to_numeric(named_after["row"]).astype("Int64"))
        )
        return pd.DataFrame(
            {
                "file": places["file"].fillna(places["first_file"]).fillna(named_after["file"]),
                "row": row,
                "column": places["column"].fillna(places["about"]),
            }
        )

    def of_ids(self, ids: pd.DataFrame) -> pd.Series:
        """Name the columns in which ids stand.

        Parameters
        ----------
        ids
            ``silo``, ``file``, ``system``.

        Returns
        -------
        pandas.Series
            The file's column that holds ids of that system; the system where no layout tells.
        """
        keys = ["silo", "file", "system"]
        distinct = ids[keys].drop_duplicates(ignore_index=True)
        named = [self._id_column(*key) for key in distinct.itertuples(index=False, name=None)]
        columns = distinct.assign(column=pd.Series(named, index=distinct.index, dtype=STRING))
        return ids[keys].merge(columns, on=keys, how="left", validate="many_to_one")["column"]

    def _id_column(self, silo: str, file: str, system: str) -> str:
        layout = self.layouts.get(silo)
        columns = (
            [column for kind in self._kinds_of(file, layout) for column in kind.columns] if layout else []
        )
        declared = [column.name for column in columns if column.identification_system == system]
        # A column of several systems says in each cell whose number it is: `{State:123}`.
        named_inside = [column.name for column in columns if column.identification_system == "{type}"]
        return (declared or named_inside or [system])[0]

    def _taken(self, files: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
        """List which files give which column of *people*, and under what name."""
        for silo, file in files.itertuples(index=False):
            layout = self.layouts.get(silo)
            if layout is None:
                continue
            said = set()
            for kind in self._kinds_of(file, layout):
                for makes in kind.makes:
                    if makes.table == "people":
                        for about, column in makes.take.items():
                            if about not in said:
                                said.add(about)
                                yield silo, file, about, column

    def _kinds_of(self, file: str, layout: Layout) -> list[FileLayout]:
        """Give the kinds of file that a file was read as; else by its name, or the only one that can be."""
        if file in self.kinds:
            return [layout.file_named(name) for name in self.kinds[file]]
        name = PurePosixPath(file).name
        makers = [kind for kind in layout.files if any(makes.table == "people" for makes in kind.makes)]
        by_name = [kind for kind in makers if fnmatch(name.lower(), PurePosixPath(kind.path).name.lower())]
        return by_name or (makers if len(makers) == 1 else [])
