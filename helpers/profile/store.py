"""Profiles on disk: Parquet underneath, DuckDB to find a child in it, pandas at the face."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.files.output import write_atomically
from helpers.layouts import STRING, BadInput, as_table, table_names
from helpers.profile.evidence import child_tables
from helpers.profile.source import of_elements

if TYPE_CHECKING:
    from helpers.profile.source import MemorySource

__all__ = ["ProfileStore", "save_store"]

VERSION = 1
ABOUT = "store.json"
# Rows of a group of a Parquet file: a look-up reads one or two groups of each.
GROUP = 8192
TABLES = ("values", "timeline", "indicators")
WHOLE = ("profile", "children", "relations", "systems", "left_out", "profile_accounts", "crosswalk")


def _write(frame: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False, row_group_size=GROUP, compression="zstd")


def put_in_place(made: Path, folder: Path) -> None:
    """Move a finished folder to where it belongs, in the place of an older one.

    Parameters
    ----------
    made
        The finished folder, on the same disk.
    folder
        Where it belongs.
    """
    if not folder.exists():
        made.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    folder.rename(old / folder.name)
    try:
        made.rename(folder)
    except OSError:
        (old / folder.name).rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def save_store(source: MemorySource, folder: Path) -> Path:
    """Write everything that is known of a district's children into one folder, as a whole or not at all.

    Parameters
    ----------
    source
        What is known.
    folder
        The store; an older one there is replaced.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    BadInput
        When something else stands in that place.
    """
    if folder.exists() and not (folder / ABOUT).is_file() and any(folder.iterdir()):
        raise BadInput(
            f"{folder} is no store of profiles and isn't empty: name another folder for the store."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        profiles = source.profiles
        frames = {
            "values": profiles.values,
            "timeline": profiles.timeline,
            "indicators": source.indicators(),
            "profile": profiles.profile,
            "children": source.children(),
            "relations": source.relations(),
            "systems": source.systems(),
            "left_out": profiles.left_out,
            "profile_accounts": profiles.accounts,
            "crosswalk": profiles.crosswalk,
        }
        for name, frame in frames.items():
            if name in TABLES and "child" in frame.columns:
                frame = frame.sort_values("child", kind="stable", ignore_index=True)
            _write(frame, made / f"{name}.parquet")
        evidence = source.evidence
        facts = {table: evidence.facts[table] for table in child_tables()}
        for table, frame in {**facts, "identifiers": evidence.identifiers}.items():
            known = frame[frame["child"].notna()].sort_values("child", kind="stable", ignore_index=True)
            _write(known, made / "facts" / f"{table}.parquet")
        about = {
            "version": VERSION,
            "school_year": source.school_year,
            "synthetic": source.synthetic,
            "folder": str(source.folder) if source.folder is not None else None,
            "followed": source.followed,
            "about": dict(source.about),
        }
        write_atomically(made / ABOUT, json.dumps(about, ensure_ascii=False, indent=1).encode())
        made.chmod(0o755)
        put_in_place(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return folder


class ProfileStore:
    """A `Source` on disk. Open it with `ProfileStore.open`."""

    def __init__(self, place: Path, about: Mapping[str, Any]) -> None:
        """Keep where it stands; see `open`."""
        import duckdb

        self.place = place
        self._told = about
        self._database = duckdb.connect(":memory:", config={"threads": 2})
        self._database.execute("SET parquet_metadata_cache = true")
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> ProfileStore:
        """Open a store of profiles.

        Parameters
        ----------
        folder
            What `save_store` wrote.

        Returns
        -------
        ProfileStore
            A `Source`; safe to be asked from several threads.

        Raises
        ------
        BadInput
            When there is no store, or one of another version of the kit.
        """
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise BadInput(
                f"{folder} is no store of profiles: `bigpicture profile` writes one from a district's folder."
            ) from None
        if about.get("version") != VERSION:
            raise BadInput(
                f"{folder} was written by another version of the kit: write it again with "
                "`bigpicture profile`."
            )
        return cls(folder, about)

    @property
    def school_year(self) -> int | None:
        """The year that profiles show."""
        return self._told["school_year"]

    @property
    def synthetic(self) -> bool:
        """Whether everybody in it is invented."""
        return self._told["synthetic"] is True

    @property
    def folder(self) -> Path | None:
        """The district's folder, in which the files stand that rows name."""
        return Path(self._told["folder"]) if self._told["folder"] else None

    @property
    def about(self) -> Mapping[str, Any]:
        """What ``district.json`` says."""
        return self._told["about"]

    @property
    def followed(self) -> str | None:
        """The child whom the notebooks follow; None of a real district."""
        return self._told["followed"]

    def _read(self, path: str, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Read a Parquet file, or the rows of some children in it."""
        file = str(self.place / path)
        query = "SELECT * FROM read_parquet($1)"
        asked: list[Any] = [file]
        if children is not None and len(children) == 1:
            # One child is found by the range of each group of rows; a list would read them all.
            query, asked = f"{query} WHERE child = $2", [file, children[0]]
        elif children is not None:
            query, asked = f"{query} WHERE child IN (SELECT unnest($2))", [file, list(children)]
        with self._lock:
            table: Any = self._database.sql(query, params=asked).to_arrow_table()
        return table.to_pandas(types_mapper=_dtype)

    def _table(self, name: str, children: Sequence[str] | None = None) -> pd.DataFrame:
        frame = self._read(f"{name}.parquet", children)
        return as_table(name, frame) if name in table_names() else frame

    @cached_property
    def _children(self) -> pd.DataFrame:
        return self._table("children")

    def children(self) -> pd.DataFrame:
        """Table ``children``: one row a child."""
        return self._children

    def profile(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a child, one column an element; of all children or of some."""
        return self._read("profile.parquet", children)

    def values(
        self, children: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Table ``values``, of all children and elements or of some; see `Source.values`."""
        return of_elements(self._table("values", children), elements)

    def timeline(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``timeline``, of all children or of some."""
        return self._table("timeline", children)

    def indicators(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        """Table ``indicators``, of all children or of some; empty where nobody computed any."""
        return self._table("indicators", children)

    @cached_property
    def _relations(self) -> pd.DataFrame:
        return self._table("relations")

    def relations(self) -> pd.DataFrame:
        """Table ``relations``: who has to do with which child."""
        return self._relations

    @cached_property
    def _systems(self) -> pd.DataFrame:
        return self._table("systems")

    def systems(self) -> pd.DataFrame:
        """Table ``systems``."""
        return self._systems

    def left_out(self) -> pd.DataFrame:
        """Table ``left_out``: fact rows that stand behind nothing, with the reason."""
        return self._table("left_out")

    def accounts(self) -> pd.DataFrame:
        """Table ``profile_accounts``."""
        return self._table("profile_accounts")

    def facts(self, table: str, children: Sequence[str]) -> pd.DataFrame:
        """Facts of some children, with ``child``, ``link_band`` and, of a fact table, ``year``."""
        return self._read(f"facts/{table}.parquet", children)


def _dtype(kind: Any) -> Any:
    """Give the contract's dtype of a column that Arrow hands back."""
    import pyarrow as pa

    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return STRING
    if pa.types.is_integer(kind):
        return pd.Int64Dtype()
    return pd.BooleanDtype() if pa.types.is_boolean(kind) else None
