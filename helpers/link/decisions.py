"""Reviewers' decisions: their file, fingerprints of pairs, and the decisions that linking applies."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.files import lock_file, read_text_table, spreadsheet_bytes, unguarded, write_atomically
from helpers.link.records import Records
from helpers.standard import (
    OLD_SPELLINGS,
    STRING,
    BadInput,
    as_table,
    empty_table,
    isin_text,
    nearest,
    standard_table,
)

__all__ = [
    "IDENTITY",
    "IDS",
    "PAIR",
    "RECORD",
    "SIDES",
    "Name",
    "PairSide",
    "ReviewDecisions",
    "add_decision",
    "fingerprints",
    "in_order",
    "is_of_a_pair",
    "latest_decisions",
    "pairs_of",
    "read_decided_pairs",
    "read_decisions",
    "side_of",
    "stale",
    "standing",
    "take_back",
    "votes",
]


PairSide = Literal["left", "right"]
SIDES: tuple[PairSide, PairSide] = ("left", "right")
RECORD = ("silo", "record")
PAIR = ("left_silo", "left_record", "right_silo", "right_record")
Name = tuple[str, str]


def side_of(pairs: pd.DataFrame, side: PairSide) -> list[Name]:
    """Return the (silo, record) names of one side."""
    return list(zip(pairs[f"{side}_silo"].tolist(), pairs[f"{side}_record"].tolist(), strict=True))


def is_of_a_pair(records: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    """Test which rows belong to a record of some pair, usually few of a million."""
    ends = [_key(pairs[f"{side}_silo"], pairs[f"{side}_record"]) for side in SIDES]
    return isin_text(_key(records["silo"], records["record"]), pd.concat(ends, ignore_index=True))


def _key(silo: pd.Series, record: pd.Series) -> pd.Series:
    return silo.astype(STRING) + "\n" + record.astype(STRING)


def in_order(pairs: pd.DataFrame) -> pd.DataFrame:
    """Put each pair's first record by silo and name on the left, as in the table *pairs*."""
    turned = [
        left > right for left, right in zip(side_of(pairs, "left"), side_of(pairs, "right"), strict=True)
    ]
    if not any(turned):
        return pairs
    mask = pd.Series(turned, index=pairs.index)
    swapped: dict[str, pd.Series] = {}
    for column in RECORD:
        left, right = pairs[f"left_{column}"], pairs[f"right_{column}"]
        swapped |= {f"left_{column}": left.mask(mask, right), f"right_{column}": right.mask(mask, left)}
    return pairs.assign(**swapped)


# Stable attributes of a child. Grade, school, address and phone change naturally: a decision stays valid when
# they do.
IDENTITY = (
    "first_name",
    "middle_name",
    "last_surname",
    "generation_code_suffix",
    "preferred_first_name",
    "preferred_last_surname",
    "full_name",
    "birth_date",
    "birth_date_other",
    "sex",
)
LETTERS = 16  # 80 bits: no collisions in practice


def fingerprints(pairs: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Fingerprint each pair by the names, birth dates and sex of its two records."""
    named = people[is_of_a_pair(people, pairs)]
    columns = [_texts(named[name]) for name in IDENTITY]
    identities = dict(
        zip(
            zip(named["silo"].tolist(), named["record"].tolist(), strict=True),
            (tuple(values) for values in zip(*columns, strict=True)),
            strict=True,
        )
    )
    marks = [
        _mark(sorted([(one, identities[one]), (other, identities[other])]))
        if one in identities and other in identities
        else None
        for one, other in zip(side_of(pairs, "left"), side_of(pairs, "right"), strict=True)
    ]
    return pd.Series(marks, index=pairs.index, dtype=STRING)


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    return column.astype(STRING).fillna("").tolist()


def _mark(content: object) -> str:
    digest = hashlib.blake2b(
        json.dumps(content, ensure_ascii=True).encode(), digest_size=10, person=b"decision"
    ).digest()
    return "f-" + base64.b32encode(digest).decode().lower()[:LETTERS]


CHANGED = "a record says something else now"
GONE = "a record isn't there any more"
DISAGREE = "two answers disagree"
OUTVOTED = "more people say otherwise"


def standing(decisions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that later runs apply, one per pair.

    Parameters
    ----------
    decisions
        The standard table *decisions*, in the order in which they were made.
    people
        The standard table *people*.

    Returns
    -------
    pandas.DataFrame
        The standard table *decisions*: the majority of each reviewer's latest answers, if both records exist
        and are unchanged. A decision without a fingerprint applies to the records as they are now.
    """
    judged = _judged(decisions, people)
    held = judged[judged["why"].isna()].drop(columns="why")
    return held.drop_duplicates(list(PAIR), keep="last", ignore_index=True)


def stale(decisions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that no longer apply, and why: the pair needs another review.

    Parameters
    ----------
    decisions, people
        As in `standing`.

    Returns
    -------
    pandas.DataFrame
        Columns of *decisions*, and ``why``.
    """
    judged = _judged(decisions, people)
    return judged[judged["why"].notna()].reset_index(drop=True)


def pairs_of(decisions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that apply, as pairs of record numbers.

    Parameters
    ----------
    decisions
        The standard table *decisions*.
    people
        The records in the order of their numbers, such as ``students.people``.

    Returns
    -------
    pandas.DataFrame
        One row per pair: ``left``, ``right`` (int64, left below right), ``is_match`` (bool), ``decided_by``,
        ``reviewed_utc``.
    """
    held = standing(decisions, people)
    positions = np.flatnonzero(is_of_a_pair(people, held))
    named = people.take(positions)
    names = zip(named["silo"].tolist(), named["record"].tolist(), strict=True)
    number = dict(zip(names, positions.tolist(), strict=True))
    one = np.array([number[name] for name in side_of(held, "left")], dtype="int64")
    other = np.array([number[name] for name in side_of(held, "right")], dtype="int64")
    return pd.DataFrame(
        {
            "left": np.minimum(one, other),
            "right": np.maximum(one, other),
            "is_match": held["decision"].eq("Match").to_numpy(dtype=bool),
            "decided_by": held["decided_by"],
            "reviewed_utc": held["reviewed_utc"],
        }
    )


def latest_decisions(decisions: pd.DataFrame) -> pd.DataFrame:
    """Keep each reviewer's latest decision about each pair."""
    latest = in_order(as_table("decisions", decisions))
    timed = latest["reviewed_utc"].notna().map({True: " at", False: ""}).astype(STRING)
    latest = latest.assign(who=latest["decided_by"].fillna("").str.casefold() + timed)
    latest = latest.sort_values("reviewed_utc", kind="stable", na_position="first")
    return latest.drop_duplicates([*PAIR, "who"], keep="last").sort_index()


def votes(words: pd.DataFrame) -> pd.Series:
    """Count, for each latest decision about a pair, votes that agree minus votes that don't."""
    says = words["decision"].eq("Match").map({True: 1, False: -1}).astype("int64")
    return says.groupby([words[name] for name in PAIR]).transform("sum") * says


def _judged(decisions: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Add to each reviewer's latest decision why it doesn't apply; NA if it does."""
    latest = latest_decisions(decisions)
    now = fingerprints(latest, people)
    changed = latest["fingerprint"].notna() & latest["fingerprint"].ne(now).fillna(False)
    # A decision about outdated names doesn't contradict one about the current names.
    ahead = votes(latest[now.notna() & ~changed]).reindex(latest.index)
    why = pd.Series(None, index=latest.index, dtype=STRING)
    why = why.mask(ahead.eq(0), DISAGREE).mask(ahead.lt(0), OUTVOTED)
    why = why.mask(changed, CHANGED).mask(now.isna(), GONE)
    return latest.drop(columns="who").assign(why=why).reset_index(drop=True)


ENDS = ("left", "right")
ENDS_OF_A_PAIR = list(ENDS)


@dataclass(frozen=True)
class ReviewDecisions:
    """Reviewers' decisions about pairs of the ``count`` records.

    ``pairs`` has ``left``, ``right`` (numbers, left below right), ``is_match`` and ``reviewed_utc``, one row
    per pair. ``again`` has ``left``, ``right`` and ``why``: pairs that need another review because a decision
    no longer applies. ``stale`` has those decisions.
    """

    pairs: pd.DataFrame
    again: pd.DataFrame
    stale: pd.DataFrame
    count: int

    def together(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs a reviewer called one child."""
        return self._among(self.pairs[self.pairs["is_match"].to_numpy(dtype=bool)], left, right)

    def apart(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs a reviewer called two children."""
        return self._among(self.pairs[~self.pairs["is_match"].to_numpy(dtype=bool)], left, right)

    def _among(self, pairs: pd.DataFrame, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        if pairs.empty:
            return np.zeros(len(left), dtype=bool)
        known = pairs["left"].to_numpy() * self.count + pairs["right"].to_numpy()
        return np.isin(np.minimum(left, right) * self.count + np.maximum(left, right), known)


def read_decided_pairs(students: Records, decisions: pd.DataFrame | None) -> ReviewDecisions:
    """Return reviewers' decisions by record number."""
    count = len(students)
    if decisions is None or decisions.empty:
        ends = pd.DataFrame({"left": [], "right": []}, dtype="int64")
        return ReviewDecisions(
            ends.assign(
                is_match=pd.Series([], dtype=bool), reviewed_utc=pd.Series([], dtype="datetime64[us]")
            ),
            ends.assign(why=pd.Series([], dtype="string")),
            pd.DataFrame(),
            count,
        )
    pairs = pairs_of(decisions, students.people).sort_values(ENDS_OF_A_PAIR, ignore_index=True)
    old = stale(decisions, students.people)
    place = pd.MultiIndex.from_frame(students.people[["silo", "record"]].astype(object))
    one, other = (
        place.get_indexer(pd.MultiIndex.from_frame(old[[f"{end}_silo", f"{end}_record"]].astype(object)))
        for end in ENDS
    )
    again = pd.DataFrame(
        {"left": np.minimum(one, other), "right": np.maximum(one, other), "why": old["why"].to_numpy()}
    ).astype({"left": "int64", "right": "int64", "why": "string"})
    again = again[(again["left"] >= 0) & (again["left"] != again["right"])]
    again = again.drop_duplicates(ENDS_OF_A_PAIR, ignore_index=True)
    held = pairs["left"] * count + pairs["right"]
    again = again[~(again["left"] * count + again["right"]).isin(held)].reset_index(drop=True)
    return ReviewDecisions(pairs, again, old, count)


# Ids that a spreadsheet would convert to numbers.
IDS = ("left_record", "right_record")
ANSWERS = {
    **dict.fromkeys(("match", "yes", "y"), "Match"),
    **dict.fromkeys(("no match", "no", "n"), "No match"),
    **dict.fromkeys(("skip", "s"), None),
}
CHOICES = "yes, no or skip (or Match, No match)"
MOST_NAMED = 50


def read_decisions(*paths: Path) -> pd.DataFrame:
    """Read decisions of the review desk, or answers typed into the queue in a spreadsheet.

    Parameters
    ----------
    paths
        CSV files with the columns of the table *decisions*, or with ``answer`` (yes, no, skip, or empty)
        in place of ``decision``. Other columns are ignored.

    Returns
    -------
    pandas.DataFrame
        The standard table *decisions*, in line order, without skipped or unanswered lines.

    Raises
    ------
    BadInput
        When a file or a column is missing, or lines can't be read; the message lists all of them.
    """
    parts = [_read(path) for path in paths]
    return as_table("decisions", pd.concat(parts, ignore_index=True)) if parts else empty_table("decisions")


def add_decision(path: Path, decision: Mapping[str, object]) -> None:
    """Append a decision to a file atomically.

    Parameters
    ----------
    path
        The file; created if missing. Other processes may be writing to it.
    decision
        One row of the table *decisions*.

    Raises
    ------
    BadInput
        When the file can't be read, or has other columns, which rewriting would lose.
    """
    with lock_file(path):
        _must_be_ours(path)
        rows = [*([_read(path)] if path.exists() else []), pd.DataFrame([dict(decision)])]
        _write(path, as_table("decisions", pd.concat([as_table("decisions", row) for row in rows])))


def take_back(path: Path, decision: Mapping[str, object]) -> None:
    """Remove the last line with this pair, decision and time from a file.

    Parameters
    ----------
    path
        The file.
    decision
        The row as it was added.

    Raises
    ------
    BadInput
        When the file no longer has such a line.
    """
    wanted = in_order(as_table("decisions", pd.DataFrame([dict(decision)])))
    with lock_file(path):
        _must_be_ours(path)
        saved = _read(path)
        same = pd.Series(True, index=saved.index)
        for name in (*PAIR, "decision", "reviewed_utc"):
            value = wanted[name].iloc[0]
            same &= saved[name].isna() if pd.isna(value) else saved[name].eq(value).fillna(False).astype(bool)
        if not same.any():
            raise BadInput(f"That decision is not in {path} any more: somebody else took it out.")
        _write(path, saved.drop(index=saved.index[same][-1]))


def _must_be_ours(path: Path) -> None:
    """Refuse to overwrite a review queue, with its names and answers, or a file with extra columns."""
    if not path.exists():
        return
    known = {column.name for column in standard_table("decisions").columns}
    further = [name for name in read_text_table(path).columns if name not in known]
    if further:
        raise BadInput(
            f"{path} contains more than decisions ({', '.join(further[:5])}): name another file for new "
            "ones; several can be read together."
        )


def _write(path: Path, decisions: pd.DataFrame) -> None:
    write_atomically(path, spreadsheet_bytes(decisions, ids=IDS))


def _read(path: Path) -> pd.DataFrame:
    rows = read_text_table(path)
    # A spreadsheet, or the kit before it, may have prefixed a cell with an apostrophe.
    rows = rows.map(lambda cell: unguarded(cell.strip()) if isinstance(cell, str) else cell).astype(STRING)
    rows = rows.replace({f"{side}_silo": OLD_SPELLINGS for side in SIDES})
    answers = next((name for name in ("decision", "answer") if name in rows.columns), None)
    lacking = [name for name in PAIR if name not in rows.columns]
    if answers is None or lacking:
        missing = [*lacking, *(["answer"] if answers is None else [])]
        raise BadInput(
            f"{path} has no column {', '.join(map(repr, missing))}."
            f"{nearest(missing[0], rows.columns)} It has: {', '.join(rows.columns)}. Answer in the file as "
            "the review desk or `bigpicture link` wrote it."
        )
    words = rows[answers].str.casefold().str.replace("_", " ").str.strip()
    answered = rows[words.notna() & words.ne("")]
    faults = [
        f"  row {row}: {fault}"
        for row, line in zip(answered.index, answered.to_dict("records"), strict=True)
        for fault in _faults(line, answers)
    ]
    if faults:
        more = [f"  … and {len(faults) - MOST_NAMED} more"] if len(faults) > MOST_NAMED else []
        raise BadInput(
            f"{path} has answers that can't be read ({len(faults)}). "
            "Correct them and read it again:\n" + "\n".join([*faults[:MOST_NAMED], *more])
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
