"""Assemble the tables of one silo from the standard rows of its files: records, ids and facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from helpers.files.parse.file import FilesOfKind
from helpers.files.parse.records import (
    DEFAULT_ROLE,
    OF_LIST,
    ROLE_OF_ALL,
    People,
    linkable_by,
    make_records,
    repeated,
)
from helpers.layouts import Column, FileLayout, Layout, Makes, shape_of
from helpers.standard import (
    STRING,
    as_table,
    constant,
    empty_table,
    isin_text,
    missing,
    standard_table,
)

__all__ = ["Assembled", "Made", "assemble"]


Made = tuple[FilesOfKind, Makes, pd.DataFrame]


@dataclass(frozen=True)
class Assembled:
    """Tables of one silo, and findings that appear only after its files are combined."""

    people: pd.DataFrame
    person_rows: pd.DataFrame
    filled_cells: pd.DataFrame
    identifiers: pd.DataFrame
    facts: dict[str, pd.DataFrame]
    findings: pd.DataFrame


NAMED_BY = ("first_name", "last_surname", "full_name", "birth_date")


def _who_they_are(layout: Layout, makes: Makes) -> tuple[str, str | None]:
    """Return the default role of a `makes`, and the role of everybody in the file if there is a single one.

    Roles in a file apply to its own rows: a list of staff makes nobody else Unknown. A file of roles without
    names, such as OneRoster's, applies to the people of the layout's other files. A file set to Unknown, such
    as users of both kinds, leaves the role to other files.
    """
    if "role" in makes.set:
        role = str(makes.set["role"])
        return role, None if role == "Unknown" else role
    if "role" in makes.take:
        return "Unknown", None
    of_others = any(
        "role" in other.take and not any(name in other.take for name in NAMED_BY)
        for file in layout.files
        for other in file.makes
        if other.table == "people"
    )
    return ("Unknown", None) if of_others else ("Student", "Student")


def _people_rows(layout: Layout, made: Sequence[Made]) -> list[tuple[FilesOfKind, pd.DataFrame]]:
    """Return the people rows of each kind of file, with default roles."""
    parts = []
    for kind, makes, frame in made:
        if makes.table == "people":
            default, every = _who_they_are(layout, makes)
            defaults = {DEFAULT_ROLE: constant(default, len(frame)), ROLE_OF_ALL: constant(every, len(frame))}
            if makes.set.get("role") == "Unknown":
                defaults["role"] = frame["role"].mask(frame["role"].eq("Unknown"))
            # A file that also gives facts lists events, or two people per row.
            defaults[OF_LIST] = pd.Series(len(kind.file.makes) == 1, index=frame.index, dtype="boolean")
            parts.append((kind, frame.assign(**defaults)))
    return parts


def _role_of_bare(layout: Layout) -> str:
    """Return the role of ids found only in facts: Student, unless a file of people with roles omits them."""
    people = [makes for file in layout.files for makes in file.makes if makes.table == "people"]
    says = any("role" in makes.take or makes.set.get("role") == "Student" for makes in people)
    return "Unknown" if says else "Student"


def _id_column(file: FileLayout, makes: Makes) -> Column | None:
    source = makes.take.get("local_id")
    found = file.find(source) if source else None
    return found[0] if found else None


def _bare_rows(made: Sequence[Made], known: pd.Series, default: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows for ids that occur in facts but in no people row, and these ids as identifiers.

    A fact with a fixed role, such as a login of guardians, gives the role of its ids; otherwise the default
    applies.
    """
    rows, ids = [], []
    for kind, makes, frame in made:
        if makes.table == "people" or standard_table(makes.table).about != "child" or "local_id" not in frame:
            continue
        new = frame[frame["local_id"].notna().to_numpy(bool) & ~isin_text(frame["local_id"], known)]
        if not len(new):
            continue
        role = str(makes.set.get("role", default)) if default == "Student" else default
        rows.append(new[["local_id", "file", "row"]].assign(**{DEFAULT_ROLE: constant(role, len(new))}))
        column = _id_column(kind.file, makes)
        if column is not None and column.identification_system:
            one = new[["local_id", "file", "row"]].copy()
            one["identification_system"] = column.identification_system
            one["column"] = column.name
            ids.append(one)
    none = pd.DataFrame(
        {"local_id": missing(0, STRING), "file": missing(0, STRING), "row": missing(0, STRING)}
    )
    bare = pd.concat(rows, ignore_index=True).drop_duplicates(["local_id", "file", "row"]) if rows else none
    return bare, pd.concat(ids, ignore_index=True) if ids else none.assign(identification_system="")


def _id_texts(kind: FilesOfKind) -> dict[str, tuple[Column, pd.Series]]:
    """Return each id column's text over all files; a column usually has the same name in each."""
    found: dict[str, tuple[Column, dict[int, pd.Series]]] = {}
    for number, read in enumerate(kind.reads):
        for name, column in read.columns.items():
            if column.identification_system:
                text = read.values[name].values.astype(STRING)
                found.setdefault(name, (column, {}))[1][number] = text
    sizes = kind.ends - kind.begins
    return {
        name: (
            column,
            texts[0]
            if len(sizes) == 1
            else pd.concat(
                [
                    texts[number] if number in texts else pd.Series(missing(size, STRING))
                    for number, size in enumerate(sizes)
                ],
                ignore_index=True,
            ),
        )
        for name, (column, texts) in found.items()
    }


def _identifiers(kind: FilesOfKind, records: pd.Series, several: pd.Series) -> list[pd.DataFrame]:
    """Return a row for each filled cell of the id columns; `records` is by source row."""
    found = []
    there = records.notna()
    again = isin_text(records, several) if len(several) else np.zeros(len(records), bool)
    for name, (column, text) in _id_texts(kind).items():
        filled = there & text.notna()
        if again.any():  # a record in several rows gets each id once
            double = pd.DataFrame({"record": records[again & filled], "identifier": text[again & filled]})
            filled[double.index[double.duplicated()]] = False
        source = np.flatnonzero(filled.to_numpy(bool))
        part = pd.DataFrame(
            {
                "record": records[filled],
                "identifier": text[filled],
                "row": kind.row_of(source),
                "file": kind.file_of(source),
            },
            copy=False,
        )
        if column.type == "list" and column.item:
            part["source"] = source
            part["identifier"] = part["identifier"].str.split(",")
            part = part.explode("identifier").reset_index(drop=True)
            part["identifier"] = part["identifier"].astype(STRING).str.strip()
            shape = shape_of(column.item).parts_of(part["identifier"])
            odd = shape["identifier"].isna().to_numpy(bool)
            kind.tell(
                part["source"].to_numpy()[odd],
                "not_in_pattern",
                "read_as",
                column=name,
                value=part["identifier"][odd].tolist(),
                expected=column.item,
                read_as="an id of a declared kind",
            )
            # A plain id doesn't show which system it belongs to.
            part["identification_system"] = shape["type"].astype(STRING).mask(odd, "Undeclared")
            part["identifier"] = shape["identifier"].astype(STRING).fillna(part["identifier"])
            part = part.drop(columns="source")
            part = part.drop_duplicates(["record", "identification_system", "identifier"], ignore_index=True)
        else:
            part["identification_system"] = constant(str(column.identification_system), len(part))
        part["column"] = constant(column.name, len(part))
        found.append(part.reset_index(drop=True))
    return found


def _join_identifiers(silo: str, parts: list[pd.DataFrame]) -> pd.DataFrame:
    parts = [part for part in parts if len(part)]
    if not parts:
        return empty_table("identifiers")
    whole = pd.concat(parts, ignore_index=True)
    whole["silo"] = constant(silo, len(whole))
    whole = as_table(
        "identifiers", whole[whole["identifier"] != ""] if (whole["identifier"] == "").any() else whole
    )
    # A column gives a record each id once, so only a system with two columns can repeat one. Otherwise a
    # large table needn't be in memory twice.
    systems = [system for part in parts for system in part["identification_system"].unique()]
    several = {system for system in systems if systems.count(system) > 1}
    if several:
        whole = whole.drop_duplicates(["record", "identification_system", "identifier"], ignore_index=True)
    return whole


def _is_anothers(file: FileLayout, makes: Makes) -> bool:
    """Return whether a fact is about a person other than its row's: a child in the row of an adult."""
    own = [one.take.get("local_id") for one in file.makes if one.table == "people"]
    return bool(own) and "local_id" in makes.take and makes.take["local_id"] not in own


def _whose(
    frame: pd.DataFrame,
    by_source: pd.Series | None,
    records_by_id: Callable[[], tuple[pd.Series, pd.Series]],
    *,
    of_adults: bool,
) -> tuple[pd.Series, np.ndarray]:
    """Find the record of each fact: that of its own source row, else by id; also flag those without one."""
    record = pd.Series(missing(len(frame), STRING))
    if by_source is not None:
        record = by_source.iloc[frame["source"].to_numpy()].reset_index(drop=True)
    if "local_id" in frame and record.isna().any():
        ids = frame["local_id"].reset_index(drop=True)
        by_id = records_by_id()[of_adults]
        positions = by_id.index.get_indexer(pd.Index(ids.fillna("")))
        values = by_id.reset_index(drop=True)
        found = values.reindex(np.where(positions < 0, len(values), positions)).reset_index(drop=True)
        record = record.fillna(found.astype(STRING))
    return record, record.isna().to_numpy(bool)


def _by_local_id(people: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Map local ids to records, once for facts about children and once for facts about adults.

    Lists of children and adults may use the same numbers; then a number is one child and one adult. An id
    that several children share, or several adults, maps to nobody.
    """
    found = people[["local_id", "record", "role"]].dropna(subset=["local_id"])
    adult = found["role"].isin(["Staff", "Guardian"]).to_numpy(bool)
    lookups = []
    for mine in (~adult, adult):
        others = found[~mine]
        if mine.any() and len(others):
            others = others[~isin_text(others["local_id"], found.loc[mine, "local_id"])]
        meant = pd.concat([found[mine], others]) if len(others) else found[mine]
        lookups.append(meant[~repeated(meant["local_id"])].set_index("local_id")["record"])
    return lookups[0], lookups[1]


def _nobody_is_a_student(people: pd.DataFrame, person_rows: pd.DataFrame) -> pd.DataFrame:
    """Report that people were read but none is a child, so that nothing can be linked or shown."""
    if not len(people) or people["role"].eq("Student").any():
        return pd.DataFrame()
    roles = people["role"].value_counts()
    return pd.DataFrame(
        {
            "file": person_rows["file"].iloc[:1],
            "kind": "no_student",
            "action_taken": "nothing",
            "column": "role",
            "value": ", ".join(f"{role}: {count}" for role, count in roles.items()),
            "expected": "a Student among them",
        }
    )


def assemble(silo: str, layout: Layout, made: Sequence[Made]) -> Assembled:
    """Combine the standard rows of a silo."""
    parts = _people_rows(layout, made)
    frames = [frame for _, frame in parts]
    known = pd.concat([f["local_id"] for f in frames if "local_id" in f] or [pd.Series(dtype=STRING)])
    bare, bare_ids = _bare_rows(made, known, _role_of_bare(layout))
    rows = [frame for frame in [*frames, bare] if len(frame)]
    if not rows:
        people = People(
            empty_table("people"),
            empty_table("person_rows"),
            empty_table("filled_cells"),
            pd.Series(dtype=STRING),
            pd.Series(dtype=STRING),
            pd.DataFrame(),
        )
    elif len(rows) == 1:
        people = make_records(rows[0], silo)
    else:
        people = make_records(pd.concat(rows, ignore_index=True), silo)

    # Record by source row of each kind that makes people; the first `makes` of a file takes precedence.
    by_source: dict[int, pd.Series] = {}
    start = 0
    for kind, frame in parts:
        if not len(frame):
            continue
        records = people.record_of.iloc[start : start + len(frame)]
        start += len(frame)
        source = frame["source"].to_numpy()
        spread = records.reset_index(drop=True)
        if len(source) != len(kind):
            spread = pd.Series(records.to_numpy(object), index=source).reindex(range(len(kind)))
            spread = spread.astype(STRING)
        earlier = by_source.get(id(kind))
        by_source[id(kind)] = spread if earlier is None else earlier.fillna(spread)

    by_id = cache(lambda: _by_local_id(people.people))
    ids = []
    for kind in dict.fromkeys(kind for kind, _ in parts):
        if id(kind) in by_source:
            ids += _identifiers(kind, by_source[id(kind)], people.several)
    if len(bare_ids):
        ids.append(bare_ids.rename(columns={"local_id": "identifier"}).assign(record=bare_ids["local_id"]))
    identifiers = _join_identifiers(silo, ids)

    facts: dict[str, list[pd.DataFrame]] = {}
    for kind, makes, frame in made:
        table = standard_table(makes.table)
        if makes.table == "people" or not len(frame):
            continue
        columns = [name for name in frame.columns if name in table.dtypes()]
        fact = frame[columns].copy(deep=False)
        fact["silo"] = constant(silo, len(fact))
        if table.about == "child":
            own = None if _is_anothers(kind.file, makes) else by_source.get(id(kind))
            of_adults = makes.set.get("role") in ("Staff", "Guardian")
            record, unnamed = _whose(frame, own, by_id, of_adults=of_adults)
            fact["record"] = record.to_numpy() if record.dtype != STRING else record.array
            if own is None and "local_id" not in makes.take:
                # The layout itself declares such rows to be about no single child.
                unnamed = np.zeros_like(unnamed)
            id_column = _id_column(kind.file, makes)
            kind.tell(
                frame["source"].to_numpy()[unnamed],
                "child_unnamed",
                "nothing",
                column=id_column.name if id_column else None,
                value=frame["local_id"][unnamed].tolist() if "local_id" in frame else None,
                expected="the id of one child",
            )
        facts.setdefault(makes.table, []).append(as_table(makes.table, fact))

    whole = people.people
    whole["linkable_by"] = linkable_by(whole, identifiers).array
    found = [people.findings]
    if layout.manifest is None:  # a published binding declares every role: a bundle may be of staff alone
        found.append(_nobody_is_a_student(whole, people.person_rows))
    found = [one for one in found if len(one)]
    findings = pd.concat(found, ignore_index=True).assign(silo=silo, times=1) if found else pd.DataFrame()
    return Assembled(
        whole,
        people.person_rows,
        people.filled_cells,
        identifiers,
        {name: pd.concat(t, ignore_index=True) if len(t) > 1 else t[0] for name, t in facts.items()},
        as_table("findings", findings) if len(findings) else empty_table("findings"),
    )
