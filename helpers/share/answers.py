"""How many children an answer may say, where the folder is real."""

from __future__ import annotations

import pandas as pd

from helpers.layouts import STRING
from helpers.share.real_data import Guard

__all__ = ["shown_answers"]

# Numbers of children of which each, and what it leaves of those concerned, must be large enough.
COUNTS = ("children", "of_children", "unknown", "answerable")


def shown_answers(guard: Guard, answers: pd.DataFrame) -> pd.DataFrame:
    """Pass the numbers of answers through the guard.

    Parameters
    ----------
    guard
        The guard of a district.
    answers
        Table ``question_answers`` or ``question_groups``.

    Returns
    -------
    pandas.DataFrame
        The same rows; for a real district all numbers of a row are NA where one of them, or what it leaves of
        another, is one to nine, since the others would give it away.

    Examples
    --------
    >>> told = pd.DataFrame({"children": [3], "of_children": [100], "unknown": [0], "answerable": [90]})
    >>> shown_answers(Guard(real=True), told)["children"].tolist()
    [<NA>]
    """
    if not guard.real:
        return answers
    whole = answers["of_children"] + answers["unknown"]
    small = pd.Series(False, index=answers.index)
    for name in COUNTS:
        for number in (answers[name], whole - answers[name]):
            small |= number.map(guard.hides).astype(bool)
    small |= (answers["of_children"] - answers["children"]).map(guard.hides).astype(bool)
    hidden: dict[str, pd.Series] = {name: answers[name].astype("Int64").mask(small) for name in COUNTS}
    if "concerned" in answers:
        hidden["concerned"] = answers["concerned"].astype("Int64").mask(whole.map(guard.hides).astype(bool))
    if "share_answerable" in answers:
        hidden["share_answerable"] = answers["share_answerable"].mask(small)
    if "reasons" in answers:
        hidden["reasons"] = pd.Series(pd.NA, index=answers.index, dtype=STRING)
    return answers.assign(**hidden)
