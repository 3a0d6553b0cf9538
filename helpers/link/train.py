"""Train the model on districts, and explain a pair with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link.adapt import adapted_model, single_records
from helpers.link.comparisons import declared_comparisons
from helpers.link.matches import LinkageContext
from helpers.link.methods.probabilistic import Candidates, find_candidates
from helpers.link.model import LinkModel, explain, weights
from helpers.link.model.calibration import share_of_errors, uncalibrate
from helpers.link.model.estimation import DRAWN_PAIRS, monotone, train, with_matches
from helpers.link.pipeline import check_ids, run_stages
from helpers.link.records import Records, SourceLocations, prepare_records
from helpers.standard import BadInput

__all__ = ["RIVALS", "explain_pair", "match_weights_of", "train_on_district", "train_on_districts"]


# The last steps of a pair that the model decided: the effect of how well others fit, and of what such pairs
# were in training.
RIVALS, CALIBRATED = "Rivals", "How often such pairs were right"
# A step that rounds to zero is left out.
NOTHING = 0.005


def _candidates(district: District) -> tuple[Records, LinkageContext, Candidates]:
    students = prepare_records(district.people, district.identifiers, district.unique_people, tuple(district))
    locations = SourceLocations(district.person_rows, district.layouts, district.kinds)
    students, aids = check_ids(students, locations, schools=district.fact("school"))
    return students, aids, find_candidates(students, run_stages("standardized", students, aids), aids)


def train_on_district(district: District, start: LinkModel | None = None) -> LinkModel:
    """Train the model on a district's own records; no answer key needed.

    Parameters
    ----------
    district
        From `read_district`.
    start
        Starting point of training; by default the kit's own model.

    Returns
    -------
    LinkModel
        To pass to `link_district`, and to save.
    """
    return train_on_districts([district], start=start)


def explain_pair(district: District, pair: pd.Series, model: LinkModel | None = None) -> pd.DataFrame:
    """Explain how the weight of one pair adds up, from the model's own figures.

    Parameters
    ----------
    district
        The district that was linked.
    pair
        A row of the table *pairs*: ``left_silo``, ``left_record``, ``right_silo``, ``right_record``; with
        ``match_probability`` and ``doubt``, if any, the steps end at the final decision.
    model
        The model that scored the pair (`Links.model`); by default the kit's own, adapted to the district.

    Returns
    -------
    pandas.DataFrame
        One row per step: ``comparison``, ``level`` (labels), ``weight`` (log2) and ``running_total``. The
        first step is the prior, before any comparison. The last two are the effect of other children that fit
        as well, or of none coming close (*Rivals*), and of how often such pairs were one child.

    Raises
    ------
    BadInput
        When a record isn't among the district's children, or rules alone link both.
    """
    students, aids, seen = _candidates(district)
    model = model or adapted_model(students, aids)
    place = pd.MultiIndex.from_frame(students.people[["silo", "record"]].astype(object))
    names = [(pair[f"{side}_silo"], pair[f"{side}_record"]) for side in ("left", "right")]
    numbers = place.get_indexer(pd.MultiIndex.from_tuples(names))
    for name, number in zip(names, numbers.tolist(), strict=True):
        if number < 0:
            raise BadInput(f"{name[0]} has no child's record {name[1]!r}. Take a row of links.pairs.")
    left, right = seen.units.of_record[numbers].tolist()
    if left == right:
        raise BadInput(
            "A rule links these two records for certain, so they have no weight. Take a row of links.pairs "
            "with the step Probabilistic."
        )
    steps = explain(seen.units, left, right, model)
    return _beside_rivals(steps, pair.get("match_probability"), pair.get("doubt"), share_of_errors(model))


def _beside_rivals(steps: pd.DataFrame, probability: object, doubt: object, errors: float) -> pd.DataFrame:
    """Add the step from a pair's own weight to the probability that decided it."""
    if not isinstance(probability, float) or not isinstance(doubt, str) or not 0 < probability < 1:
        return steps
    total = float(steps["running_total"].iloc[-1])
    rows = []
    for name, certainty, words in (
        (
            RIVALS,
            float(uncalibrate(probability, errors, doubt)),
            ("no other child is close", "other children fit, too"),
        ),
        (CALIBRATED, probability, ("more often than the model thinks", "less often than the model thinks")),
    ):
        decided = math.log2(certainty / (1 - certainty))
        weight, total = decided - total, decided
        if abs(weight) >= NOTHING:
            rows.append((name, words[0] if weight > 0 else words[1], weight, decided))
    last = pd.DataFrame(rows, columns=list(steps.columns)).astype(steps.dtypes.to_dict())
    return pd.concat([steps, last], ignore_index=True) if rows else steps


def match_weights_of(model: LinkModel | None = None) -> pd.DataFrame:
    """List the weight of each level of each comparison.

    Parameters
    ----------
    model
        By default the kit's own.

    Returns
    -------
    pandas.DataFrame
        One row per level, a comparison's best first: ``comparison``, ``level`` (labels), ``m``, ``u``,
        ``weight`` (log2 of m over u).
    """
    return weights(model)


MAX_PAIRS = 300_000


def train_on_districts(
    districts: Sequence[District],
    *,
    start: LinkModel | None = None,
    trained_on: str = "own data",
    max_pairs: int = MAX_PAIRS,
    drawn_pairs: int = DRAWN_PAIRS,
) -> LinkModel:
    """Train the model on the records of several districts; no answer key needed."""
    if not districts:
        raise BadInput("No district is given to train on. Give at least one that read_district has read.")
    models = []
    for district in districts:
        students = prepare_records(
            district.people, district.identifiers, district.unique_people, tuple(district)
        )
        locations = SourceLocations(district.person_rows, district.layouts, district.kinds)
        students, aids = check_ids(students, locations, schools=district.fact("school"))
        units, pairs = single_records(students, aids)
        model = train(
            units,
            pairs,
            start=start,
            trained_on=trained_on,
            max_pairs=max_pairs,
            drawn_pairs=drawn_pairs,
        )
        seen = find_candidates(students, run_stages("standardized", students, aids), aids)
        models.append(with_matches(model, seen.units, seen.pairs))
    return models[0] if len(models) == 1 else _mean(models)


def _mean(models: Sequence[LinkModel]) -> LinkModel:
    """Average the models of several districts."""
    first = models[0]

    def of_all(part: str) -> dict[str, list[float]]:
        found = {}
        for name in getattr(first, part):
            taught = [model for model in models if name not in model.kept] or models
            each = np.array([getattr(model, part)[name] for model in taught])
            found[name] = [float(f"{value:.5g}") for value in each.mean(axis=0)]
        return found

    m, u = of_all("m"), of_all("u")
    for one in declared_comparisons():
        if one.name in m:
            falling = monotone(np.array(m[one.name]), np.array(u[one.name]), one.falls)
            m[one.name] = [float(f"{value:.5g}") for value in falling]
    return replace(
        first,
        m=m,
        u=u,
        matches={kind: _mean_of([model.matches[kind] for model in models]) for kind in first.matches},
        units=sum(model.units for model in models),
        pairs=sum(model.pairs for model in models),
        kept=tuple(name for name in first.kept if all(name in model.kept for model in models)),
    )


def _mean_of(values: Sequence[float]) -> float:
    return float(f"{sum(values) / len(values):.5g}")
