"""Adapt the model to the records at hand, without labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.candidates import candidates_across_birth_dates, candidates_with_birth_date
from helpers.link.matches import LinkageContext
from helpers.link.model.estimation import train
from helpers.link.model.parameters import LinkModel, shipped_model
from helpers.link.records import Records, Units, make_units
from helpers.standard import BadInput

__all__ = ["adapted_model", "single_records"]

# More records would not make the shares more precise.
MOST_RECORDS = 40_000
MOST_PAIRS, DRAWN_PAIRS = 60_000, 60_000
# Prior weight of the kit's model, in pairs of one child.
WORTH = 100.0


def single_records(students: Records, aids: LinkageContext) -> tuple[Units, pd.DataFrame]:
    """Make every record a unit of its own, and find the candidate pairs of at least one birth date.

    Pairs that rules link best show how records of one child agree, so none is merged.
    """
    units = make_units(students, np.arange(len(students), dtype="int64"), aids.schools)
    candidates = [
        candidates_with_birth_date(units)[0],
        candidates_across_birth_dates(units, units.dated, units.named & ~units.dated)[0],
    ]
    return units, pd.concat(candidates, ignore_index=True)


def adapted_model(students: Records, aids: LinkageContext) -> LinkModel:
    """Adapt the kit's model to a district's own records; unchanged if they teach nothing."""
    prior = aids.model or shipped_model()
    if len(students) > MOST_RECORDS:
        students = students.sample(MOST_RECORDS)
    try:
        units, pairs = single_records(students, aids)
        model = train(
            units,
            pairs,
            start=prior,
            trained_on=f"{prior.trained_on}, adapted to the records at hand",
            max_pairs=MOST_PAIRS,
            drawn_pairs=DRAWN_PAIRS,
            worth=WORTH,
        )
    except BadInput:
        return prior
    return model
