"""Count headline measures of one invented district a second time, by code that shares nothing with the kit.

It reads three things, as files, and neither it nor `read_by_hand` imports `helpers` or `synthetic_data`:

- the exports in ``silos/``, by `read_by_hand`: the records of children, and the numbers in them;
- the answer key in ``answer_key/``: ``rows.parquet`` names the person of each row (``part`` is Subject), and
  ``people.parquet`` says who is a child (``role`` is Student);
- what commands write: ``crosswalk.csv``, ``pairs.csv`` and ``link_findings.csv`` of ``bigpicture link``, and
  ``findings.csv`` of ``bigpicture read``.

Not counted: early signs of trouble, named records alone, and what is not fresh, joinable or permitted.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from tests.score.read_by_hand import ROSTER, Cells, Exports, Record, read_exports

__all__ = ["count_district"]


def link_by_number(exports: Exports) -> dict[Record, Record]:
    """Put records with an equal number in one group, unless the number is on two records of one system."""
    group = {record: record for record in exports.children}

    def top(record: Record) -> Record:
        while group[record] != record:
            record = group[record]
        return record

    holders: dict[str, list[Record]] = defaultdict(list)
    for record in exports.children:
        for number in exports.numbers[record]:
            holders[number].append(record)
    for records in holders.values():
        often = Counter(system for system, _ in records)
        alone = [record for record in records if often[record[0]] == 1]
        for one, other in pairwise(alone):
            group[top(one)] = top(other)
    return {record: top(record) for record in group}


def read_truth(folder: Path, exports: Exports) -> tuple[dict[Record, set[str]], set[str]]:
    """Read the persons of each record, a person of its own if the key has none, and who is a child."""
    rows = pd.read_parquet(folder / "answer_key" / "rows.parquet")
    rows = rows[rows["part"].eq("Subject") & rows["person"].notna()]
    persons: dict[Record, set[str]] = defaultdict(set)
    for file, row, person in zip(rows["file"], rows["row"], rows["person"], strict=True):
        if (file, row) in exports.record_of:
            persons[exports.record_of[file, row]].add(person)
    for record in exports.children - set(persons):
        persons[record] = {f"nobody {record}"}
    people = pd.read_parquet(folder / "answer_key" / "people.parquet")
    return persons, set(people.loc[people["role"].eq("Student"), "person"])


def judge_groups(
    persons: dict[Record, set[str]], children: set[str], groups: dict[Record, Any], seen: set[Record]
) -> dict[str, set[Any]]:
    """Compare groups of records with the answer key.

    A group belongs to the child of its first record in ``groups``. Any other person's record in it is wrong,
    and noticed if it is among ``seen``. Records of two persons count for ``together`` alone.
    """
    owner: dict[Any, str] = {}
    for record, group in groups.items():
        owner.setdefault(group, min(persons[record]))
    within, everybody, groups_of = defaultdict(set), defaultdict(set), defaultdict(set)
    pages = set()
    for record, who in persons.items():
        group = groups.get(record)
        everybody[group] |= who
        if len(who) == 1:
            (person,) = who
            groups_of[person].add(group)
            within[group].add(person)
            if group is not None and person != owner[group] and record not in seen:
                pages.add(group)
    everybody.pop(None, None)
    mine = {child: groups_of[child] for child in children if child in groups_of}
    mixed = {child for child, own in mine.items() if any(len(within[group]) > 1 for group in own - {None})}
    split = {child for child, own in mine.items() if None in own or len(own) > 1} - mixed
    undetected = {child for child in mixed if mine[child] & pages}
    return {
        "children": set(mine),
        "complete": set(mine) - mixed - split,
        "split": split,
        "mixed": mixed,
        "mixed_noticed": mixed - undetected,
        "undetected": undetected,
        "together": children.intersection(
            *[set().union(*(who for who in everybody.values() if len(who) > 1))]
        ),
        "pages": pages,
    }


def read_written(path: Path) -> list[Cells]:
    """Read a table that a command wrote."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def both_ends(pairs: list[Cells]) -> list[tuple[Record, Record]]:
    """Give the two records of each pair."""
    sides = ("left_silo", "left_record"), ("right_silo", "right_record")
    return [tuple((pair[silo], pair[record]) for silo, record in sides) for pair in pairs]  # type: ignore[misc]


def count_district(folder: Path, written: Path) -> dict[str, set[Any]]:
    """Count the measures of a district's folder; ``written`` has what `read` and `link` wrote about it.

    Returns what each measure counts: persons of the key for children, records as system and name, names of
    groups, pairs of records or of systems, places of rows, and names of files.
    """
    exports = read_exports(folder)
    persons, children = read_truth(folder, exports)
    crosswalk, pairs = read_written(written / "crosswalk.csv"), read_written(written / "pairs.csv")

    def pointed_at(findings: list[Cells]) -> set[Record]:
        places = [(one["file"], int(one["row"])) for one in findings if one["row"]]
        return {exports.record_of[place] for place in places if place in exports.record_of}

    def decided(decision: str) -> list[Cells]:
        return [pair for pair in pairs if pair["decision"] == decision]

    # Without names, only reading can notice that an ID or a record has two children.
    reading = read_written(written / "findings.csv")
    two_in_one = pointed_at([one for one in reading if one["kind"] in ("id_shared", "rows_disagree")])
    seen = two_in_one | pointed_at(read_written(written / "link_findings.csv"))
    seen |= {record for pair in both_ends(decided("Review")) for record in pair}
    doubtful = both_ends([pair for pair in decided("Match") if pair["contradiction"]])
    seen |= {record for pair in doubtful if min(persons[pair[0]]) != min(persons[pair[1]]) for record in pair}

    crosswalk.sort(key=lambda row: (row["step"] != "", row["silo"] != ROSTER, row["silo"], row["record"]))
    linked = {(row["silo"], row["record"]): row["child"] for row in crosswalk}
    joined = link_by_number(exports)
    joined = {record: joined[record] for record in sorted(joined, key=lambda one: (one[0] != ROSTER, one))}
    matched = judge_groups(persons, children, linked, seen)
    by_number = judge_groups(persons, children, joined, two_in_one)
    enrolled = set().union(*(who for (system, _), who in persons.items() if system == ROSTER))
    groups, listed = set(linked.values()), {linked[record] for record in linked if record[0] == ROSTER}
    counted: dict[str, set[Any]] = {
        **{name: matched[name] for name in matched if name not in ("together", "pages")},
        **{f"{name}_by_number": by_number[name] for name in ("undetected", "mixed", "together", "pages")},
        "on_roster_by_number": by_number["undetected"] & enrolled,
        "records": exports.children,
        "groups": groups,
        "on_roster": listed,
        "beyond_roster": groups - listed,
        "review_pairs": set(both_ends(decided("Review"))),
        "refused_pairs": set(both_ends(decided("Refused"))),
        "pairs_of_systems": set(combinations(sorted({system for system, _ in exports.children}), 2)),
        "rows": exports.rows,
        "files": exports.files,
    }
    for status in ("Verified", "Unverified", "Review", "Unlinked"):
        rows = [row for row in crosswalk if row["link_status"] == status]
        counted[status.lower()] = {(row["silo"], row["record"]) for row in rows}
    return counted
