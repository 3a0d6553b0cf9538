"""`bigpicture link --left A.csv [--right B.csv]`: any two files of persons, or one with itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from helpers.cli.folders import said, save
from helpers.files.command_output import emit
from helpers.files.save import write_atomically
from helpers.standard import BadInput

if TYPE_CHECKING:
    import pandas as pd

    from helpers.link.two_files import Linked, PersonFile

__all__ = ["link_two_files", "two_files_options"]

C = TypeVar("C", bound=Callable[..., Any])
# What `link FOLDER` wrote there: it isn't about these files. What a person may have answered stays.
OF_A_FOLDER = ("crosswalk.csv", "id_columns.csv", "link_findings.csv", "quality_estimate.csv", "moves.csv")
OF_FILES = "a file of persons (CSV in any delimiter and encoding, or xlsx)"


def two_files_options(command: C) -> C:
    """Give a command `--left`, `--right` and `--map` (its parameters left, right and mapping)."""
    for name, also, told in (
        ("--map", "mapping", "Which column holds which field: a TOML such as the map.toml that this writes."),
        ("--right", "right", "The other file; without it, duplicates are found in the left one."),
        ("--left", "left", f"Instead of FOLDER: {OF_FILES}."),
    ):
        command = click.option(name, also, type=click.Path(path_type=Path), metavar="FILE", help=told)(
            command
        )
    return command


def link_two_files(
    folder: Path | None, left: Path | None, right: Path | None, mapping: Path | None, out: Path, as_json: bool
) -> bool:
    """Link two files of persons, or one with itself, where a command asks for that.

    Writes pairs.csv (left_row, right_row, match_probability, decision, reason), map.toml (the mapping that
    was used, to be corrected) and set_aside.csv (rows that could not be read). Prints counts, never what
    stands in a cell.

    Parameters
    ----------
    folder
        The folder that the command was given instead; None where none.
    left, right, mapping
        The files, and the mapping of their columns.
    out
        Folder for what is written.
    as_json
        Print one JSON object.

    Returns
    -------
    bool
        False where a folder is to be linked instead, and nothing was done.

    Raises
    ------
    BadInput
        When both or neither are given, or a file or the mapping can't be used.
    """
    if left is None:
        if right is not None or mapping is not None:
            raise BadInput(
                f"{'--right' if right is not None else '--map'} goes with --left: name the left file too, "
                f"such as `bigpicture link --left A.csv --right B.csv`."
            )
        if folder is None:
            raise BadInput(
                "Name a FOLDER of exports to link, or files of persons: `bigpicture link --left A.csv "
                "[--right B.csv]`."
            )
        return False
    if folder is not None:
        raise BadInput(
            f"A folder ({folder}) and --left were given: link a folder, or files, one after the other."
        )
    from helpers.link.two_files import link_files, read_mapping, read_person_file

    told = read_mapping(mapping) if mapping is not None else None
    files = {"left": read_person_file(left)}
    if right is not None:
        files["right"] = read_person_file(right)
    linked = link_files(files["left"], files.get("right"), told)
    notes = list(linked.notes)
    if right is not None and _are_one(left, right):
        notes.insert(
            0,
            "both files hold the same bytes, so that each row finds itself: to find duplicates in one file, "
            "leave --right out",
        )
    written = save(
        out,
        {"pairs.csv": linked.pairs, "set_aside.csv": _set_aside(files)},
        _mappings(linked, files, mapping, out, notes),
        instead_of=OF_A_FOLDER,
    )
    emit(
        {**_figures(linked, as_json), "notes": notes, "written": written}
        if as_json
        else _shown(linked, notes, written),
        as_json,
    )
    return True


def _are_one(left: Path, right: Path) -> bool:
    if left.resolve() == right.resolve():
        return True
    return left.stat().st_size == right.stat().st_size and left.read_bytes() == right.read_bytes()


def _set_aside(files: dict[str, PersonFile]) -> pd.DataFrame:
    import pandas as pd

    parts = [file.set_aside.assign(side=side) for side, file in files.items()]
    return pd.concat(parts, ignore_index=True)[["side", "row", "reason"]]


def _mappings(
    linked: Linked, files: dict[str, PersonFile], mapping: Path | None, out: Path, notes: list[str]
) -> dict[str, Callable[[Path], object]]:
    """Give the mapping to write; one that a person corrected and that was not given is kept beside it."""
    from helpers.link.two_files import as_toml

    place = out / "map.toml"
    text = as_toml(linked.mapping, {side: file.path.name for side, file in files.items()}).encode("utf-8")
    before = place.read_bytes() if place.exists() else text
    if mapping is not None and place.exists() and place.resolve() == mapping.resolve():
        return {place.name: lambda path: write_atomically(path, before)}
    written: dict[str, Callable[[Path], object]] = {place.name: lambda path: write_atomically(path, text)}
    if before != text:
        earlier = out / "map.earlier.toml"
        written[earlier.name] = lambda path: write_atomically(path, before)
        notes.append(f"{place} said something else: it is kept as {earlier}; give it with --map to use it")
    return written


def _figures(linked: Linked, as_json: bool) -> dict[str, Any]:
    from helpers.share.guard import Guard

    # Nobody says that the persons in such files are invented.
    guard = Guard(real=True)
    decided = linked.pairs["decision"].value_counts()
    return {
        "rows": linked.accounts,
        "matches": said(guard, int(decided.get("Match", 0))),
        "for review": said(guard, int(decided.get("Review", 0))),
        "kept apart as relatives": said(guard, linked.household),
        "mapping": _mapped(linked),
    }


def _mapped(linked: Linked) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (side, name, " + ".join(source.columns))
        for side, mapping in linked.mapping.items()
        for name, source in mapping.sources.items()
    ]
    return pd.DataFrame(rows, columns=["side", "field", "column"])


def _shown(linked: Linked, notes: list[str], written: list[str]) -> dict[str, Any]:
    figures = _figures(linked, False)
    return {**figures, **{f"note {place}": note for place, note in enumerate(notes, 1)}, "written": written}
