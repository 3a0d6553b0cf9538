"""Split off."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.show.numbers import number_text

__all__ = ["outcomes_in_words", "wholly_by_rung"]


def outcomes_in_words(outcomes: Mapping[str, int | str]) -> str:
    """Say in a line what a way to join costs.

    Parameters
    ----------
    outcomes
        From `children_by_outcome`; of a real folder what ``shown_parts`` shows of it.

    Returns
    -------
    str
        A sentence with its numbers in bold.

    Examples
    --------
    >>> outcomes_in_words({"right": 540, "missed": 58, "wrong": 2})
    'Put together wholly: **540** of 600 children. Fallen apart: **58**. With another’s record: **2**.'
    """

    def said(number: int | str) -> str:
        return number_text(number, "", 0)

    if "right" not in outcomes:
        return "; ".join(f"{tie}: **{said(number)}**" for tie, number in outcomes.items()).capitalize() + "."
    numbers = [number for number in outcomes.values() if not isinstance(number, str)]
    of_all = f" of {said(sum(numbers))} children" if len(numbers) == len(outcomes) else ""
    return (
        f"Put together wholly: **{said(outcomes['right'])}**{of_all}. "
        f"Fallen apart: **{said(outcomes['missed'])}**. "
        f"With another’s record: **{said(outcomes['wrong'])}**."
    )


def wholly_by_rung(costs: Mapping[str, Mapping[str, int]]) -> str:
    """Say in a title what climbing the ladder gave.

    Parameters
    ----------
    costs
        Rung -> outcomes, in the order in which they were climbed.

    Returns
    -------
    str
        A finding.

    Examples
    --------
    >>> wholly_by_rung({"Exact": {"right": 12, "wrong": 0}, "Decided": {"right": 540, "wrong": 2}})
    'Wholly put together: 12 children by the first way, 540 by the last'
    """
    first, *_, last = costs.values()
    if "right" not in last:
        return "How each rung ties the children; whether rightly, nobody has checked"
    return f"Wholly put together: {first['right']:,} children by the first way, {last['right']:,} by the last"
