"""A decision in words: a machine can see whether it says all that it needs, and not whether it is wise."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["no_decision"]

FEWEST_WORDS = 12


def no_decision(answer: object, says: Mapping[str, Sequence[str]]) -> str | None:
    """Say what a decision in words leaves out.

    Parameters
    ----------
    answer
        The learner's answer.
    says
        What a decision has to say -> words of which one at least says it; capitals don't count. A word in the
        list may be the beginning of one (``"famil"`` for family and families).

    Returns
    -------
    str or None
        A sentence; None where nothing is left out. Whether the decision is a good one, people say.

    Examples
    --------
    >>> says = {"whom you ask": ["mother", "office"], "which name you print": ["Ruiz"]}
    >>> no_decision("We print Ruiz until we know more, since the roster was corrected last.", says)
    'Your decision doesn’t say whom you ask. Read it to your neighbour: what would they do on Monday?'
    """
    if not isinstance(answer, str):
        return f"Write your decision as a text in quotes; yours is a {type(answer).__name__}."
    words = re.findall(r"\w+", answer)
    if len(words) < FEWEST_WORDS:
        return f"{len(words)} words are a label. Write a sentence or two that somebody can act on."
    folded = answer.casefold()
    for what, ways in says.items():
        if not any(re.search(rf"(?<!\w){re.escape(str(way).casefold())}", folded) for way in ways):
            return (
                f"Your decision doesn’t say {what}. Read it to your neighbour: what would they do on Monday?"
            )
    return None
