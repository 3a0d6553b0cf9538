"""Trains the model on whole districts: on their single records, before any rule ties two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.layouts import BadInput
from helpers.link.candidates import among_dated, dated_with_undated
from helpers.link.ladder import check_ids, climb_to
from helpers.link.model.link_model import LinkModel
from helpers.link.model.training import DRAWN_PAIRS, train, with_matches
from helpers.link.places import Places
from helpers.link.rungs.scored import find_candidates
from helpers.link.students import make_ready
from helpers.link.units import make_units

__all__ = ["train_on_districts"]

MAX_PAIRS = 300_000


def train_on_districts(
    districts: Sequence[District],
    *,
    start: LinkModel | None = None,
    trained_on: str = "own data",
    max_pairs: int = MAX_PAIRS,
    drawn_pairs: int = DRAWN_PAIRS,
) -> LinkModel:
    """Train the model on the records of districts; nobody need know who is who.

    Parameters
    ----------
    districts
        Districts that were read, at least one.
    start
        Where training begins, and what stays where the data teach nothing; default the model that comes with
        the kit.
    trained_on
        What the data are, in a few words.
    max_pairs
        How many pairs of a kind teach at most.
    drawn_pairs
        How many pairs are drawn by chance to see how often two children agree.

    Returns
    -------
    LinkModel
        Whose numbers of matches hold for what rules leave open.

    Raises
    ------
    BadInput
        When no district is given, or too few pairs look like one child.
    """
    if not districts:
        raise BadInput("No district is given to train on. Give at least one that read_district has read.")
    records, open_units = [], []
    for district in districts:
        students = make_ready(district.people, district.identifiers, district.unique_people, tuple(district))
        places = Places(district.person_rows, district.layouts, district.kinds)
        students, aids = check_ids(students, places, schools=district.fact("school"))
        single = make_units(students, np.arange(len(students), dtype="int64"), aids.schools)
        candidates = [
            among_dated(single)[0],
            dated_with_undated(single, single.dated, single.named & ~single.dated)[0],
        ]
        records.append((single.frame(), pd.concat(candidates, ignore_index=True)))
        seen = find_candidates(students, climb_to("standardised", students, aids), aids)
        open_units.append((seen.units.frame(), seen.pairs))
    units, pairs = _together(records)
    model = train(
        units, pairs, start=start, trained_on=trained_on, max_pairs=max_pairs, drawn_pairs=drawn_pairs
    )
    counted = [with_matches(model, *left_open).matches for left_open in open_units]
    matches = {kind: float(np.mean([one[kind] for one in counted])) for kind in model.matches}
    return replace(model, matches={kind: float(f"{value:.5g}") for kind, value in matches.items()})


def _together(parts: Sequence[tuple[pd.DataFrame, pd.DataFrame]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put units of several districts under each other, numbered on."""
    begin = np.cumsum([0, *(len(units) for units, _ in parts)])
    units = [one.assign(unit=one["unit"] + first) for (one, _), first in zip(parts, begin, strict=False)]
    pairs = [one[["left", "right"]] + first for (_, one), first in zip(parts, begin, strict=False)]
    return pd.concat(units, ignore_index=True), pd.concat(pairs, ignore_index=True)
