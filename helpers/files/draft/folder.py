"""Draft layouts for a folder, list their open questions, and report both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from helpers.files.district import what_is_there
from helpers.files.draft.columns import head_words, subject_of, words_file
from helpers.files.draft.layout_text import Kind, draft_text, kind_of, tie_ids
from helpers.files.draft.other_files import identify_people, known_values, mark_possible_ids, split_systems
from helpers.files.draft.sniff import UnknownFile, sniff
from helpers.files.findings import Findings
from helpers.files.folder import FoundFile
from helpers.files.readers.decode import as_utf8
from helpers.files.recognize import look_at, records_in
from helpers.files.save import all_or_none, write_atomically
from helpers.layouts import Layout, layout_of
from helpers.standard import STRING, BadInput, Measured

__all__ = ["Drafted", "Guessed", "Started", "draft_layouts", "group_by_folder", "told"]


DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
MOST_ROWS = 200_000  # of one kind of file: enough to see types and ids


@dataclass(frozen=True)
class Drafted:
    """One kind of file in a drafted layout."""

    layout: str
    toml: str
    file: str
    files: int
    kind: Kind


@dataclass(frozen=True)
class Started:
    """The result of drafting layouts for a folder."""

    # One for each kind of file.
    drafted: list[Drafted]
    # File -> the layout that matches it.
    known: dict[str, str]
    # File -> why it has no drafted layout.
    left: dict[str, str]
    # Questions about folders that may be one system or two.
    doubts: list[str] = field(default_factory=list)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "files"


def _stem(found: FoundFile) -> str:
    """Return a file's name without its extension and without dates and numbers at its end."""
    workbook, _, sheet = found.name.partition("/")
    name = re.sub(r"\.[A-Za-z]{1,6}$", "", workbook)
    name = re.sub(r"[\d_\- .]+$", "", DAY.sub("", name)) or name
    return f"{name} {sheet}" if sheet and not re.fullmatch(r"(?i)sheet ?\d*|tabelle\d*", sheet) else name


def _begin_alike(texts: Sequence[str]) -> str:
    """Return the common prefix of texts, in whole words."""
    columns = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return re.sub(r"[^\W_]*$", "", "".join(letters[0] for letters in columns))


def _glob(names: Sequence[str]) -> str:
    """Build a glob for the names of files of one kind: differences and numbers become ``*``."""
    shapes = sorted({re.sub(r"\d+([-_.]\d+)*", "\0", name) for name in names})
    shape = shapes[0]
    if len(shapes) > 1:
        before = _begin_alike(shapes)
        after = _begin_alike([one[::-1] for one in shapes])[::-1]
        shape = f"{before}\0{after}"
        if any(len(one) < len(before) + len(after) for one in shapes):
            shape = f"\0{after}"
        if not after:
            ends = {PurePosixPath(name).suffix.lower() for name in names}
            shape = f"\0{ends.pop()}" if len(ends) == 1 else "\0"
    return re.sub(r"([\[\]?*])", "[\\1]", shape).replace("\0", "*")


def _by_name(names: Sequence[str]) -> str:
    """Build a glob for names of one kind; a subject's word in all of them is enough, and must be there."""
    ends = {PurePosixPath(name).suffix.lower() for name in names}
    subjects = [word for word in words_file()["subjects"] if all(word in name.lower() for name in names)]
    return f"*{subjects[0]}*{ends.pop()}" if subjects and len(ends) == 1 else _glob(names)


def _called(alike: Sequence[UnknownFile]) -> str:
    """Name a kind of file by what its file names share."""
    names = [_stem(table.found) for table in alike]
    common = _glob(names).replace("*", " ") if len(set(names)) > 1 else names[0]
    return _slug(common if re.search(r"[^\W\d_]", common) else names[0])


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def _by_kind(tables: Sequence[UnknownFile], *, by_subject: bool = True) -> list[list[UnknownFile]]:
    """Group files of one kind; two subjects are two kinds, as nothing else may say which is which."""
    kinds: dict[tuple[object, ...], list[UnknownFile]] = {}
    for table in tables:
        kinds.setdefault(_kind_key(table) if by_subject else table.kind, []).append(table)
    return list(kinds.values())


def _kind_key(table: UnknownFile) -> tuple[object, ...]:
    return (*table.kind, subject_of(head_words(table.found.name), table.rows.columns))


def _place(alike: Sequence[UnknownFile], row: int) -> str:
    """Return the location of a row among all files of one kind."""
    for table in alike:
        if row < len(table.rows):
            name = "".join(letter for letter in table.found.path if letter.isprintable())
            return f"row {table.positions[row]}" + (f" of {name}" if len(alike) > 1 else "")
        row -= len(table.rows)
    raise IndexError(row)


def _kind(alike: Sequence[UnknownFile], name: str, folder: str) -> Kind:
    first = alike[0]
    rows = pd.concat([table.rows for table in alike], ignore_index=True) if len(alike) > 1 else first.rows
    names = [table.found.name.partition("/")[0] for table in alike]
    sheets = {table.found.name.partition("/")[2] for table in alike} if first.found.is_sheet else set()
    sheet = sheets.pop() if len(sheets) == 1 else None
    words = [*head_words(folder), *head_words(first.found.name)]
    rows = rows.iloc[:MOST_ROWS]
    place = partial(_place, alike)
    return kind_of(name, _by_name(names), sheet, first.format, first.settings, rows, words, place)


def _knows(kinds: Sequence[Sequence[UnknownFile]], layout: Layout) -> dict[str, str]:
    """List the files that their own kind in a drafted layout wouldn't recognize, with the reason."""
    strange = {}
    for alike, file in zip(kinds, layout.files, strict=True):
        alone = layout.model_copy(update={"file": [file]})
        for table in alike:
            data = as_utf8(table.found.read(), "utf-8", Findings(None, ""))
            if not records_in(look_at(data, table.found.name), alone):
                strange[table.found.path] = (
                    "its column headers are too similar or look like data, so no layout finds it: rename them"
                )
    return strange


def group_by_folder(tables: Iterable[UnknownFile]) -> dict[str, list[UnknownFile]]:
    """Group files by their folders."""
    by_folder: dict[str, list[UnknownFile]] = {}
    for table in tables:
        by_folder.setdefault(table.found.folder, []).append(table)
    return by_folder


class Guessed:
    """The kinds of all files of a folder, each by its own headers and by the other files' values."""

    def __init__(self, by_folder: Mapping[str, Sequence[UnknownFile]]) -> None:
        self.of_table: dict[str, Kind] = {}
        self._systems: dict[str, list[list[list[UnknownFile]]]] = {}
        for inside, tables in by_folder.items():
            for group in _by_kind(tables):
                self.of_table |= dict.fromkeys([one.found.path for one in group], _kind(group, "", inside))
        kinds = list({id(kind): kind for kind in self.of_table.values()}.values())
        known = known_values(kinds)
        for kind in kinds:
            identify_people(kind, known)
            mark_possible_ids(kind)
        for inside, tables in by_folder.items():
            self._systems[inside] = self._split(inside, tables)

    def systems(self, inside: str) -> list[list[list[UnknownFile]]]:
        """Return the systems in a folder, each as groups of files of one kind."""
        return self._systems[inside]

    def _split(self, inside: str, tables: Sequence[UnknownFile]) -> list[list[list[UnknownFile]]]:
        # The top of a folder is no system: each kind of file there is a system of its own.
        if inside == "":
            return [_by_kind(alike) for alike in _by_kind(tables, by_subject=False)]
        groups = _by_kind(tables)
        systems = split_systems([self.of_table[group[0].found.path] for group in groups])
        return [[groups[at] for at in members] for members in systems]


def draft_layouts(folder: str | Path) -> Started:
    """Draft a layout for every file of a folder that matches no layout yet.

    Parameters
    ----------
    folder
        A folder of exports, or a district folder.

    Returns
    -------
    Started
        Drafts, known files, and files left out, each with the reason. Drafts are written into
        ``layouts/``; a file there is never overwritten.

    Raises
    ------
    BadInput
        When the folder doesn't exist, or a layout in it can't be used.

    Examples
    --------
    >>> drafts = draft_layouts(folder)
    >>> len(drafts.drafted), len(drafts.known)  # the kit knows every file of the sample
    (0, 101)
    """
    folder = Path(folder)
    there = what_is_there(folder)
    known = {found.path: layout.layout for layout, files in there.silos.values() for found in files}
    left = {refusal.path: refusal.reason for refusal in there.refused}
    tables: list[UnknownFile] = []
    for found in there.unknown:
        table = sniff(found)
        if isinstance(table, str):
            left[found.path] = table
        else:
            tables.append(table)
    by_folder = group_by_folder(tables)
    place = folder / "layouts"
    taken = {path.stem for path in place.rglob("*.toml")} | set(there.layouts)
    drafted: list[Drafted] = []
    texts: dict[str, str] = {}
    seen: dict[tuple[object, ...], str] = {}
    guessed = Guessed(by_folder)
    for inside in by_folder:
        for kinds in guessed.systems(inside):
            same = {seen.get(_kind_key(group[0])) for group in kinds}
            if len(same) == 1 and (layout := same.pop()) is not None:
                known |= {table.found.path: layout for group in kinds for table in group}
                continue
            called = _called([one for group in kinds for one in group])
            if inside and len(guessed.systems(inside)) > 1:
                called = f"{inside.removesuffix('.zip')} {called}"
            elif inside:
                called = inside.removesuffix(".zip")
            name = _free(_slug(called), taken)
            text, drafts = _draft(kinds, name, inside, left, guessed.of_table)
            if not drafts:
                taken.discard(name)
                continue
            texts[f"{name}.toml"] = text
            drafted += drafts
            used = [table for group in kinds for table in group if table.found.path not in left]
            seen |= {_kind_key(table): name for table in used}
    if texts:
        with all_or_none(place) as aside:
            for file, text in texts.items():
                write_atomically(aside / file, text.encode("utf-8"))
    return Started(drafted, dict(sorted(known.items())), dict(sorted(left.items())), there.doubts)


def _draft(
    kinds: Sequence[Sequence[UnknownFile]],
    name: str,
    inside: str,
    left: dict[str, str],
    guessed: Mapping[str, Kind],
) -> tuple[str, list[Drafted]]:
    """Draft one layout, and check that it is valid and recognizes its files; add the others to `left`.

    A file is left out for its own sake alone: no file decides about another.
    """
    names: set[str] = set()
    made = [replace(guessed[group[0].found.path], name=_free(_called(group), names)) for group in kinds]
    tie_ids(made)
    tables = [table for group in kinds for table in group]
    paths = [table.found.path for table in tables]
    days = all(DAY.search(path) for path in paths)
    called = inside or PurePosixPath(paths[0]).parts[0]
    text = draft_text(name, f"{called} (drafted)", paths, made, days)
    try:
        strange = _knows(kinds, layout_of(text, f"{name}.toml"))
    except BadInput:
        one_each = tables if len(tables) > 1 else []
        alone = [
            table.found.path for table in one_each if not _draft([[table]], name, inside, {}, guessed)[1]
        ]
        strange = dict.fromkeys(
            alone or paths, "we could not draft a layout for it: please report this, without the file"
        )
    if strange:
        left |= strange
        rest = [[table for table in group if table.found.path not in strange] for group in kinds]
        kinds = [group for group in rest if group]
        return _draft(kinds, name, inside, left, guessed) if kinds else ("", [])
    drafted = [
        Drafted(name, f"layouts/{name}.toml", group[0].found.path, len(group), kind)
        for group, kind in zip(kinds, made, strict=True)
    ]
    return text, drafted


MOST_DOUBTS = 5

IN_WORDS = {"Student": "children", "Staff": "staff", "Guardian": "guardians", "Test user": "test users"}


def _about(kind: Kind) -> str:
    """Describe whom a kind of file is about."""
    if not kind.names_people:
        return "apparently nobody"
    role = kind.people.column("role")
    codes = kind.people.fields[role].codes if role is not None else None
    who = ["people"] if role is not None else [f"{IN_WORDS[kind.role_of_all or 'Student']}?"]
    if role is not None and isinstance(codes, Mapping):
        there = kind.rows[role].dropna().drop_duplicates()
        found = {codes.get(str(word), "Unknown") for word in there}
        who = [word for meaning, word in IN_WORDS.items() if meaning in found]
        who += ["others"] if "Unknown" in found else []
    each = "one row each" if kind.people.one_row_each else "several rows each"
    return f"{' and '.join(who)}, {each}"


def _ids(kind: Kind) -> list[str]:
    """List the id columns, the one that identifies people first."""
    local = kind.people.local_id
    names = sorted(kind.people.ids, key=lambda name: name != local)
    systems = {name: kind.people.ids[name].system for name in names}
    return [
        kind.shown(name) if systems[name] == "Undeclared" else f"{kind.shown(name)} ({systems[name]})"
        for name in names
    ]


def _few(ids: Sequence[str]) -> str:
    if not ids:
        return "none"
    return ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"


def _one(drafted: Drafted) -> dict[str, Any]:
    kind = drafted.kind
    return {
        "file": drafted.file if drafted.files == 1 else f"{drafted.file} and {drafted.files - 1} more",
        "rows": len(kind.rows),
        "columns": len(kind.guesses),
        "about": _about(kind),
        "ids": _ids(kind),
    }


def told(started: Started, folder: str, as_json: bool) -> dict[str, Any]:
    """Summarize the drafts of a folder."""
    rows = [_one(drafted) for drafted in started.drafted]
    tomls = list(dict.fromkeys(drafted.toml for drafted in started.drafted))
    left = pd.DataFrame(
        {"file": list(started.left), "why not drafted": list(started.left.values())}, dtype=STRING
    )
    if as_json:
        for row, drafted in zip(rows, started.drafted, strict=True):
            people, shown = drafted.kind.people, drafted.kind.shown
            local = people.local_id
            row |= {
                "layout": drafted.toml,
                "fields": {known.field: shown(name) for name, known in people.fields.items()},
                "id_columns": {shown(name): ids.system for name, ids in people.ids.items()},
                "local_id": shown(local) if local is not None else None,
                "types": {shown(name): guess.type for name, guess in drafted.kind.guesses.items()},
            }
        return {
            "drafted": rows,
            "layouts": tomls,
            "known": started.known,
            "left": started.left,
            "doubts": started.doubts,
        }
    figures: dict[str, Any] = {}
    if rows:
        table = pd.DataFrame(rows)
        table["ids"] = [_few(ids) for ids in table["ids"]]
        figures["drafted"] = table[["file", "rows", "columns", "about"]]
        several = len(tomls) < len(rows)
        table["layout"] = [
            f"{one.layout}: {one.kind.name}" if several else one.layout for one in started.drafted
        ]
        figures["ids"] = table[["layout", "ids"]]
        figures["layouts"] = [f"{folder}/{toml}" for toml in tomls]
    if started.known:
        counts = pd.Series(started.known).value_counts(sort=False)
        figures["known already"] = ", ".join(
            f"{Measured('files', int(count), where=str(layout)):count} by {layout}"
            for layout, count in counts.items()
        )
    if len(left):
        figures["left"] = left
    for place, doubt in enumerate(started.doubts[:MOST_DOUBTS], start=1):
        figures[f"one system or two? {place} of {len(started.doubts)}"] = doubt
    if not rows:
        figures["drafted"] = "nothing: no file here is a table without a layout"
    return figures
