"""Lay out record cards, to cut out and sort by hand."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd
from markupsafe import Markup

from helpers.report.blocks import banner
from helpers.report.templates import render
from helpers.report.theme import page_css

__all__ = ["record_cards_page"]

ROWS = (
    ("name", "Name"),
    ("birth_date", "Born"),
    ("school", "School"),
    ("grade", "Grade"),
    ("number", "Number"),
)


def record_cards_page(
    cards: pd.DataFrame, about: Mapping[str, object], names: Mapping[str, str], *, piles_file: str
) -> Markup:
    """Lay out record cards on one sheet, with the team's instructions on a second one."""
    return render(
        "report/pages/templates/record_cards.html.j2",
        css=page_css(),
        banner=banner(about).markup,
        cards=[_card(card, names) for card in cards.to_dict("records")],
        piles_file=piles_file,
    )


def _card(card: Mapping[Hashable, object], names: Mapping[str, str]) -> dict[str, object]:
    lines = [(column, title, _cell_text(card[column])) for column, title in ROWS]
    return {"card": card["card"], "system": names.get(str(card["silo"]), card["silo"]), "lines": lines}


def _cell_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else ""
