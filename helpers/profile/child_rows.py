"""The rows of one child in a table of a store, found by the range of each group of rows."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

__all__ = ["ChildRows"]


@dataclass(frozen=True)
class _Groups:
    """What a file says of its groups of rows, and when it said so."""

    written: tuple[int, int]
    metadata: pq.FileMetaData
    spans: tuple[tuple[str, str] | None, ...]


class ChildRows:
    """Reads one child's rows of tables that are sorted by child; files aren't held open between two reads."""

    def __init__(self) -> None:
        """Begin with no file known."""
        self._known: dict[Path, _Groups] = {}
        self._lock = threading.Lock()

    def _groups(self, path: Path) -> _Groups:
        told = path.stat()
        written = (told.st_mtime_ns, told.st_size)
        with self._lock:
            known = self._known.get(path)
        if known is not None and known.written == written:
            return known
        metadata = pq.read_metadata(path)
        place = metadata.schema.to_arrow_schema().names.index("child")
        spans = []
        for group in range(metadata.num_row_groups):
            about = metadata.row_group(group).column(place).statistics
            spans.append((about.min, about.max) if about is not None and about.has_min_max else None)
        known = _Groups(written, metadata, tuple(spans))
        with self._lock:
            self._known[path] = known
        return known

    def of(self, path: Path, child: str, elements: Sequence[str] | None = None) -> pa.Table:
        """Read the rows of one child.

        Parameters
        ----------
        path
            A table's file, sorted by ``child``.
        child
            The child.
        elements
            Of a table with ``element`` only the rows of these; None: all.

        Returns
        -------
        pyarrow.Table
            The rows, in the file's order.
        """
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
