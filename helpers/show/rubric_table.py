"""Where each system stands on the headings of the rubric: a shaded table, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.gaps.rubric import kit_rubric
from helpers.show.block_page import heading, note
from helpers.show.blocks import Block, answer, reading
from helpers.show.picture import Picture
from helpers.show.shaded_table import shaded_table
from helpers.show.systems import short_names
from helpers.show.tables import table

if TYPE_CHECKING:
    from helpers.layouts import Layout

__all__ = ["rubric_blocks", "rubric_picture", "rubric_words"]

HEADS = {"means": "where it stands", "why": "decided by", "next": "next, or what to ask", "title": "heading"}


def rubric_words(rubric: pd.DataFrame, layouts: Mapping[str, Layout]) -> pd.DataFrame:
    """Put the table into words: system, heading, level, what it means, what decided, what comes next.

    Parameters
    ----------
    rubric
        Table ``rubric``.
    layouts
        Layout by system.

    Returns
    -------
    pandas.DataFrame
        ``system, title, level, means, why, next``; no figure but the level.
    """
    names = short_names(layouts)
    return rubric.assign(system=rubric["silo"].map(names).fillna(rubric["silo"]))[
        ["system", "title", "level", "means", "why", "next"]
    ]


def rubric_picture(rubric: pd.DataFrame, layouts: Mapping[str, Layout]) -> Picture | Block:
    """Draw the levels, a row a system and a column a heading; a dash where no file tells.

    Parameters
    ----------
    rubric
        Table ``rubric``.
    layouts
        Layout by system.

    Returns
    -------
    Picture or Block
        The table; a sentence where no file tells of any level.
    """
    said = rubric_words(rubric, layouts).rename(columns={"title": "heading"})
    told = said.dropna(subset=["level"])
    if told.empty:
        return answer("No file tells of any heading of the rubric, so no level can be measured.")
    lowest = told[told["level"].eq(1)]
    worst = lowest["heading"].value_counts()
    title = (
        f"{len(lowest)} of {len(told)} levels are the lowest, most of them in {worst.index[0].lower()}"
        if len(lowest)
        else "No system stands at the lowest level of any heading that files tell of"
    )
    return shaded_table(
        said,
        title=title,
        unit="level 1 to 4",
        row="system",
        column="heading",
        value="level",
        rows=said["system"].drop_duplicates().tolist(),
        columns=said["heading"].drop_duplicates().tolist(),
        highest=4,
        caption=kit_rubric().about,
    )


def rubric_blocks(rubric: pd.DataFrame, layouts: Mapping[str, Layout]) -> list[Block]:
    """Lay the rubric out for a page.

    Parameters
    ----------
    rubric
        Table ``rubric``.
    layouts
        Layout by system.

    Returns
    -------
    list of Block
        Heading, picture, words, and all levels with what comes next.
    """
    begin: list[Block] = [heading("Where does each system stand on the rubric's headings?")]
    if rubric["level"].isna().all():
        return [*begin, note("No file tells of any heading.", kit_rubric().about)]
    return [
        *begin,
        rubric_picture(rubric, layouts),
        reading(
            "Each system's level, 1 to 4, on each heading; a dash where no file tells.",
            "The lowest measure decides. Security is never above 2 here: a file shows what is wrong, never "
            "that all is well.",
            "Take one system's lowest heading into the next contract, in the words of the level above.",
        ),
        table(rubric_words(rubric, layouts), fold="Every level, and what comes next", names=HEADS, most=200),
    ]
