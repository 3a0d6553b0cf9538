"""A district's standard tables in Parquet, partitioned by child, so that some children can be read alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.files import private_folder, write_atomically
from helpers.layouts import Layout
from helpers.profile.facts.context import child_tables
from helpers.profile.facts.store import TIE
from helpers.standard import STRING, as_table, empty_table, fact_tables, isin_text

if TYPE_CHECKING:
    from helpers.files import District

__all__ = [
    "CHILDREN_A_PART",
    "ChildrenOfPart",
    "StandardStore",
    "read_parquet",
    "save_standard",
    "write_parquet",
]

ABOUT = "tables.json"
# Small enough that a laptop holds two parts at once; every part costs about a second, however small.
CHILDREN_A_PART = 12_500
# Rows without a child: adults, test users, rows without a name.
LOOSE = "loose"
OF_PERSONS = ("people", "identifiers", "person_rows", "filled_cells")
# Rows of a row group: a child is in one or two of them.
GROUP = 2048
# Position of a row in the district's own table, which is the order that rules see.
PLACE = "place"
# Columns that no rule and no event uses: a good part of the text, so we don't read them.
NOT_LOOKED_AT = {
    "assessment_result": ("school_id", "grade_level", "standard_error", "result_text", "performance_level"),
    "assignment_score": ("school_id",),
    "course_grade": ("school_id",),
    "login": ("role", "system", "minutes"),
    "message": ("school_id", "contact_record", "channel", "language"),
    "screener_result": ("school_id", "raw_score", "percentile", "window"),
    "survey_response": ("school_id", "survey", "response_scale_max"),
}


def _dtype(kind: Any) -> Any:
    """Return the standard dtype of an Arrow column."""
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return STRING
    if pa.types.is_integer(kind):
        return pd.Int64Dtype()
    return pd.BooleanDtype() if pa.types.is_boolean(kind) else None


def in_pandas(table: pa.Table) -> pd.DataFrame:
    """Convert an Arrow table to a frame with the standard dtypes; text shares its memory."""
    wide = pa.schema(
        [
            pa.field(one.name, pa.large_string()) if pa.types.is_string(one.type) else one
            for one in table.schema
        ]
    )
    frame: pd.DataFrame = table.cast(wide).to_pandas(types_mapper=_dtype)
    return frame


def write_parquet(frame: pd.DataFrame | pa.Table, path: Path) -> None:
    """Write a table of the store."""
    private_folder(path.parent)
    path.touch(mode=0o600)
    table = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
    # pandas metadata would add nothing to the declared dtypes. Row groups are found by their range of
    # children, and by no other column.
    pq.write_table(
        table.replace_schema_metadata(None),
        path,
        row_group_size=GROUP,
        compression="lz4",
        write_statistics=["child"],
        write_page_checksum=True,
    )


def read_parquet(
    path: Path, columns: Sequence[str] | None = None, *, without: Sequence[str] = ()
) -> pd.DataFrame:
    """Read a table of the store."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        asked = [name for name in columns or file.schema_arrow.names if name not in without]
        return in_pandas(file.read(columns=asked, use_threads=False))


def part_name(place: int) -> str:
    """Return the folder name of a part."""
    return f"part-{place:04}"


def save_standard(
    district: District, crosswalk: pd.DataFrame, folder: Path, *, children_a_part: int = CHILDREN_A_PART
) -> Path:
    """Write a district's standard tables, partitioned by child."""
    children = np.array(sorted(crosswalk["child"].unique()), dtype=object)
    firsts = [str(child) for child in children[::children_a_part]]
    part = np.searchsorted(np.array(firsts, dtype=object), crosswalk["child"].to_numpy(dtype=object), "right")
    known = pd.DataFrame({"part": part - 1}, index=pd.MultiIndex.from_frame(crosswalk[["silo", "record"]]))
    known = known.assign(**{TIE: known.groupby("part").cumcount()})
    frames: dict[str, pd.DataFrame] = {name: getattr(district, name) for name in OF_PERSONS}
    _write_parts(folder, "crosswalk", crosswalk, known["part"].to_numpy(), len(firsts))
    for name in (*OF_PERSONS, *child_tables()):
        frame = frames[name] if name in frames else district.fact(name)
        records = pd.MultiIndex.from_frame(frame[["silo", "record"]])
        part, tie = _ties_of_rows(records, known)
        _write_parts(folder, name, frame.assign(**{TIE: tie.astype("int32")}), part, len(firsts))
    for name in fact_tables():
        if name not in child_tables() and name != "attendance_day":
            write_parquet(district.fact(name), folder / "whole" / f"{name}.parquet")
    about = {
        "firsts": firsts,
        "silos": list(district),
        "layouts": {
            name: layout.model_dump(mode="json", by_alias=True) for name, layout in district.layouts.items()
        },
        "kinds": {file: list(kinds) for file, kinds in district.kinds.items()},
    }
    write_atomically(folder / ABOUT, json.dumps(about, ensure_ascii=False).encode())
    return folder


def _ties_of_rows(records: pd.MultiIndex, known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the part of each row, and its record's position in that part's crosswalk; -1: in none."""
    codes, different = pd.factorize(records)
    if len(different) == 0:
        return np.full(len(records), -1), np.full(len(records), -1)
    at = known.index.get_indexer(pd.MultiIndex.from_tuples(list(different), names=records.names))
    part, tie = (np.append(known[name].to_numpy(dtype="int64"), -1)[np.append(at, -1)] for name in known)
    return part[codes], tie[codes]


def _write_parts(folder: Path, name: str, frame: pd.DataFrame, part: np.ndarray, parts: int) -> None:
    order = np.argsort(part, kind="stable")
    rows = pa.Table.from_pandas(frame, preserve_index=False).append_column(
        PLACE, pa.array(np.arange(len(frame)))
    )
    rows = rows.take(order)
    ends = np.searchsorted(part[order], np.arange(-1, parts), side="right")
    for place, (begin, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        where = LOOSE if place == 0 else part_name(place - 1)
        if end > begin:
            write_parquet(rows.slice(int(begin), int(end - begin)), folder / where / f"{name}.parquet")


@dataclass(frozen=True)
class ChildrenOfPart:
    """The standard tables of some children, with all rows of each."""

    # The store that contains them.
    store: StandardStore
    # The folder of the part.
    folder: Path
    # Only these children; None: all of the part.
    only: tuple[str, ...] | None = None
    # Only these fact tables, the others are empty; None: all.
    tables: tuple[str, ...] | None = None

    @cached_property
    def crosswalk(self) -> pd.DataFrame:
        """Table ``crosswalk`` of these children."""
        path = self.folder / "crosswalk.parquet"
        if self.only is None or not path.exists():
            frame = self._read("crosswalk")
        else:
            frame = self.store.found(path, list(self.only), "child")
        return as_table("crosswalk", frame.drop(columns=PLACE))

    def _read(self, name: str) -> pd.DataFrame:
        path = self.folder / f"{name}.parquet"
        if not path.exists():
            return empty_table(name).assign(**{PLACE: pd.array([], dtype="Int64")})
        self.store.check(path)
        return read_parquet(path, without=NOT_LOOKED_AT.get(name, ()))

    def _of_children(self, name: str) -> pd.DataFrame:
        """Read a table, and keep the rows of these children."""
        path = self.folder / f"{name}.parquet"
        if self.only is None or not path.exists():
            return self._read(name)
        # Two systems may use the same record name, but for few children that adds few rows.
        found = self.store.found(path, self.crosswalk["record"].tolist())
        # Positions among all children of the part are invalid among these.
        return found.drop(columns=[TIE, *NOT_LOOKED_AT.get(name, ())], errors="ignore")

    @property
    def people(self) -> pd.DataFrame:
        """Their ``people``."""
        return self._of_children("people")

    @property
    def identifiers(self) -> pd.DataFrame:
        """Their ``identifiers``."""
        return self._of_children("identifiers")

    @property
    def person_rows(self) -> pd.DataFrame:
        """Their ``person_rows``."""
        return self._of_children("person_rows")

    @property
    def filled_cells(self) -> pd.DataFrame:
        """Their ``filled_cells``."""
        return self._of_children("filled_cells")

    def has(self, table: str) -> bool:
        """Return whether they have a row of a fact table; for one child, whether its part has."""
        asked = self.tables is None or table in self.tables
        return asked and (self.folder / f"{table}.parquet").exists()

    def fact(self, table: str) -> pd.DataFrame:
        """Return their rows of a fact table, and the logins of their adults; with ``place``."""
        if self.tables is not None and table not in self.tables:
            return empty_table(table)
        frame = self._of_children(table)
        if table != "login" or self.folder.name == LOOSE:
            return frame
        adults = self._of_children("contact")["contact_record"]
        logins = self.store.loose_logins
        theirs = logins[isin_text(logins["record"], adults)]
        if TIE not in frame.columns:
            theirs = theirs.drop(columns=TIE, errors="ignore")
        both = [part for part in (frame, theirs) if len(part)]
        if not both:
            return frame
        return pd.concat(both, ignore_index=True).sort_values(PLACE, kind="stable", ignore_index=True)


class StandardStore:
    """A district's standard tables in Parquet, as `save_standard` wrote them."""

    def __init__(self, folder: Path, check: Callable[[Path], None] | None = None) -> None:
        """Open the tables."""
        import duckdb

        self.folder = folder
        self.check: Callable[[Path], None] = check or (lambda path: None)
        self.check(folder / ABOUT)
        self._database = duckdb.connect(":memory:", config={"threads": 2})
        self._database.execute("SET parquet_metadata_cache = true")
        self._lock = threading.Lock()
        self._about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))

    @property
    def silos(self) -> Sequence[str]:
        """Names of the silos."""
        return list(self._about["silos"])

    @cached_property
    def layouts(self) -> Mapping[str, Layout]:
        """Layout of each silo."""
        return {name: Layout.model_validate(layout) for name, layout in self._about["layouts"].items()}

    @property
    def kinds(self) -> Mapping[str, tuple[str, ...]]:
        """File -> the layout's kinds of file it was read as."""
        return {file: tuple(kinds) for file, kinds in self._about["kinds"].items()}

    @property
    def firsts(self) -> list[str]:
        """First child of each part."""
        return list(self._about["firsts"])

    def whole(self, table: str) -> pd.DataFrame:
        """Return a fact table that isn't about children."""
        path = self.folder / "whole" / f"{table}.parquet"
        self.check(path)
        return read_parquet(path)

    def counted(self, table: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return the distinct rows of some columns, with their counts in ``rows``."""
        paths = sorted(self.folder.glob(f"*/{table}.parquet"))
        for path in paths:
            self.check(path)
        files = [str(path) for path in paths]
        names = ", ".join(f'"{column}"' for column in columns)
        if not files:
            return empty_table(table)[list(columns)].assign(rows=np.zeros(0, dtype="int64"))
        return self._asked(
            f"SELECT {names}, count(*) AS rows FROM read_parquet($1) GROUP BY ALL ORDER BY ALL", [files]
        )

    def found(self, path: Path, wanted: Sequence[str], column: str = "record") -> pd.DataFrame:
        """Find the rows of a few records, or children, in a table's file."""
        self.check(path)
        query = f'SELECT * FROM read_parquet($1) WHERE list_contains($2, "{column}") ORDER BY {PLACE}'
        return self._asked(query, [str(path), list(wanted)])

    def _asked(self, query: str, given: list[Any]) -> pd.DataFrame:
        with self._lock:
            table: Any = self._database.sql(query, params=given).to_arrow_table()
        return in_pandas(table)

    def part(self, place: int) -> ChildrenOfPart:
        """Return the children of one part."""
        return ChildrenOfPart(self, self.folder / part_name(place))

    @property
    def loose(self) -> ChildrenOfPart:
        """The rows without a child."""
        return ChildrenOfPart(self, self.folder / LOOSE)

    def child(self, child: str, tables: Sequence[str]) -> ChildrenOfPart:
        """Return one child alone, with its rows of some fact tables."""
        place = max(int(np.searchsorted(np.array(self.firsts, dtype=object), child, "right")) - 1, 0)
        return ChildrenOfPart(self, self.folder / part_name(place), (child,), tuple(tables))

    @cached_property
    def loose_logins(self) -> pd.DataFrame:
        """Logins of adults."""
        return self.loose.fact("login")
