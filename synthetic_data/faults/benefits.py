"""Meal benefits: written for the wrong days, in the wrong words, or not at all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic_data.scene import Scene

__all__ = ["code_with_typo", "eligibility_backdated", "status_not_collected"]

YEAR = "application_academic_school_year"


def eligibility_backdated(scene: Scene) -> None:
    """11/03/2025 -> 08/25/2025: a determination is made to hold from the child's first day on."""
    rows = scene.page.table.rows
    first = rows.groupby(["person_identifier", YEAR])[scene.fault.column].transform("first")
    chosen = scene.choose(np.flatnonzero((first != scene.text()).fillna(False).to_numpy(dtype=bool)))
    scene.write(chosen, first.iloc[chosen], groups=np.arange(len(chosen)))


def status_not_collected(scene: Scene) -> None:
    """Leave last year's eligibility empty for all children of a school, where everybody ate free."""
    text, years = scene.text(), scene.text(YEAR)
    spells = scene.truth.schooling.school_enrollment
    before = spells.loc[spells["school_year"] == spells["school_year"].min()]
    where = before.drop_duplicates("person", keep="last").set_index("person")["school_id"]
    school = scene.people["person"].map(where).where((years == years.min()) & (text != ""))
    schools = np.sort(np.asarray(school.dropna().unique(), dtype=object))
    for group, name in enumerate(schools[scene.choose(np.arange(len(schools)))].tolist()):
        places = np.flatnonzero((school == name).fillna(False))
        scene.write(places, [""] * len(places), groups=np.full(len(places), group))


def code_with_typo(scene: Scene) -> None:
    """Not Eligible -> Not Eligibile: a word of a code list misspelt at the source."""

    def misspelt(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        return text.replace("Not Eligible", "Not Eligibile")

    scene.change_text(misspelt)
