"""Trains the model that comes with the kit, on made districts that no score is reported on.

Nobody tells the training who is who: it sees records and pairs, as it would in a real district. Run
``python -m synthetic_data.studies.link_model`` after a change of what is compared.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from helpers.files import read_district
from helpers.link.model.scoring import SHIPPED, LinkModel
from helpers.link.model.training import untrained
from helpers.link.train import train_on_districts
from synthetic_data.district import make_district

__all__ = ["SEEDS", "train_shipped_model"]

# Scores are reported on other scenarios and seeds than these.
SCENARIO = "pandemic"
SEEDS = (9001, 9002)
STUDENTS = 10_000
DRAWN_PAIRS = 2_000_000
# Where a pair is taken as one child, and where a person is asked: chosen on these districts too.
ACCEPT = 0.7
REVIEW = 0.1


def train_shipped_model(students: int = STUDENTS) -> LinkModel:
    """Make the training districts and train on their records.

    Parameters
    ----------
    students
        Of each district.

    Returns
    -------
    LinkModel
        The same on every machine.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = [
            make_district(
                SCENARIO,
                Path(folder) / str(seed),
                level="none",
                seed=seed,
                students=students,
                people_only=True,
            )
            for seed in SEEDS
        ]
        districts = [read_district(one) for one in made]
    seeds = " and ".join(str(seed) for seed in SEEDS)
    trained_on = (
        f"two made districts of {students:,} children (scenario {SCENARIO}, level none, seeds {seeds})"
    )
    model = train_on_districts(districts, start=untrained(), trained_on=trained_on, drawn_pairs=DRAWN_PAIRS)
    return replace(model, accept=ACCEPT, review=REVIEW)


if __name__ == "__main__":
    path = train_shipped_model().save(SHIPPED)
    sys.stdout.write(f"{path} written\n")
