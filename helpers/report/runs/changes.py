"""Store a snapshot of a run, and compare it with an earlier one."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.files import own_place, save_table, write_atomically
from helpers.gaps import declared_measures
from helpers.report.display_names import finding_words, silo_name
from helpers.report.runs.file_drift import FACTS, drift_between
from helpers.report.tables import number_text
from helpers.share import ABOUT_FILES, OF_CHILDREN, SMALLEST_GROUP, Guard
from helpers.standard import STRING, Measured, as_table, plain

__all__ = [
    "RunSnapshot",
    "changes_between",
    "comparable",
    "describe_changes",
    "make_snapshot",
    "read_snapshot",
    "save_snapshot",
]


# For a synthetic district, the snapshot is in the run's own folder. For a real one, nothing about a child may
# be in `reports/`, not even a digest with a flag: the snapshot is in the user's own folder, readable only by
# this user, and its digests need a key stored there, too.

_TABLES = ("records", "flags", "counts", "files")
_INVENTED = b"invented"
CONTENT = "content"
# What a record's content isn't: its name, which is a row number if it has no id, and what each export renews.
_NOT_CONTENT = ("silo", "record", "local_id", "as_of", "begin_date", "end_date", "school_year", "linkable_by")


@dataclass(frozen=True)
class RunSnapshot:
    """What a run stores for the next one."""

    # Digest of the district.
    district: str
    # The system that comes first.
    roster: str
    # ``silo, record, child, known_by``: the record and its child as digests. A record without an id is known
    # by its content, and empty if several have the same. ``child`` is the linked record of the roster, empty
    # if there is none.
    records: pd.DataFrame
    # ``indicator, definition, child``: flagged children, as digests.
    flags: pd.DataFrame
    # ``part, left_silo, right_silo, measure, column, unit, value``: findings by kind, and the scorecard.
    counts: pd.DataFrame
    # Files and their columns: `file_facts`.
    files: pd.DataFrame


def _home() -> Path:
    """Return the folder for snapshots of a real district."""
    return own_place("runs")


def _key(synthetic: bool) -> bytes:
    if synthetic:
        return _INVENTED
    place = _home() / "key"
    if not place.is_file():
        write_atomically(place, secrets.token_bytes(32))
    return place.read_bytes()


def _digests(key: bytes, *columns: pd.Series) -> pd.Series:
    rows = zip(*(column.astype(STRING).fillna("") for column in columns), strict=True)
    return pd.Series(
        [hmac.digest(key, "\n".join(map(str, row)).encode(), "sha256").hex()[:24] for row in rows],
        index=columns[0].index,
        dtype="string",
    )


def is_same_district(about: Mapping[str, Any], folder: Path) -> str:
    """Return the identity of a folder's district: a synthetic one by its settings, a real one by its path."""
    synthetic = about.get("synthetic") is True
    named = (
        [str(about.get(name)) for name in ("scenario", "seed", "students")]
        if synthetic
        else [str(folder.resolve())]
    )
    return hmac.digest(_key(synthetic), "\n".join(named).encode(), "sha256").hex()[:24]


def make_snapshot(
    about: Mapping[str, Any],
    folder: Path,
    crosswalk: pd.DataFrame,
    indicators: pd.DataFrame,
    findings: pd.DataFrame,
    card: pd.DataFrame,
    roster: str,
    people: pd.DataFrame | None = None,
    files: pd.DataFrame | None = None,
) -> RunSnapshot:
    """Collect what a run stores for the next one."""
    key = _key(about.get("synthetic") is True)
    records = _digests(key, crosswalk["silo"], crosswalk["record"])
    content = _by_content(key, crosswalk, people)
    nameless = crosswalk.index.isin(content.index)
    records = records.mask(nameless, content)
    on_roster = crosswalk["silo"].eq(roster)
    anchors = pd.Series(records[on_roster].to_numpy(), index=crosswalk.loc[on_roster, "child"])
    child_of = anchors[~anchors.index.duplicated()]
    flagged = indicators[indicators["status"].eq("Flagged")]
    flags = flagged[["indicator", "definition"]].assign(child=flagged["child"].map(child_of))
    times = findings.assign(times=findings["times"].fillna(1)).groupby(["silo", "kind"], dropna=False)[
        "times"
    ]
    counted = (
        times.sum().reset_index().rename(columns={"silo": "left_silo", "kind": "measure", "times": "value"})
    )
    of_files = counted["measure"].str.match(ABOUT_FILES)
    counted = counted.assign(part="Findings", unit=of_files.map({True: "files", False: "findings"}))
    lines = card.loc[card["value"].notna() & card["unit"].ne("findings")]
    lines = lines[["left_silo", "right_silo", "measure", "column", "unit", "value"]]
    counts = pd.concat([counted, lines.assign(part="Scorecard")], ignore_index=True)
    return RunSnapshot(
        is_same_district(about, folder),
        roster,
        pd.DataFrame(
            {
                "silo": crosswalk["silo"],
                "record": records,
                "child": crosswalk["child"].map(child_of),
                "known_by": np.where(nameless, CONTENT, "id"),
            }
        ).astype("string"),
        flags.dropna(subset=["child"]).drop_duplicates().astype("string").reset_index(drop=True),
        counts,
        pd.DataFrame(columns=FACTS, dtype=STRING) if files is None else files,
    )


def _by_content(key: bytes, crosswalk: pd.DataFrame, people: pd.DataFrame | None) -> pd.Series:
    """Return the content of each record without an id as a digest; empty if several have the same."""
    if people is None:
        return pd.Series(dtype=STRING)
    nameless = people[people["local_id"].isna()]
    record_rows = crosswalk[["silo", "record"]].reset_index()
    theirs = record_rows.merge(nameless, on=["silo", "record"], how="inner", validate="one_to_one")
    contents = [theirs[name] for name in theirs.columns if name not in ("index", *_NOT_CONTENT)]
    digests = _digests(key, theirs["silo"], *contents)
    return digests.mask(digests.duplicated(keep=False)).set_axis(theirs["index"])


def _snapshot_path(out: Path, run: str, own: Path | None, synthetic: bool) -> Path:
    """Return a snapshot's path: in the run's folder for a synthetic district, else in the user's."""
    if synthetic:
        return (own or out / run) / "kept"
    return _home() / hashlib.blake2b(str(out.resolve()).encode(), digest_size=8).hexdigest() / run


def save_snapshot(kept: RunSnapshot, out: Path, run: str, draft: Path, synthetic: bool) -> None:
    """Write the snapshot of a run."""
    place = _snapshot_path(out, run, draft, synthetic)
    for name in _TABLES:
        save_table(getattr(kept, name), place / f"{name}.parquet")
    about = {"district": kept.district, "roster": kept.roster}
    write_atomically(place / "kept.json", json.dumps(about).encode())


def read_snapshot(out: Path, run: str) -> RunSnapshot | None:
    """Read the snapshot of an earlier run."""
    for synthetic in (True, False):
        place = _snapshot_path(out, run, None, synthetic)
        try:
            about = json.loads((place / "kept.json").read_text(encoding="utf-8"))
            # An older version wrote no files, and knew records without an id by their row.
            tables = [pd.read_parquet(place / f"{name}.parquet") for name in _TABLES]
            return RunSnapshot(about["district"], about["roster"], *tables)
        except (OSError, ValueError, KeyError):
            continue
    return None


_WHERE = ["left_silo", "right_silo", "measure", "column", "unit"]
# With fewer common roster records, it is another district, or its numbers were reassigned.
_IN_COMMON = 0.5
_RELINKED_TEXTS = {
    "now joined": "newly linked to a child on the roster",
    "not any more": "no longer linked to one",
    "to another": "linked to a different child",
    "gone": "linked before, and no longer in the files",
}
CHANGED = "changed"  # of a real folder, where one of the counts is small
_SYSTEMS_NAMED = 5  # in a sentence; the table has all of them
_DROPS_NAMED = 3
_NUMBER = re.compile(r"^[\d,]+")


def comparable(before: RunSnapshot, after: RunSnapshot) -> bool:
    """Check whether two runs are about the same children."""
    left, right = _roster(before), _roster(after)
    return before.roster == after.roster and len(left & right) >= _IN_COMMON * max(
        min(len(left), len(right)), 1
    )


def _has_id(records: pd.DataFrame) -> pd.Series:
    return ~records["known_by"].eq(CONTENT).fillna(False).astype(bool)


def _roster(kept: RunSnapshot) -> set[str]:
    return set(kept.records.loc[kept.records["silo"].eq(kept.roster), "record"].dropna())


def changes_between(before: RunSnapshot, after: RunSnapshot, guard: Guard) -> pd.DataFrame:
    """Count what changed."""
    both = before.records.dropna(subset="record").merge(
        after.records.dropna(subset="record"),
        on=["silo", "record"],
        how="inner",
        validate="one_to_one",
        suffixes=("", "_now"),
    )
    old, new = _roster(before), _roster(after)
    roster = [
        _count("Children", measure, Measured(name, len(those)), words, left_silo=after.roster)
        for measure, name, those, words in (
            ("new", "roster_new", new - old, "new on the roster"),
            ("gone", "roster_gone", old - new, "no longer on the roster"),
        )
    ]
    rows = [
        *drift_between(before.files, after.files),
        *_reissued(before, after, both),
        *_records(before, after, guard),
        *_not_comparable(before, after, guard),
        *_shown(roster, guard, "the roster isn't the same, in too few children to count here"),
        *_links(before, after, both[both["silo"].ne(after.roster)], guard),
        *_flags(before, after, old & new, guard),
        *_counts(before, after, guard),
    ]
    return as_table(
        "run_changes", pd.DataFrame(rows, columns=["part", *_WHERE, "before", "after", "description"])
    )


def _count(part: str, measure: str, count: Measured, words: str, **where: Any) -> dict[str, Any]:
    return {
        "part": part,
        "measure": measure,
        "after": count.whole,
        "unit": "children",
        "description": plain(f"{count:count} {words}"),
    } | where


def _shown(rows: list[dict[str, Any]], guard: Guard, instead: str) -> list[dict[str, Any]]:
    """Show all counts that change one total, or none: two totals would complete the sum."""
    rows = [row for row in rows if row["after"]]
    if any(guard.hides(row["after"]) or row.get("hidden") for row in rows):
        return [rows[0] | {"measure": CHANGED, "column": None, "after": None, "description": instead}]
    return rows


def _reissued(before: RunSnapshot, after: RunSnapshot, both: pd.DataFrame) -> list[dict[str, Any]]:
    """Name systems most of whose ids are new, or belong to other children."""
    sizes = [kept.records[_has_id(kept.records)].groupby("silo").size() for kept in (before, after)]
    same = both[_has_id(both)]
    linked = same["child"].notna() & same["child_now"].notna() & same["silo"].ne(after.roster)
    moved = same[linked & same["child"].ne(same["child_now"]).fillna(False)].groupby("silo").size()
    common = same.groupby("silo").size()
    table = pd.concat([*sizes, common, moved], axis=1, keys=["was", "now", "common", "moved"]).fillna(0)
    size = table[["was", "now"]].min(axis=1)
    few = table["common"] < _IN_COMMON * size
    other = table["moved"] > _IN_COMMON * table["common"]
    words = "most ids are new, or another child's: perhaps the system reissued them"
    return [
        {"part": "Files", "measure": "ids reissued", "left_silo": silo, "unit": "files", "description": words}
        for silo in table.index[(size >= SMALLEST_GROUP) & (few | other)]
    ]


def _not_comparable(before: RunSnapshot, after: RunSnapshot, guard: Guard) -> list[dict[str, Any]]:
    """Count records without an id of which the other run has none, or several, with the same content."""
    kept = [one.records[~_has_id(one.records)] for one in (before, after)]
    alone = [
        mine[mine["record"].isna() | ~mine["record"].isin(others["record"].dropna())]["silo"].value_counts()
        for mine, others in (kept, kept[::-1])
    ]
    rows = []
    for silo, was, now in pd.concat(alone, axis=1).fillna(0).astype("int64").itertuples(name=None):
        rest = [int(one["silo"].eq(silo).sum()) - count for one, count in zip(kept, (was, now), strict=True)]
        hidden = any(guard.hides(count) for count in (was, now, abs(was - now), *rest))
        counted = "some records"
        if not hidden:
            counted = plain(
                f"{Measured('records_incomparable', was, where=str(silo)):count} before and {now:,} now"
            )
        why = "without an id, only a row that is there once in both runs can"
        words = f"{counted} can't be compared: {why}"
        rows.append(_of_records("not comparable", silo, None if hidden else (was, now), words))
    return rows


def _of_records(measure: str, silo: Any, both: tuple[int, int] | None, words: str) -> dict[str, Any]:
    """Describe a change in a system's records; a guard hides both numbers, or none."""
    before, after = (None, None) if both is None else map(float, both)
    return {
        "part": "Records",
        "measure": measure,
        "left_silo": str(silo),
        "unit": "children",
        "before": before,
        "after": after,
        "description": words,
    }


def _links(before: RunSnapshot, after: RunSnapshot, both: pd.DataFrame, guard: Guard) -> list[dict[str, Any]]:
    """Count by system the records whose link to a child on the roster changed."""
    was, now = both["child"], both["child_now"]
    moved = (was.notna() & now.notna() & was.ne(now)).fillna(False)
    links = (
        ("now joined", "links_new", was.isna() & now.notna(), "newly linked to a child on the roster"),
        ("not any more", "links_lost", was.notna() & now.isna(), "no longer linked to a child on the roster"),
        ("to another", "links_moved", moved, "linked to a different child"),
    )
    rows = []
    for measure, name, chosen, words in links:
        for silo, many in both.loc[chosen.astype(bool), "silo"].value_counts(sort=False).items():
            count = Measured(name, int(many), where=str(silo))
            rows.append(
                _count("Links", measure, count, f"{count.verb('is', 'are')} {words}", left_silo=str(silo))
            )
    rows += _gone(before, after, guard)
    return [
        row
        for silo in dict.fromkeys(row["left_silo"] for row in rows)
        for row in _shown(
            [row for row in rows if row["left_silo"] == silo],
            guard,
            "links to children on the roster changed, in too few records to count here",
        )
    ]


def _flags(before: RunSnapshot, after: RunSnapshot, common: set[str], guard: Guard) -> list[dict[str, Any]]:
    """Count children in both runs who are newly flagged, or no longer."""
    key = ["indicator", "definition"]
    flags = [
        kept.flags.loc[kept.flags["child"].isin(common)].set_index([*key, "child"]).index
        for kept in (before, after)
    ]
    rows: dict[str, list[dict[str, Any]]] = {}
    for measure, name, changed in (
        ("newly flagged", "flags_new", flags[1].difference(flags[0])),
        ("cleared", "flags_cleared", flags[0].difference(flags[1])),
    ):
        counted = (
            changed.to_frame(index=False).groupby(key).size() if len(changed) else pd.Series(dtype="int64")
        )
        for (indicator, definition), many in counted.items():  # type: ignore[misc]
            words = f"{measure}: {str(indicator).replace('_', ' ')}"
            count = Measured(name, int(many), where=str(definition))
            row = _count("Indicators", f"{measure}: {indicator}", count, words, column=str(definition))
            rows.setdefault(str(indicator), []).append(row)
    for row, other in itertools.permutations([row for own in rows.values() for row in own], 2):
        # One definition often flags all children of another: then the difference counts children, too.
        if row["measure"] == other["measure"] and guard.hides(abs(row["after"] - other["after"])):
            row["hidden"] = True
    return [
        row
        for indicator, own in rows.items()
        for row in _shown(
            own, guard, f"{indicator.replace('_', ' ')}: flags changed, of too few children to count here"
        )
    ]


def _per_system(kept: RunSnapshot) -> pd.Series:
    """Count children's records by system; those of the roster are its children, and reported as such."""
    return kept.records.loc[kept.records["silo"].ne(kept.roster), "silo"].value_counts()


def _records(before: RunSnapshot, after: RunSnapshot, guard: Guard) -> list[dict[str, Any]]:
    """List systems with fewer or more records of children, the largest relative loss first."""
    both = pd.DataFrame({"was": _per_system(before), "now": _per_system(after)}).fillna(0).astype("int64")
    both = both[both["was"].ne(both["now"])].rename_axis("silo").reset_index()
    both = both.assign(change=both["now"] / both["was"]).sort_values(["change", "silo"], kind="stable")
    rows: list[dict[str, Any]] = []
    for silo, was, now in both[["silo", "was", "now"]].itertuples(index=False):
        # Two close exact numbers could disclose one to nine children.
        near = guard.hides(abs(int(now) - int(was)))
        hidden = near or guard.hides(was) or guard.hides(now)
        text = plain(f"{Measured('records', now, where=str(silo)):count}, {was:,} before")
        measure = "fewer" if now < was else "more"
        words = f"{measure} than before" if hidden else text
        rows.append(_of_records(measure, silo, None if hidden else (was, now), words))
    return rows


def _gone(before: RunSnapshot, after: RunSnapshot, guard: Guard) -> list[dict[str, Any]]:
    """Count records that were linked to a child on the roster and are gone from the files, by system."""
    was, now = _per_system(before), _per_system(after)
    kept = pd.MultiIndex.from_frame(after.records[["silo", "record"]])
    there = pd.MultiIndex.from_frame(before.records[["silo", "record"]]).isin(kept)
    there |= before.records["silo"].eq(before.roster).to_numpy(bool)
    gone = before.records[~there & _has_id(before.records).to_numpy(bool)]
    rows: list[dict[str, Any]] = []
    for silo, records in gone.groupby("silo"):
        count = Measured("links_gone", int(records["child"].notna().sum()), where=str(silo))
        fewer = int(was.get(silo, 0)) - int(now.get(silo, 0))
        # With the drop in a system's records, the rest could disclose a small number of children.
        hidden = guard.hides(len(records) - count.whole) or guard.hides(abs(fewer - count.whole))
        was_linked = f"that {count.verb('was', 'were')} linked to a child"
        words = f"{was_linked} {count.verb('is', 'are')} no longer in the files"
        rows.append(_count("Links", "gone", count, words, left_silo=str(silo)) | {"hidden": hidden})
    return rows


def _counts(before: RunSnapshot, after: RunSnapshot, guard: Guard) -> list[dict[str, Any]]:
    """Compare findings by kind, and scorecard lines in both runs."""
    where = ["part", *_WHERE]
    sides = [kept.counts[[*where, "value"]].fillna(dict.fromkeys(where, "")) for kept in (before, after)]
    both = sides[0].merge(sides[1], on=where, how="outer", validate="one_to_one", suffixes=("_was", "_now"))
    finding = both["part"].eq("Findings")
    both.loc[finding, ["value_was", "value_now"]] = both.loc[finding, ["value_was", "value_now"]].fillna(0)
    # A line in only one run was hidden in the other, or its system was missing.
    both = both.dropna(subset=["value_was", "value_now"])
    if guard.real:
        # An exact share could disclose one to nine children, and so could two numbers of children.
        rate, values = both["unit"].eq("rate"), ["value_was", "value_now"]
        both.loc[rate, values] = both.loc[rate, values].round(2)
        near = (both["value_was"] - both["value_now"]).abs().lt(SMALLEST_GROUP)
        small = both[values].apply(lambda column: column.map(guard.hides)).any(axis=1)
        both = both[~(both["unit"].isin(OF_CHILDREN) & ~rate & (near | small))]
    both = both[(both["value_was"] - both["value_now"]).abs().gt(1e-9)]
    kinds = finding_words(both["measure"].astype("string"))
    return [
        {
            **{name: row[name] or None for name in where},
            "before": row["value_was"],
            "after": row["value_now"],
            "description": f"{word}: {_figure(row, 'value_was')} before, {_figure(row, 'value_now')} now",
        }
        for row, word in zip(both.to_dict("records"), kinds, strict=True)
    ]


def _figure(row: Mapping[Any, Any], name: str) -> str:
    return f"{row[name]:.0%}" if row["unit"] == "rate" else number_text(row[name])


def describe_changes(changes: pd.DataFrame, since: str, guard: Guard) -> list[str]:
    """Describe in a few sentences what changed."""
    if changes.empty:
        return [f"Nothing changed since {since}: the same children, links, findings, flags and measures."]
    part = {str(name): rows for name, rows in changes.groupby("part")}
    files = part.get("Files")
    sentences = [] if files is None else [f"Files and columns. {_named(files, 'changes_unnamed')}."]
    sentences += _records_in_words(part["Records"], since) if "Records" in part else []
    children = part["Children"]["description"].tolist() if "Children" in part else []
    changes_text = ", ".join(map(_bold, children))
    sentences.append(f"Since {since}: {changes_text or 'the same children are on the roster'}.")
    for name, unit in (
        ("Links", "records of other systems"),
        ("Indicators", "flags, counting each definition"),
    ):
        rows = part.get(name)
        if rows is None:
            sentences.append(f"{name}: none changed.")
            continue
        sums = rows.groupby(rows["measure"].str.split(":").str[0])["after"].agg(["sum", "size"])
        changes_text = ", ".join(_summed(str(measure), row) for measure, row in sums.to_dict("index").items())
        sentences.append(f"{name} ({unit}): {changes_text}.")
    found = part.get("Findings", changes.iloc[:0]).groupby("measure")[["before", "after"]].sum()
    if len(found):
        new = finding_words(found.index[found["before"].eq(0)].to_series().astype("string")).tolist()
        more, less = found["after"].gt(found["before"]), found["after"].lt(found["before"])
        kinds = [
            Measured("kinds_more_often", int(more.sum())),
            Measured("kinds_less_often", int(less.sum())),
        ]
        changes_text = ", ".join(
            f"{kind:bold count} {kind.verb('occurs', 'occur')} {how} often"
            for kind, how in zip(kinds, ("more", "less"), strict=True)
            if kind
        )
        sentences.append(
            f"Findings: {changes_text or 'as many of each kind, but in other systems'}"
            + (f"; new: {', '.join(new[:5])}." if new else ".")
        )
    if "Scorecard" in part:
        sentences.append(_scorecard_in_words(part["Scorecard"]))
    return sentences


def _bold(words: str) -> str:
    return _NUMBER.sub(r"**\g<0>**", words)


def _records_in_words(rows: pd.DataFrame, since: str) -> list[str]:
    """Name the systems with fewer records of children than before, those with more, and what has no id."""
    heads = {
        "fewer": f"Fewer records than in {since}",
        "more": f"More records than in {since}",
        "not comparable": "Not comparable",
    }
    parts = {head: rows[rows["measure"].eq(measure)] for measure, head in heads.items()}
    return [f"{head}. {_named(mine, 'systems_unnamed')}." for head, mine in parts.items() if len(mine)]


def _named(rows: pd.DataFrame, others: str) -> str:
    """List the first changes with their systems, and count the others."""
    names = silo_name(rows["left_silo"].fillna("")).head(_SYSTEMS_NAMED)
    texts = [
        f"{name}: {_bold(words)}" if name else _bold(words)
        for name, words in zip(names, rows["description"].head(_SYSTEMS_NAMED), strict=True)
    ]
    left = Measured(others, len(rows) - len(texts))
    texts += [f"and {left:count}"] if left else []
    return "; ".join(texts)


def _scorecard_in_words(rows: pd.DataFrame) -> str:
    """Count the measures that changed, and name the shares that fell most."""
    many = Measured("scores_changed", len(rows))
    sentence = f"Scorecard: {many:bold count} {many.verb('is not what it was', 'are not what they were')}"
    # If a share counts what is wrong, a smaller one is no loss.
    amiss = [one.name for one in declared_measures() if one.bad]
    shares = rows[rows["unit"].eq("rate") & ~rows["measure"].isin(amiss)]
    shares = shares.assign(fell=shares["before"] - shares["after"]).sort_values(
        ["fell", "measure", "left_silo"], ascending=[False, True, True], kind="stable"
    )
    fell = shares[shares["fell"].round(2).gt(0)].head(_DROPS_NAMED)
    if fell.empty:
        return f"{sentence}."
    texts = [
        f"{row['measure']}, {_place(row)} (**{_figure(row, 'after')}**, {_figure(row, 'before')} before)"
        for row in fell.to_dict("records")
    ]
    return f"{sentence}. What fell most: {'; '.join(texts)}."


def _place(row: Mapping[Any, Any]) -> str:
    """Name the systems and the column of a measure."""
    silos = pd.Series([row["left_silo"], row["right_silo"]], dtype="string").dropna()
    column = "" if pd.isna(row["column"]) else f", {row['column']}"
    return " and ".join(silo_name(silos)) + column


def _summed(measure: str, row: Mapping[Any, Any]) -> str:
    """Sum one measure over all systems; hidden numbers aren't in any sum."""
    if measure == CHANGED:
        return f"too few to count in {Measured('places_hidden', int(row['size'])):count}"
    return f"**{number_text(int(row['sum']))}** {_RELINKED_TEXTS.get(measure, measure)}"
