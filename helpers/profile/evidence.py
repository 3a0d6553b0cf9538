"""What the rules of the profile may look at: every record and fact with the child whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.layouts import STRING, fact_tables, standard_table
from helpers.profile.fact_years import day_spoken_for, days_of_exports, fact_years
from helpers.profile.school_years import SchoolYears, school_years

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.layouts.layout import Layout
    from helpers.link import Links

__all__ = ["BANDS", "Evidence", "behind_one_value", "child_tables", "gather", "with_child"]

# From the surest tie to the weakest. A record alone is sure to be itself.
BANDS = ("Sure", "Alone", "Unverified", "Review")
# Whether a file gives a column: systems leave out the optional ones.
PERHAPS, SURELY = 1, 2
RECORD = ["silo", "record"]


@dataclass(frozen=True)
class Evidence:
    """Everything that is known, by child.

    Attributes
    ----------
    crosswalk
        Every record of a student, with child and band.
    people
        Columns of ``people`` for those records, with ``child`` and ``link_band``.
    person_rows
        Source rows behind records, with ``rows``: how many stand behind the record; and ``place``, that of
        the file in `files`.
    filled_cells
        Where the values of people stand that are not in the last row behind their record.
    files
        Silo and name of every file behind a record.
    kinds
        File -> the kinds of file of its layout that it was read as.
    identifiers
        Their ids, with ``child`` and ``link_band``.
    facts
        Fact tables by name; those about children have ``child`` and ``link_band``, NA where the row names no
        student, and ``year``, the school year in which the fact lies. Rows stand in the order of the
        district's own table.
    years
        School years.
    systems
        Which of the kit's systems each silo is: the ``silo`` of its layout, else its own name.
    layouts
        Layout of each silo, as far as known.
    days
        ``silo, record, as_of``: NA as record: the newest day for which an export of the silo speaks; and the
        records whose own export speaks for an older one.
    """

    crosswalk: pd.DataFrame
    people: pd.DataFrame
    person_rows: pd.DataFrame
    filled_cells: pd.DataFrame
    files: tuple[tuple[str, str], ...]
    kinds: Mapping[str, tuple[str, ...]]
    identifiers: pd.DataFrame
    facts: Mapping[str, pd.DataFrame]
    years: SchoolYears
    systems: Mapping[str, str]
    layouts: Mapping[str, Layout]
    days: pd.DataFrame

    @property
    def children(self) -> pd.Index:
        """Every child, in order."""
        return pd.Index(sorted(self.crosswalk["child"].unique()), dtype=STRING)

    def of_systems(self, systems: tuple[str, ...]) -> list[str] | None:
        """Name the silos that are one of these systems of the kit; None where no system is named."""
        return [silo for silo, system in self.systems.items() if system in systems] if systems else None

    def spoken(self, rows: pd.DataFrame) -> pd.Series:
        """Say for which day each row of a silo and record speaks: that of the record, else of the silo."""
        return day_spoken_for(rows, self.days)

    def sources(self, column: str) -> pd.DataFrame:
        """Say which source row gave a column of ``people``.

        Parameters
        ----------
        column
            Column of ``people``.

        Returns
        -------
        pandas.DataFrame
            ``silo, record, rows, file, row``: one row a record. Where the column is empty, the last row of
            the files that are surest to have it; NA where several rows stand behind the record and none of
            their files has it.
        """
        rows = self.person_rows
        alone = rows["rows"] == 1
        told = rows.loc[alone, [*RECORD, "rows", "file", "row"]]
        if alone.all():
            return told
        return pd.concat([told, self._of_several(rows[~alone], column)], ignore_index=True)

    def _of_several(self, rows: pd.DataFrame, column: str) -> pd.DataFrame:
        """Say which of a record's several rows gave a column of people; of an empty one, which would have."""
        told = self.people.loc[self.people[column].notna(), RECORD].assign(known=True)
        known = rows[RECORD].merge(told, on=RECORD, how="left", validate="many_to_one")["known"].notna()
        gives = np.array([self._gives(silo, file, column) for silo, file in self.files])
        given = gives[rows["place"].to_numpy(dtype="int64")]
        # What is known stands in the last row, or else in the one that the reader names.
        rows = rows.assign(given=np.where(known, SURELY, given))
        surest = rows["given"] == rows.groupby(RECORD, sort=False)["given"].transform("max")
        telling = rows[surest & (rows["given"] > 0)]
        elsewhere = self.filled_cells[self.filled_cells["column"] == column]
        last = pd.concat([part[[*RECORD, "file", "row"]] for part in (telling, elsewhere)])
        last = last.drop_duplicates(RECORD, keep="last")
        behind = rows.drop_duplicates(RECORD)[[*RECORD, "rows"]]
        return behind.merge(last, on=RECORD, how="left", validate="one_to_one")

    def _gives(self, silo: str, file: str, column: str) -> int:
        """Say how sure a file is to give a column of people, as far as its layout tells."""
        kinds = self.kinds.get(file, ())
        layout = self.layouts.get(silo)
        sure = 0
        for kind in layout.files if layout else ():
            if kind.name not in kinds:
                continue
            optional = {one.name for one in kind.named() if one.optional}
            for make in kind.makes:
                if make.table != "people" or column not in {**make.take, **make.set, **make.flags}:
                    continue
                sure = max(sure, PERHAPS if make.take.get(column) in optional else SURELY)
        return sure


def child_tables() -> tuple[str, ...]:
    """Name the fact tables that systems send about children.

    Returns
    -------
    tuple of str
        Fact tables with a ``record``; attendance days are derived, so they are none of them.
    """
    return tuple(
        name for name in fact_tables() if standard_table(name).about == "child" and name != "attendance_day"
    )


def with_child(frame: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Say of each row whose it is.

    Parameters
    ----------
    frame
        A table with ``silo`` and ``record``.
    crosswalk
        Table ``crosswalk``.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order, with ``child`` and ``link_band``; NA where the record is no
        student's.
    """
    if frame.empty:
        return frame.assign(child=frame["record"], link_band=frame["record"])
    named = frame.loc[frame["record"].notna(), ["silo", "record"]]
    tied = crosswalk[["silo", "record", "child", "band"]].rename(columns={"band": "link_band"})
    joined = named.merge(tied, on=["silo", "record"], how="left", validate="many_to_one").set_index(
        named.index
    )
    return frame.assign(
        child=joined["child"].reindex(frame.index).astype(tied["child"].dtype),
        link_band=joined["link_band"].reindex(frame.index).astype(tied["link_band"].dtype),
    )


def behind_one_value(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Say which record stands behind a value that several rows give together, and how sure its tie is.

    Parameters
    ----------
    frame
        Rows with `keys`, ``record`` and ``link_band``.
    keys
        Columns that name the value.

    Returns
    -------
    pandas.DataFrame
        By `keys`: ``record`` (NA where there are several) and ``link_band`` (the weakest).
    """
    weakness = frame["link_band"].map({band: place for place, band in enumerate(BANDS)}).astype("int64")
    by = frame.assign(weakness=weakness).groupby(keys, sort=True)
    return pd.DataFrame(
        {
            "record": by["record"].first().where(by["record"].nunique() == 1),
            "link_band": by["weakness"].max().map(dict(enumerate(BANDS))).astype(STRING),
        }
    )


def gather(district: District, links: Links) -> Evidence:
    """Gather a district's records and facts by child.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.

    Returns
    -------
    Evidence
        What the rules look at.
    """
    crosswalk = links.crosswalk
    people = with_child(district.people, crosswalk)
    identifiers = with_child(district.identifiers, crosswalk)
    facts = {table: district.fact(table) for table in fact_tables() if table != "attendance_day"}
    years = school_years(facts)
    days = days_of_exports(district.people)
    for table in child_tables():
        known = with_child(facts[table], crosswalk)
        facts[table] = known.assign(year=fact_years(table, known, facts, years, days))
    layouts = dict(district.layouts)
    rows = district.person_rows
    files = rows.groupby(["silo", "file"], sort=True)
    return Evidence(
        crosswalk=crosswalk,
        people=people[people["child"].notna()].reset_index(drop=True),
        person_rows=rows.assign(
            rows=rows.groupby(["silo", "record"])["row"].transform("size").astype("Int64"),
            place=files.ngroup(),
        ),
        filled_cells=district.filled_cells,
        files=tuple(files.size().index),
        kinds=district.kinds,
        identifiers=identifiers[identifiers["child"].notna()].reset_index(drop=True),
        facts=facts,
        years=years,
        systems={silo: layouts[silo].silo if silo in layouts else silo for silo in district},
        layouts=layouts,
        days=days,
    )
