"""Explain a draft: what each column was read as, why, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers.files.district import There, what_is_there
from helpers.files.draft.columns import head_words, named_fields, words_file
from helpers.files.draft.folder import Guessed, group_by_folder
from helpers.files.draft.layout_text import Kind
from helpers.files.draft.sniff import UnknownFile, sniff
from helpers.standard import STRING, BadInput, nearest

__all__ = ["explain_draft", "tables_of_drafts"]


def tables_of_drafts(there: There) -> dict[str, UnknownFile]:
    """Sniff the files of drafted layouts, and those without any."""
    drafted = [one for layout, files in there.silos.values() if layout.is_draft for one in files]
    sniffed = {found.path: sniff(found) for found in [*drafted, *there.unknown]}
    return {path: table for path, table in sniffed.items() if not isinstance(table, str)}


def explain_draft(folder: str | Path, file: str) -> pd.DataFrame:
    """Explain the guess about each column of a file: column, read_as, why, doubt."""
    tables = tables_of_drafts(what_is_there(Path(folder)))
    if file not in tables:
        raise BadInput(
            f"{folder} has no drafted file {file!r}.{nearest(file, tables)} "
            f"It has: {', '.join(tables) or 'none'}."
        )
    kind = Guessed(group_by_folder(tables.values())).of_table[file]
    return pd.DataFrame(
        [(kind.shown(name), *_explain(kind, name)) for name in kind.guesses],
        columns=["column", "read_as", "why", "doubt"],
        dtype=STRING,
    )


def _explain(kind: Kind, name: str) -> tuple[str, str, str]:
    """Give what a column is read as, the reasons, and the doubts."""
    guess, people = kind.guesses[name], kind.people
    known, ids, left = people.fields.get(name), people.ids.get(name), people.left.get(name)
    read_as = guess.type
    why, doubt = [guess.why], [guess.open]
    if known is not None:
        read_as, why, doubt = _fields()[known.field]["meaning"], [known.why], [known.open]
    if ids is not None:
        read_as = f"id: {ids.system}" if known is None else f"{read_as}, id: {ids.system}"
        why, doubt = [*([] if known is None else why), ids.why], []
    if name in people.possible:
        why.append("its values could number people: links use it if another system has the same numbers")
    if name in people.perhaps:
        doubt.append("each stands with one name only: it may be their id here")
    if left is not None and "it is empty" not in left:
        doubt.insert(0, f"its header suggests a person, but we didn't use it: {left}")
    if name == people.local_id and kind.names_people:
        why.append("this system identifies its people by it")
    why += _unused(kind, name)
    return read_as, "; ".join(why), "; ".join(one for one in doubt if one)


def _fields() -> Mapping[str, Mapping[str, str]]:
    fields: Mapping[str, Mapping[str, str]] = words_file()["fields"]
    return fields


def _unused(kind: Kind, name: str) -> list[str]:
    """Explain why no field of a person has a column whose header names one."""
    people = kind.people
    if name in (*people.fields, *people.ids, *people.left, *people.perhaps, *people.possible):
        return []
    words = head_words(name)
    if any(word in words_file()["whose"]["other"] for word in words):
        # Treating a parent's address as the child's would link strangers.
        return ["not used for the child: its header suggests somebody else"]
    for wanted, _ in named_fields(words):
        if people.column(wanted) is not None:
            return [f"another column already gives this, {_fields()[wanted]['meaning']}"]
    return []
