"""Write the contract sheet and the rubric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from markupsafe import Markup

from helpers.files import write_atomically
from helpers.gaps import Contract, kit_rubric
from helpers.layouts import Layout
from helpers.report.blocks import Block, answer, frame, reading
from helpers.report.charts.heat_map import heat_map
from helpers.report.charts.picture import Picture
from helpers.report.display_names import named_first, short_names
from helpers.report.pages.page import heading, note
from helpers.report.tables import table
from helpers.report.templates import render
from helpers.standard import Measured

__all__ = ["contract_page", "rubric_blocks", "rubric_picture", "rubric_words", "shown_contract"]


# Width of each table column, in percent of the sheet.
WIDTHS = {"column": 14, "file": 10, "meaning": 17, "term": 12, "form": 12, "required": 6, "id_of": 7.5,
          "sensitivity": 9, "why": 12.5}  # fmt: skip
# Type sizes in points, largest first: we use the first that fits on one sheet.
SIZES = tuple(size / 10 for size in range(78, 49, -1))
# The smaller of both paper sizes within its margins, in points; width of a letter and height of a line.
SHEET = (540.0, 660.0)
LETTER, LINE, ROW = 0.6, 1.24, 0.5
# Lines for title, agreement, contacts and signatures, at full width.
OTHER_LINES = 20
MOST_LEFT_OUT, MOST_NAMES = 14, 24
HOLDER = {"Undeclared": "not declared"}


def contract_page(out_path: Path, contract: Contract, *, paper: Literal["Letter", "A4"] = "Letter") -> Path:
    """Write the page.

    Parameters
    ----------
    out_path
        Path of the page, ``.html``: prints on one sheet, without external resources.
    contract
        From ``helpers.gaps.contract.contract_of``.
    paper
        Size of the sheet.

    Returns
    -------
    Path
        The page.
    """
    write_atomically(out_path, _markup(contract, paper).encode("utf-8"))
    return out_path


def shown_contract(contract: Contract) -> Block:
    """Show a contract in a notebook as on the page, at full width.

    Parameters
    ----------
    contract
        From ``helpers.gaps.contract.contract_of``.

    Returns
    -------
    Block
        A frame without scripts or working links; outside a notebook, one line with the contract's title.
    """
    title = f"Data contract: {contract.title}"
    # Height of the frame in pixels; longer content is only in the file.
    return Block(frame(_markup(contract, "Letter", inside=True), title, 1120), title)


def _markup(contract: Contract, paper: str, *, inside: bool = False) -> Markup:
    filled = contract.columns.assign(
        required=contract.columns["required"].map({True: "yes", False: "no"}),
        id_of=contract.columns["id_of"].replace(HOLDER),
    ).astype({"demanded": "bool"})
    rows: list[dict[Any, Any]] = filled.astype("object").where(filled.notna(), "").to_dict("records")
    for row in rows:
        names = str(row["column"]).split(", ")
        row["several"] = len(names) > 1
        row["column"] = _first(names, MOST_NAMES)
    left_out = _first(contract.left_out, MOST_LEFT_OUT)
    other = sum(len(title) + len(text) for title, text in contract.clauses) + len(left_out)
    points = next((size for size in SIZES if _height(rows, other, size) <= SHEET[1]), SIZES[-1])
    return render(
        "report/pages/templates/contract.html.j2",
        contract=contract,
        rows=rows,
        left_out=left_out,
        paper=paper.lower(),
        points=points,
        widths=list(WIDTHS.values()),
        inside=inside,
    )


def _first(names: Sequence[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f", and others ({more})" if more > 0 else "")


def _height(rows: list[dict[Any, Any]], other: int, size: float) -> float:
    """Estimate the total height at a type size, in points."""
    a_line = SHEET[0] / (LETTER * size)
    lines = OTHER_LINES + 1.15 * other / a_line
    for row in rows:
        lengths = {name: len(str(row[name])) for name in WIDTHS}
        share = dict(WIDTHS)
        if row["several"]:
            share["column"] += share.pop("file") + share.pop("meaning")
            lengths["column"] += lengths["file"] + lengths["meaning"] + 4
        fits = {name: max(1.0, a_line * percent / 100 - 1) for name, percent in share.items()}
        lines += max(ceil(lengths[name] / fits[name]) for name in share) + ROW
    return lines * LINE * size


HEADS = {"means": "where it stands", "why": "decided by", "next": "next, or what to ask", "title": "heading"}


def rubric_words(rubric: pd.DataFrame, layouts: Mapping[str, Layout]) -> pd.DataFrame:
    """Describe the rubric: system, heading, level, its meaning, the deciding measure, the next step.

    Parameters
    ----------
    rubric
        Table ``rubric``.
    layouts
        Layout by system.

    Returns
    -------
    pandas.DataFrame
        ``system, title, level, means, why, next``; without figures except the level.
    """
    names = short_names(layouts)
    return rubric.assign(system=rubric["silo"].map(names).fillna(rubric["silo"]))[
        ["system", "title", "level", "means", "why", "next"]
    ]


def rubric_picture(rubric: pd.DataFrame, layouts: Mapping[str, Layout]) -> Picture | Block:
    """Draw the levels, one row per system, one column per heading; a dash if files don't show it.

    Parameters
    ----------
    rubric
        Table ``rubric``.
    layouts
        Layout by system.

    Returns
    -------
    Picture or Block
        The table, or a sentence if files show no level.
    """
    described = rubric_words(rubric, layouts).rename(columns={"title": "heading"})
    rated = described.dropna(subset=["level"])
    if rated.empty:
        return answer("No file shows anything about the rubric's headings, so we can't measure a level.")
    lowest = rated[rated["level"].eq(1)]
    often = lowest["heading"].str.lower().value_counts()
    title = (
        f"{Measured('levels_lowest', len(lowest), len(rated)):count of} are the lowest, most often in "
        f"{named_first(often.index.tolist(), often.tolist())}"
        if len(lowest)
        else "No system is at the lowest level of any heading that files show"
    )
    return heat_map(
        described,
        title=title,
        unit="level 1 to 4",
        row="system",
        column="heading",
        value="level",
        rows=described["system"].drop_duplicates().tolist(),
        columns=described["heading"].drop_duplicates().tolist(),
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
        Heading, chart, text, and all levels with the next step.
    """
    begin: list[Block] = [heading("What level has each system reached on the rubric's headings?")]
    if rubric["level"].isna().all():
        return [*begin, note("No file shows anything about any heading.", kit_rubric().about)]
    return [
        *begin,
        rubric_picture(rubric, layouts),
        reading(
            "Each system's level, 1 to 4, on each heading. A dash: no file shows it.",
            "The lowest measure decides. Security is never above 2 here: a file can show a problem, but not "
            "that there is none.",
            "Write one system's lowest heading into the next contract, in the words of the level above.",
        ),
        table(rubric_words(rubric, layouts), fold="Every level, and the next step", names=HEADS, most=200),
    ]
