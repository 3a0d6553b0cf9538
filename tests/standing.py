"""Which of many texts stand in much text as words of their own: a child's name on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["standing_in"]

WORD = re.compile(r"\w+")


def standing_in(everything: str, texts: Iterable[str]) -> set[str]:
    """Give those of some texts that stand in a long one with no letter or digit beside them.

    A text whose words aren't all words of the long one can't stand there: most are told so without a search.
    """
    words = set(WORD.findall(everything))
    likely = [text for text in texts if words.issuperset(WORD.findall(text)) and text in everything]
    return {text for text in likely if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", everything)}
