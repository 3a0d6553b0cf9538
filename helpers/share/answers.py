"""How many children an answer may say, where the folder is real."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.share.real_data import Guard
from helpers.standard import STRING

__all__ = ["shown_answers", "shown_shares"]

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
        another, is one to nine, since the others would give it away. All others are said in tens: other
        tables count the same children.

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
    if "group" in answers and int(small.sum()) == 1 and len(answers) > 1:
        # What one hidden group holds could be worked out from the whole and the others.
        rest = whole.where(~small)
        small |= rest.eq(rest.min())
    hidden: dict[str, pd.Series] = {name: guard.rounded(answers[name]).mask(small) for name in COUNTS}
    if "concerned" in answers:
        hidden["concerned"] = guard.rounded(answers["concerned"]).mask(whole.map(guard.hides).astype(bool))
    if "share_answerable" in answers:
        hidden["share_answerable"] = guard.share(answers["share_answerable"]).mask(small)
    if "reasons" in answers:
        hidden["reasons"] = pd.Series(pd.NA, index=answers.index, dtype=STRING)
    return answers.assign(**hidden)


def shown_shares(guard: Guard, informed: pd.DataFrame) -> pd.DataFrame:
    """Pass shares of families through the guard.

    Parameters
    ----------
    guard
        The guard of a district.
    informed
        Table ``families_informed``.

    Returns
    -------
    pandas.DataFrame
        The same rows; for a real district numbers and share are NA where a part or its rest is one to nine,
        and in the smallest other group where that would be the only one hidden among its groups. All others
        are said in tens, and shares in twentieths: what is on record, shown and read lies one in the other,
        and one less the next is a few children.
    """
    if not guard.real:
        return informed
    informed = informed.reset_index(drop=True)
    number, whole = (informed[name].to_numpy(dtype="int64") for name in ("numerator", "denominator"))
    hidden = np.array(
        [guard.hides(int(part), int(of)) for part, of in zip(number, whole, strict=True)], dtype=bool
    )
    grouped = informed[informed["group_by"].notna()]
    for _, its in grouped.groupby(["measure", "domain", "group_by"], dropna=False, sort=False):
        at = its.index.to_numpy()
        shown = at[~hidden[at]]
        if len(at) - len(shown) == 1 and len(shown):
            hidden[shown[int(np.argmin(whole[shown]))]] = True
    figures = ("numerator", "denominator", "share")
    rough = {name: guard.rounded(informed[name]) for name in figures[:2]}
    rough["share"] = guard.share(informed["share"])
    return informed.assign(**{name: column.mask(hidden) for name, column in rough.items()})
