"""Store a snapshot of a run, and compare it with an earlier one."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import own_place, save_table, write_atomically
from helpers.gaps import declared_measures
from helpers.report.display_names import finding_words, silo_name
from helpers.report.tables import number_text
from helpers.share import OF_CHILDREN, SMALLEST_GROUP, Guard
from helpers.standard import as_table

__all__ = [
    "RunSnapshot",
    "changes_between",
    "comparable",
    "describe_changes",
    "is_same_district",
    "make_snapshot",
    "read_snapshot",
    "save_snapshot",
]


# For a synthetic district, the snapshot is in the run's own folder. For a real one, nothing about a child may
# be in `reports/`, not even a digest with a flag: the snapshot is in the user's own folder, readable only by
# this user, and its digests need a key stored there, too.

_TABLES = ("records", "flags", "counts")
_INVENTED = b"invented"


@dataclass(frozen=True)
class RunSnapshot:
    """What a run stores for the next one."""

    # Digest of the district.
    district: str
    # The system that comes first.
    roster: str
    # ``silo, record, child``: the record and its child as digests; ``child`` is the linked record of the
    # roster, empty if there is none.
    records: pd.DataFrame
    # ``indicator, definition, child``: flagged children, as digests.
    flags: pd.DataFrame
    # ``part, left_silo, right_silo, measure, column, unit, value``: findings by kind, and the scorecard.
    counts: pd.DataFrame


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
    rows = zip(*(column.fillna("") for column in columns), strict=True)
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
) -> RunSnapshot:
    """Collect what a run stores for the next one."""
    key = _key(about.get("synthetic") is True)
    records = _digests(key, crosswalk["silo"], crosswalk["record"])
    on_roster = crosswalk["silo"].eq(roster)
    anchors = pd.Series(records[on_roster].to_numpy(), index=crosswalk.loc[on_roster, "child"])
    child_of = anchors[~anchors.index.duplicated()]
    flagged = indicators[indicators["status"].eq("Flagged")]
    flags = flagged[["indicator", "definition"]].assign(child=flagged["child"].map(child_of))
    times = findings.assign(times=findings["times"].fillna(1)).groupby(["silo", "kind"], dropna=False)[
        "times"
    ]
    told = (
        times.sum().reset_index().rename(columns={"silo": "left_silo", "kind": "measure", "times": "value"})
    )
    lines = card.loc[card["value"].notna() & card["unit"].ne("findings")]
    lines = lines[["left_silo", "right_silo", "measure", "column", "unit", "value"]]
    counts = pd.concat(
        [told.assign(part="Findings", unit="findings"), lines.assign(part="Scorecard")], ignore_index=True
    )
    return RunSnapshot(
        is_same_district(about, folder),
        roster,
        pd.DataFrame(
            {"silo": crosswalk["silo"], "record": records, "child": crosswalk["child"].map(child_of)}
        ).astype("string"),
        flags.dropna(subset=["child"]).drop_duplicates().astype("string").reset_index(drop=True),
        counts,
    )


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
            tables = [pd.read_parquet(place / f"{name}.parquet") for name in _TABLES]
            return RunSnapshot(about["district"], about["roster"], *tables)
        except (OSError, ValueError, KeyError):
            continue
    return None


_WHERE = ["left_silo", "right_silo", "measure", "column", "unit"]
# With fewer common roster records, it is another district, or its numbers were reassigned.
_IN_COMMON = 0.5
_SAID = {
    "now joined": "newly linked to a child on the roster",
    "not any more": "no longer linked to one",
    "to another": "linked to a different child",
    "gone": "linked before, and no longer in the files",
}
_SYSTEMS_NAMED = 5  # in a sentence; the table has all of them
_DROPS_NAMED = 3
_NUMBER = re.compile(r"^(?:fewer than \d+|[\d,]+)")


def comparable(before: RunSnapshot, after: RunSnapshot) -> bool:
    """Check whether two runs are about the same children."""
    left, right = _roster(before), _roster(after)
    return before.roster == after.roster and len(left & right) >= _IN_COMMON * max(
        min(len(left), len(right)), 1
    )


def _noun(children: set[str]) -> str:
    return "child" if len(children) == 1 else "children"


def _roster(kept: RunSnapshot) -> set[str]:
    return set(kept.records.loc[kept.records["silo"].eq(kept.roster), "record"])


def changes_between(before: RunSnapshot, after: RunSnapshot, guard: Guard) -> pd.DataFrame:
    """Count what changed."""
    rows = _records(before, after, guard)

    def of_children(part: str, measure: str, count: int, words: str, **where: str) -> None:
        if count:
            shown = None if guard.hides(count) else float(count)
            said = f"{guard.count(count)} {words}"
            rows.append(
                {"part": part, "measure": measure, "after": shown, "unit": "children", "description": said}
                | where
            )

    old, new = _roster(before), _roster(after)
    of_children(
        "Children", "new", len(new - old), f"{_noun(new - old)} new on the roster", left_silo=after.roster
    )
    of_children(
        "Children",
        "gone",
        len(old - new),
        f"{_noun(old - new)} no longer on the roster",
        left_silo=after.roster,
    )
    both = before.records.merge(
        after.records, on=["silo", "record"], how="inner", validate="one_to_one", suffixes=("", "_now")
    )
    both = both[both["silo"].ne(after.roster)]
    was, now = both["child"], both["child_now"]
    links = {
        "now joined": (was.isna() & now.notna(), "records are newly linked to a child on the roster"),
        "not any more": (was.notna() & now.isna(), "records are no longer linked to a child on the roster"),
        "to another": (
            (was.notna() & now.notna() & was.ne(now)).fillna(False),
            "records are linked to a different child",
        ),
    }
    for measure, (chosen, words) in links.items():
        for silo, count in both.loc[chosen.astype(bool), "silo"].value_counts(sort=False).items():
            of_children("Links", measure, int(count), words, left_silo=str(silo))
    rows += _gone(before, after, guard)
    common = old & new
    key = ["indicator", "definition"]
    flags = [
        kept.flags.loc[kept.flags["child"].isin(common)].set_index([*key, "child"]).index
        for kept in (before, after)
    ]
    for measure, changed in (
        ("newly flagged", flags[1].difference(flags[0])),
        ("cleared", flags[0].difference(flags[1])),
    ):
        counted = (
            changed.to_frame(index=False).groupby(key).size() if len(changed) else pd.Series(dtype="int64")
        )
        for (indicator, definition), count in counted.items():  # type: ignore[misc]
            words = f"{measure}: {str(indicator).replace('_', ' ')}"
            of_children("Indicators", f"{measure}: {indicator}", int(count), words, column=str(definition))
    rows += _counts(before, after, guard)
    return as_table(
        "run_changes", pd.DataFrame(rows, columns=["part", *_WHERE, "before", "after", "description"])
    )


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
        said = f"{_records_of(guard.count(int(now)))} of children, {guard.count(int(was))} before"
        if near:
            said = f"{guard.count(abs(int(now) - int(was)))} {'fewer' if now < was else 'more'} than before"
        rows.append(
            {
                "part": "Records",
                "measure": "fewer" if now < was else "more",
                "left_silo": str(silo),
                "unit": "children",
                "before": None if near or guard.hides(was) else float(was),
                "after": None if near or guard.hides(now) else float(now),
                "description": said,
            }
        )
    return rows


def _records_of(count: str) -> str:
    return f"{count} record" if count == "1" else f"{count} records"


def _gone(before: RunSnapshot, after: RunSnapshot, guard: Guard) -> list[dict[str, Any]]:
    """Count records that were linked to a child on the roster and are gone from the files, by system."""
    was, now = _per_system(before), _per_system(after)
    kept = pd.MultiIndex.from_frame(after.records[["silo", "record"]])
    there = pd.MultiIndex.from_frame(before.records[["silo", "record"]]).isin(kept)
    gone = before.records[~there & before.records["silo"].ne(before.roster).to_numpy(bool)]
    rows: list[dict[str, Any]] = []
    for silo, records in gone.groupby("silo"):
        count = int(records["child"].notna().sum())
        if not count:
            continue
        fewer = int(was.get(silo, 0)) - int(now.get(silo, 0))
        # With the drop in a system's records, the rest could disclose a small number of children.
        hidden = guard.hides(count) or guard.hides(len(records) - count) or guard.hides(abs(fewer - count))
        number = guard.count(count) if guard.hides(count) or not hidden else f"{SMALLEST_GROUP} or more"
        verb = "was" if number == "1" else "were"
        rows.append(
            {
                "part": "Links",
                "measure": "gone",
                "left_silo": str(silo),
                "unit": "children",
                "after": None if hidden else float(count),
                "description": (
                    f"{_records_of(number)} that {verb} linked to a child are no longer in the files"
                ),
            }
        )
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
        both = both[~(both["unit"].isin(OF_CHILDREN) & ~rate & near)]
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
    said = _records_in_words(part["Records"], since) if "Records" in part else []
    children = part["Children"]["description"].tolist() if "Children" in part else []
    told = ", ".join(map(_bold, children))
    said.append(f"Since {since}: {told or 'the same children are on the roster'}.")
    for name, unit in (
        ("Links", "records of other systems"),
        ("Indicators", "flags, counting each definition"),
    ):
        rows = part.get(name)
        if rows is None:
            said.append(f"{name}: none changed.")
            continue
        sums = rows.groupby(rows["measure"].str.split(":").str[0])["after"].agg(["sum", "count", "size"])
        told = ", ".join(_summed(str(measure), row) for measure, row in sums.to_dict("index").items())
        said.append(f"{name} ({unit}): {told}.")
    found = part.get("Findings", changes.iloc[:0]).groupby("measure")[["before", "after"]].sum()
    if len(found):
        new = finding_words(found.index[found["before"].eq(0)].to_series().astype("string")).tolist()
        told = ", ".join(
            f"{_kinds(count)} {how} often"
            for how, count in (
                ("more", int(found["after"].gt(found["before"]).sum())),
                ("less", int(found["after"].lt(found["before"]).sum())),
            )
            if count
        )
        said.append(
            f"Findings: {told or 'as many of each kind, but in other systems'}"
            + (f"; new: {', '.join(new[:5])}." if new else ".")
        )
    if "Scorecard" in part:
        said.append(_scorecard_in_words(part["Scorecard"]))
    return said


def _bold(words: str) -> str:
    return _NUMBER.sub(r"**\g<0>**", words)


def _records_in_words(rows: pd.DataFrame, since: str) -> list[str]:
    """Name the systems with fewer records of children than before, and those with more."""
    said = []
    for measure, head in (("fewer", "Fewer"), ("more", "More")):
        mine = rows[rows["measure"].eq(measure)]
        if mine.empty:
            continue
        names = silo_name(mine["left_silo"]).head(_SYSTEMS_NAMED)
        told = [
            f"{name}: {_bold(words)}"
            for name, words in zip(names, mine["description"].head(_SYSTEMS_NAMED), strict=True)
        ]
        left = len(mine) - len(told)
        told += [f"and {left} more {'system' if left == 1 else 'systems'}"] if left else []
        said.append(f"{head} records than in {since}. {'; '.join(told)}.")
    return said


def _kinds(count: int) -> str:
    return f"**{count}** kind occurs" if count == 1 else f"**{count}** kinds occur"


def _scorecard_in_words(rows: pd.DataFrame) -> str:
    """Count the measures that changed, and name the shares that fell most."""
    many = f"**{number_text(len(rows))}** {'measure is' if len(rows) == 1 else 'measures are'}"
    said = f"Scorecard: {many} not what {'it was' if len(rows) == 1 else 'they were'}"
    # If a share counts what is wrong, a smaller one is no loss.
    amiss = [one.name for one in declared_measures() if one.bad]
    shares = rows[rows["unit"].eq("rate") & ~rows["measure"].isin(amiss)]
    shares = shares.assign(fell=shares["before"] - shares["after"]).sort_values(
        ["fell", "measure", "left_silo"], ascending=[False, True, True], kind="stable"
    )
    fell = shares[shares["fell"].round(2).gt(0)].head(_DROPS_NAMED)
    if fell.empty:
        return f"{said}."
    told = [
        f"{row['measure']}, {_place(row)} (**{_figure(row, 'after')}**, {_figure(row, 'before')} before)"
        for row in fell.to_dict("records")
    ]
    return f"{said}. What fell most: {'; '.join(told)}."


def _place(row: Mapping[Any, Any]) -> str:
    """Name the systems and the column of a measure."""
    silos = pd.Series([row["left_silo"], row["right_silo"]], dtype="string").dropna()
    column = "" if pd.isna(row["column"]) else f", {row['column']}"
    return " and ".join(silo_name(silos)) + column


def _summed(measure: str, row: Mapping[Any, Any]) -> str:
    """Sum one measure over all systems; hidden numbers aren't in any sum."""
    words = _SAID.get(measure, measure)
    if not row["count"] and measure == "gone":
        return f"some {words}"
    if not row["count"]:
        return f"fewer than {SMALLEST_GROUP} in each line {words}"
    return f"**{number_text(int(row['sum']))}{' or more' if row['count'] < row['size'] else ''}** {words}"
