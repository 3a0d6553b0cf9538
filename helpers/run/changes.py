"""What changed since an earlier run: children, links, findings, indicators, the scorecard; in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.layouts import as_table
from helpers.run.kept import Kept
from helpers.share.real_data import OF_CHILDREN, SMALLEST_GROUP, Guard
from helpers.show.numbers import number_text
from helpers.show.plain_words import finding_words

__all__ = ["changes_between", "changes_in_words", "comparable"]

_WHERE = ["left_silo", "right_silo", "measure", "column", "unit"]
# Fewer records of the roster in common, and it is another district, or its numbers were given anew.
_IN_COMMON = 0.5
_SAID = {
    "now joined": "now joined to a child on the roster",
    "not any more": "no longer joined to one",
    "to another": "joined to another child than before",
}
_NUMBER = re.compile(r"^(?:fewer than \d+|[\d,]+)")


def comparable(before: Kept, after: Kept) -> bool:
    """Say whether two runs are of the same children.

    Parameters
    ----------
    before, after
        What the runs kept.

    Returns
    -------
    bool
        True where at least half of the smaller roster stands in the other one.
    """
    left, right = _roster(before), _roster(after)
    return before.roster == after.roster and len(left & right) >= _IN_COMMON * max(
        min(len(left), len(right)), 1
    )


def _noun(children: set[str]) -> str:
    return "child" if len(children) == 1 else "children"


def _roster(kept: Kept) -> set[str]:
    return set(kept.records.loc[kept.records["silo"].eq(kept.roster), "record"])


def changes_between(before: Kept, after: Kept, guard: Guard) -> pd.DataFrame:
    """Count what changed.

    Parameters
    ----------
    before, after
        What the runs kept; they are comparable.
    guard
        The guard of the folder: of a real one, numbers of children from one to nine are empty, and their
        words say so.

    Returns
    -------
    pandas.DataFrame
        Table ``run_changes``, only what isn't as it was.
    """
    rows: list[dict[str, Any]] = []

    def of_children(part: str, measure: str, count: int, words: str, **where: str) -> None:
        if count:
            shown = None if guard.hides(count) else float(count)
            said = f"{guard.count(count)} {words}"
            rows.append(
                {"part": part, "measure": measure, "after": shown, "unit": "children", "said": said} | where
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
        "now joined": (was.isna() & now.notna(), "records are now joined to a child on the roster"),
        "not any more": (was.notna() & now.isna(), "records are joined to no child on the roster any more"),
        "to another": (
            (was.notna() & now.notna() & was.ne(now)).fillna(False),
            "records are joined to another child",
        ),
    }
    for measure, (chosen, words) in links.items():
        for silo, count in both.loc[chosen.astype(bool), "silo"].value_counts(sort=False).items():
            of_children("Links", measure, int(count), words, left_silo=str(silo))
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
    return as_table("run_changes", pd.DataFrame(rows, columns=["part", *_WHERE, "before", "after", "said"]))


def _counts(before: Kept, after: Kept, guard: Guard) -> list[dict[str, Any]]:
    """Compare findings by kind, and lines of the scorecard that both runs show."""
    where = ["part", *_WHERE]
    sides = [kept.counts[[*where, "value"]].fillna(dict.fromkeys(where, "")) for kept in (before, after)]
    both = sides[0].merge(sides[1], on=where, how="outer", validate="one_to_one", suffixes=("_was", "_now"))
    finding = both["part"].eq("Findings")
    both.loc[finding, ["value_was", "value_now"]] = both.loc[finding, ["value_was", "value_now"]].fillna(0)
    # A line that only one run shows was hidden in the other, or its system wasn't there.
    both = both.dropna(subset=["value_was", "value_now"])
    if guard.real:
        # From an exact share one to nine children could be worked out, and from two numbers of children, too.
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
            "said": f"{word}: {_figure(row, 'value_was')} before, {_figure(row, 'value_now')} now",
        }
        for row, word in zip(both.to_dict("records"), kinds, strict=True)
    ]


def _figure(row: Mapping[Any, Any], name: str) -> str:
    return f"{row[name]:.0%}" if row["unit"] == "rate" else number_text(row[name])


def changes_in_words(changes: pd.DataFrame, since: str, guard: Guard) -> list[str]:
    """Say in a few sentences what changed.

    Parameters
    ----------
    changes
        Table ``run_changes``.
    since
        The earlier run, in words.
    guard
        The guard of the folder.

    Returns
    -------
    list of str
        Sentences; numbers stand between ``**``.
    """
    if changes.empty:
        return [f"Since {since} nothing changed: the same children, links, findings, flags and measures."]
    part = {str(name): rows for name, rows in changes.groupby("part")}
    children = part["Children"]["said"].tolist() if "Children" in part else []
    told = ", ".join(_NUMBER.sub(r"**\g<0>**", one) for one in children)
    said = [f"Since {since}: {told or 'the same children are on the roster'}."]
    for name, unit in (
        ("Links", "records of other systems"),
        ("Indicators", "flags, each definition counted"),
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
        more, fewer = (
            int(found["after"].gt(found["before"]).sum()),
            int(found["after"].lt(found["before"]).sum()),
        )
        said.append(
            f"Findings: **{more}** kinds occur more often, **{fewer}** less often"
            + (f"; new: {', '.join(new[:5])}." if new else ".")
        )
    if "Scorecard" in part:
        said.append(f"Scorecard: **{number_text(len(part['Scorecard']))}** measures are not what they were.")
    return said


def _summed(measure: str, row: Mapping[Any, Any]) -> str:
    """Say how many of one measure, over all systems; what is hidden in one of them is in no sum."""
    words = _SAID.get(measure, measure)
    if not row["count"]:
        return f"fewer than {SMALLEST_GROUP} in each line {words}"
    return f"**{number_text(int(row['sum']))}{' or more' if row['count'] < row['size'] else ''}** {words}"
