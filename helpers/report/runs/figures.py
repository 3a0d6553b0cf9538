"""Describe links, and how right they are, for pages and notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from helpers.files import data_rows, describe_tables
from helpers.share import Guard, suppress_complement
from helpers.standard import STRING, Measured, definition

__all__ = [
    "apart",
    "describe_links",
    "describe_missed_names",
    "describe_outcomes",
    "describe_rows",
    "gathered",
    "link_statuses_by_system",
]


_STATUS_TEXTS = {
    "Verified": "linked and verified",
    "Unverified": "linked by an id that nothing could verify",
    "Review": "waiting for review",
    "Unlinked": "not linked",
}


def link_statuses_by_system(crosswalk: pd.DataFrame, guard: Guard) -> pd.DataFrame:
    """Count the records of each system by link status.

    >>> crosswalk = pd.DataFrame(
    ...     {"silo": ["meals"] * 3, "child": ["a", "a", "b"], "link_status": ["Verified"] * 3}
    ... )
    >>> [int(link_statuses_by_system(crosswalk, Guard(real=real))["count"].sum()) for real in (False, True)]
    [3, 2]
    """
    counted = crosswalk
    if guard.real:
        weakest = crosswalk["link_status"].map({status: place for place, status in enumerate(_STATUS_TEXTS)})
        counted = crosswalk.assign(weakest=weakest).sort_values("weakest", kind="stable")
        counted = counted.drop_duplicates(["silo", "child"], keep="last")
    return counted.groupby(["silo", "link_status"], sort=False).size().rename("count").reset_index()


def describe_links(crosswalk: pd.DataFrame, names: Mapping[str, str], guard: Guard) -> pd.DataFrame:
    """Describe how each system's records of children are linked to those of other systems.

    >>> crosswalk = pd.DataFrame(
    ...     {"silo": ["meals"] * 3, "child": list("abc"), "link_status": ["Verified", "Verified", "Unlinked"]}
    ... )
    >>> describe_links(crosswalk, {"meals": "Meals"}, Guard(real=False))["how"].tolist()
    ['2 linked and verified, 1 not linked']
    >>> describe_links(crosswalk, {"meals": "Meals"}, Guard(real=True))["how"].tolist()
    ['some linked and verified, some not linked']
    """
    counts = link_statuses_by_system(crosswalk, guard).set_index(["silo", "link_status"])["count"]
    rows = []
    for silo, name in names.items():
        if silo not in counts.index.get_level_values("silo"):
            rows.append((name, "none", "lists no child"))
            continue
        own = {status: int(counts.get((silo, status), 0)) for status in _STATUS_TEXTS}
        rows.append((name, guard.count(sum(own.values())), _how(own, guard)))
    counted = definition("unlinked_children" if guard.real else "records").noun(None)
    return pd.DataFrame(rows, columns=["system", counted, "how"], dtype=STRING)


def _how(own: Mapping[str, int], guard: Guard) -> str:
    there = [status for status, count in own.items() if count]
    if len(there) == 1:
        status_text = _STATUS_TEXTS[there[0]]
        whole = own[there[0]]
        return f"all {status_text}" if guard.hides(whole) or whole == 1 else f"all {whole:,} {status_text}"
    parts = suppress_complement(guard, {status: own[status] for status in there})
    return ", ".join(
        f"{f'{part:,}' if isinstance(part, int) else 'some'} {_STATUS_TEXTS[status]}"
        for status, part in parts.items()
    )


def apart(crosswalk: pd.DataFrame) -> list[str]:
    """List the systems without any record linked to another system.

    >>> crosswalk = pd.DataFrame({"silo": ["sis", "meals", "clubs"], "child": ["a", "a", "b"]})
    >>> apart(crosswalk)
    ['clubs']
    """
    together = crosswalk.groupby("child")["silo"].transform("nunique").gt(1)
    tied = set(crosswalk.loc[together, "silo"])
    return [silo for silo in crosswalk["silo"].dropna().unique().tolist() if silo not in tied]


def gathered(pairs: pd.DataFrame, everybody: int) -> pd.DataFrame:
    """List each pair of systems once, grouped by the system with most pairs.

    >>> pairs = pd.DataFrame({"system": ["A", "A", "B"], "other": ["B", "C", "D"]})
    >>> gathered(pairs, 5).to_dict("list")
    {'system': ['A', 'B'], 'with': ['B, C', 'D']}
    """
    lines = []
    while len(pairs):
        both = pd.concat([pairs["system"], pairs["other"]]).value_counts().sort_index()
        most = both.idxmax()
        own = pairs["system"].eq(most) | pairs["other"].eq(most)
        others = pairs.loc[own, "other"].where(pairs["system"].eq(most), pairs["system"])
        others_text = "every other system" if len(others) == everybody - 1 else ", ".join(sorted(others))
        lines.append((most, others_text))
        pairs = pairs[~own]
    return pd.DataFrame(lines, columns=["system", "with"], dtype=STRING)


def describe_outcomes(outcomes: Mapping[str, int | str], where: str = "") -> str:
    """Describe the outcomes of a linkage method, ``where`` if it isn't the last one, in one line.

    >>> from helpers.standard import plain
    >>> plain(describe_outcomes({"complete": 540, "split": 58, "mixed": 2}))
    'Complete: 540 of 600 children. Split: 58. Mixed with another child: 2.'
    """
    if "complete" not in outcomes:
        parts = (
            f"{tie}: **{Measured('groups', many, where=', '.join(filter(None, [where, tie])))}**"
            for tie, many in outcomes.items()
        )
        return "; ".join(parts).capitalize() + "."
    numbers = [number for number in outcomes.values() if not isinstance(number, str)]
    everybody = sum(numbers) if len(numbers) == len(outcomes) else None
    complete, split, mixed = (
        Measured(f"{outcome}_named", outcomes[outcome], everybody, where=where)
        for outcome in ("complete", "split", "mixed")
    )
    complete_text = f"{complete:bold}" if everybody is None else f"{complete:bold count of}"
    return f"Complete: {complete_text}. Split: {split:bold}. Mixed with another child: {mixed:bold}."


def describe_rows(accounts: pd.DataFrame, guard: Guard) -> str:
    """Count the rows of data of a folder, without headers and titles, and what contains them.

    >>> tables = {"file": ["sis.zip/users.csv", "sis.zip/orgs.csv"], "rows": [900, 7]}
    >>> from helpers.standard import plain
    >>> plain(describe_rows(pd.DataFrame({**tables, "rows_structure": [1, 1]}), Guard(real=False)))
    '905 rows in 2 tables of 1 file'
    """
    rows = guard.shown(Measured("rows", int(data_rows(accounts).sum())))
    if isinstance(rows.number, str):
        rows = replace(rows, number=rows.text[:1].upper() + rows.text[1:])
    return f"{rows:bold count} in {describe_tables(accounts['file'].tolist())}"


# The rows as readers meet them: from easy to hard, the sum of those with names before the others.
_POPULATIONS = ("Both dated", "One dated", "None dated", "All named", "By number only")


def population_table(populations: pd.DataFrame) -> pd.DataFrame:
    """Show how right the links of each population are, in percent of its pairs.

    >>> populations = pd.DataFrame(
    ...     {"population": ["By number only", "Both dated"], "possible": [1, 9], "share": [0.1, 0.9]}
    ...     | {"precision": [None, 0.9951], "recall": [0.0, 0.75], "f1": [0.0, 0.8554], "silent": [0, 2]}
    ... )
    >>> population_table(populations).to_dict("records")[0]
    {'pairs': 'both dated', 'of 100 true pairs': 90.0, 'found': 75.0, 'right': 99.5, 'F1': 0.855, 'silent': 2}
    """
    here = populations[populations["population"].isin(_POPULATIONS)]
    here = here.set_index("population").reindex(
        [one for one in _POPULATIONS if one in set(here["population"])]
    )
    percent = {"of 100 true pairs": "share", "found": "recall", "right": "precision"}
    shown = {name: (100 * here[column].astype("Float64")).round(1) for name, column in percent.items()}
    pairs = [str(name).lower() for name in here.index]
    return pd.DataFrame(
        {"pairs": pairs, **shown, "F1": here["f1"].astype("Float64").round(3), "silent": here["silent"]}
    ).reset_index(drop=True)


def children_table(children: pd.DataFrame) -> pd.DataFrame:
    """Count what became of children, by the records that count.

    >>> children = pd.DataFrame(
    ...     {"records": ["All records"], "children": [171], "complete": [0.222222], "split": [0.766082]}
    ...     | {"mixed": [0.011696], "silent": [0]}
    ... )
    >>> children_table(children)[["children", "complete", "split", "mixed"]].to_dict("records")
    [{'children': 171, 'complete': 38, 'split': 131, 'mixed': 2}]
    """
    known = children["children"].astype("Float64")
    counts = {
        one: (known * children[one].astype("Float64")).round().astype("Int64")
        for one in ("complete", "split", "mixed")
    }
    counting = [str(name)[:1].lower() + str(name)[1:] for name in children["records"]]
    return pd.DataFrame(
        {
            "counting": counting,
            "children": children["children"],
            **counts,
            "mixed silently": children["silent"],
        }
    )


def describe_missed_names(missed: pd.DataFrame) -> str:
    """Compare the names missed most often with the most common ones, as a title.

    >>> columns = ["group", "possible", "missed", "low", "high"]
    >>> rows = [
    ...     ("Anglo", 900, 12.0, 9.0, 15.0),
    ...     ("Hmong", 60, 31.0, 18.0, 44.0),
    ...     ("Slavic", 90, 20.0, 12.0, 30.0),
    ... ]
    >>> missed = pd.DataFrame([("name origin: " + one, *rest) for one, *rest in rows], columns=columns)
    >>> describe_missed_names(missed)
    'In the systems compared, exact matching misses 31 of 100 pairs of Hmong names, and 12 of Anglo names'
    >>> from helpers.standard import plain
    >>> plain(describe_missed_names(missed.drop(index=1))).partition(": ")[2]
    "this gap can't be told from chance among 1 comparison"
    """
    origins = missed[missed["group"].str.startswith("name origin: ")].sort_values("possible", kind="stable")
    if len(origins) < 2:
        return "Too few groups of names are large enough to compare"
    common, others = origins.iloc[-1], origins.iloc[:-1].sort_values("missed", kind="stable")
    sure = others[others["low"].gt(common["high"])]
    most = (sure if len(sure) else others).iloc[-1]
    names = [str(one["group"]).removeprefix("name origin: ") for one in (most, common)]
    sentence = (
        f"In the systems compared, exact matching misses {most['missed']:.0f} of 100 pairs of {names[0]} "
        f"names, and {common['missed']:.0f} of {names[1]} names"
    )
    among = f"{Measured('name_comparisons', len(others)):count}"
    return sentence if len(sure) else f"{sentence}: this gap can't be told from chance among {among}"
