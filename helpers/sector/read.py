"""Read a survey office's file, or a synthetic one with its settings."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.files import OneTable, ReadFile
from helpers.layouts import Column, FileLayout, Layout
from helpers.standard import (
    OLD_SIMULATED,
    STRING,
    BadInput,
    as_sector,
    as_table,
    declared_survey,
    empty_table,
    item_columns,
    nearest,
    standard_table,
)

__all__ = [
    "HIDDEN",
    "NOT_PUT_IN",
    "PUT_IN",
    "WHO_ANSWERS",
    "Origin",
    "Sector",
    "read_sector",
    "read_simulated",
]


PUT_IN = "simulated by the generator"
NOT_PUT_IN = "not simulated: any difference is chance"
HIDDEN = "simulated, and hidden by who answers"
WHO_ANSWERS = "not simulated: any difference is who answers, and chance"
# Systems in the community sign the pledge more often, and nothing adjusts for membership: an effect of one
# shows in both.
_GOES_WITH = {
    "pledged": ("pledged_effect", "community_effect"),
    "community": ("community_effect", "pledged_effect"),
    "data_team": ("data_team_effect",),
}
_BY_DOMAIN = ("hardest", "next_hardest")


@dataclass(frozen=True)
class Origin:
    """Source of a sector's answers."""

    # Whether a program generated the answers.
    invented: bool
    # Settings of the generator, if stored with the file.
    settings: Mapping[str, Any]

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Origin:
        """Read the origin from a file's metadata; settings count only if it is marked as synthetic."""
        invented = about.get("synthetic") is True
        settings = about.get("settings")
        return cls(invented, settings if invented and isinstance(settings, dict) else {})

    @property
    def volunteers(self) -> bool:
        """Whether the chance to answer depends on something unrecorded."""
        return (_number(self.settings.get("unrecorded_self_selection")) or 0) > 0

    def why(self, shown_by: str) -> str:
        """Explain where an effect in these answers comes from."""
        if not self.invented:
            return "found in these answers"
        if shown_by in _BY_DOMAIN:
            apart = len(set(self._sizes("hardness") or (0, 1))) > 1
            return PUT_IN if apart else NOT_PUT_IN
        given = [self._sizes(key) for key in _GOES_WITH.get(shown_by, ())]
        if not given or not all(given):
            return PUT_IN
        something = any(size for sizes in given for size in sizes)
        if self.volunteers:
            return HIDDEN if something else WHO_ANSWERS
        return PUT_IN if something else NOT_PUT_IN

    def _sizes(self, key: str) -> tuple[float, ...]:
        """Return a setting's sizes by domain; empty if it is missing or not numeric."""
        given = self.settings.get(key)
        sizes = [_number(one) for one in (given.values() if isinstance(given, dict) else [given])]
        return tuple(size for size in sizes if size is not None) if None not in sizes else ()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def read_simulated(sector: Path) -> pd.DataFrame:
    """Read the effects simulated in a synthetic sector, stored with its file."""
    beside = sector.with_name(f"{sector.stem}_simulated.csv")
    if not beside.is_file():
        beside = sector.with_name(f"{sector.stem}{OLD_SIMULATED}")
    declared = standard_table("sector_simulated").dtypes()
    try:
        frame = pd.read_csv(beside, dtype="string")[list(declared)]
        numbers = [name for name, kind in declared.items() if str(kind) != "string"]
        frame = frame.assign(**{name: pd.to_numeric(frame[name]) for name in numbers})
        known = frame[np.isfinite(frame["points"].to_numpy("float64", na_value=np.nan))]
        return as_table("sector_simulated", known)
    except (OSError, ValueError, KeyError):
        return empty_table("sector_simulated")


LOCALES = ("City", "Suburb", "Town", "Rural")
# Programs write integers this way if a column has empty cells.
ANSWERS = {text: str(answer) for answer in range(1, 5) for text in (str(answer), f"{answer}.0")}


@dataclass(frozen=True)
class Sector:
    """A sector read from a file.

    Attributes
    ----------
    frame
        Table ``sector`` with one column per item.
    findings, accounts
        Problems in the file, and what became of its rows.
    about
        Metadata from the JSON file next to it; only ``"synthetic": true`` marks it as synthetic.
    simulated
        Table ``sector_simulated`` of simulated effects, also stored with the file. We read it only for
        synthetic volunteers; for every other sector it is empty.
    """

    frame: pd.DataFrame
    findings: pd.DataFrame
    accounts: pd.DataFrame
    about: dict[str, Any] = field(default_factory=dict)
    simulated: pd.DataFrame = field(default_factory=lambda: empty_table("sector_simulated"))

    @classmethod
    def of(cls, frame: pd.DataFrame, about: dict[str, Any] | None = None) -> Sector:
        """Create a sector from a table without findings."""
        return cls(as_sector(frame), empty_table("findings"), empty_table("accounts"), about or {})

    @property
    def invented(self) -> bool:
        """Whether a program generated it."""
        return self.origin.invented

    @property
    def origin(self) -> Origin:
        """Source of the answers."""
        return Origin.of(self.about)


@cache
def sector_layout() -> Layout:
    """Return the file as a layout, so that we read it like any other export."""
    columns: list[Column] = []
    for one in standard_table("sector").columns:
        given: dict[str, Any] = {"name": one.name, "type": one.type, "meaning": one.meaning, "optional": True}
        if one.type == "boolean":
            given["format"] = "yes|no"
        elif one.name == "locale":
            given |= {"type": "code", "codes": {name: name for name in LOCALES}}
        elif one.name == "knows_standards":
            given |= {"type": "code", "codes": ANSWERS}
        elif one.name == "year":
            given |= {"type": "year"}
        elif one.type == "integer":
            given |= {"minimum": 0, "maximum": 10_000_000}
        columns.append(Column(**given))
    columns += [
        Column(
            name=item.id, type="code", codes=ANSWERS, aliases=[item.text], optional=True, meaning=item.text
        )
        for item in declared_survey().items.values()
    ]
    kinds = [
        FileLayout(
            name=name, path=f"*.{name}", format=name, row_is="a school system in a year", columns=columns
        )
        for name in ("csv", "xlsx")
    ]
    return Layout(
        layout="sector",
        silo="sector",
        title="A sector of school systems",
        source=declared_survey().own,
        source_status="own",
        file=kinds,
    )


def read_sector(path: str | Path) -> Sector:
    """Read the answers of many school systems from a file.

    Parameters
    ----------
    path
        CSV of any delimiter and encoding, or xlsx: one row per school system and year. Invited systems that
        didn't answer have ``responded`` false, if known. A folder made by ``bigpicture make-sector`` works
        too.

    Returns
    -------
    Sector
        If two rows have the same system and year, the last one counts. Cells that can't be read become empty,
        with a finding.

    Raises
    ------
    BadInput
        If there is no such file, it isn't a table, or it lacks the column system or year, or all items. Other
        problems inside are findings, never errors.
    """
    path = Path(path)
    if path.is_dir() and (path / "sector.csv").is_file():
        path = path / "sector.csv"
    table = OneTable(path, sector_layout())
    lacking: list[str] = []
    frames: list[pd.DataFrame] = []
    # If two sheets have the same system and year, the last one counts, as with two rows.
    later = pd.DataFrame({"system": pd.Series(dtype=STRING), "year": pd.Series(dtype="Int64")})
    for read in reversed(table.reads):
        missing = _missing(read)
        if missing:
            lacking.append(_explain_missing(read, missing))
            expected = "the columns system and year, and items of the survey"
            table.set_aside(read, "file_unknown", value=path.name, expected=expected)
            continue
        frames.insert(0, _rows(read, later))
        later = pd.concat([later, frames[0][["system", "year"]]], ignore_index=True)
        table.use(read, _used(read, frames[0]))
    if not frames:
        raise BadInput(f"{path} can't be read as a sector: {lacking[-1] if lacking else _no_table(table)}")
    whole = [frame for frame in frames if len(frame)]
    frame = pd.concat(whole, ignore_index=True) if whole else empty_table("sector")
    about = _beside(path)
    read_as = Sector(as_sector(frame), _with_hints(table.findings()), table.accounts(), about)
    return replace(read_as, simulated=read_simulated(path)) if read_as.origin.volunteers else read_as


def _missing(read: ReadFile) -> list[str]:
    """Return the required columns that a table lacks."""
    there = {column.name for column in read.columns.values()}
    missing = [name for name in ("system", "year") if name not in there]
    return missing if there & set(item_columns()) else [*missing, item_columns()[0]]


def _explain_missing(read: ReadFile, missing: list[str]) -> str:
    """Explain which column is missing, which existing one may be meant, and what to do."""
    found = read.findings.frame()
    unknown = found.loc[found["kind"].eq("column_unknown"), "column"].dropna().astype(str).tolist()
    reasons = []
    for name in missing:
        near = nearest(name, unknown)
        item = " or any other item of the survey" if name in item_columns() else ""
        reasons.append(f"it has no column {name}{item}." + (f"{near} Rename it to {name}." if near else ""))
    return (
        f"{' And '.join(reasons)} A sector has a row a school system and year, with the columns system and "
        "year and a column an item. Name its columns so, and start again."
    )


def _no_table(table: OneTable) -> str:
    """Explain why a file isn't a table of a sector."""
    kinds = set(table.findings()["kind"])
    if "file_empty" in kinds:
        why = "it is empty."
    elif "file_unreadable" in kinds:
        why = "it isn't a workbook, or it is locked or damaged."
    else:
        why = f"it isn't a CSV or xlsx with the columns system, year and items such as {item_columns()[0]}."
    return (
        f"{why} Name the sector.csv of `bigpicture make-sector`, or a survey office's export in that shape."
    )


def _used(read: ReadFile, frame: pd.DataFrame) -> np.ndarray:
    """Mark the rows that the frame contains, by its index."""
    used = np.zeros(len(read.parsed.row), bool)
    used[frame.index.to_numpy()] = True
    return used


def _rows(read: ReadFile, later: pd.DataFrame) -> pd.DataFrame:
    """Return the usable rows of one table by row number; record the others as findings."""
    columns: dict[str, pd.Series] = {}
    for name in [*standard_table("sector").dtypes(), *item_columns()]:
        there = read.named(name)
        if there is None:
            read.findings.add("column_missing", "nothing", column=name, expected=name)
        elif name == "system":
            columns[name] = read.text(name)
        else:
            columns[name] = read.values[there].values.reset_index(drop=True)
    frame = pd.DataFrame(columns)
    row = read.parsed.row
    keyless = frame["system"].isna() | frame["year"].isna()
    for name in ("system", "year"):
        here = frame[name].isna().to_numpy(bool)
        read.findings.add_rows("required_empty", "row_set_aside", row[here], column=name, expected="a value")
    frame = frame[~keyless]
    key = ["system", "year"]
    again = pd.concat([frame[key], later]).duplicated(keep="last").iloc[: len(frame)]
    read.findings.add_rows(
        "row_repeated",
        "row_set_aside",
        row[again.index[again].to_numpy()],
        column="system",
        value=frame.loc[again, "system"].tolist(),
        expected="one row a school system and year: the last one counts",
    )
    return _with_response(read, frame[~again])


def _with_response(read: ReadFile, frame: pd.DataFrame) -> pd.DataFrame:
    """Set `responded` for each row: any answer counts as a response, whatever the column contains."""
    items = [item for item in item_columns() if item in frame.columns]
    frame = frame.assign(**{name: pd.to_numeric(frame[name]).astype("Int64") for name in items})
    if "knows_standards" in frame.columns:
        frame["knows_standards"] = pd.to_numeric(frame["knows_standards"]).astype("Int64")
    gave = frame[items].notna().any(axis=1)
    if "responded" not in frame.columns:
        return frame.assign(responded=gave.astype("boolean"))
    stated = frame["responded"]
    odd = gave & ~stated.fillna(True)
    read.findings.add_rows(
        "contradicts",
        "read_as",
        read.parsed.row[odd.index[odd].to_numpy()],
        column="responded",
        value="no",
        expected="no answers where nobody answered",
        read_as="yes",
    )
    return frame.assign(responded=(gave | stated.fillna(False)).astype("boolean"))


def _with_hints(findings: pd.DataFrame) -> pd.DataFrame:
    """Suggest the nearest known column for each unknown one."""
    if findings.empty:
        return findings
    names = [*standard_table("sector").dtypes(), *item_columns()]
    unknown = findings["kind"].eq("column_unknown").fillna(False)
    hints = findings["column"].map(
        lambda head: f"a declared column.{nearest(head, names)}", na_action="ignore"
    )
    return as_table("findings", findings.assign(expected=findings["expected"].mask(unknown, hints)))


def _beside(path: Path) -> dict[str, Any]:
    """Read the metadata next to the file; metadata that can't be read never marks a sector as synthetic."""
    beside = path.with_suffix(".json")
    try:
        about = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    except (ValueError, OSError):
        return {}
    return about if isinstance(about, dict) else {}
