"""The room's piles: record cards that teams sorted by hand, judged like any other way to join.

Machine and room are put beside each other on the same cards. A room's error rate and its seconds a pair are
what the calculation of an hour of review needs, and what nobody has measured for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.files.save import without_guard
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.card_deck import deal_cards, true_piles
from helpers.score.children import LinksToScore
from helpers.score.clusterings import agreement, pairwise
from helpers.score.truth import RECORD
from helpers.standard import STRING, BadInput, as_table, nearest

__all__ = ["agreement_of_teams", "empty_piles", "piles_by", "read_piles", "score_piles", "score_sheet"]

COLUMNS = ("team", "card", "pile", "seconds")


def empty_piles(cards: pd.DataFrame, teams: int = 4) -> pd.DataFrame:
    """Give the table that a room fills in.

    Parameters
    ----------
    cards
        Table ``record_cards``.
    teams
        How many teams sort.

    Returns
    -------
    pandas.DataFrame
        Table ``piles``: a line a team and card, without piles and seconds.
    """
    one = cards[["card"]].sort_values("card", ignore_index=True)
    every = [one.assign(team=f"Team {number}") for number in range(1, teams + 1)]
    return as_table("piles", pd.concat(every, ignore_index=True))


def read_piles(file: Path | str, cards: pd.DataFrame) -> pd.DataFrame:
    """Read what a room typed in.

    Parameters
    ----------
    file
        CSV with the columns ``team``, ``card``, ``pile`` and, where somebody had a watch, ``seconds``.
    cards
        Table ``record_cards``: the cards that were on the sheet.

    Returns
    -------
    pandas.DataFrame
        Table ``piles`` of the teams that put at least one card on a pile.

    Raises
    ------
    BadInput
        When there is no such file, a column is missing, a card wasn't on the sheet or lies on two piles of a
        team, or the seconds are no number: everything that is wrong at once.
    """
    try:
        typed = without_guard(pd.read_csv(file, dtype="string", encoding="utf-8-sig", skip_blank_lines=True))
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} can't be read as the room's piles ({error}): save it as CSV.") from error
    typed = typed.rename(columns=lambda name: str(name).strip().casefold())
    missing = [name for name in COLUMNS[:3] if name not in typed]
    if missing:
        raise BadInput(f"{file} has no column {missing[0]!r}; it needs {', '.join(COLUMNS[:3])}.")
    typed = typed.reindex(columns=list(COLUMNS)).astype(STRING).dropna(how="all")
    typed = typed.assign(**{name: typed[name].str.strip() for name in COLUMNS})
    typed["card"] = typed["card"].str.upper()
    wrong = _faults(typed, cards["card"].tolist())
    if wrong:
        more = f"; and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise BadInput(f"{file}: {'; '.join(wrong[:5])}{more}.")
    typed["seconds"] = pd.to_numeric(typed["seconds"])
    sorted_any = typed.groupby("team")["pile"].transform("count").gt(0)
    return as_table("piles", typed[sorted_any].reset_index(drop=True))


def _faults(typed: pd.DataFrame, cards: list[str]) -> list[str]:
    line = pd.Series(typed.index + 2, index=typed.index).astype("string")
    found = []
    for place in typed.index[typed["team"].isna() | typed["card"].isna()]:
        found.append(f"line {line[place]} names no team or no card")
    for place in typed.index[~typed["card"].isin(cards) & typed["card"].notna()]:
        card = str(typed.loc[place, "card"])
        found.append(f"line {line[place]}: there is no card {card!r}.{nearest(card, cards)}".rstrip("."))
    for place in typed.index[typed.duplicated(["team", "card"]) & typed["card"].notna()]:
        found.append(
            f"line {line[place]}: {typed.loc[place, 'team']} has card {typed.loc[place, 'card']} twice"
        )
    number = pd.to_numeric(typed["seconds"], errors="coerce")
    for place in typed.index[typed["seconds"].notna() & ~number.gt(0).fillna(False)]:
        found.append(f"line {line[place]}: {typed.loc[place, 'seconds']!r} is no number of seconds")
    return found


def piles_by(cards: pd.DataFrame, crosswalk: pd.DataFrame, team: str) -> pd.DataFrame:
    """Sort the cards as a crosswalk does, so that a rung of the ladder is one more team.

    Parameters
    ----------
    cards
        Table ``record_cards``.
    crosswalk
        The standard table *crosswalk*.
    team
        What to call it.

    Returns
    -------
    pandas.DataFrame
        Table ``piles``.
    """
    sorted_cards = cards[["card", *RECORD]].merge(
        crosswalk[[*RECORD, "child"]], on=RECORD, how="left", validate="one_to_one"
    )
    return as_table("piles", sorted_cards[["card"]].assign(team=team, pile=sorted_cards["child"]))


def score_piles(
    district: District, cards: pd.DataFrame, piles: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Say how right each team's piles are.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    cards
        Table ``record_cards``.
    piles
        Table ``piles``; a card that a team doesn't name, or has no pile, lies alone.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        Table ``pile_scores``, one row a team. ``seconds_a_pair`` and ``error_rate`` count the pairs of cards
        that somebody had to look at: those of one child, and those that the team joined wrongly.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    truth = true_piles(district, cards, key=key).set_index("card")["pile"]
    rows = []
    for team, mine in piles.groupby("team", sort=False):
        found = pairwise(_labels(mine, truth.index), truth)
        wrong = found["linked"] - found["right"]
        missed = found["possible"] - found["right"]
        seen = found["possible"] + wrong
        seconds = mine["seconds"].max()
        rows.append(
            {
                **found,
                "team": team,
                "wrong": wrong,
                "missed": missed,
                "seconds": seconds,
                "seconds_a_pair": seconds / seen if seen else np.nan,
                "error_rate": (wrong + missed) / seen if seen else np.nan,
            }
        )
    return as_table("pile_scores", pd.DataFrame(rows))


def score_sheet(
    district: District, rungs: Mapping[str, LinksToScore], piles_file: Path | str = ""
) -> pd.DataFrame:
    """Put rungs of the ladder and the room's teams beside each other, on the cards of one sheet.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    rungs
        Rung -> who is who.
    piles_file
        The room's piles; without it only the rungs sort.

    Returns
    -------
    pandas.DataFrame
        Table ``pile_scores``: the rungs in their order, then the teams.

    Raises
    ------
    BadInput
        When the district has no answer key, or `read_piles` refuses the file.
    """
    key = read_answer_key(district.folder)
    cards = deal_cards(district, key=key)
    piles = [piles_by(cards, links.crosswalk, rung) for rung, links in rungs.items()]
    if piles_file:
        piles.append(read_piles(piles_file, cards))
    return score_piles(district, cards, pd.concat(piles, ignore_index=True), key=key)


def agreement_of_teams(piles: pd.DataFrame) -> pd.DataFrame:
    """Say how far each two teams agree.

    Parameters
    ----------
    piles
        Table ``piles``.

    Returns
    -------
    pandas.DataFrame
        Table ``pile_agreement``: ``team``, ``other_team``, ``agreement`` (1: the same piles; 0: no more alike
        than by chance).
    """
    cards = pd.Index(sorted(piles["card"].unique()))
    labels = {str(team): _labels(mine, cards) for team, mine in piles.groupby("team", sort=False)}
    teams = list(labels)
    rows = [
        {"team": one, "other_team": other, "agreement": agreement(labels[one], labels[other])}
        for place, one in enumerate(teams)
        for other in teams[place + 1 :]
    ]
    columns = ["team", "other_team", "agreement"]
    return as_table("pile_agreement", pd.DataFrame(rows, columns=columns))


def _labels(mine: pd.DataFrame, cards: pd.Index) -> pd.Series:
    """Name each card's pile; a card without one lies on a pile of its own."""
    pile = mine.set_index("card")["pile"].reindex(cards)
    return pile.where(pile.notna(), "alone " + pd.Series(cards, index=cards).astype(STRING)).astype(STRING)
