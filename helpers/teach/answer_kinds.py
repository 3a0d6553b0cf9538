"""What kind of thing an answer is: said before it is compared with anything."""

from __future__ import annotations

import numbers

__all__ = ["no_whole_number"]


def no_whole_number(answer: object, of: str = "children") -> str | None:
    """Say what is wrong with an answer that should be a count.

    Parameters
    ----------
    answer
        The learner's answer.
    of
        What is counted.

    Returns
    -------
    str or None
        A sentence; None where the answer is a whole number.

    Examples
    --------
    >>> no_whole_number(3.0)
    'A count of children is a whole number; yours is a float.'
    """
    if isinstance(answer, bool) or not isinstance(answer, numbers.Integral):
        return f"A count of {of} is a whole number; yours is a {type(answer).__name__}."
    return None
