"""Write the files of pseudopeople's sample population that are linked, each beside its truth.

Runs in an environment of its own, which has neither the kit nor its tests.

Usage: python pseudopeople_sets_peer.py FOLDER
"""

import sys
from pathlib import Path

import pseudopeople

# Ids of the simulation, which no real file has.
NOT_RECORDED = ["simulant_id", "household_id", "survey_date"]
# Two rules of the guard come from misses on seeds 0 and 1. Nobody had looked at these seeds.
FILES = {
    "census 2020": lambda: pseudopeople.generate_decennial_census(seed=7, year=2020),
    "census 2030": lambda: pseudopeople.generate_decennial_census(seed=8, year=2030),
    "ACS": lambda: pseudopeople.generate_american_community_survey(seed=7, year=None),
    "CPS": lambda: pseudopeople.generate_current_population_survey(seed=7, year=None),
    "WIC": lambda: pseudopeople.generate_women_infants_and_children(seed=7, year=2020),
    "SSA": lambda: pseudopeople.generate_social_security(seed=7, year=2020),
    "W2": lambda: pseudopeople.generate_taxes_w2_and_1099(seed=7, year=2020),
}


def main() -> None:
    """Write a file and its truth for each."""
    folder = Path(sys.argv[1])
    for name, made in FILES.items():
        rows = made().reset_index(drop=True)
        rows[["simulant_id"]].to_csv(folder / f"{name}.truth.csv", index=False)
        recorded = rows.drop(columns=[column for column in NOT_RECORDED if column in rows])
        recorded.to_csv(folder / f"{name}.csv", index=False)


if __name__ == "__main__":
    main()
