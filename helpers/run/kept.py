"""What a run keeps, so that the next one can say what changed: digests of records, flags, and counts.

Of an invented district it lies in the run's own folder. Of a real one nothing of a child may lie in
`reports/`, not even a digest with a flag beside it: it lies in the user's own folder, readable by this user
alone, and its digests need a key that lies there, too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files.save import own_place, save_table, write_atomically

__all__ = ["Kept", "keep", "kept_of", "read_kept", "same_district"]

_TABLES = ("records", "flags", "counts")
_INVENTED = b"invented"


@dataclass(frozen=True)
class Kept:
    """What a run keeps.

    Attributes
    ----------
    district
        Which district it was, as a digest.
    roster
        The system that comes first.
    records
        ``silo, record, child``: the record and the child it is joined to, as digests; ``child`` is the
        record of the roster that it is joined to, empty where it is joined to none.
    flags
        ``indicator, definition, child``: children who are flagged, as digests.
    counts
        ``part, left_silo, right_silo, measure, column, unit, value``: findings by kind, and the scorecard.
    """

    district: str
    roster: str
    records: pd.DataFrame
    flags: pd.DataFrame
    counts: pd.DataFrame


def _home() -> Path:
    """Give the folder for what runs keep of a real district."""
    return own_place("runs")


def _key(synthetic: bool) -> bytes:
    if synthetic:
        return _INVENTED
    place = _home() / "key"
    if not place.is_file():
        write_atomically(place, secrets.token_bytes(32))
    return place.read_bytes()


def _digests(key: bytes, *columns: pd.Series) -> pd.Series:
    rows = zip(*(column.fillna("") for column in columns), strict=True)
    return pd.Series(
        [hmac.digest(key, "\n".join(map(str, row)).encode(), "sha256").hex()[:24] for row in rows],
        index=columns[0].index,
        dtype="string",
    )


def same_district(about: Mapping[str, Any], folder: Path) -> str:
    """Say which district a folder is: an invented one by what it was made of, a real one by its place.

    Parameters
    ----------
    about
        What ``district.json`` says.
    folder
        The folder.

    Returns
    -------
    str
        A digest. Level and faults of an invented district don't count: its children are the same.
    """
    synthetic = about.get("synthetic") is True
    named = (
        [str(about.get(name)) for name in ("scenario", "seed", "students")]
        if synthetic
        else [str(folder.resolve())]
    )
    return hmac.digest(_key(synthetic), "\n".join(named).encode(), "sha256").hex()[:24]


def kept_of(
    about: Mapping[str, Any],
    folder: Path,
    crosswalk: pd.DataFrame,
    indicators: pd.DataFrame,
    findings: pd.DataFrame,
    card: pd.DataFrame,
    roster: str,
) -> Kept:
    """Gather what a run keeps.

    Parameters
    ----------
    about, folder
        As for `same_district`.
    crosswalk, indicators, findings, card
        The tables of these names; the scorecard guarded already.
    roster
        The system that comes first.

    Returns
    -------
    Kept
        No id, name or value of a child.
    """
    key = _key(about.get("synthetic") is True)
    records = _digests(key, crosswalk["silo"], crosswalk["record"])
    on_roster = crosswalk["silo"].eq(roster)
    anchors = pd.Series(records[on_roster].to_numpy(), index=crosswalk.loc[on_roster, "child"])
    child_of = anchors[~anchors.index.duplicated()]
    flagged = indicators[indicators["status"].eq("Flagged")]
    flags = flagged[["indicator", "definition"]].assign(child=flagged["child"].map(child_of))
    times = findings.assign(times=findings["times"].fillna(1)).groupby(["silo", "kind"], dropna=False)[
        "times"
    ]
    told = (
        times.sum().reset_index().rename(columns={"silo": "left_silo", "kind": "measure", "times": "value"})
    )
    lines = card.loc[card["value"].notna() & card["unit"].ne("findings")]
    lines = lines[["left_silo", "right_silo", "measure", "column", "unit", "value"]]
    counts = pd.concat(
        [told.assign(part="Findings", unit="findings"), lines.assign(part="Scorecard")], ignore_index=True
    )
    return Kept(
        same_district(about, folder),
        roster,
        pd.DataFrame(
            {"silo": crosswalk["silo"], "record": records, "child": crosswalk["child"].map(child_of)}
        ).astype("string"),
        flags.dropna(subset=["child"]).drop_duplicates().astype("string").reset_index(drop=True),
        counts,
    )


def _place(out: Path, run: str, own: Path | None, synthetic: bool) -> Path:
    """Say where a run keeps it: an invented district's in the run's folder, a real one's at the user's."""
    if synthetic:
        return (own or out / run) / "kept"
    return _home() / hashlib.blake2b(str(out.resolve()).encode(), digest_size=8).hexdigest() / run


def keep(kept: Kept, out: Path, run: str, draft: Path, synthetic: bool) -> None:
    """Write what a run keeps.

    Parameters
    ----------
    kept
        What it keeps.
    out, run, draft
        The folder of all runs, this run's name, and the folder it writes into.
    synthetic
        Whether the folder says that it is invented.
    """
    place = _place(out, run, draft, synthetic)
    for name in _TABLES:
        save_table(getattr(kept, name), place / f"{name}.parquet")
    about = {"district": kept.district, "roster": kept.roster}
    write_atomically(place / "kept.json", json.dumps(about).encode())


def read_kept(out: Path, run: str) -> Kept | None:
    """Read what an earlier run kept.

    Parameters
    ----------
    out, run
        The folder of all runs, and the name of one.

    Returns
    -------
    Kept or None
        None where it kept nothing, or it isn't there any more.
    """
    for synthetic in (True, False):
        place = _place(out, run, None, synthetic)
        try:
            about = json.loads((place / "kept.json").read_text(encoding="utf-8"))
            tables = [pd.read_parquet(place / f"{name}.parquet") for name in _TABLES]
            return Kept(about["district"], about["roster"], *tables)
        except (OSError, ValueError, KeyError):
            continue
    return None
