"""The model beside a district: trained on its records, and opened up for one pair of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from helpers.files import District
from helpers.link.ladder import check_ids, climb_to
from helpers.link.places import Places
from helpers.link.rungs.scored import Candidates, find_candidates
from helpers.link.students import Students, make_ready
from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.link.model import LinkModel

__all__ = ["RIVALS", "explain_pair", "match_weights_of", "train_on_district"]

# The last step of a pair that was decided among others: what the others' fitting, or not, does to it.
RIVALS = "Rivals"
# A step that rounds to nothing is none.
NOTHING = 0.005


def _candidates(district: District) -> tuple[Students, Candidates]:
    students = make_ready(district.people, district.identifiers, district.unique_people, tuple(district))
    places = Places(district.person_rows, district.layouts, district.kinds)
    students, aids = check_ids(students, places, schools=district.fact("school"))
    return students, find_candidates(students, climb_to("standardised", students, aids), aids)


def train_on_district(district: District, start: LinkModel | None = None) -> LinkModel:
    """Train the model on a district's own records; nobody need know who is who.

    Parameters
    ----------
    district
        A district that was read.
    start
        Where training begins; the model that comes with the kit by default.

    Returns
    -------
    LinkModel
        To be given to `link_district`, and saved.
    """
    from helpers.link.train import train_on_districts

    return train_on_districts([district], start=start)


def explain_pair(district: District, pair: pd.Series, model: LinkModel | None = None) -> pd.DataFrame:
    """Show how the weight of one pair adds up, from the model's own figures.

    Parameters
    ----------
    district
        The district that was linked.
    pair
        A row of the table *pairs*: ``left_silo``, ``left_record``, ``right_silo``, ``right_record``; with its
        ``match_probability``, if it has one, the steps end at what was decided.
    model
        The one it was linked with; that of the kit by default.

    Returns
    -------
    pandas.DataFrame
        One row a step: ``comparison``, ``level`` (both in words), ``weight`` (log2) and ``running_total``;
        the first says how likely a pair is one child before anything is compared, the last (*Rivals*) what
        it does that other children fit as well, or that none comes near.

    Raises
    ------
    BadInput
        When a record isn't among the district's children, or rules alone tie both.
    """
    from helpers.link.model import explain

    students, seen = _candidates(district)
    place = pd.MultiIndex.from_frame(students.people[["silo", "record"]].astype(object))
    names = [(pair[f"{side}_silo"], pair[f"{side}_record"]) for side in ("left", "right")]
    numbers = place.get_indexer(pd.MultiIndex.from_tuples(names))
    for name, number in zip(names, numbers.tolist(), strict=True):
        if number < 0:
            raise BadInput(f"{name[0]} has no child's record {name[1]!r}. Take a row of links.pairs.")
    left, right = seen.units.of_record[numbers].tolist()
    if left == right:
        raise BadInput(
            "Rules tie these two records for certain, so that no weight was needed. Take a row of "
            "links.pairs whose step is Scored."
        )
    steps = explain(seen.units.frame(), left, right, model)
    return _beside_rivals(steps, pair.get("match_probability"))


def _beside_rivals(steps: pd.DataFrame, probability: object) -> pd.DataFrame:
    """Add the step from the weight of a pair alone to the probability by which it was decided."""
    if not isinstance(probability, float) or not 0 < probability < 1:
        return steps
    decided = math.log2(probability / (1 - probability))
    weight = decided - float(steps["running_total"].iloc[-1])
    if abs(weight) < NOTHING:
        return steps
    words = "no other child comes near" if weight > 0 else "other children fit, too"
    last = pd.DataFrame([(RIVALS, words, weight, decided)], columns=list(steps.columns))
    return pd.concat([steps, last.astype(steps.dtypes.to_dict())], ignore_index=True)


def match_weights_of(model: LinkModel | None = None) -> pd.DataFrame:
    """Say what each level of each comparison weighs.

    Parameters
    ----------
    model
        Default the one that comes with the kit.

    Returns
    -------
    pandas.DataFrame
        One row a level, a comparison's best first: ``comparison``, ``level`` (both in words), ``m``, ``u``,
        ``weight`` (log2 of m over u).
    """
    from helpers.link.model import weights

    return weights(model)
