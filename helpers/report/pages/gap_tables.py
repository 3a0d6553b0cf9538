"""Format gaps for people: systems by name, effect on a child, owner, next step."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.files import District
from helpers.gaps import widest_gaps
from helpers.layouts import Layout
from helpers.report.blocks import Block, answer
from helpers.report.display_names import (
    finding_words,
    grade_name,
    in_words,
    language_name,
    short_names,
    system_names_in_text,
)
from helpers.report.tables import table
from helpers.share import MASK, SMALLEST_GROUP, Guard
from helpers.standard import STRING, Measured, definition

__all__ = [
    "AMISS",
    "COUNTED_AMISS",
    "GAP_HEADS",
    "crosswalk_table",
    "found_both_ways",
    "gap_table",
    "group_table",
    "judged_sentence",
    "large_groups",
    "lost_codes",
    "lowest_share",
    "name_with_ties",
    "unplaced_blocks",
    "unserved_table",
    "widest_group_gap",
    "work_table",
]

GAP_HEADS = {
    "between": "where",
    "found": "what was found",
    "how_many": "how many",
    "out_of": "out of",
    "effect": "what it does to a child",
    "owner": "who fixes it",
    "step": "what to do",
    "example": "an example",
}
# What is counted where a measure of the scorecard is amiss, so that a number beside it has its unit.
COUNTED_AMISS = {
    "matches that are right": "links_wrong",
    "pairs refused": "pairs_contradicted",
    "match rate": "not_found_there",
    "linked, not verified": "unverified_there",
    "in no other system": "nowhere_else",
    "can't be placed": "not_placed",
    "own files don't join": "own_files_apart",
    "key confirmed": "keys_not_confirmed",
    "column filled": "cells_left_empty",
    "children with an entry": "without_entry",
    "children with two records": "with_two_records",
}
AMISS = {measure: definition(name).noun(None) for measure, name in COUNTED_AMISS.items()}
_OF = ["left_silo", "owner"]
# Measures of a column with the header of its file.
OF_HEADS = ("dates in another form",)
HEAD = "\x00"
_BY_HAND = "by hand, of systems other than the roster in which many records lack its numbers"
TASKS = {
    "record_typed": "numbers to type",
    "file_exported": f"files to export {_BY_HAND}",
    "file_imported": f"files to import {_BY_HAND}",
    "pair_reviewed": "pairs to review",
    "finding_mended": "findings to correct",
}


def column_words(column: object) -> str:
    """Return the display name of a standard column; outside `people`, its own name is enough."""
    if not isinstance(column, str):
        return ""
    return column.rsplit(".", 1)[-1].replace("last_surname", "surname").replace("_", " ")


def _step(step: str, column: object, is_head: bool, names: Mapping[str, str]) -> str:
    """Describe a next step, with a file's own header in quotes."""
    if not is_head or not isinstance(column, str):
        return in_words(step, names)
    return in_words(step.replace(column, HEAD), names).replace(HEAD, f"“{column}”")


def gap_table(lines: pd.DataFrame, layouts: Mapping[str, Layout]) -> pd.DataFrame:
    """Describe lines of a scorecard."""
    short, in_text = short_names(layouts), system_names_in_text(layouts)
    left = lines["left_silo"].map(short).fillna(lines["left_silo"])
    right = lines["right_silo"].map(short).fillna(lines["right_silo"])
    # File headers stay as written; standard columns get display names.
    is_header = lines["measure"].isin(OF_HEADS)
    column = lines["column"].map(column_words).mask(is_header, "“" + lines["column"] + "”")
    found = finding_words(lines["measure"]) + (": " + column).where(column.ne(""), "")
    row = lines["example_row"].astype("Int64").astype(STRING)
    place = (lines["example_file"] + ", row " + row).where(row.notna(), lines["example_file"])
    figures = {name: lines[name].round().astype("Int64") for name in ("numerator", "denominator")}
    return pd.DataFrame(
        {
            "between": (left + (" and " + right).fillna("")).astype(STRING),
            "found": found.astype(STRING),
            "how_many": figures["numerator"],
            "out_of": figures["denominator"],
            "effect": lines["effect"],
            "owner": lines["owner"],
            "step": pd.Series(
                [
                    _step(str(step), column, is_head, in_text)
                    for step, column, is_head in zip(
                        lines["next_step"], lines["column"], is_header, strict=True
                    )
                ],
                index=lines.index,
                dtype=STRING,
            ),
            "example": place.astype(STRING),
        }
    ).reset_index(drop=True)


def crosswalk_table(crosswalk: pd.DataFrame, layouts: Mapping[str, Layout], guard: Guard) -> pd.DataFrame:
    """Describe a code crosswalk."""
    short = short_names(layouts)
    code = crosswalk["left_written"].str.replace(r"^uri://.*#", "", regex=True)
    there = crosswalk["right_written"].str.replace(r"^uri://.*#", "", regex=True)
    rows = crosswalk["rows"]
    if guard.real:
        code = code.mask(crosswalk["standard"].isna(), MASK)
        rows = guard.rounded(rows)
    return pd.DataFrame(
        {
            "from": crosswalk["left_silo"].map(short),
            "to": crosswalk["right_silo"].map(short),
            "column": crosswalk["column"].map(column_words),
            "writes": code,
            "means": crosswalk["standard"].fillna("nobody knows"),
            "written": there.fillna("nothing"),
            "rows": rows,
            "lost": crosswalk["why"].fillna("nothing"),
        }
    ).reset_index(drop=True)


def lost_codes(crosswalk: pd.DataFrame, layouts: Mapping[str, Layout], guard: Guard) -> pd.DataFrame:
    """List the codes lost in a round trip, each once, with all systems that lose it."""
    shown = crosswalk_table(crosswalk[~crosswalk["comes_back"].astype(bool)], layouts, guard)
    shown = shown[["from", "column", "writes", "rows", "lost", "to"]].astype({"to": STRING})
    once = ["from", "column", "writes", "rows", "lost"]
    gathered = shown.groupby(once, dropna=False, sort=False)["to"].agg(", ".join).reset_index()
    return gathered.sort_values("rows", ascending=False, kind="stable", ignore_index=True)


def found_both_ways(lines: pd.DataFrame) -> pd.DataFrame:
    """Return for each pair of systems how many of each one's children are found in the other."""
    counted = lines[lines["denominator"].gt(0).fillna(False) & lines["numerator"].notna()]
    counted = counted[counted["blocked_by"].ne("Not joinable").fillna(True)]
    forth = counted[counted["measure"].eq("match rate")].assign(found=lambda rows: rows["numerator"])
    back = counted[counted["measure"].eq("only in right")]
    # Children who aren't only in the right system are found in the left one.
    back = back.assign(
        found=back["denominator"] - back["numerator"],
        left_silo=back["right_silo"],
        right_silo=back["left_silo"],
    )
    both = pd.concat([forth, back], ignore_index=True).rename(columns={"denominator": "out_of"})
    # A system for participants serves nobody else: children who aren't in it aren't missing.
    limits = lines[lines["measure"].eq("children known") & lines["is_limit"].fillna(False).astype(bool)]
    both = both[both["out_of"].ge(SMALLEST_GROUP) & ~both["right_silo"].isin(limits["left_silo"])]
    both = both.assign(percent=100 * both["found"] // both["out_of"])
    return both[["left_silo", "right_silo", "found", "out_of", "percent"]]


def lowest_share(found: float, out_of: float, names: tuple[str, str], ties: int) -> str:
    """Say how many of one system's children are found in the other, of those whom that one serves."""
    served = Measured("served_there", int(out_of), where=" in ".join(names))
    there = Measured("found_there", int(found), served.number, where=served.where)
    more = Measured("tied_pairs", ties)
    tied = f"; {more:count} {more.verb('ties', 'tie')}" if more else ""
    percent = Measured("percent_found", f"{100 * found // out_of:.0f}%", where=served.where)
    verb = there.verb("is", "are")
    found_there = f"{there} ({percent}) {verb} found there"
    return f"Of {served:count} in {names[0]} whom {names[1]} serves, {found_there}{tied}"


def name_with_ties(steps: pd.DataFrame, names: Mapping[str, str], guard: Guard) -> list[str]:
    """Name the systems of each step, and count those with the same number, where exact numbers are shown."""
    texts = []
    for left, right, ties in steps[["left_silo", "right_silo", "ties"]].itertuples(index=False, name=None):
        sides = [names.get(side, side) for side in (left, right) if isinstance(side, str)]
        more = Measured("tied_pairs" if len(sides) > 1 else "tied_systems", 0 if guard.real else int(ties))
        texts.append(" and ".join(sides) + (f", and {more:count}" if more else ""))
    return texts


def unserved_table(lines: pd.DataFrame, layouts: Mapping[str, Layout], guard: Guard) -> Block | None:
    """List what each system doesn't serve, if any; the numbers of a row add up to all who can be placed."""
    kinds = {"outside its grades": "grades", "outside its schools": "schools"}
    mine = lines[lines["measure"].isin(list(kinds)) & lines["numerator"].notna()]
    if mine.empty:
        return None
    served = lines[lines["measure"].eq("meant children known")].set_index("left_silo")["denominator"]
    by_system = mine.assign(column=mine["column"].fillna("some schools")).groupby("left_silo", sort=False)
    shown = by_system.agg(
        unserved=("column", " and ".join), outside=("numerator", "sum"), placed=("denominator", "first")
    )
    shown.insert(2, "served", served.reindex(shown.index))
    if not guard.real:  # differences of rounded numbers count nobody
        shown.insert(3, "rest", shown["placed"] - shown["outside"] - shown["served"])
    shown.insert(0, "system", shown.index.map(short_names(layouts)))
    heads = {"unserved": "doesn't serve", "outside": f"{definition('placed').noun(None)} there"}
    heads |= {"served": "it serves", "rest": "no file has a grade", "placed": "who can be placed"}
    title = " and ".join(word for kind, word in kinds.items() if mine["measure"].eq(kind).any())
    return table(shown, f"{title.capitalize()} that a system doesn't serve", names=heads)


def judged_sentence(lines: pd.DataFrame) -> str:
    """Count the linked pairs of records that are right, by the answer key."""
    joined = lines[lines["measure"].eq("matches that are right")]
    pairs = Measured("judged_links", int(joined["denominator"].sum()))
    right = Measured("judged_right", int(joined["numerator"].sum()), pairs.number)
    belong = right.verb("belongs", "belong")
    wrong = f"Wrong: {Measured('judged_wrong', pairs.whole - right.whole, pairs.number):bold}."
    return f"Of {pairs:bold count}, {right:bold} {belong} to one child. {wrong}"


UNPLACED = ("can't be placed", "own files don't join")


def unplaced_blocks(lines: pd.DataFrame, layouts: Mapping[str, Layout]) -> list[Block]:
    """Say which children no share between systems counts, whose they are, and who can change that."""
    mine = lines[lines["measure"].isin(UNPLACED) & lines["numerator"].gt(0).fillna(False)]
    if mine.empty:
        return []
    mine = mine.sort_values(["measure", "numerator"], ascending=[True, False], kind="stable")
    shown = gap_table(mine.assign(measure=mine["measure"].replace(AMISS)), layouts)
    in_text = system_names_in_text(layouts)
    whole = mine[mine["measure"].eq(UNPLACED[0]) & mine["numerator"].eq(mine["denominator"])]
    texts = [f"Nothing in {in_text[silo]} can be placed ({who})." for silo, who in whole[_OF].to_numpy()]
    columns = ["between", "found", "how_many", "out_of", "owner", "step"]
    title = "Not counted in the shares: who it is can't be said, or the file with names lacks it"
    return [*([answer(" ".join(texts))] if texts else []), table(shown[columns], title, names=GAP_HEADS)]


def _large(groups: pd.DataFrame, guard: Guard) -> pd.DataFrame:
    """Filter groups to those that may be shown."""
    hidden = pd.Series(
        [
            guard.hides(int(count), int(total))
            for count, total in zip(groups["children"], groups["out_of"], strict=True)
        ],
        index=groups.index,
        dtype=bool,
    )
    grouping = [groups["silo"].fillna(""), groups["group_by"]]
    alone = hidden.groupby(grouping).transform("sum").eq(1)
    smallest = groups["out_of"].where(alone & ~hidden).groupby(grouping).rank(method="first").eq(1)
    return groups[~hidden & ~smallest.fillna(False).astype(bool)]


def large_groups(groups: pd.DataFrame, guard: Guard) -> pd.DataFrame:
    """Filter groups to those that may be shown, and round their numbers as the guard does."""
    large = _large(groups, guard)
    if not guard.real:
        return large
    counts = {name: guard.rounded(large[name]) for name in ("children", "out_of")}
    shares = {name: guard.share(large[name]) for name in ("share", "low", "high")}
    return large.assign(**counts, **shares)


def group_table(groups: pd.DataFrame, district: District, guard: Guard) -> pd.DataFrame:
    """Describe coverage by group, in percent."""
    shown = large_groups(groups, guard)
    schools = district.fact("school").dropna(subset=["school_id", "school_name"]).drop_duplicates("school_id")
    names = dict(zip(schools["school_id"], schools["school_name"], strict=True))
    says = {
        "grade": grade_name,
        "school": lambda school: str(names.get(school, school)),
        "language at home": language_name,
        "race": lambda races: str(races).replace(";", " and "),
    }
    group = [says.get(by, str)(name) for by, name in zip(shown["group_by"], shown["group"], strict=True)]
    system = shown["silo"].map(short_names(district.layouts)).fillna("On the roster only")
    percent = {to: 100 * shown[name] for to, name in (("percent", "share"), ("low", "low"), ("high", "high"))}
    return shown.assign(system=system, group=group, **percent)[
        ["system", "group_by", "group", "children", "out_of", "percent", "low", "high"]
    ].reset_index(drop=True)


@dataclass(frozen=True)
class GroupGap:
    """The widest gap between two groups of one system, of those that may be shown."""

    # Result of `group_table` for this system and grouping, the least covered group first.
    rows: pd.DataFrame
    # What the system lists of both groups, and whether chance may explain the gap among all comparisons.
    title: str
    apart: bool
    looked_at: Measured


def widest_group_gap(groups: pd.DataFrame, district: District, guard: Guard) -> GroupGap | None:
    """Find the widest gap between two groups, those apart beyond chance first; None if none may be shown."""
    large = _large(groups, guard).reset_index(drop=True)
    widest = widest_gaps(large)
    if widest.empty:
        return None
    gap = widest.iloc[0]
    here = large["silo"].eq(gap["silo"]) & large["group_by"].eq(gap["group_by"])
    rows = group_table(groups, district, guard)[here.fillna(False) & large["out_of"].ge(SMALLEST_GROUP)]
    where = "in {}" if gap["group_by"] in ("grade", "school") else "({})"
    ends = [
        f"{_listed_of(rows['system'].iloc[0], row):of} {where.format(row['group'])}"
        for one in (gap["least"], gap["most"])
        for row in rows[large["group"].reindex(rows.index).eq(one)].to_dict("records")
    ]
    doubt = "more than chance explains" if gap["apart"] else "a gap that can't be told from chance"
    looked_at = Measured("comparisons", int(gap["looked_at"]))
    title = f"{rows['system'].iloc[0]} lists {' and '.join(ends)}: {doubt} among {looked_at:count}"
    order = rows.sort_values("percent", kind="stable")
    return GroupGap(order, title, bool(gap["apart"]), looked_at)


def _listed_of(system: str, row: Mapping[Hashable, Any]) -> Measured:
    """Count what a system lists of a group, as the guard shows it."""
    listed, of = (one if isinstance(one, str) else int(one) for one in (row["children"], row["out_of"]))
    return Measured("listed_of_group", listed, of, where=f"{system}, {row['group']}")


def work_table(work: pd.DataFrame, layouts: Mapping[str, Layout], guard: Guard) -> pd.DataFrame:
    """Sum manual effort by task."""
    by_task = (
        work.groupby("task", sort=False)[["count", "low", "minutes", "high"]].sum().round().reset_index()
    )
    if guard.real:
        # Minutes are a multiple of the count: we round them to tens, too, and hide them with a hidden count.
        small = by_task["count"].map(guard.hides).astype(bool)
        for figure in ("count", "low", "minutes", "high"):
            by_task[figure] = guard.rounded(by_task[figure]).mask(small)
    by_task = by_task.assign(task=by_task["task"].map(TASKS))
    return by_task.sort_values("minutes", ascending=False, kind="stable", ignore_index=True)
