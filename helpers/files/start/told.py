"""What `start` guessed and what it left open, in words: names of files and columns, never what is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.files.start.kinds import Kind
from helpers.files.start.start_folder import Drafted, Started
from helpers.standard import STRING

__all__ = ["told"]

MOST_DOUBTS = 5

IN_WORDS = {"Student": "children", "Staff": "staff", "Guardian": "guardians", "Test user": "test users"}


def _about(kind: Kind) -> str:
    """Say whom a kind of file is about."""
    if not kind.names_people:
        return "nobody, it seems"
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
    """Name the columns of ids, that which tells people apart first."""
    local = kind.people.local_id if kind.takes_ids else None
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
        "open": len(kind.questions),
        "look_first": kind.questions[0],
    }


def told(started: Started, folder: str, as_json: bool) -> dict[str, Any]:
    """Say what came of a folder.

    Parameters
    ----------
    started
        From `start_folder`.
    folder
        As it was given.
    as_json
        With every guess and every question, for a program.

    Returns
    -------
    dict
        Figures, as `emit` prints them.
    """
    rows = [_one(drafted) for drafted in started.drafted]
    tomls = list(dict.fromkeys(drafted.toml for drafted in started.drafted))
    left = pd.DataFrame(
        {"file": list(started.left), "why no layout was drafted": list(started.left.values())}, dtype=STRING
    )
    if as_json:
        for row, drafted in zip(rows, started.drafted, strict=True):
            people, shown = drafted.kind.people, drafted.kind.shown
            local = people.local_id
            row |= {
                "layout": drafted.toml,
                "fields": {known.field: shown(name) for name, known in people.fields.items()},
                "id_columns": {shown(name): ids.system for name, ids in people.ids.items()},
                "local_id": shown(local) if local is not None and drafted.kind.takes_ids else None,
                "types": {shown(name): guess.type for name, guess in drafted.kind.guesses.items()},
                "questions": drafted.kind.questions,
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
        figures["to look at"] = table[["layout", "ids", "open", "look_first"]]
        figures["layouts"] = [f"{folder}/{toml}" for toml in tomls]
    if started.known:
        counts = pd.Series(started.known).value_counts(sort=False)
        figures["known already"] = ", ".join(
            f"{count} {'file' if count == 1 else 'files'} by {layout}" for layout, count in counts.items()
        )
    if len(left):
        figures["left"] = left
    for place, doubt in enumerate(started.doubts[:MOST_DOUBTS], start=1):
        figures[f"one system or two? {place} of {len(started.doubts)}"] = doubt
    if rows:
        figures["next"] = (
            f'read each layout once, answer what "# ?" asks, then `bigpicture read {folder}`. '
            "To draft one anew, take its file away and start again: none is ever overwritten"
        )
    else:
        figures["drafted"] = "nothing: no file here is both unknown and a table"
    return figures
