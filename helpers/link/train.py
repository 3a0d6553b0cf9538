"""Trains the model on whole districts: on their single records, before any rule ties two."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link.candidates import among_dated, dated_with_undated
from helpers.link.ladder import check_ids, climb_to
from helpers.link.model.link_model import LinkModel
from helpers.link.model.scoring import levels_of
from helpers.link.model.training import DRAWN_PAIRS, train, with_matches
from helpers.link.places import Places
from helpers.link.rungs.scored import find_candidates
from helpers.link.students import make_ready
from helpers.link.units import make_units
from helpers.standard import BadInput

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
    models = []
    for district in districts:
        students = make_ready(district.people, district.identifiers, district.unique_people, tuple(district))
        places = Places(district.person_rows, district.layouts, district.kinds)
        students, aids = check_ids(students, places, schools=district.fact("school"))
        single = make_units(students, np.arange(len(students), dtype="int64"), aids.schools)
        candidates = [
            among_dated(single)[0],
            dated_with_undated(single, single.dated, single.named & ~single.dated)[0],
        ]
        model = train(
            single.frame(),
            pd.concat(candidates, ignore_index=True),
            start=start,
            trained_on=trained_on,
            max_pairs=max_pairs,
            drawn_pairs=drawn_pairs,
        )
        seen = find_candidates(students, climb_to("standardised", students, aids), aids)
        models.append(with_matches(model, seen.units.frame(), seen.pairs))
    return models[0] if len(models) == 1 else _mean(models)


def _mean(models: Sequence[LinkModel]) -> LinkModel:
    """Put models of several districts into one: the mean of what each has learnt."""
    settings = copy.deepcopy(models[0].settings)
    for place, comparison in enumerate(settings["comparisons"]):
        name = comparison["output_column_name"]
        taught = [model for model in models if name not in model.kept] or models
        each = [levels_of(model.settings["comparisons"][place]) for model in taught]
        for number, level in enumerate(levels_of(comparison)):
            for part in ("m_probability", "u_probability"):
                level[part] = _mean_of([levels[number][part] for levels in each])
    return replace(
        models[0],
        settings=settings,
        matches={kind: _mean_of([model.matches[kind] for model in models]) for kind in models[0].matches},
        units=sum(model.units for model in models),
        pairs=sum(model.pairs for model in models),
        kept=tuple(name for name in models[0].kept if all(name in model.kept for model in models)),
    )


def _mean_of(values: Sequence[float]) -> float:
    return float(f"{sum(values) / len(values):.5g}")
