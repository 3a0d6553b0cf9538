"""Profiles in Parquet, queried by DuckDB."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.profile.coverage import Coverage
from helpers.profile.facts.context import Context, context_of
from helpers.profile.store.facts import StandardStore, in_pandas, part_name, read_parquet, save_standard
from helpers.profile.store.source import LastEvidence, facts_of_child
from helpers.profile.store.write import ABOUT, VERSION, StoreDigests, StoreWriter, new_store
from helpers.standard import BadInput, as_table, empty_table, table_names
from helpers.systems import declared

if TYPE_CHECKING:
    from helpers.profile.facts.store import FactStore
    from helpers.profile.store.source import MemorySource

__all__ = ["ChildRows", "ProfileStore", "StoreWriter", "new_store", "save_store"]


@dataclass(frozen=True)
class _Groups:
    """Row groups of a file, as of a file version."""

    version: tuple[int, int]
    metadata: pq.FileMetaData
    spans: tuple[tuple[str, str] | None, ...]


class ChildRows:
    """Reads one child's rows of tables sorted by child; files aren't held open between reads."""

    def __init__(self) -> None:
        """Start without any known file."""
        self._known: dict[Path, _Groups] = {}
        self._lock = threading.Lock()

    def _groups(self, path: Path) -> _Groups:
        stat = path.stat()
        version = (stat.st_mtime_ns, stat.st_size)
        with self._lock:
            known = self._known.get(path)
        if known is not None and known.version == version:
            return known
        metadata = pq.read_metadata(path)
        place = metadata.schema.to_arrow_schema().names.index("child")
        spans = []
        for group in range(metadata.num_row_groups):
            about = metadata.row_group(group).column(place).statistics
            spans.append((about.min, about.max) if about is not None and about.has_min_max else None)
        known = _Groups(version, metadata, tuple(spans))
        with self._lock:
            self._known[path] = known
        return known

    def of(self, path: Path, child: str, elements: Sequence[str] | None = None) -> pa.Table:
        """Read the rows of one child."""
        known = self._groups(path)
        groups = [
            place for place, span in enumerate(known.spans) if span is None or span[0] <= child <= span[1]
        ]
        with pq.ParquetFile(path, metadata=known.metadata, page_checksum_verification=True) as file:
            rows = file.read_row_groups(groups, use_threads=False)
        rows = rows.filter(pc.equal(rows["child"], child))
        if elements is None:
            return rows
        return rows.filter(pc.is_in(rows["element"], value_set=pa.array(elements, pa.string())))


STANDARD = "standard"


def save_store(source: MemorySource, folder: Path) -> Path:
    """Write a district's profiles and their source data into one folder, all or nothing."""
    profiles = source.profiles
    with new_store(folder) as writer:
        save_standard(source.district, profiles.crosswalk, writer.folder / STANDARD)
        firsts = StandardStore(writer.folder / STANDARD).firsts
        indicators = source.indicators()
        for name, frame in (
            ("said", profiles.recorded),
            ("timeline", profiles.timeline),
            ("profile", profiles.profile),
            ("indicators", indicators.sort_values("child", kind="stable", ignore_index=True)),
            ("crosswalk", profiles.crosswalk.sort_values("child", kind="stable", ignore_index=True)),
        ):
            for place, rows in enumerate(_cut(frame, firsts)):
                writer.part(name, place, rows)
        for name, frame in (
            ("children", source.children()),
            ("relations", source.relations()),
            ("systems", source.systems()),
            ("left_out", profiles.left_out),
            ("profile_accounts", profiles.accounts),
        ):
            writer.whole(name, frame)
        metadata = {
            "school_year": source.school_year,
            "synthetic": source.synthetic,
            "folder": str(source.folder) if source.folder is not None else None,
            "followed": source.followed,
            "about": dict(source.about),
        }
        writer.about(profiles.coverage, firsts, metadata)
    return folder


def _cut(frame: pd.DataFrame, firsts: Sequence[str]) -> list[pd.DataFrame]:
    """Split a frame that is sorted by child at the beginnings of parts."""
    children = frame["child"].to_numpy(dtype=object)
    begins = np.searchsorted(children, np.array(firsts, dtype=object))
    return [frame.iloc[begin:end] for begin, end in zip(begins, [*begins[1:], len(frame)], strict=True)]


class ProfileStore:
    """A `Source` on disk. Open it with `ProfileStore.open`."""

    def __init__(self, place: Path, about: Mapping[str, Any]) -> None:
        """Set up a store; see `open`."""
        import duckdb

        self.place = place
        self._metadata = about
        self._database = duckdb.connect(":memory:", config={"threads": 2})
        self._database.execute("SET parquet_metadata_cache = true")
        self._lock = threading.Lock()
        self._of_one = ChildRows()
        self._evidence = LastEvidence(self._gather)
        self._digests = StoreDigests(place)
        self._digests.check(place / ABOUT)
        elements = {element.name: element for element in declared().element}
        self.coverage = Coverage(
            tuple(
                elements[name].model_copy(update={"trust": tuple(trust)})
                for name, trust in zip(about["elements"], about["trust"], strict=True)
            ),
            tuple(about["years"]),
            about["systems"],
            {(element, year): tuple(silos) for element, year, silos in about["holders"]},
        )
        self._coverages: dict[tuple[str, ...], Coverage] = {}
        self._firsts = np.array(about["firsts"], dtype=object)

    @classmethod
    def open(cls, folder: Path) -> ProfileStore:
        """Open a store of profiles."""
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise BadInput(
                f"{folder} is no store of profiles: `bigpicture profile` writes one from a district's folder."
            ) from None
        except (ValueError, RecursionError, OSError):
            raise BadInput(
                f"The store {folder} is damaged ({ABOUT} can't be read): write it again with "
                "`bigpicture profile`."
            ) from None
        known = {element.name for element in declared().element}
        if (
            not isinstance(about, dict)
            or about.get("version") != VERSION
            or not known.issuperset(about.get("elements", ()))
        ):
            raise BadInput(
                f"{folder} was written by another version of the kit: write it again with "
                "`bigpicture profile`."
            )
        return cls(folder, about)

    @property
    def school_year(self) -> int | None:
        """The year that profiles show."""
        return self._metadata["school_year"]

    @property
    def synthetic(self) -> bool:
        """Whether the district is synthetic: everybody in it is invented."""
        return self._metadata["synthetic"] is True

    @property
    def folder(self) -> Path | None:
        """The district's folder, with the source files that rows name."""
        return Path(self._metadata["folder"]) if self._metadata["folder"] else None

    @property
    def about(self) -> Mapping[str, Any]:
        """Content of ``district.json``."""
        return self._metadata["about"]

    @property
    def followed(self) -> tuple[str, ...]:
        """The children whom the notebooks follow, at most two; none of a real district."""
        return tuple(self._metadata["followed"])

    def _rows(
        self, name: str, children: Sequence[str] | None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Read a table partitioned by child, fully or for some children or elements."""
        asked = sorted(set(children)) if children is not None else []
        parts = range(len(self._firsts))
        if children is not None:
            at = np.searchsorted(self._firsts, np.array(asked, dtype=object), "right") - 1
            parts = sorted({int(place) for place in at if place >= 0})  # type: ignore[assignment]
        files = [self.place / name / f"{part_name(place)}.parquet" for place in parts]
        kind = "values" if name == "said" else name
        for file in files:
            self._digests.check(file)
        if not files:
            return empty_table(kind)
        if len(asked) == 1:  # as written, which matches the declared table
            return in_pandas(self._of_one.of(files[0], asked[0], elements))
        given: list[Any] = [[str(file) for file in files]]
        only = []
        for column, names in (("child", asked if children is not None else None), ("element", elements)):
            if names is not None:
                given.append(list(names))
                only.append(f"{column} IN (SELECT unnest(${len(given)}))")
        # A join on a list doesn't keep the order of rows.
        query = (
            "SELECT * EXCLUDE (filename, file_row_number) "
            "FROM read_parquet($1, filename = true, file_row_number = true) "
            f"WHERE {' AND '.join(only) or 'true'} ORDER BY filename, file_row_number"
        )
        with self._lock:
            found: Any = self._database.sql(query, params=given).to_arrow_table()
        return as_table(kind, in_pandas(found)) if kind in table_names() else in_pandas(found)

    def _table(self, name: str) -> pd.DataFrame:
        self._digests.check(self.place / f"{name}.parquet")
        frame = read_parquet(self.place / f"{name}.parquet")
        return as_table(name, frame) if name in table_names() else frame

    @cached_property
    def _children(self) -> pd.DataFrame:
        return self._table("children")

    def children(self) -> pd.DataFrame:
        """Table ``children``: one row per child."""
        return self._children

    def profile(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """One row per child, one column per element; for all children or some."""
        if children is not None and not len(children):
            file = self.place / "profile" / f"{part_name(0)}.parquet"
            self._digests.check(file)
            return read_parquet(file).iloc[:0]
        return self._rows("profile", children)

    def recorded(
        self, children: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Table ``values``, only with what systems record."""
        return self._rows("said", children, elements)

    def values(
        self, children: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Table ``values``, for all children and elements or some; see `Source.values`."""
        crosswalk = self._rows("crosswalk", children)
        # Neither read nor fill unrequested elements: a role sees only some of them.
        coverage = self.coverage if elements is None else self._coverage_of(tuple(elements))
        return coverage.fill(self.recorded(children, elements), crosswalk)

    def _coverage_of(self, elements: tuple[str, ...]) -> Coverage:
        """Filter the coverage, once for each role's elements: a dashboard asks again for every child."""
        known = self._coverages.get(elements)
        if known is None:
            known = self._coverages[elements] = self.coverage.of(elements)
        return known

    def timeline(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``timeline``, for all children or some."""
        return self._rows("timeline", children)

    def indicators(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``indicators``, for all children or some; empty if nobody computed any."""
        return self._rows("indicators", children)

    @cached_property
    def _relations(self) -> pd.DataFrame:
        return self._table("relations")

    def relations(self) -> pd.DataFrame:
        """Table ``relations``: who is related to which child."""
        return self._relations

    @cached_property
    def _systems(self) -> pd.DataFrame:
        return self._table("systems")

    def systems(self) -> pd.DataFrame:
        """Table ``systems``."""
        return self._systems

    @cached_property
    def _trust(self) -> Mapping[str, Mapping[str, int]]:
        return self.coverage.trust()

    def trust(self) -> Mapping[str, Mapping[str, int]]:
        """Element -> system -> its rank, as for choosing values."""
        return self._trust

    def left_out(self) -> pd.DataFrame:
        """Table ``left_out``: fact rows that gave no value, with the reason."""
        return self._table("left_out")

    def accounts(self) -> pd.DataFrame:
        """Table ``profile_accounts``."""
        return self._table("profile_accounts")

    @cached_property
    def standard(self) -> StandardStore:
        """The standard tables that the profiles were built from."""
        return StandardStore(self.place / STANDARD, self._digests.check)

    @cached_property
    def _context(self) -> Context:
        return context_of(self.standard)

    def evidence(self, child: str, tables: Sequence[str]) -> FactStore:
        """Gather the records of one child, and its rows of some fact tables; the others are empty."""
        return self._evidence.of(child, tables)

    def _gather(self, child: str, tables: tuple[str, ...]) -> FactStore:
        return facts_of_child(self.standard.child(child, tables), self._context)
