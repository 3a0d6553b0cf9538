"""Opinion beside files: what people answered and what the scorecard shows, item by item."""

from __future__ import annotations

import pandas as pd

from helpers.show.block_page import note
from helpers.show.blocks import Block
from helpers.show.dots import dots
from helpers.show.numbers import number_text
from helpers.show.picture import Picture
from helpers.show.tables import table
from helpers.standard.survey_items import declared_survey
from helpers.survey import measured_items

__all__ = ["beside_picture", "beside_table", "beside_words"]


def beside_picture(beside: pd.DataFrame) -> Picture | Block:
    """Draw opinion beside files, item by item, or say that there is nothing to compare.

    Parameters
    ----------
    beside
        Table ``opinion_beside_files``.

    Returns
    -------
    Picture or Block
        Two marks a row: what people say, what the files show.
    """
    both = beside.dropna(subset=["opinion", "measured"])
    if both.empty:
        return note("The files say nothing about an item that somebody answered.")
    apart = int(both["says"].isin(["Higher than the files", "Lower than the files"]).sum())
    heard, seen = (
        both[["title", name]].rename(columns={"title": "label", name: "value"}).assign(series=words)
        for name, words in (("opinion", "people say"), ("measured", "the files show"))
    )
    rows = pd.concat(
        [heard.astype({"value": "float64"}), seen.astype({"value": "float64"})], ignore_index=True
    )
    title = (
        f"People and files are an anchor or more apart on {apart} of {len(both)} items"
        if apart
        else f"People and files are less than an anchor apart on all {len(both)} items"
    )
    return dots(
        rows,
        title=title,
        unit="anchor, 1 to 4",
        series="series",
        ordered=False,
        limits=(0.8, 4.2),
        digits=1,
        alt=f"{title}: {len(both)} items on a scale from 1 to 4, each as people say and as files show.",
        caption=f"{declared_survey().own} {measured_items().own}",
    )


def beside_words(beside: pd.DataFrame) -> str:
    """Say where opinion and files disagree most, and what that may mean.

    Parameters
    ----------
    beside
        Table ``opinion_beside_files``.

    Returns
    -------
    str
        A few sentences.
    """
    both = beside.dropna(subset=["opinion", "measured"])
    apart = both[both["says"].isin(["Higher than the files", "Lower than the files"])]
    if both.empty:
        return "Nothing can be compared."
    if apart.empty:
        return "People see their systems about as the files show them."
    declared = {(one.item, one.measure): one.says for one in measured_items().measured}
    worst = apart.loc[apart["difference"].abs().sort_values(ascending=False, kind="stable").index[0]]
    figure = _figure(float(worst["value"]), str(worst["unit"]))
    side = "higher" if worst["difference"] > 0 else "lower"
    return (
        f"Furthest apart: “{worst['title']}”. People put it at {number_text(worst['opinion'], digits=1)}, "
        f"the files at {worst['measured']}: {figure} {declared[worst['item'], worst['measure']]}. "
        f"That people see it {side} doesn't make them wrong: the files don't show what is meant, and people "
        "don't see what nobody looks at. Ask those who answered to look at the figure together."
    )


def _figure(value: float, unit: str) -> str:
    if unit == "rate":
        return f"{100 * value:.1f}%" if value < 0.1 else f"{100 * value:.0f}%"
    return f"{number_text(value, digits=0)} {unit}"


def beside_table(beside: pd.DataFrame) -> Block:
    """Show each item with its figure, the anchor that it stands for, and what people say.

    Parameters
    ----------
    beside
        Table ``opinion_beside_files``.

    Returns
    -------
    Block
        A table.
    """
    shown = beside[["title", "measure", "opinion", "measured", "says"]].copy()
    shown["figure"] = [
        "–" if pd.isna(value) else _figure(float(value), str(unit))
        for value, unit in zip(beside["value"], beside["unit"], strict=True)
    ]
    heads = {"title": "item", "opinion": "people say", "measured": "the files show", "says": "opinion is"}
    return table(shown, "Opinion beside files", names=heads, download=False)
