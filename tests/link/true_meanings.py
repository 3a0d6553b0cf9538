"""What each undeclared id column truly has, and how links fare where a layout says so."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

import synthetic_data.desk
from helpers.files import District
from helpers.layouts.meanings import known_systems
from helpers.link import Links, link_children
from helpers.link.values.identifiers import plain_ids

__all__ = [
    "Column",
    "declared",
    "desk_meanings",
    "link",
    "made_meanings",
    "no_worse",
    "pairs_right",
    "with_layouts",
]

Column = tuple[str, str]
RECORD = ["silo", "record"]
# A few pairs may move where a child is as near to one cluster as to another.
SLACK = 0.001
# Fields of the desk's files that are a person's number, with its system.
OF_THE_DESK = {
    "number": "District",
    "number_bare": "District",
    "barcode": "District",
    "state": "State",
    "pin": "PIN",
    "dcid": "Clever",
    "county": "County",
}


def desk_meanings(district: District) -> dict[Column, str]:
    """Return whose number each undeclared column of a desk folder has, as the generator wrote it."""
    path = Path(synthetic_data.desk.__file__).with_name("files.toml")
    files = tomllib.loads(path.read_text(encoding="utf-8"))["file"]
    wrote = {
        (f"{file['path']}/{file['sheet']}" if "sheet" in file else file["path"], head): field
        for file in files
        for head, field in file["columns"]
    }
    # A file without a header has its columns by their places.
    wrote |= {
        (file["path"], f"Column {at}"): field
        for file in files
        if not file.get("header", True)
        for at, (_, field) in enumerate(file["columns"], start=1)
    }
    columns = _undeclared(district.identifiers)[["silo", "file", "column"]].drop_duplicates()
    return {
        (silo, column): OF_THE_DESK.get(wrote[file, column], f"{silo} {column}")
        for silo, file, column in columns.itertuples(index=False)
    }


def made_meanings(district: District, person: pd.DataFrame) -> dict[Column, str]:
    """Return whose number each undeclared column of a made district has: most of its ids are these.

    ``person`` has the true person of each record; the roster has everybody's State id and District number.
    """
    ids = district.identifiers.merge(person, on=RECORD, how="inner", validate="many_to_one")
    ids["plain"] = plain_ids(ids["identifier"]).to_numpy()
    roster = ids[ids["silo"].eq(next(iter(district)))]
    found = {}
    for (silo, column), mine in _undeclared(ids).groupby(["silo", "column"]):
        shares = dict(_shares(mine, roster))
        best = max(shares, key=lambda system: shares[system])
        found[str(silo), str(column)] = best if shares[best] > 0.5 else f"{silo} {column}"
    return found


def _shares(mine: pd.DataFrame, roster: pd.DataFrame) -> Iterator[tuple[str, float]]:
    for system in ("State", "District"):
        theirs = roster.loc[roster["identification_system"].eq(system), ["person", "plain"]].drop_duplicates()
        known = mine[mine["person"].isin(theirs["person"])]
        both = known.merge(theirs, on=["person", "plain"], how="inner", validate="many_to_one")
        yield system, len(both) / len(known) if len(known) else 0.0


def _undeclared(ids: pd.DataFrame) -> pd.DataFrame:
    return ids[ids["identification_system"].eq("Undeclared")]


def declared(district: District, meanings: Mapping[Column, str]) -> pd.DataFrame:
    """Return the ids of a district as if its layouts declared some columns."""
    ids = district.identifiers.copy()
    for (silo, column), system in meanings.items():
        mine = ids["silo"].eq(silo) & ids["column"].eq(column) & ids["identification_system"].eq("Undeclared")
        assert mine.any()
        ids.loc[mine, "identification_system"] = system
    return ids


def with_layouts(folder: Path, place: Path, meanings: Mapping[Column, str]) -> Path:
    """Copy a folder with drafted layouts, and declare columns in them as a person would."""
    shutil.copytree(folder, place)
    for path in sorted((place / "layouts").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        silo = tomllib.loads(text)["silo"]
        for (of_silo, column), system in meanings.items():
            if of_silo != silo:
                continue
            line = rf'(name = "{re.escape(column)}"[^}}]*?identification_system = )"Undeclared"'
            text, times = re.subn(line, rf'\1"{system}"', text)
            assert times
            if system not in known_systems():
                text = f'own_systems = ["{system}"]\n{text}'
        path.write_text(text, encoding="utf-8")
    return place


def link(district: District, identifiers: pd.DataFrame) -> Links:
    """Link a district as every command does, with these ids."""
    return link_children(
        district.people,
        identifiers,
        method="resolved",
        unique_people=district.unique_people,
        anchor_order=tuple(district),
        person_rows=district.person_rows,
        layouts=district.layouts,
        kinds=district.kinds,
        schools=district.fact("school"),
    )


def pairs_right(links: Links, person: pd.DataFrame) -> tuple[float, float]:
    """Return precision and recall over pairs of records."""
    both = person.merge(links.crosswalk, on=RECORD, how="inner", validate="one_to_one")

    def pairs(*keys: str) -> int:
        sizes = both.groupby(list(keys)).size()
        return int((sizes * (sizes - 1) // 2).sum())

    right = pairs("child", "person")
    return right / pairs("child"), right / pairs("person")


def no_worse(after: tuple[float, float], before: tuple[float, float]) -> bool:
    """Return whether neither precision nor recall fell."""
    return all(now >= was - SLACK for now, was in zip(after, before, strict=True))
