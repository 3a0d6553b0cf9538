"""The command that prints record cards for a room, and judges the piles that the room made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from helpers.cli.folders import FOLDER, read_known, save
from helpers.files.command_output import emit, ends_well, json_option, out_option
from helpers.files.save import write_atomically

__all__ = ["cards"]

PILES = "piles.csv"
SHOWN = ["team", "possible", "right", "wrong", "missed", "f1", "seconds_a_pair", "error_rate"]


@click.command(short_help="Print a sheet of record cards to sort by hand.")
@FOLDER
@click.option(
    "--piles",
    "piles_file",
    type=click.Path(path_type=Path),
    help="The room's piles, typed in: judge them, beside the rungs of the ladder on the same cards.",
)
@click.option(
    "--teams", type=click.IntRange(1, 40), default=4, show_default=True, help="How many teams sort."
)
@out_option()
@json_option
@ends_well
def cards(folder: Path, piles_file: Path | None, teams: int, out: Path, as_json: bool) -> None:
    """Print one sheet of record cards of FOLDER, a made district, to be sorted into children by hand.

    Writes record_cards.html (print it before any laptop is opened) and piles.csv (to be filled in). With
    --piles it writes pile_scores.csv and pile_agreement.csv instead: how right each team was, and how far
    teams agree.
    """
    from helpers.link import METHODS, link_district
    from helpers.report.display_names import short_names
    from helpers.report.pages.record_cards import record_cards_page
    from helpers.score.card_sort import (
        agreement_of_teams,
        deal_cards,
        empty_piles,
        read_piles,
        score_piles,
        score_sheet,
    )

    district = read_known(folder)
    dealt = deal_cards(district)
    if piles_file is None:
        page = record_cards_page(dealt, district.about, short_names(district.layouts), piles_file=PILES)
        # What a room has typed in is never written over.
        piles = out / PILES
        kept = piles.exists()
        written = save(
            out,
            {} if kept else {PILES: empty_piles(dealt, teams)},
            {"record_cards.html": lambda path: write_atomically(path, page.encode("utf-8"))},
        )
        told: dict[str, Any] = {"cards": len(dealt), "teams": teams, "written": written}
        emit(told | ({"kept": f"{piles}, which is there already"} if kept else {}), as_json)
        return
    typed = read_piles(piles_file, dealt)
    scores = score_piles(district, dealt, typed)
    agreement = agreement_of_teams(typed)
    rungs = {method.capitalize(): link_district(district, method) for method in METHODS}
    machine = score_sheet(district, rungs)
    written = save(out, {"pile_scores.csv": scores, "pile_agreement.csv": agreement})
    emit(
        {
            "the room": scores if as_json else scores[SHOWN].round(3),
            "the rungs, on the same cards": machine if as_json else machine[SHOWN[:-2]].round(3),
            "agreement": agreement.round(3),
            "written": written,
        },
        as_json,
    )
