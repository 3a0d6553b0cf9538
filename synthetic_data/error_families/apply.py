"""Apply an error family to a synthetic district after its faults, and log each changed cell in the key."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import pandas as pd

from helpers.files import digests_of
from helpers.layouts import FileLayout, Layout, load_layout
from helpers.standard import BadInput, as_table, nearest
from synthetic_data.answer_key import write_key_table
from synthetic_data.error_families import development, held_out
from synthetic_data.error_families.declared import declared_family
from synthetic_data.error_families.native_files import NativeFile, SiloFiles, open_native
from synthetic_data.error_families.printed import NameColumns, name_columns
from synthetic_data.error_families.slips import Child, Dice, Identity, Slip
from synthetic_data.streams import rng_for

__all__ = ["FAMILIES", "add_errors", "apply_errors", "record_of_errors"]

FAMILIES: Mapping[str, ModuleType] = {module.NAME: module for module in (development, held_out)}
DETECTED_BY = {"birth_date": "birth_date_disagrees"}
NAMES_DISAGREE = "names_disagree"


@dataclass
class _Page:
    """A file that names children, and who its rows are about."""

    path: str
    file: NativeFile
    columns: NameColumns
    rows: list[tuple[int, str, Identity]]


def apply_errors(folder: Path | str, into: Path | str, family: str, seed: int) -> Path:
    """Copy a synthetic district and inject the errors of a family into the copy, after its faults.

    Parameters
    ----------
    folder
        A synthetic district: district.json, silos/, answer_key/.
    into
        A new folder.
    family
        ``development`` for training and tuning, ``held_out`` for the last measurement only.
    seed
        The same seed always makes the same errors.

    Returns
    -------
    Path
        The new district. Its answer key lists every changed cell, among the faults.

    Raises
    ------
    BadInput
        If there is no such family, the folder is no synthetic district or already has errors of a family, or
        the new folder exists.
    """
    source, target = Path(folder).absolute(), Path(into).absolute()
    about = _about(source)
    if family not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise BadInput(f"There is no error family {family!r}.{nearest(family, FAMILIES)} There are: {known}.")
    if about.get("errors"):
        raise BadInput(f"{source} already has errors of a family; give a district without.")
    if target.exists():
        raise BadInput(f"{target} exists already; give the name of a new folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        draft.chmod(0o755)
        shutil.copytree(source, draft, dirs_exist_ok=True)
        key = {
            name: pd.read_parquet(source / "answer_key" / f"{name}.parquet")
            for name in ("people", "rows", "faults")
        }
        layouts = {silo: load_layout(layout) for silo, layout in about["silos"].items()}
        latest = date.fromisoformat(about["as_of"])
        faults = add_errors(draft / "silos", layouts, key, family, seed, latest)
        write_key_table(draft / "answer_key", "faults", faults)
        about["errors"] = record_of_errors(family, seed)
        content = f"{about['fingerprint']} {json.dumps(about['errors'], sort_keys=True)}"
        about["fingerprint"] = hashlib.sha256(content.encode("ascii")).hexdigest()[:16]
        files_changed = [path for path in (draft / "silos").rglob("*") if path.is_file()]
        about["files"] = digests_of(draft / "silos", files_changed)
        text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
        (draft / "district.json").write_text(text, encoding="utf-8", newline="\n")
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _about(folder: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((folder / "district.json").read_text(encoding="utf-8"))
        if about["synthetic"] is True and (folder / "answer_key" / "rows.parquet").is_file():
            return about
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise BadInput(
        f"{folder} is no synthetic district with an answer key; make one with `bigpicture make FOLDER`."
    )


def record_of_errors(family: str, seed: int) -> dict[str, Any]:
    """Return what district.json says about the errors that were put in."""
    return {"family": family, "version": declared_family(family)["version"], "seed": seed}


def add_errors(
    silos: Path,
    layouts: Mapping[str, Layout],
    key: Mapping[str, pd.DataFrame],
    family: str,
    seed: int,
    latest: date,
) -> pd.DataFrame:
    """Change the files of a district in place.

    Parameters
    ----------
    silos
        The folder of the silos.
    layouts
        The layout of each silo.
    key
        The answer key: its people, rows and faults.
    family, seed
        As for `apply_errors`.
    latest
        The day of the exports: nobody is born after it.

    Returns
    -------
    pandas.DataFrame
        The faults of the key, and every changed cell after them.
    """
    children = _children(key["people"])
    about = key["rows"]
    about = about.loc[(about["part"] == "Subject") & about["person"].isin(list(children))]
    logged: list[dict[str, Any]] = []
    for silo, layout in layouts.items():
        files = SiloFiles(silos, silo)
        pages = _pages(files, layout, about.loc[about["silo"] == silo])
        changed = _change(silo, pages, children, family, partial(rng_for, seed, "errors", family), latest)
        logged += changed
        touched = {str(one["file"]) for one in changed}
        files.write(layout, {page.path: page.file.to_bytes() for page in pages if page.path in touched})
    faults = key["faults"]
    first = 1 if faults.empty else int(faults["order"].max()) + 1
    errors = pd.DataFrame(
        logged, columns=["fault", "kind", *WHERE, "before", "after", "person", "detected_by"]
    )
    errors["order"] = range(first, first + len(errors))
    errors = as_table("key_faults", errors)
    return as_table("key_faults", pd.concat([as_table("key_faults", faults), errors], ignore_index=True))


WHERE = ("silo", "file", "row", "column")


def _children(people: pd.DataFrame) -> dict[str, Child]:
    surnames: defaultdict[str, set[str]] = defaultdict(set)
    known = people.loc[people["household"].notna()]
    for household, surname in zip(known["household"], known["last_surname"], strict=True):
        if isinstance(surname, str):
            surnames[str(household)].add(surname)
    students = people.loc[people["role"] == "Student"]
    homes = students["household"].fillna(students["person"])
    return {
        str(person): Child(str(person), str(home), tuple(sorted(surnames[str(home)])))
        for person, home in zip(students["person"], homes, strict=True)
    }


def _pages(files: SiloFiles, layout: Layout, about: pd.DataFrame) -> list[_Page]:
    """Open the files of a silo that name children, in the order of their paths."""
    pages = []
    for path, rows in about.groupby("file", sort=True):
        kind = _kind(layout, str(path))
        columns = None if kind is None else name_columns(kind)
        if kind is None or columns is None:
            continue
        file = open_native(files.read(str(path)), kind)
        people = zip(rows["row"].tolist(), rows["person"].tolist(), strict=True)
        read = [(int(row), str(person), columns.identity(file.row(int(row)))) for row, person in people]
        pages.append(_Page(str(path), file, columns, read))
    return pages


def _kind(layout: Layout, path: str) -> FileLayout | None:
    """Find the kind of a file by its name in the folder."""
    found = [file for file in layout.files if PurePosixPath(path).match(file.place)]
    # The longest pattern is the most exact one.
    return max(found, key=lambda file: len(file.place.replace("*", "")), default=None)


def _change(
    silo: str,
    pages: Iterable[_Page],
    children: Mapping[str, Child],
    family: str,
    stream: Callable[..., Any],
    latest: date,
) -> list[dict[str, Any]]:
    """Change what the files of one silo print about each child, and list the changed cells."""
    module = FAMILIES[family]
    printed: defaultdict[str, Counter[Identity]] = defaultdict(Counter)
    for page in pages:
        for _, person, known in page.rows:
            printed[person][known] += 1
    # One record a child and system: all its files print the same error.
    fullest = {person: _fullest(known) for person, known in printed.items()}
    slips: dict[str, list[tuple[Slip, str]]] = {}
    for person in sorted(printed):
        child, drawn = children[person], module.draw_slips(stream, silo, children[person])
        kinds = [_kind_that_changes(slip, fullest[person], module, latest, child) for slip in drawn]
        slips[person] = [(slip, kind) for slip, kind in zip(drawn, kinds, strict=True) if kind is not None]
    logged: list[dict[str, Any]] = []
    instances: dict[tuple[str, Slip], str] = {}
    counts: Counter[str] = Counter()
    for page in pages:
        for row, person, known in sorted(page.rows, key=lambda one: one[0]):
            for slip, kind in slips[person]:
                dice = Dice(slip, latest, children[person], fullest[person])
                after = module.KINDS[kind](known, slip.part, dice)
                cells = list(page.columns.changes(page.file.row(row), known, after))
                known = after
                if cells and (person, slip) not in instances:
                    counts[kind] += 1
                    instances[person, slip] = f"{silo}.{kind}.{counts[kind]:04d}"
                for column, text, new in cells:
                    page.file.change(row, column, new)
                    logged.append(
                        {
                            "fault": instances[person, slip],
                            "kind": kind,
                            "silo": silo,
                            "file": page.path,
                            "row": row,
                            "column": column,
                            "before": text,
                            "after": new,
                            "person": person,
                            "detected_by": DETECTED_BY.get(slip.part, NAMES_DISAGREE),
                        }
                    )
    return logged


def _fullest(printed: Counter[Identity]) -> Identity:
    """Put together what a system's files print of a child; what prints more, or more often, comes first."""
    best = sorted(printed, key=lambda known: (-_filled(known), -printed[known], _sorted_by(known)))
    parts = {part: [getattr(known, part) for known in best] for part in vars(best[0])}
    return Identity(**{part: next(filter(None, texts), texts[0]) for part, texts in parts.items()})


def _kind_that_changes(
    slip: Slip, fullest: Identity, module: ModuleType, latest: date, child: Child
) -> str | None:
    """Choose the first kind that changes what a system prints of a child."""
    for kind in slip.kinds:
        dice = Dice(slip, latest, child, fullest)
        if module.KINDS[kind](fullest, slip.part, dice) != fullest:
            return kind
    return None


def _filled(known: Identity) -> int:
    return sum(map(bool, (known.first, known.middle, known.last, known.birth_date)))


def _sorted_by(known: Identity) -> tuple[str, ...]:
    return known.first, known.middle, known.last, str(known.birth_date)
