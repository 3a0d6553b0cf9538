"""Say what each linkage method completes and mixes, and which one to choose, from a run's own figures."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from helpers.standard import Measured, definition

__all__ = ["advise_method", "complete_children_by_stage", "describe_last_method", "method_table"]

# What a method is compared by: column of `compare_methods`, its measure and head, whether more is better.
_COUNTED = (
    ("complete", "complete_named", "complete children", True),
    ("mixed", "mixed_named", "mixed children", False),
    ("silent", "undetected_named", "unnoticed mixed children", False),
    ("wrong_of_100", "wrong_of_100", "wrong links per 100", False),
    ("found_of_100", "found_of_100", "true pairs found of 100", True),
    ("review", "review_pairs", "pairs to review", False),
)
# Digits of a rate, so that the difference of two methods can be recomputed from the table.
_DIGITS = 2


def complete_children_by_stage(costs: Mapping[str, Mapping[str, int]], unnoticed: int | None = None) -> str:
    """Describe the gain from the first to the last linkage method, as a title.

    Given how many of the last method's mixed children no check notices, it says so.

    >>> last = {"complete": 540, "split": 58, "mixed": 2}
    >>> costs = {"Looked up by number": {"complete": 0, "mixed": 9}, "Resolved": last}
    >>> from helpers.standard import plain
    >>> plain(complete_children_by_stage(costs)).split("; ")[0]
    'By records with a name, full matching completes 540 of 600 children, looking up numbers none'
    >>> plain(complete_children_by_stage(costs, unnoticed=0)).split("; ")[1]
    "after full matching, 2 carry another child's record, and a check flags all 2"
    """
    first, *_, last = costs.values()
    if "complete" not in last:
        return "How each method links the children; whether rightly, nobody has checked"
    everybody = sum(last.values())
    by_number = Measured("complete_named", first["complete"], everybody, where=next(iter(costs)))
    before = f"{by_number}" if by_number else "none"
    complete = Measured("complete_named", last["complete"], everybody)
    mixed = Measured("mixed_named", last["mixed"], everybody)
    carried = f"{mixed.verb('carries', 'carry')} another child's record"
    text = f"after full matching, {mixed if mixed else 'none'} {carried}"
    if mixed and unnoticed is not None:
        flagged = f"{mixed.whole - unnoticed or 'none'} of them" if unnoticed else f"all {mixed}"
        text += f", and a check flags {flagged if mixed.whole > 1 or unnoticed else 'it'}"
    named = f"By records with a name, full matching completes {complete:count of}"
    return f"{named}, looking up numbers {before}; {text}"


def method_table(methods: pd.DataFrame) -> pd.DataFrame:
    """Show the result of `compare_methods`, a line for each method."""
    heads = {name: head for name, _, head, _ in _COUNTED}
    heads["contradictions"] = "pairs that something contradicts"
    order = ["method", "wrong_of_100", "complete", "split", "mixed", "silent", "found_of_100"]
    rates = {
        name: methods[name].map(f"{{:.{_DIGITS}f}}".format, na_action="ignore")
        for name in ("wrong_of_100", "found_of_100")
    }
    return methods.assign(**rates)[[*order, "contradictions", "review"]].rename(columns=heads)


def describe_last_method(methods: pd.DataFrame) -> str:
    """Say what the last method buys and what it costs, compared with the one before.

    >>> columns = [*(name for name, *_ in _COUNTED), "contradictions"]
    >>> rows = [(640, 4, 0, 0.14, 98.0, 50, 24), (639, 6, 0, 0.16, 98.2, 7, 20)]
    >>> methods = pd.DataFrame(rows, columns=columns).assign(method=["Probabilistic", "Resolved"])
    >>> from helpers.standard import plain
    >>> for part in plain(describe_last_method(methods)).split(". "):
    ...     print(part)
    Resolved buys, compared with Probabilistic: 0.2 more true pairs of 100 are found, 43 fewer pairs of records need review
    It costs: 1 fewer child is complete, 2 more children are mixed up, 0.02 more wrong links of 100
    Something contradicts 20 pairs of records that it compared, and 24 that Probabilistic compared.
    """  # noqa: E501
    before, last = methods.iloc[-2], methods.iloc[-1]
    moved: dict[bool, list[str]] = {True: [], False: []}
    for name, measure, _, more_is_better in _COUNTED:
        change = round(round(float(last[name]), _DIGITS) - round(float(before[name]), _DIGITS), _DIGITS)
        if change and pd.notna(change):
            moved[(change > 0) is more_is_better].append(_moved(measure, change))
    buys, costs = (", ".join(moved[better]) or "nothing" for better in (True, False))
    own, others = (
        Measured("contradicted_pairs", int(one["contradictions"]), where=one["method"])
        for one in (last, before)
    )
    against = (
        f"Something contradicts {own:count} that it compared, and {others} that {before['method']} compared."
    )
    return f"{last['method']} buys, compared with {before['method']}: {buys}. It costs: {costs}. {against}"


def _moved(measure: str, change: float) -> str:
    """Say by how much a measure of a method is more or less than another one's."""
    declared, by = definition(measure), abs(change)
    way = "more" if change > 0 else "fewer"
    return " ".join((f"{by:,g}", way, declared.noun(by), *declared.change[by != 1 :][:1]))


def _tied(methods: pd.DataFrame, like: Mapping[Hashable, Any]) -> str:
    """Name all methods with as many complete and mixed children as one of them."""
    same = methods["complete"].eq(like["complete"]) & methods["mixed"].eq(like["mixed"])
    return " and ".join(methods.loc[same, "method"])


def advise_method(methods: pd.DataFrame) -> str:
    """Name the methods that no other beats in both complete and mixed children, most complete first.

    >>> counts = {"complete": [0, 545, 640, 639], "split": [674, 129, 30, 29], "mixed": [0, 0, 4, 6]}
    >>> methods = pd.DataFrame(counts).assign(method=["Exact", "Cascade", "Probabilistic", "Resolved"])
    >>> from helpers.standard import plain
    >>> for part in plain(advise_method(methods)).split(". ")[:2]:
    ...     print(part)
    Most complete: Probabilistic (640 of 674 children, 4 mixed)
    Of the methods that complete a child, fewer mixed: Cascade (545, none mixed)
    """
    some = methods[methods["complete"].gt(0)]
    order = some.sort_values(["complete", "mixed"], ascending=[False, True], kind="stable")
    # A method stays if it mixes fewer than every one that completes more.
    kept = order[order["mixed"].lt(order["mixed"].cummin().shift(fill_value=order["mixed"].max() + 1))]
    if kept.empty:
        return "No method completes a child: look at the columns of ids and names first."
    everybody = int(methods[["complete", "split", "mixed"]].iloc[0].sum())
    texts: list[str] = []
    for one in kept.to_dict("records"):
        complete, mixed = (
            Measured(f"{name}_named", int(one[name]), everybody, where=one["method"])
            for name in ("complete", "mixed")
        )
        complete_text = f"{complete}" if texts else f"{complete:count of}"
        texts.append(f"{_tied(some, one)} ({complete_text}, {mixed if mixed else 'none'} mixed)")
    if len(texts) == 1:
        fewer = "No method that completes a child mixes fewer."
    else:
        fewer = (
            f"Of the methods that complete a child, fewer mixed: {'; '.join(texts[1:])}. "
            "Decide which mistake costs a child more."
        )
    return f"Most complete: {texts[0]}. {fewer} Let a person review the rest."
