"""The file of decisions: read whole or refused with every bad line, written a line at a time, never half."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files.save import held, read_text_table, spreadsheet_bytes, unguarded, write_atomically
from helpers.link.review.sides import PAIR, in_order
from helpers.standard import STRING, BadInput, as_table, empty_table, nearest, standard_table

__all__ = ["IDS", "add_decision", "read_decisions", "take_back"]

# Ids that a spreadsheet would take for numbers.
IDS = ("left_record", "right_record")
ANSWERS = {
    **dict.fromkeys(("match", "yes", "y"), "Match"),
    **dict.fromkeys(("no match", "no", "n"), "No match"),
    **dict.fromkeys(("skip", "s"), None),
}
CHOICES = "yes, no or skip (or Match, No match)"
MOST_NAMED = 50


def read_decisions(*paths: Path) -> pd.DataFrame:
    """Read decisions: of the desk, or the answers that somebody typed into the queue in a spreadsheet.

    Parameters
    ----------
    paths
        CSV files with the columns of the table *decisions*, or with ``answer`` (yes, no, skip, or nothing)
        in place of ``decision``. Further columns are passed over.

    Returns
    -------
    pandas.DataFrame
        The standard table *decisions*, in order of lines; what was skipped or not answered is left out.

    Raises
    ------
    BadInput
        When a file or a column isn't there, or lines can't be read: all are named at once.
    """
    parts = [_read(path) for path in paths]
    return as_table("decisions", pd.concat(parts, ignore_index=True)) if parts else empty_table("decisions")


def add_decision(path: Path, decision: Mapping[str, object]) -> None:
    """Add a decision to a file, at once and whole.

    Parameters
    ----------
    path
        The file; it is made when it isn't there. Others may be writing to it, too.
    decision
        One row of the table *decisions*.

    Raises
    ------
    BadInput
        When the file can't be read, or holds more than decisions: nothing of it may be lost.
    """
    with held(path):
        _must_be_ours(path)
        rows = [*([_read(path)] if path.exists() else []), pd.DataFrame([dict(decision)])]
        _write(path, as_table("decisions", pd.concat([as_table("decisions", row) for row in rows])))


def take_back(path: Path, decision: Mapping[str, object]) -> None:
    """Take the last line with that pair and moment out of a file again.

    Parameters
    ----------
    path
        The file.
    decision
        The row as it was added.

    Raises
    ------
    BadInput
        When no such line is in the file any more.
    """
    wanted = in_order(as_table("decisions", pd.DataFrame([dict(decision)])))
    with held(path):
        _must_be_ours(path)
        told = _read(path)
        same = pd.Series(True, index=told.index)
        for name in (*PAIR, "decision", "reviewed_utc"):
            value = wanted[name].iloc[0]
            same &= told[name].isna() if pd.isna(value) else told[name].eq(value).fillna(False).astype(bool)
        if not same.any():
            raise BadInput(f"That decision is not in {path} any more: somebody else took it out.")
        _write(path, told.drop(index=told.index[same][-1]))


def _must_be_ours(path: Path) -> None:
    """Refuse to write over a queue with its names and answers, or over somebody's own columns."""
    if not path.exists():
        return
    known = {column.name for column in standard_table("decisions").columns}
    further = [name for name in read_text_table(path).columns if name not in known]
    if further:
        raise BadInput(
            f"{path} holds more than decisions ({', '.join(further[:5])}): name another file for new ones; "
            "several can be read together."
        )


def _write(path: Path, decisions: pd.DataFrame) -> None:
    write_atomically(path, spreadsheet_bytes(decisions, ids=IDS))


def _read(path: Path) -> pd.DataFrame:
    told = read_text_table(path)
    # A spreadsheet may have guarded a cell, or have been given it guarded.
    told = told.map(lambda cell: unguarded(cell.strip()) if isinstance(cell, str) else cell).astype(STRING)
    answers = next((name for name in ("decision", "answer") if name in told.columns), None)
    lacking = [name for name in PAIR if name not in told.columns]
    if answers is None or lacking:
        missing = [*lacking, *(["answer"] if answers is None else [])]
        raise BadInput(
            f"{path} has no column {', '.join(map(repr, missing))}."
            f"{nearest(missing[0], told.columns)} It has: {', '.join(told.columns)}. Answer in the file as "
            "the review desk or `bigpicture link` wrote it."
        )
    words = told[answers].str.casefold().str.replace("_", " ").str.strip()
    answered = told[words.notna() & words.ne("")]
    faults = [
        f"  row {row}: {fault}"
        for row, line in zip(answered.index, answered.to_dict("records"), strict=True)
        for fault in _faults(line, answers)
    ]
    if faults:
        more = [f"  … and {len(faults) - MOST_NAMED} more"] if len(faults) > MOST_NAMED else []
        raise BadInput(
            f"{path} has {len(faults)} {'answer' if len(faults) == 1 else 'answers'} that can't be read; "
            "mend them and read it again:\n" + "\n".join([*faults[:MOST_NAMED], *more])
        )
    meant = words[answered.index].map(lambda word: ANSWERS[word])
    kept = answered.assign(decision=meant.astype("string"))[meant.notna()]
    columns = [column.name for column in standard_table("decisions").columns if column.name in kept.columns]
    if "reviewed_utc" in columns:
        kept = kept.assign(reviewed_utc=[_moment(text) for text in kept["reviewed_utc"]])
    return as_table("decisions", in_order(kept[columns]))


def _faults(line: Mapping[Hashable, object], answers: str) -> Iterator[str]:
    word = str(line[answers])
    if word.casefold().replace("_", " ").strip() not in ANSWERS:
        yield f"{answers} is {word!r}: write {CHOICES}.{nearest(word.casefold(), ANSWERS)}"
    empty = [name for name in PAIR if pd.isna(line[name])]  # type: ignore[call-overload]
    if empty:
        yield f"{', '.join(empty)} is empty: nobody can tell which records are meant."
    elif [line[name] for name in PAIR[:2]] == [line[name] for name in PAIR[2:]]:
        yield f"both sides are one record ({line['left_silo']} {line['left_record']})."
    elif any(re.fullmatch(r"\d\.\d+E\+\d+", str(line[name])) for name in IDS):
        yield "a spreadsheet has cut the number of a record (1.2E+10): take the row from the file again."
    moment = line.get("reviewed_utc")
    if isinstance(moment, str) and pd.isna(_moment(moment)):
        yield f"reviewed_utc is {moment!r}: write it as 2026-05-17T09:30:00Z, or leave it empty."


def _moment(text: object) -> Any:
    if not isinstance(text, str):
        return pd.NaT
    moment = pd.to_datetime(text, errors="coerce", utc=True)
    return moment if pd.isna(moment) else moment.tz_localize(None).as_unit("us")
