"""A folder of exports -> a district: which silos it has, and everything that its files say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from helpers.files.as_made import NOT_INVENTED, foreign_file, read_about, treated_as_real
from helpers.files.decode import as_utf8
from helpers.files.findings import Findings
from helpers.files.folder import FoundFile, Refused, files_below, files_in, must_be_a_folder, paths_below
from helpers.files.one_system import Silos, Systems, Unit, with_drafts
from helpers.files.read_silo import OneFile, account, read_silo, set_file_aside
from helpers.files.recognise import below, look_at, records_in
from helpers.files.run_shares import fingerprint, shared
from helpers.files.silo import Silo
from helpers.files.silo__district import District
from helpers.files.xml_records import read_xml_records
from helpers.layouts import Layout, all_layouts
from helpers.standard import BadInput, as_table, empty_table

__all__ = ["There", "read_district", "what_is_there"]


HEAD = 1 << 20  # bytes


def _about(folder: Path) -> dict[str, Any]:
    path = folder / "district.json"
    if not path.is_file():
        return {}
    try:
        about = read_about(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(
            f"{path} is no JSON ({error}): mend it, or take it away to read the folder as it is."
        ) from None
    if not isinstance(about, dict):
        raise BadInput(f"{path} must hold one JSON object that says, among others, which silos there are.")
    if about.get("silos") and not isinstance(about["silos"], dict):
        raise BadInput(f"{path} must give `silos` as one object: name of each silo, and its layout.")
    return about


def _shares(found: FoundFile, layouts: Mapping[str, Layout]) -> dict[str, tuple[float, set[str]]]:
    """Say how well each layout knows a file, and as which kinds."""
    quiet = Findings(None, found.path)
    raw = found.read()
    if raw.lstrip()[:1] != b"<":
        raw = raw[:HEAD]  # delimited files and JSON lines tell what they are at their beginning
    data = as_utf8(raw, "utf-8", quiet)
    records, total = None, 0
    if data.lstrip()[:1] == b"<":
        try:
            records, total = read_xml_records(data, quiet)
        except ValueError:
            return {}
    look = look_at(data, found.name, records, total)
    for one in chain([look], below(look)):
        known = {}
        for name, layout in layouts.items():
            kinds = records_in(one, layout)
            if kinds:
                known[name] = (sum(kind.share for kind in kinds), {kind.file.name for kind in kinds})
        if known:
            return known
    return {}


def _units_of(
    folder: str, files: Sequence[FoundFile], layouts: Mapping[str, Layout]
) -> tuple[list[Unit], list[FoundFile]]:
    """Give a folder's files to the layouts that know them best, one layout after another."""
    shares = {found.path: _shares(found, layouts) for found in files}
    left = list(files)
    units = []
    while left:
        sums: dict[str, float] = {}
        for found in left:
            for name, (value, _) in shares[found.path].items():
                sums[name] = sums.get(name, 0.0) + value
        if not sums:
            break
        best = max(sums, key=lambda name: (round(sums[name], 6), name))
        unit = Unit(folder, layouts[best])
        for found in [one for one in left if best in shares[one.path]]:
            unit.files.append(found)
            unit.kinds |= shares[found.path][best][1]
            left.remove(found)
        units.append(unit)
    return units, left


def _name(unit: Unit, alone: bool, files: Sequence[FoundFile]) -> str:
    folder = unit.folder
    if folder.lower().endswith(".zip"):
        # A zip counts as a folder; alone in one, it takes that one's name.
        parent = PurePosixPath(folder).parent.as_posix()
        beside = (one for one in files if one.path.startswith(f"{parent}/"))
        only = parent != "." and all(one.path.startswith(f"{folder}/") for one in beside)
        folder = parent if only else PurePosixPath(folder).with_suffix("").as_posix()
    if not folder:
        return unit.layout.layout
    return folder if alone else f"{folder}/{unit.layout.layout}"


def _recognised(
    files: Sequence[FoundFile], layouts: Mapping[str, Layout]
) -> tuple[Silos, list[FoundFile], list[str]]:
    """Find the silos of a folder that doesn't say which it has, and what is in doubt of them."""
    by_folder: dict[str, list[FoundFile]] = {}
    for found in files:
        by_folder.setdefault(found.folder, []).append(found)
    units: list[Unit] = []
    unknown: list[FoundFile] = []
    for folder, inside in by_folder.items():
        here, left = _units_of(folder, inside, layouts)
        units += here
        unknown += left
    systems = Systems(units)
    in_folder = Counter(unit.folder for unit in systems.units)
    silos: Silos = {}
    for unit in systems.units:
        name = _name(unit, in_folder[unit.folder] == 1, files)
        longer = f"{name}/{unit.layout.layout}"
        free = chain([name, longer], (f"{longer} {number}" for number in count(2)))
        silos[next(one for one in free if one not in silos)] = (unit.layout, unit.files)
    return silos, unknown, systems.doubts


def _declared(
    about: Mapping[str, Any], files: Sequence[FoundFile], layouts: Mapping[str, Layout], folder: Path
) -> tuple[Silos, list[FoundFile]]:
    """Give each silo that district.json names the files below its folder."""
    silos = {}
    claimed = set()
    for name, layout in dict(about["silos"]).items():
        if layout not in layouts:
            raise BadInput(
                f"{folder / 'district.json'} gives silo {name!r} the layout {layout!r}, "
                f"which nobody declares. There are: {', '.join(layouts)}."
            )
        inside = [found for found in files if found.path.startswith(f"{name}/")]
        claimed |= {found.path for found in inside}
        silos[name] = (layouts[layout], inside)
    return silos, [found for found in files if found.path not in claimed]


def _repeated(
    silos: Silos,
) -> tuple[Silos, list[tuple[str, FoundFile, str]]]:
    """Take out files that stand in a silo twice, and silos that are copies of another one."""
    sizes: dict[int, int] = {}
    for _, files in silos.values():
        for found in files:
            sizes[found.size] = sizes.get(found.size, 0) + 1
    digests = {
        found.path: found.digest() if sizes[found.size] > 1 and found.size else found.path.encode()
        for _, files in silos.values()
        for found in files
    }
    kept: Silos = {}
    repeated = []
    for name, (layout, files) in silos.items():
        first: dict[bytes, FoundFile] = {}
        once = []
        for found in files:
            same = first.setdefault(digests[found.path], found)
            if same is found:
                once.append(found)
            else:
                repeated.append((name, found, same.path))
        copy_of = next(
            (
                other
                for other, (_, theirs) in kept.items()
                if once and {digests[f.path] for f in once} <= {digests[f.path] for f in theirs}
            ),
            None,
        )
        if copy_of is None:
            kept[name] = (layout, once)
        else:
            repeated += [(name, found, copy_of) for found in once]
    return kept, repeated


@dataclass(frozen=True)
class There:
    """What a folder holds, before any of it is read.

    Attributes
    ----------
    about
        What ``district.json`` says.
    layouts
        Every layout that may know its files.
    silos
        Silo -> its layout and files.
    unknown, refused
        Files that no layout knows, and those that can't be opened.
    doubts
        Questions about folders that may be one system or two.
    """

    about: dict[str, Any]
    layouts: Mapping[str, Layout]
    silos: Silos
    unknown: list[FoundFile]
    refused: list[Refused]
    doubts: list[str] = field(default_factory=list)


def what_is_there(folder: Path) -> There:
    """Say which silos a folder has, and which of its files no layout knows.

    Parameters
    ----------
    folder
        As for `read_district`.

    Returns
    -------
    There
        Files by silo; none of them is read yet.

    Raises
    ------
    BadInput
        When it is no folder, holds no file, or has a district.json or layout that can't be used.
    """
    must_be_a_folder(folder)
    about = _about(folder)
    layouts = all_layouts(folder / "layouts")
    root = folder / "silos" if (folder / "silos").is_dir() else folder
    files, refused = files_below(root)
    if not files and not refused:
        raise BadInput(
            f"{folder} holds no file, not even in a zip: put your systems' exports into it, as they are, "
            f"then `bigpicture read {folder}`."
        )
    if about.get("synthetic") is True:
        beside = None if root == folder else _known_beside(folder, layouts, about)
        if why := treated_as_real(about, folder, paths_below(root), beside):
            about |= {"synthetic": False, NOT_INVENTED: why}
    # Thousands of digests that nobody needs any more.
    about.pop("files", None)
    kits = {id(layout) for layout in all_layouts().values()}
    own = {name: layout for name, layout in layouts.items() if id(layout) not in kits}
    if not about.get("silos"):
        silos, unknown, doubts = _recognised(files, layouts)
    else:
        silos, unknown = _declared(about, files, layouts, folder)
        # A file that somebody put beside the declared silos is known by a layout that the folder brings.
        more, unknown, doubts = _recognised(unknown, own)
        for name, found in more.items():
            silos[name if name not in silos else f"{name}/{found[0].layout}"] = found
    silos, more_doubts = with_drafts(silos, own)
    return There(about, layouts, silos, unknown, refused, [*doubts, *more_doubts])


def _known_beside(folder: Path, layouts: Mapping[str, Layout], about: Mapping[str, Any]) -> Path | None:
    """Find a file beside the silos that a layout knows: somebody's own exports, put in the wrong place."""
    for path in paths_below(folder):
        first = path.relative_to(folder).parts[0]
        # No layout reads Parquet, of which the answer key is made.
        if first == "silos" or path.suffix == ".parquet":
            continue
        if foreign_file(about, [path]) and any(_shares(found, layouts) for found in files_in(path)):
            return path
    return None


def read_district(folder: str | Path, *, written: bool = True) -> District:
    """Read a folder of exports.

    Parameters
    ----------
    folder
        A district folder with ``district.json`` and ``silos/``, or any folder of exports: silos are then
        found by what is in the files. Layouts in its own ``layouts/`` are known as well.
    written
        Whether what stands in the files as it is written is kept as well: heads, codes, shapes of dates. Who
        doesn't ask how far systems speak the same language (``helpers.gaps.scorecard``) saves the time.

    Returns
    -------
    District
        Silos by name (SIS first, then by name), findings, and accounts in which every row of every file is
        used, structure, set aside or kept apart.

    Raises
    ------
    BadInput
        When it is no folder, holds no file, or has a district.json that can't be used. What is wrong inside
        files is a finding, never an error.
    """
    folder = Path(folder)
    return shared(
        lambda: f"district {folder} {fingerprint(folder)} {written}", lambda: _read(folder, written)
    )


def _silo(name: str, layout: Layout, files: Sequence[FoundFile], written: bool) -> Silo:
    """Read one silo, or take over what a district that has the very same files gave earlier in this run."""

    def what() -> str:
        bytes_of = sorted((found.path, found.digest().hex()) for found in files)
        return f"silo {name} {written} {layout.model_dump_json()} {bytes_of}"

    return shared(what, lambda: read_silo(name, layout, files, written=written))


def _read(folder: Path, written: bool) -> District:
    there = what_is_there(folder)
    silos, repeated = _repeated(there.silos)

    loose: list[tuple[str | None, OneFile]] = [
        (None, set_file_aside(None, found, "file_unknown", expected="a file that some layout knows"))
        for found in there.unknown
    ]
    for name, found, same in repeated:
        loose.append((name, set_file_aside(name, found, "file_repeated", expected=f"once; it equals {same}")))
    for refusal in there.refused:
        owner = next((silo for silo in silos if refusal.path.startswith(f"{silo}/")), None)
        one = OneFile(refusal.path, Findings(owner, refusal.path))
        one.aside = 0
        one.findings.add(refusal.kind, "file_set_aside", value=refusal.reason)
        loose.append((owner, one))

    read = {name: _silo(name, layout, inside, written) for name, (layout, inside) in silos.items()}
    ordered: dict[str, Silo] = dict(
        sorted(read.items(), key=lambda item: ("roster" not in item[1].layout.authority, item[0]))
    )
    unclaimed = (empty_table("findings"), empty_table("accounts"))
    if loose:
        unclaimed = (
            as_table("findings", pd.concat([one.findings.frame() for _, one in loose], ignore_index=True)),
            as_table("accounts", pd.DataFrame([account(name, one) for name, one in loose])),
        )
    return District(folder, there.about, ordered, unclaimed)
