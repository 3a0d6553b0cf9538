"""What stands between two systems: nothing to join by, exports a month apart, a list that may not go over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.show.block_page import heading
from helpers.show.blocks import Block, answer
from helpers.show.systems import in_words, short_names, spoken_names
from helpers.show.tables import table

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["blocked_blocks", "blocked_sentence", "lag_blocks"]

BLOCKS = {
    "Not joinable": "nothing in common to join by: agree on one id that both exports carry",
    "Not fresh": "exports more than a month apart: export both on the same day",
    "Not permitted": "a list of children may not be handed over: ask the privacy officer, not the vendor",
}


def blocked_sentence(lines: pd.DataFrame) -> str:
    """Say how many pairs of systems stand before each of three things, which are three different jobs.

    Parameters
    ----------
    lines
        Table ``scorecard``.

    Returns
    -------
    str
        One sentence; numbers between stars.
    """
    pairs, why = _blocked_pairs(lines)
    parts = [f"{name.lower()}: **{why[name]}**" for name in BLOCKS]
    return f"Of **{pairs}** pairs of systems, {', '.join(parts)}. A pair may stand before two of them."


def _blocked_pairs(lines: pd.DataFrame) -> tuple[int, dict[str, int]]:
    """Count all pairs of systems, and those before each block: before two of them, a pair counts in both."""
    pair = ["left_silo", "right_silo"]
    told = lines[lines["right_silo"].notna()]
    before = told.dropna(subset=["blocked_by"])[[*pair, "blocked_by"]].drop_duplicates()["blocked_by"]
    return len(told[pair].drop_duplicates()), {name: int(before.eq(name).sum()) for name in BLOCKS}


def blocked_blocks(lines: pd.DataFrame, district: District) -> list[Block]:
    """Say which pairs of systems stand before something, and what it takes.

    Parameters
    ----------
    lines
        Table ``scorecard``, of a real folder what its guard shows.
    district
        A district that was read.

    Returns
    -------
    list of Block
        A sentence, a table, and what may not be handed over.
    """
    _, why_so = _blocked_pairs(lines)
    rows = [(name.lower(), why_so[name], do) for name, do in BLOCKS.items()]
    frame = pd.DataFrame(rows, columns=["why", "pairs", "do"])
    barred = lines[lines["blocked_by"].eq("Not permitted") & lines["kind"].eq("Permission")]
    spoken = spoken_names(district.layouts)
    why = pd.DataFrame({"why": [in_words(str(step), spoken) for step in barred["next_step"].unique()]})
    return [
        heading("Three things that aren't about children"),
        answer(blocked_sentence(lines)),
        table(frame, "Not joinable, not fresh, not permitted: three jobs", names={"do": "what it takes"}),
        *(
            [
                table(
                    why, fold="Which lists may not be handed over, by the kit's reading of the rules", most=80
                )
            ]
            if len(why)
            else []
        ),
    ]


def lag_blocks(lines: pd.DataFrame, district: District) -> list[Block]:
    """Say how far the exports of two systems lie apart, at most.

    Parameters
    ----------
    lines, district
        As for `blocked_blocks`.

    Returns
    -------
    list of Block
        A sentence; nothing where no two systems are dated.
    """
    lags = lines[lines["measure"].eq("roster lag") & lines["numerator"].notna()]
    if lags.empty:
        return []
    short = short_names(district.layouts)
    most = lags.sort_values("numerator").iloc[-1]
    late = int(lags["blocked_by"].eq("Not fresh").sum())
    return [
        answer(
            f"Exports of **{late}** of {len(lags)} pairs of systems lie more than a month apart, those of "
            f"{short[most['left_silo']]} and {short[most['right_silo']]} **{most['numerator']:,.0f} days**."
        )
    ]
