"""Who is counted as a child: why a system can know more of them than there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.share.parts import NOT_SHOWN
from helpers.show.numbers import as_number, number_text

if TYPE_CHECKING:
    from helpers.show.index import IndexFigures

__all__ = ["who_is_counted"]


def who_is_counted(figures: IndexFigures) -> str:
    """Say why a system can know more children than there are, and who all the children are.

    Parameters
    ----------
    figures
        This run's figures.

    Returns
    -------
    str
        Sentences that follow what each system knows, with a blank before; empty for one system alone.
    """
    if figures.children is None or len(figures.systems) < 2:
        return ""
    twice = " A child with two records that nothing joins counts twice, and children who have left count too."
    children, roster, enrolled = map(as_number, (figures.children, figures.on_roster, figures.enrolled))
    said = number_text(figures.children)
    if figures.children == NOT_SHOWN:
        return twice
    if children is None or roster is None:
        # Without a key nobody knows how many children the records really are.
        return (
            f"{twice} **{said}** are all children of any record, as far as they are joined, "
            "those who have left among them."
        )
    whole = (
        f"{twice} The systems hold records of **{said}** children in all, "
        f"**{number_text(figures.on_roster)}** of them on the roster"
    )
    if enrolled is None or children <= enrolled:
        return f"{whole}."
    return (
        f"{whole}; **{number_text(figures.enrolled)}** belong to this school year, "
        "and the rest left or graduated before it."
    )
