"""Say what each linkage method completes and mixes, and which one to choose, from a run's own figures."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

__all__ = ["advise_method", "complete_children_by_stage", "describe_last_method", "method_table"]

# What a method is compared by: column of `compare_methods`, one and several of it, whether more is better.
_COUNTED = (
    ("complete", "complete child", "complete children", True),
    ("mixed", "mixed child", "mixed children", False),
    ("silent", "unnoticed mixed child", "unnoticed mixed children", False),
    ("wrong_of_100", "wrong link per 100", "wrong links per 100", False),
    ("found_of_100", "true pair found of 100", "true pairs found of 100", True),
    ("review", "pair to review", "pairs to review", False),
)


def complete_children_by_stage(costs: Mapping[str, Mapping[str, int]], unnoticed: int | None = None) -> str:
    """Describe the gain from the first to the last linkage method, as a title.

    Given how many of the last method's mixed children no check notices, it says so.

    >>> last = {"complete": 540, "split": 58, "mixed": 2}
    >>> costs = {"Looked up by number": {"complete": 0, "mixed": 9}, "Resolved": last}
    >>> complete_children_by_stage(costs).split("; ")[0]
    'By records with a name, full matching completes 540 of 600 children, looking up numbers none'
    >>> complete_children_by_stage(costs, unnoticed=0).split("; ")[1]
    "after full matching, 2 carry another child's record, and a check flags all 2"
    """
    first, *_, last = costs.values()
    if "complete" not in last:
        return "How each method links the children; whether rightly, nobody has checked"
    before = f"{first['complete']:,}" if first["complete"] else "none"
    of_all = f"{last['complete']:,} of {sum(last.values()):,} children"
    mixed = last["mixed"]
    verb = "carries" if mixed == 1 else "carry"
    said = f"after full matching, {mixed or 'none'} {verb} another child's record"
    if mixed and unnoticed is not None:
        flagged = f"{mixed - unnoticed or 'none'} of them" if unnoticed else f"all {mixed:,}"
        said += f", and a check flags {flagged if mixed > 1 or unnoticed else 'it'}"
    named = f"By records with a name, full matching completes {of_all}, looking up numbers {before}"
    return f"{named}; {said}"


def method_table(methods: pd.DataFrame) -> pd.DataFrame:
    """Show the result of `compare_methods`, a line for each method."""
    heads = {name: several for name, _, several, _ in _COUNTED}
    heads["contradictions"] = "pairs that something contradicts"
    order = ["method", "wrong_of_100", "complete", "split", "mixed", "silent", "found_of_100"]
    rates = {
        name: methods[name].map(f"{{:.{digits}f}}".format, na_action="ignore")
        for name, digits in (("wrong_of_100", 2), ("found_of_100", 0))
    }
    return methods.assign(**rates)[[*order, "contradictions", "review"]].rename(columns=heads)


def describe_last_method(methods: pd.DataFrame) -> str:
    """Say what the last method buys and what it costs, compared with the one before.

    >>> columns = [*(name for name, *_ in _COUNTED), "contradictions"]
    >>> rows = [(640, 4, 0, 0.14, 98.0, 50, 24), (639, 6, 0, 0.16, 98.2, 7, 20)]
    >>> methods = pd.DataFrame(rows, columns=columns).assign(method=["Probabilistic", "Resolved"])
    >>> for part in describe_last_method(methods).split(". "):
    ...     print(part)
    Resolved buys, compared with Probabilistic: 0.2 more true pairs found of 100, 43 fewer pairs to review
    It costs: 1 fewer complete child, 2 more mixed children, 0.02 more wrong links per 100
    Something contradicts 20 of its pairs, and 24 of Probabilistic's.
    """
    before, last = methods.iloc[-2], methods.iloc[-1]
    moved: dict[bool, list[str]] = {True: [], False: []}
    for name, one, several, more_is_better in _COUNTED:
        change = round(round(float(last[name]), 2) - round(float(before[name]), 2), 2)
        if change and pd.notna(change):
            noun = one if abs(change) == 1 else several
            way = "more" if change > 0 else "fewer"
            moved[(change > 0) is more_is_better].append(f"{abs(change):,g} {way} {noun}")
    buys, costs = (", ".join(moved[better]) or "nothing" for better in (True, False))
    against = (
        f"Something contradicts {last['contradictions']:,} of its pairs, and {before['contradictions']:,} of "
        f"{before['method']}'s."
    )
    return f"{last['method']} buys, compared with {before['method']}: {buys}. It costs: {costs}. {against}"


def _tied(methods: pd.DataFrame, like: Mapping[Hashable, Any]) -> str:
    """Name all methods with as many complete and mixed children as one of them."""
    same = methods["complete"].eq(like["complete"]) & methods["mixed"].eq(like["mixed"])
    return " and ".join(methods.loc[same, "method"])


def advise_method(methods: pd.DataFrame) -> str:
    """Name the methods that no other beats in both complete and mixed children, most complete first.

    >>> counts = {"complete": [0, 545, 640, 639], "split": [674, 129, 30, 29], "mixed": [0, 0, 4, 6]}
    >>> methods = pd.DataFrame(counts).assign(method=["Exact", "Cascade", "Probabilistic", "Resolved"])
    >>> advise_method(methods).split(". ")[:2]
    ['Most complete: Probabilistic (640 of 674 children, 4 mixed)', 'Fewer mixed: Cascade (545, none mixed)']
    """
    some = methods[methods["complete"].gt(0)]
    order = some.sort_values(["complete", "mixed"], ascending=[False, True], kind="stable")
    # A method stays if it mixes fewer than every one that completes more.
    kept = order[order["mixed"].lt(order["mixed"].cummin().shift(fill_value=order["mixed"].max() + 1))]
    if kept.empty:
        return "No method completes a child: look at the columns of ids and names first."
    everybody = int(methods[["complete", "split", "mixed"]].iloc[0].sum())
    said = [
        f"{_tied(some, one)} ({one['complete']:,}{f' of {everybody:,} children' if not at else ''}, "
        f"{one['mixed'] or 'none'} mixed)"
        for at, one in enumerate(kept.to_dict("records"))
    ]
    if len(said) == 1:
        fewer = "No method that completes a child mixes fewer."
    else:
        fewer = f"Fewer mixed: {'; '.join(said[1:])}. Decide which mistake costs a child more."
    return f"Most complete: {said[0]}. {fewer} Let a person review the rest."
