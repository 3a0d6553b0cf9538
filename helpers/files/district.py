"""Read a district's folder, or the districts of a region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from os.path import commonpath
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from helpers.files.as_made import NOT_INVENTED, foreign_file, read_about, treated_as_real
from helpers.files.file_profile import FileProfile
from helpers.files.findings import Findings, findings_of
from helpers.files.folder import FoundFile, Refused, files_below, files_in, must_be_a_folder, paths_below
from helpers.files.one_system import Silos, Systems, Unit, with_drafts
from helpers.files.read_silo import OneFile, Silo, _joined, account, read_silo, set_file_aside
from helpers.files.readers.decode import as_utf8
from helpers.files.readers.xml import read_xml_records
from helpers.files.recognize import DeclaredNames, below, look_at, records_in
from helpers.files.run_cache import fingerprint, shared
from helpers.layouts import ANSWERS, DONT_KNOW, Answers, Layout, all_layouts, read_answers, with_answers
from helpers.standard import STRING, BadInput, Measured, as_table, empty_table, nearest, plain, respelled

__all__ = [
    "District",
    "data_rows",
    "district_folders",
    "folded_accounts",
    "is_region",
    "no_child_told",
    "read_district",
    "what_is_there",
    "with_children",
]


@dataclass(frozen=True)
class District(Mapping[str, Silo]):
    """The silos of one folder, by name: the SIS first, then alphabetically.

    Attributes
    ----------
    folder
        The folder they were read from.
    about
        Content of ``district.json``; empty without one.
    silos
        Silo by name.
    unclaimed
        Findings and row accounts of files that belong to no silo.
    """

    folder: Path
    about: dict[str, Any]
    silos: dict[str, Silo]
    unclaimed: tuple[pd.DataFrame, pd.DataFrame] = field(
        default_factory=lambda: (empty_table("findings"), empty_table("accounts"))
    )

    def __getitem__(self, name: str) -> Silo:
        if name not in self.silos:
            raise BadInput(
                f"{self.folder} has no silo {name!r}.{nearest(name, self.silos)} "
                f"It has: {', '.join(self.silos) or 'none'}."
            )
        return self.silos[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.silos)

    def __len__(self) -> int:
        return len(self.silos)

    def __contains__(self, name: object) -> bool:
        return name in self.silos

    @property
    def synthetic(self) -> bool:
        """Whether the folder is marked synthetic (everybody is invented); otherwise it counts as real."""
        return self.about.get("synthetic") is True

    @property
    def title(self) -> str:
        """The district's name, else its folder's."""
        return str(self.about.get("title") or self.folder.resolve().name)

    @property
    def layouts(self) -> dict[str, Layout]:
        """Layout by silo."""
        return {name: silo.layout for name, silo in self.silos.items()}

    @property
    def kinds(self) -> dict[str, tuple[str, ...]]:
        """File -> the kinds of file or record it was read as."""
        return {file: kinds for silo in self.silos.values() for file, kinds in silo.kinds.items()}

    @property
    def unique_people(self) -> tuple[str, ...]:
        """Silos whose layout guarantees one record per child."""
        return tuple(name for name, silo in self.silos.items() if silo.layout.unique_people)

    @property
    def people(self) -> pd.DataFrame:
        """People of all silos."""
        return _joined("people", [silo.people for silo in self.silos.values()])

    @property
    def person_rows(self) -> pd.DataFrame:
        """Source rows of the people of all silos."""
        return _joined("person_rows", [silo.person_rows for silo in self.silos.values()])

    @property
    def filled_cells(self) -> pd.DataFrame:
        """Cells of people that an earlier row filled, not the record's last one, in all silos."""
        return _joined("filled_cells", [silo.filled_cells for silo in self.silos.values()])

    @property
    def identifiers(self) -> pd.DataFrame:
        """Identifiers of all silos."""
        return self._identifiers(possible=False)

    @property
    def possible_ids(self) -> pd.DataFrame:
        """Values that may be identifiers, as the table *identifiers*; only linking compares them."""
        return self._identifiers(possible=True)

    def _identifiers(self, *, possible: bool) -> pd.DataFrame:
        parts = [
            silo.identifiers
            if not possible and not silo.has_possible_ids
            else silo.identifiers[silo.identifiers["identification_system"].eq("Possible").eq(possible)]
            for silo in self.silos.values()
            if not possible or silo.has_possible_ids
        ]
        return _joined("identifiers", [part.reset_index(drop=True) for part in parts])

    @property
    def findings(self) -> pd.DataFrame:
        """Findings of all silos, and of files that belong to none."""
        return _joined("findings", [*(silo.findings for silo in self.silos.values()), self.unclaimed[0]])

    @property
    def accounts(self) -> pd.DataFrame:
        """Row accounts of all files."""
        return _joined("accounts", [*(silo.accounts for silo in self.silos.values()), self.unclaimed[1]])

    @property
    def written(self) -> FileProfile:
        """Headers, codes and date formats as written in the files of all silos.

        Raises
        ------
        BadInput
            When a silo was read without it.
        """
        kept = {name: silo.written for name, silo in self.silos.items() if silo.written is not None}
        if lacking := [name for name in self.silos if name not in kept]:
            raise BadInput(
                f"What is written in {', '.join(lacking)} wasn't kept; read {self.folder} with written=True."
            )
        return FileProfile.of(kept.values())

    def fact(self, table: str) -> pd.DataFrame:
        """Return a fact table of all silos; empty, with its columns, if none has it."""
        return _joined(table, [silo.facts[table] for silo in self.silos.values() if table in silo.facts])


def data_rows(accounts: pd.DataFrame) -> pd.Series:
    """Return the rows of each table without its headers and titles.

    >>> data_rows(pd.DataFrame({"rows": [5], "rows_structure": [2]})).tolist()
    [3]
    """
    return accounts["rows"] - accounts["rows_structure"]


MANY = 4  # with this many files of one kind, list them in one line


def folded_accounts(district: District) -> pd.DataFrame:
    """Combine the accounts of many files of one kind into one line; totals stay the same."""
    accounts = district.accounts
    kinds = district.kinds
    kind = pd.Series([", ".join(kinds.get(file, ())) for file in accounts["file"]], dtype=STRING)
    groups = accounts.groupby([accounts["silo"], kind], sort=False)["file"]
    many = (groups.transform("size") >= MANY).fillna(False).to_numpy(bool) & (kind != "").to_numpy(bool)
    number = pd.Series(range(len(accounts)), index=accounts.index)
    first_of = dict(zip(accounts["file"], number, strict=True))
    together = number.where(~many, groups.transform("first").map(first_of))
    shown = accounts["file"].copy()
    for first, files in accounts["file"][many].groupby(together[many]):
        folder = commonpath(files.tolist())
        many_files = Measured("files", len(files), where=folder)
        shown.iloc[int(first)] = plain(f"{folder}: {many_files:count}, {kind.iloc[int(first)]}")
    counts = [str(name) for name in accounts.columns if str(name).startswith("rows")]
    sums = accounts.assign(file=shown).groupby(together, sort=True)
    folded = sums[["silo", "file"]].first()
    return folded.join(sums[counts].sum()).reset_index(drop=True)[list(accounts.columns)]


HEAD = 1 << 20  # bytes


def _about(folder: Path) -> dict[str, Any]:
    path = folder / "district.json"
    if not path.is_file():
        return {}
    try:
        about = read_about(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(
            f"{path} isn't JSON ({error}): correct it, or move it elsewhere to read the folder as it is."
        ) from None
    if not isinstance(about, dict):
        raise BadInput(f"{path} must contain one JSON object that lists, among others, the silos.")
    if about.get("silos") and not isinstance(about["silos"], dict):
        raise BadInput(f"{path} must give `silos` as one object: name of each silo, and its layout.")
    return about


def _shares(found: FoundFile, layouts: DeclaredNames) -> dict[str, tuple[float, set[str]]]:
    """Rate how well each layout matches a file, and as which kinds."""
    quiet = Findings(None, found.path)
    raw = found.read()
    if raw.lstrip()[:1] != b"<":
        raw = raw[:HEAD]  # the first bytes identify delimited files and JSON lines
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
        for name, layout in layouts.layouts_for(one):
            kinds = records_in(one, layout)
            if kinds:
                known[name] = (sum(kind.share for kind in kinds), {kind.file.name for kind in kinds})
        if known:
            return known
    return {}


def _belongs(known: Mapping[str, tuple[float, set[str]]], layout: str, layouts: Mapping[str, Layout]) -> bool:
    """Test whether a file belongs to a layout that matches it, and isn't exactly what a draft says."""
    if layout not in known:
        return False
    exact = [name for name, (share, _) in known.items() if share == 1.0]
    return layout in exact or not any(layouts[name].is_draft for name in exact)


def _units_of(
    folder: str, files: Sequence[FoundFile], layouts: Mapping[str, Layout], names: DeclaredNames
) -> tuple[list[Unit], list[FoundFile]]:
    """Assign a folder's files to the layouts that match them best, one layout after another."""
    shares = {found.path: _shares(found, names) for found in files}
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
        for found in [one for one in left if _belongs(shares[one.path], best, layouts)]:
            unit.files.append(found)
            unit.kinds |= shares[found.path][best][1]
            left.remove(found)
        units.append(unit)
    return units, left


def _name(unit: Unit, alone: bool, files: Sequence[FoundFile]) -> str:
    folder = unit.folder
    if folder.lower().endswith(".zip"):
        # A zip counts as a folder; alone in a folder, it takes the folder's name.
        parent = PurePosixPath(folder).parent.as_posix()
        beside = (one for one in files if one.path.startswith(f"{parent}/"))
        only = parent != "." and all(one.path.startswith(f"{folder}/") for one in beside)
        folder = parent if only else PurePosixPath(folder).with_suffix("").as_posix()
    if not folder:
        return unit.layout.layout
    return folder if alone else f"{folder}/{unit.layout.layout}"


def _recognized(
    files: Sequence[FoundFile], layouts: Mapping[str, Layout]
) -> tuple[Silos, list[FoundFile], list[str]]:
    """Recognize the silos of a folder without declared silos; also return open questions."""
    by_folder: dict[str, list[FoundFile]] = {}
    for found in files:
        by_folder.setdefault(found.folder, []).append(found)
    units: list[Unit] = []
    unknown: list[FoundFile] = []
    names = DeclaredNames(layouts)
    for folder, inside in by_folder.items():
        here, left = _units_of(folder, inside, layouts, names)
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
    """Assign each silo in district.json the files below its folder."""
    silos = {}
    claimed = set()
    for inner, layout in dict(about["silos"]).items():
        name, known = respelled(inner), layouts.get(respelled(layout))
        if known is None:
            raise BadInput(
                f"{folder / 'district.json'} gives silo {inner!r} the layout {layout!r}, "
                f"which doesn't exist. There are: {', '.join(layouts)}."
            )
        inside = [found for found in files if found.path.startswith(f"{inner}/")]
        claimed |= {found.path for found in inside}
        silos[name] = (known, inside)
    return silos, [found for found in files if found.path not in claimed]


def _repeated(
    silos: Silos,
) -> tuple[Silos, list[tuple[str, FoundFile, str]]]:
    """Remove files that occur twice in a silo, and silos that duplicate another."""
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
    """Contents of a folder, before any file is read."""

    # Content of ``district.json``.
    about: dict[str, Any]
    # Every layout that may match its files.
    layouts: Mapping[str, Layout]
    # Silo -> its layout and files.
    silos: Silos
    # Files that match no layout, and those that can't be opened.
    unknown: list[FoundFile]
    refused: list[Refused]
    # Questions about folders that may be one system or two.
    doubts: list[str] = field(default_factory=list)


def what_is_there(folder: Path) -> There:
    """Find the silos of a folder, and its files that match no layout."""
    must_be_a_folder(folder)
    about = _about(folder)
    answers = read_answers(folder)
    layouts = _answered(all_layouts(folder / "layouts"), answers, folder / ANSWERS)
    root = folder / "silos" if (folder / "silos").is_dir() else folder
    files, refused = files_below(root)
    if not files and not refused:
        raise BadInput(
            f"{folder} contains no file, not even in a zip: put your systems' exports into it, as they are, "
            f"then `bigpicture read {folder}`."
        )
    if about.get("synthetic") is True:
        beside = None if root == folder else _known_beside(folder, layouts, about)
        if why := treated_as_real(about, folder, paths_below(root), beside):
            about |= {"synthetic": False, NOT_INVENTED: why}
    # Thousands of digests that nothing needs from here on.
    about.pop("files", None)
    kits = {id(layout) for layout in all_layouts().values()}
    own = {name: layout for name, layout in layouts.items() if id(layout) not in kits}
    if not about.get("silos"):
        silos, unknown, doubts = _recognized(files, layouts)
    else:
        silos, unknown = _declared(about, files, layouts, folder)
        # Files next to the declared silos may match a layout of the folder itself.
        more, unknown, doubts = _recognized(unknown, own)
        for name, found in more.items():
            silos[name if name not in silos else f"{name}/{found[0].layout}"] = found
    silos, more_doubts = with_drafts(silos, own)
    silos = _with_roster(silos, answers.roster, folder / ANSWERS)
    return There(about, layouts, silos, unknown, refused, [*doubts, *more_doubts])


def _answered(layouts: Mapping[str, Layout], answers: Answers, where: Path) -> dict[str, Layout]:
    """Complete layouts by a folder's answers."""
    for name in answers.layouts():
        if name not in layouts:
            raise BadInput(
                f"{where} has answers about the layout {name!r}, which doesn't exist."
                f"{nearest(name, layouts)} Correct its name, or delete its lines."
            )
    return {name: with_answers(layout, answers, where) for name, layout in layouts.items()}


def _with_roster(silos: Silos, roster: str | None, where: Path) -> Silos:
    """Give a system the authority over the roster."""
    if roster in (None, DONT_KNOW):
        return silos
    if roster not in silos:
        raise BadInput(
            f"{where} names {roster!r} as the roster, and no file here is of that system."
            f"{nearest(str(roster), silos)} Add its file, or delete the line."
        )
    layout, files = silos[roster]
    authority = [*dict.fromkeys([*layout.authority, "roster"])]
    return {**silos, roster: (layout.model_copy(update={"authority": authority}), files)}


def _known_beside(folder: Path, layouts: Mapping[str, Layout], about: Mapping[str, Any]) -> Path | None:
    """Find a file next to the silos that matches a layout: a real export in the wrong place."""
    names = DeclaredNames(layouts)
    for path in paths_below(folder):
        first = path.relative_to(folder).parts[0]
        # No layout reads Parquet, the format of the answer key.
        if first == "silos" or path.suffix == ".parquet":
            continue
        if foreign_file(about, [path]) and any(_shares(found, names) for found in files_in(path)):
            return path
    return None


def read_district(
    folder: str | Path, *, written: bool = True, only: Collection[str] | None = None
) -> District:
    """Read a folder of exports into standard tables, and account for every row.

    Parameters
    ----------
    folder
        A district folder (``district.json`` and ``silos/``), or any folder of exports: the kit
        recognizes each file by its content. It also uses layouts in the folder's own ``layouts/``.
    written
        Whether to store headers, codes and date formats as the files write them. `measure_gaps` needs them;
        reading is faster without.
    only
        Names of the silos to read, such as ``["sis", "meals"]``; by default all. The accounts then list the
        files of these silos, and files that match no layout.

    Returns
    -------
    District
        Silos by name (the roster first), findings, and ``accounts``: one row per file, in which
        ``rows = rows_used + rows_structure + rows_set_aside + rows_quarantined``.

    Raises
    ------
    BadInput
        When the folder doesn't exist or contains no file, its district.json can't be used, or it lacks a silo
        of ``only``. Anything wrong inside a file is a finding, never an error.

    Examples
    --------
    >>> district = read_district(folder)  # the sample of synthetic_data/sample, unpacked
    >>> len(district.silos), len(district.accounts), int(district.accounts["rows"].sum())
    (16, 101, 14892)
    """
    folder = Path(folder)
    chosen = None if only is None else tuple(sorted(set(only)))
    return shared(
        lambda: f"district {folder} {fingerprint(folder)} {written} {chosen}",
        lambda: _read(folder, written, chosen),
    )


def _silo(name: str, layout: Layout, files: Sequence[FoundFile], written: bool) -> Silo:
    """Read one silo, or reuse the silo of a district with identical files from earlier in this run."""

    def what() -> str:
        bytes_of = sorted((found.path, found.digest().hex()) for found in files)
        return f"silo {name} {written} {layout.model_dump_json()} {bytes_of}"

    return shared(what, lambda: read_silo(name, layout, files, written=written))


def _only(there: There, chosen: Collection[str], folder: Path) -> There:
    """Leave out all silos but the chosen ones, and their files that can't be opened."""
    for name in chosen:
        if name not in there.silos:
            raise BadInput(
                f"{folder} has no system {name!r}.{nearest(name, there.silos)} "
                f"It has: {', '.join(there.silos)}."
            )
    left_out = tuple(f"{name}/" for name in there.silos if name not in chosen)
    return replace(
        there,
        silos={name: there.silos[name] for name in there.silos if name in chosen},
        refused=[one for one in there.refused if not one.path.startswith(left_out)],
    )


def _read(folder: Path, written: bool, chosen: Collection[str] | None = None) -> District:
    there = what_is_there(folder)
    if chosen is not None:
        there = _only(there, chosen, folder)
    silos, repeated = _repeated(there.silos)

    loose: list[tuple[str | None, OneFile]] = [
        (None, set_file_aside(None, found, "file_unknown", expected="a file that a layout matches"))
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
            findings_of([one.findings for _, one in loose]),
            as_table("accounts", pd.DataFrame([account(name, one) for name, one in loose])),
        )
    return District(folder, there.about, ordered, unclaimed)


def is_region(folder: Path) -> bool:
    """Return whether a folder contains several districts rather than the exports of one."""
    if not folder.is_dir() or (folder / "district.json").is_file():
        return False
    return (folder / "region.json").is_file() or len(_districts_in(folder)) > 1


def district_folders(folder: Path) -> dict[str, Path]:
    """Map the name of each district of a region to its folder."""
    found = _districts_in(folder)
    if not found:
        raise BadInput(
            f"No folder in {folder} contains a district: each needs a district.json next to its silos/. "
            "Make a region with bigpicture make FOLDER --scenario region, or put a district.json with {} "
            "into each district's folder."
        )
    return {path.name: path for path in found}


def _districts_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if (path / "district.json").is_file())


def no_child_told(district: District) -> str | None:
    """Describe systems with people but no child, and the next step; None if every system has one."""
    none = {name: silo for name, silo in district.items() if (of := _roles(silo)) and "Student" not in of}
    if not none:
        return None
    roles = sorted(set[str]().union(*map(_roles, none.values())))
    whole = not any("Student" in _roles(silo) for silo in district.values())
    source = "" if whole else f" from {', '.join(none)}"
    step = "Add the file that lists the children, or" if whole else "Where its people are children,"
    layouts = ", ".join(dict.fromkeys(silo.layout.layout for silo in none.values()))
    return (
        f"People were read{source}, but none of them is a student: all have the role {' or '.join(roles)}. "
        f"{step} correct `role` in the layout {layouts}."
    )


def _roles(silo: Silo) -> set[str]:
    return {str(role) for role in silo.people["role"].dropna().unique()}


def with_children(district: District) -> District:
    """Return the district if it has a student; raise BadInput otherwise."""
    folder = district.folder
    if not len(district):
        raise BadInput(
            f"No layout matches a file in {folder}: `bigpicture read {folder}` lists what is there, and "
            f"`bigpicture start {folder}` drafts a layout for each table."
        )
    roles = sorted(set[str]().union(*map(_roles, district.values())))
    if "Student" in roles:
        return district
    if not roles:
        raise BadInput(
            f"No file in {folder} lists people, so there is no child to show: a layout must have "
            f'`[[file.makes]]` with `table = "people"`; `bigpicture read {folder}` lists the files.'
        )
    raise BadInput(
        f"Nobody in {folder} is a student: everybody we read has the role {' or '.join(roles)}. "
        f"Add the file that lists the children, or correct `role` in the layouts that `bigpicture read "
        f"{folder}` names."
    )
