"""Standard rows of a silo's files -> records, identifiers and facts that say whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.files.files_of_kind import FilesOfKind
from helpers.files.records import (
    DEFAULT_ROLE,
    OF_LIST,
    ROLE_OF_ALL,
    People,
    linkable_by,
    make_records,
    repeated,
)
from helpers.layouts import Column, FileLayout, Layout, Makes, shape_of
from helpers.standard import STRING, as_table, constant, empty_table, is_among, missing, standard_table

__all__ = ["Assembled", "Made", "assemble"]

Made = tuple[FilesOfKind, Makes, pd.DataFrame]


@dataclass(frozen=True)
class Assembled:
    """Tables of one silo, and the findings that only show when its files are put together."""

    people: pd.DataFrame
    person_rows: pd.DataFrame
    filled_cells: pd.DataFrame
    identifiers: pd.DataFrame
    facts: dict[str, pd.DataFrame]
    findings: pd.DataFrame


NAMED_BY = ("first_name", "last_surname", "full_name", "birth_date")


def _who_they_are(layout: Layout, makes: Makes) -> tuple[str, str | None]:
    """Say who somebody is whose row of `makes` gives no role, and who they all are, where one word says it.

    A file that gives roles speaks of its own rows, so that a list of staff makes nobody else Unknown; unless
    it names nobody, as OneRoster's roles do: then it speaks of the people of the layout's other files. A file
    set to be of Unknown people, such as users of both kinds, leaves it to the others to say.
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
    """Give the rows of each kind of file that say who somebody is, with who that is if they don't say it."""
    parts = []
    for kind, makes, frame in made:
        if makes.table == "people":
            default, every = _who_they_are(layout, makes)
            said = {DEFAULT_ROLE: constant(default, len(frame)), ROLE_OF_ALL: constant(every, len(frame))}
            if makes.set.get("role") == "Unknown":
                said["role"] = frame["role"].mask(frame["role"].eq("Unknown"))
            # Where a row also gives a fact it is an event, or two people in one row.
            said[OF_LIST] = pd.Series(len(kind.file.makes) == 1, index=frame.index, dtype="boolean")
            parts.append((kind, frame.assign(**said)))
    return parts


def _role_of_bare(layout: Layout) -> str:
    """Say who an id is that only facts name: a child, unless a file that says who is one doesn't name it."""
    people = [makes for file in layout.files for makes in file.makes if makes.table == "people"]
    says = any("role" in makes.take or makes.set.get("role") == "Student" for makes in people)
    return "Unknown" if says else "Student"


def _id_column(file: FileLayout, makes: Makes) -> Column | None:
    source = makes.take.get("local_id")
    found = file.find(source) if source else None
    return found[0] if found else None


def _bare_rows(made: Sequence[Made], known: pd.Series, default: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give rows for ids that facts name and no row of people has, and the identifiers that they are.

    A fact that is set to be of one role, such as a log-in of guardians, says who its ids are; else they are
    the default.
    """
    rows, ids = [], []
    for kind, makes, frame in made:
        if makes.table == "people" or standard_table(makes.table).about != "child" or "local_id" not in frame:
            continue
        new = frame[frame["local_id"].notna().to_numpy(bool) & ~is_among(frame["local_id"], known)]
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
    """Give what each id column says in each row of all files; a column has one name in most of them."""
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


def _identifiers(kind: FilesOfKind, records: pd.Series) -> list[pd.DataFrame]:
    """Give a row for each filled cell of the id columns of files; `records` is by source row."""
    found = []
    there = records.notna()
    again = repeated(records)
    for name, (column, text) in _id_texts(kind).items():
        filled = there & text.notna()
        if again.any():  # a record that stands in several rows holds an id of them once
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
                read_as="an id of nobody knows what kind",
            )
            # A plain id says nothing about whose number it is.
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
    # A column gives a record each id once: only a system that two columns speak of can repeat one. Where none
    # does, a large table needn't be in memory twice.
    systems = [system for part in parts for system in part["identification_system"].unique()]
    several = {system for system in systems if systems.count(system) > 1}
    if several:
        whole = whole.drop_duplicates(["record", "identification_system", "identifier"], ignore_index=True)
    return whole


def _is_anothers(file: FileLayout, makes: Makes) -> bool:
    """Say whether a fact names another person than the one its row makes: a child in the row of an adult."""
    own = [one.take.get("local_id") for one in file.makes if one.table == "people"]
    return bool(own) and "local_id" in makes.take and makes.take["local_id"] not in own


def _whose(
    frame: pd.DataFrame, by_source: pd.Series | None, by_id: pd.Series
) -> tuple[pd.Series, np.ndarray]:
    """Say whose a fact is: the record of its own source row, else the one with its id; and who is unnamed."""
    record = pd.Series(missing(len(frame), STRING))
    if by_source is not None:
        record = by_source.iloc[frame["source"].to_numpy()].reset_index(drop=True)
    if "local_id" in frame and record.isna().any():
        ids = frame["local_id"].reset_index(drop=True)
        places = by_id.index.get_indexer(pd.Index(ids.fillna("")))
        values = by_id.reset_index(drop=True)
        found = values.reindex(np.where(places < 0, len(values), places)).reset_index(drop=True)
        record = record.fillna(found.astype(STRING))
    return record, record.isna().to_numpy(bool)


def _by_local_id(people: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the record of each local id, as facts about children mean it and as facts about adults do.

    Where lists of children and of adults are numbered alike, a number is one child's and one adult's. An id
    that several children share, or several adults, names nobody.
    """
    found = people[["local_id", "record", "role"]].dropna(subset=["local_id"])
    adult = found["role"].isin(["Staff", "Guardian"]).to_numpy(bool)
    lookups = []
    for mine in (~adult, adult):
        others = found[~mine]
        if mine.any() and len(others):
            others = others[~is_among(others["local_id"], found.loc[mine, "local_id"])]
        meant = pd.concat([found[mine], others]) if len(others) else found[mine]
        lookups.append(meant[~repeated(meant["local_id"])].set_index("local_id")["record"])
    return lookups[0], lookups[1]


def _nobody_is_a_student(people: pd.DataFrame, person_rows: pd.DataFrame) -> pd.DataFrame:
    """Tell that people were read, and none of them is a child: then nothing of them is linked or shown."""
    if not len(people) or people["role"].eq("Student").any():
        return pd.DataFrame()
    roles = people["role"].value_counts()
    return pd.DataFrame(
        {
            "file": person_rows["file"].iloc[:1],
            "kind": "no_student",
            "done": "nothing",
            "column": "role",
            "value": ", ".join(f"{role}: {count}" for role, count in roles.items()),
            "expected": "a Student among them",
        }
    )


def assemble(silo: str, layout: Layout, made: Sequence[Made]) -> Assembled:
    """Put the standard rows of a silo together.

    Parameters
    ----------
    silo, layout
        The silo and its layout.
    made
        What each kind of file made: files, makes and standard rows.

    Returns
    -------
    Assembled
        People, the rows behind them, identifiers, facts, findings.
    """
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
            pd.DataFrame(),
        )
    elif len(rows) == 1:
        people = make_records(rows[0], silo)
    else:
        people = make_records(pd.concat(rows, ignore_index=True), silo)

    # Record by source row of each kind that makes people; the first sort of row that a file makes counts.
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

    by_id, by_id_of_adults = _by_local_id(people.people)

    ids = []
    for kind in dict.fromkeys(kind for kind, _ in parts):
        if id(kind) in by_source:
            ids += _identifiers(kind, by_source[id(kind)])
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
            record, unnamed = _whose(frame, own, by_id_of_adults if of_adults else by_id)
            fact["record"] = record.to_numpy() if record.dtype != STRING else record.array
            if own is None and "local_id" not in makes.take:
                # The layout itself says that such a row is about no one child.
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
    found = [one for one in (people.findings, _nobody_is_a_student(whole, people.person_rows)) if len(one)]
    findings = pd.concat(found, ignore_index=True).assign(silo=silo, times=1) if found else pd.DataFrame()
    return Assembled(
        whole,
        people.person_rows,
        people.filled_cells,
        identifiers,
        {name: pd.concat(t, ignore_index=True) if len(t) > 1 else t[0] for name, t in facts.items()},
        as_table("findings", findings) if len(findings) else empty_table("findings"),
    )
