"""Check a bundle's manifest against its files, and drop deleted and replaced rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from helpers.files.findings import Findings
from helpers.files.parse.values import trimmed
from helpers.files.text_table import Parsed
from helpers.layouts import FileLayout, Layout, folded
from helpers.standard import STRING, constant

__all__ = ["BundlePart", "as_the_manifest_says"]

MODES = ("absent", "bulk", "delta")
STATES = ("active", "tobedeleted")


@dataclass
class BundlePart:
    """The rows of one kind in one file of a bundle."""

    path: str
    file: FileLayout
    parsed: Parsed
    findings: Findings

    @property
    def folder(self) -> str:
        """The folder or zip that contains it."""
        return PurePosixPath(self.path).parent.as_posix()

    def text(self, name: str) -> pd.Series:
        """Return a column's trimmed text by its declared name; missing if the file lacks it."""
        rows = self.parsed.table.rows
        there = next((one for one in rows.columns if folded(str(one)) == folded(name)), None)
        found = pd.Series(constant(None, len(rows)), dtype=STRING) if there is None else trimmed(rows[there])
        return found.mask(found == "").reset_index(drop=True)


def as_the_manifest_says(layout: Layout, parts: Sequence[BundlePart], paths: Sequence[str]) -> list[Parsed]:
    """Report where a manifest and its files differ, and drop rows that are deleted or replaced."""
    if layout.manifest is None:
        return [part.parsed for part in parts]
    modes = _against_the_manifest(layout, parts, paths)
    changes = {number for number, mode in enumerate(modes) if mode == "delta"}
    for part in (part for part, mode in zip(parts, modes, strict=True) if mode == "bulk"):
        _report_bulk(part, layout, {part.file.name for part in parts} | _stems(paths))
    gone = [np.zeros(len(part.parsed.row), bool) for part in parts]
    deleted: dict[str, pd.Series] = {}
    for kind in dict.fromkeys(part.file.name for part in parts):
        if kind == layout.manifest:
            continue
        mine = [number for number, part in enumerate(parts) if part.file.name == kind]
        deleted[kind] = _deleted(
            [parts[n] for n in mine], [n in changes for n in mine], [gone[n] for n in mine]
        )
    for part, mask in zip(parts, gone, strict=True):
        _tell_of_deleted(part, deleted, mask)
    return [part.parsed.without(mask) for part, mask in zip(parts, gone, strict=True)]


def _stems(paths: Sequence[str]) -> set[str]:
    return {PurePosixPath(path).stem for path in paths}


def _report_bulk(part: BundlePart, layout: Layout, there: set[str]) -> None:
    """Report what a bulk file may not have: words of changes, and references into a file that isn't there."""
    for name in layout.empty_in_bulk:
        text = part.text(name)
        filled = text.notna().to_numpy(bool)
        part.findings.add_rows(
            "manifest_differs",
            "nothing",
            part.parsed.row[filled],
            column=name,
            value=text[filled].tolist(),
            expected="empty, since the manifest calls the file bulk",
        )
    for column in part.file.columns:
        target = (column.references or "").partition(".")[0]
        if not target or target in there:
            continue
        text = part.text(column.name)
        filled = text.notna().to_numpy(bool)
        part.findings.add_rows(
            "reference_dangling",
            "nothing",
            part.parsed.row[filled],
            column=column.name,
            value=text[filled].tolist(),
            expected=f"empty: the bundle has no {layout.file_named(target).path}",
        )


def _against_the_manifest(
    layout: Layout, parts: Sequence[BundlePart], paths: Sequence[str]
) -> list[str | None]:
    """Compare each manifest with the files next to it; return what it calls each part."""
    modes: dict[tuple[str, str], str] = {}
    kinds = {file.name for file in layout.files}
    for manifest in (part for part in parts if part.file.name == layout.manifest):
        here = manifest.folder
        files = _stems([path for path in paths if PurePosixPath(path).parent.as_posix() == here])
        there = {part.file.name for part in parts if part.folder == here} - {manifest.file.name}
        there |= files & kinds - {manifest.file.name}
        named = manifest.text("propertyName").str.extract(r"^file\.(.+)$")[0]
        announced = manifest.text("value")
        for name, mode, row in zip(named, announced, manifest.parsed.row.tolist(), strict=True):
            if pd.isna(name):
                continue
            mode = "" if pd.isna(mode) else str(mode)
            modes[here, name] = mode.lower()
            present = name in there or name in files
            if mode.lower() not in MODES:
                expected = ", ".join(MODES)
            elif present and mode.lower() == "absent":
                expected = f"bulk or delta: {name}.csv is there"
            elif not present and mode.lower() != "absent":
                # A name unknown to the layout is the manifest's own; we don't repeat it.
                which = f"{name}.csv" if name in kinds else "such file"
                expected = f"absent: no {which} is there"
            else:
                continue
            manifest.findings.add(
                "manifest_differs", "nothing", row=row, column="value", value=mode, expected=expected
            )
        if "record_broken" in manifest.findings.kinds():
            continue  # a mark swallowed lines: nobody knows what they named
        for name in sorted(there - {str(one) for one in named.dropna()}):
            manifest.findings.add(
                "manifest_differs", "nothing", column="propertyName", expected=f"file.{name}: it is there"
            )
    return [modes.get((part.folder, part.file.name)) for part in parts]


def _deleted(parts: Sequence[BundlePart], changes: Sequence[bool], gone: Sequence[np.ndarray]) -> pd.Series:
    """Mark deleted and replaced rows of one kind; return the deleted ids."""
    frames = []
    for number, (part, delta) in enumerate(zip(parts, changes, strict=True)):
        status, modified = part.text("status"), part.text("dateLastModified")
        if delta:
            for column, text in (("status", status), ("dateLastModified", modified)):
                part.findings.add_rows(
                    "required_empty",
                    "nothing",
                    part.parsed.row[text.isna().to_numpy(bool)],
                    column=column,
                    expected="a value, since the manifest calls the file delta",
                )
        odd = (status.notna() & ~status.str.lower().isin(STATES)).to_numpy(bool)
        part.findings.add_rows(
            "not_in_codes",
            "nothing",
            part.parsed.row[odd],
            column="status",
            value=status[odd].tolist(),
            expected=", ".join(STATES),
        )
        frames.append(
            pd.DataFrame(
                {
                    "id": part.text("sourcedId"),
                    "ends": (status.str.lower() == "tobedeleted").fillna(False).to_numpy(bool),
                    "delta": delta,
                    "modified": modified.fillna(""),
                    "part": number,
                    "place": np.arange(len(status)),
                }
            )
        )
    rows = pd.concat(frames, ignore_index=True)
    if not rows["ends"].any() and not any(changes):
        return pd.Series(dtype=STRING)
    known = rows[rows["id"].notna()]
    # Changes override bulk rows; among equals the later date wins, then the later file.
    ordered = known.sort_values(["delta", "modified", "part", "place"], kind="stable")
    newest = ordered.drop_duplicates("id", keep="last").set_index("id")
    last = newest.reindex(known["id"])
    changed = last["delta"].to_numpy(bool) & (last["part"].to_numpy() != known["part"].to_numpy())
    ended = known["ends"].to_numpy(bool) | (last["ends"].to_numpy(bool) & _until(known, last))
    for number, (part, mask) in enumerate(zip(parts, gone, strict=True)):
        mine = (known["part"] == number).to_numpy()
        for kind, which in (("row_deleted", ended), ("row_replaced", changed & ~ended)):
            positions = known["place"].to_numpy()[mine & which]
            mask[positions] = True
            part.findings.add_rows(
                kind,
                "row_set_aside",
                part.parsed.row[positions],
                column="sourcedId",
                expected="a row that stands" if kind == "row_deleted" else "the newest row of its id",
            )
    return newest.index[newest["ends"].to_numpy(bool)].to_series().astype(STRING)


def _until(known: pd.DataFrame, last: pd.DataFrame) -> np.ndarray:
    """Return which rows precede or are the latest of their id."""
    here = list(zip(known["delta"], known["modified"], known["part"], known["place"], strict=True))
    there = list(zip(last["delta"], last["modified"], last["part"], last["place"], strict=True))
    return np.array([one <= other for one, other in zip(here, there, strict=True)], dtype=bool)


def _tell_of_deleted(part: BundlePart, deleted: dict[str, pd.Series], gone: np.ndarray) -> None:
    """Mark rows about a person whose own row was deleted."""
    for name in dict.fromkeys(makes.take.get("local_id") for makes in part.file.makes):
        found = part.file.find(name) if name else None
        if found is None or not found[0].references:
            continue
        ids = deleted.get(found[0].references.partition(".")[0])
        if ids is None or ids.empty:
            continue
        lost = part.text(found[0].name).isin(ids).to_numpy(bool) & ~gone
        gone |= lost
        part.findings.add_rows(
            "row_deleted",
            "row_set_aside",
            part.parsed.row[lost],
            column=found[0].name,
            expected="a person who stands in the roster",
        )
