"""Where two values differ, letter by letter, and how that is said."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Compared", "Part", "compared"]

Part = tuple[str, bool]
# Of texts that have less than half in common, single letters that happen to be equal say nothing.
ALIKE = 0.5


@dataclass(frozen=True)
class Compared:
    """Two values as they are shown: parts of text, each with whether it differs, and a verdict in words."""

    left: tuple[Part, ...]
    right: tuple[Part, ...]
    verdict: str


def compared(left: str, right: str) -> Compared:
    """Compare two values as they are written.

    Parameters
    ----------
    left, right
        The values; empty where there is none.

    Returns
    -------
    Compared
        The verdict is *same*, *differs*, *written differently* (the same but for capitals, accents, blanks
        and punctuation), *only on the left*, *only on the right* or *neither says it*.

    Examples
    --------
    >>> compared("Lopez", "Lopes")
    Compared(left=(('Lope', False), ('z', True)), right=(('Lope', False), ('s', True)), verdict='differs')
    """
    if not left or not right:
        verdict = "neither says it" if left == right else f"only on the {'left' if left else 'right'}"
        return Compared(_whole(left, False), _whole(right, False), verdict)
    if left == right:
        return Compared(_whole(left, False), _whole(right, False), "same")
    verdict = "written differently" if _folded(left) == _folded(right) else "differs"
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < ALIKE:
        return Compared(_whole(left, True), _whole(right, True), verdict)
    one: list[Part] = []
    other: list[Part] = []
    for tag, begin, end, first, last in matcher.get_opcodes():
        one += _whole(left[begin:end], tag != "equal")
        other += _whole(right[first:last], tag != "equal")
    return Compared(tuple(one), tuple(other), verdict)


def _whole(text: str, differs: bool) -> tuple[Part, ...]:
    return ((text, differs),) if text else ()


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
