"""What no weight makes up for: the intervals of volunteers beside what was put in, as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.sector.analysis_plan import settled
from helpers.sector.report import kit_seed, kit_volunteers
from helpers.show.block_page import heading, note
from helpers.show.blocks import Block, answer, reading
from helpers.show.dots import dots
from helpers.show.picture import Picture
from helpers.show.sector_words import HEADS, as_figures, in_words
from helpers.show.tables import table
from helpers.standard.survey_items import declared_survey

__all__ = ["HEADING", "held_words", "kit_blocks", "volunteers_blocks", "volunteers_picture"]

HEADING = "What no weight makes up for"


def held_words(beside: pd.DataFrame) -> str:
    """Say how many intervals hold what was put in, all together and by grouping.

    Parameters
    ----------
    beside
        Table ``sector_beside_planted``, not empty.

    Returns
    -------
    str
        With ``**`` around the number of all.
    """
    parts = []
    for name, grouping in settled().groupings.items():
        own = beside[beside["grouping"].eq(name)]
        if len(own):
            parts.append(f"{grouping.title.lower()}: {int(own['holds'].sum())} of {len(own)}")
    held = int(beside["holds"].sum())
    verb = "holds" if held == 1 else "hold"
    of = f"Of {len(beside)} intervals of differences among systems alike"
    return f"{of} **{held or 'none'}** {verb} what was put in ({'; '.join(parts)})."


def volunteers_picture(beside: pd.DataFrame, grouping: str, whose: str) -> Picture | None:
    """Draw the newest year's intervals of one grouping beside what was put in.

    Parameters
    ----------
    beside
        Table ``sector_beside_planted``.
    grouping
        Which groups.
    whose
        Which sector this is, for the caption.

    Returns
    -------
    Picture or None
        None where nothing of them may be shown.
    """
    own = beside[beside["grouping"].eq(grouping)]
    own = own[own["year"].eq(own["year"].max())]
    if own.empty:
        return None
    titles = {code: domain.title for code, domain in declared_survey().domains.items()}
    rows = own.assign(label=own["domain"].map(titles))
    answers = rows.assign(value=rows["difference"], series="these answers")
    # What was put in is known: it has no interval.
    truth = rows.drop(columns=["low", "high"]).assign(value=rows["planted"], series="put in")
    held = int(own["holds"].sum())
    found = f"{held or 'None'} of {len(own)} intervals {'holds' if held == 1 else 'hold'} what was put in"
    return dots(
        pd.concat([answers, truth], ignore_index=True),
        title=f"{settled().groupings[grouping].title}: {found[0].lower() + found[1:]}",
        unit="difference, points of 1 to 4",
        value="value",
        series="series",
        ordered=False,
        digits=2,
        line=0,
        caption=f"{whose}, {int(own['year'].iloc[0])}: differences among systems alike in size, locale and "
        "IT staff, with 95% intervals, and what was put in.",
    )


def volunteers_blocks(beside: pd.DataFrame) -> Iterator[Block]:
    """Show of made volunteers that their intervals stand in the wrong place.

    Parameters
    ----------
    beside
        Table ``sector_beside_planted``; empty where what was put in doesn't stand beside the file.

    Yields
    ------
    Block
        Heading, sentence, a picture a grouping of which answering depends, and the table.
    """
    yield heading(HEADING)
    made = (
        "This sector was made of volunteers: without a pledge or a data team a system answers when it has "
        "something to show, with one it answers when it wants help. Nobody records that, so no weight makes "
        "up for it."
    )
    if beside.empty:
        yield answer(f"{made} What was put in doesn't stand beside the file, so it can't be shown here.")
        return
    yield answer(f"{made} {held_words(beside)}")
    for name in ("pledged", "data_team"):
        picture = volunteers_picture(beside, name, "This sector")
        if picture is not None:
            yield picture
    yield _how_to_read()
    yield table(
        as_figures(in_words(beside)),
        "Each interval beside what was put in",
        names=HEADS,
        fold="Each interval",
        most=60,
        download=False,
    )


def kit_blocks() -> Iterator[Block]:
    """Show the same of the kit's own volunteers, on the page of a sector of which nobody knows.

    Yields
    ------
    Block
        A sentence, a picture, and how to read it; all of it worked out now, as for any other sector.
    """
    whose = "The kit's own volunteers, an invented sector"
    beside = kit_volunteers()
    yield note(
        f"{whose} (seed {kit_seed()}), show it. They were made with known differences, and who answers goes "
        "with what nobody records. Their file went through the same analysis as the answers of this page. "
        + held_words(beside).replace("**", "")
    )
    picture = volunteers_picture(beside, "pledged", whose)
    if picture is not None:
        yield picture
    yield _how_to_read()


def _how_to_read() -> Block:
    return reading(
        shows="For each domain the difference that the answers show, with its interval, and the one that was "
        "put in.",
        read="These intervals are as narrow as any others. They stand in another place, and without what was "
        "put in nobody could tell.",
        do="A survey office follows up a few dozen of the silent by telephone. Nothing in the answers "
        "replaces it.",
    )
