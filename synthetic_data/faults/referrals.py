"""What goes wrong where staff write down an incident, or a system keeps it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic_data.scene import Scene

__all__ = [
    "category_renamed",
    "free_text_teacher_name",
    "history_missing_closed_school",
    "local_category_at_one_school",
]


def free_text_teacher_name(scene: Scene) -> None:
    """Deshawn W., 7: a child typed in, not chosen from the list: no number, an initial for a surname."""
    last, first, grade = scene.text(), scene.text("StudentFirst"), scene.text("GradeLevelShort")
    chosen = scene.choose(np.flatnonzero((last.notna() & first.notna()).to_numpy(dtype=bool)))
    groups = np.arange(len(chosen))
    short = first.iloc[chosen] + " " + last.iloc[chosen].str[0] + "., " + grade.iloc[chosen].fillna("?")
    scene.write(chosen, short, "StudentFirst", groups)
    for column in ("StudentLast", "StudentID", "StudentSchoolID"):
        there = scene.text(column).iloc[chosen].notna().to_numpy(dtype=bool)
        scene.write(chosen[there], [None] * int(there.sum()), column, groups[there])


def category_renamed(scene: Scene) -> None:
    """Corrective -> Tier 1: a school goes by a policy of its own from some day on. One fault a school."""
    text, school = scene.text(), scene.text("SchoolID")
    other = {"Staff-managed": "Tier 1", "Administrator-managed": "Tier 2"}
    fits = text.isin(list(other))
    day = scene.text("IssueTS.date")
    names = np.sort(np.asarray(school.loc[fits.to_numpy(dtype=bool)].dropna().unique(), dtype=object))
    for group, name in enumerate(names[scene.choose(np.arange(len(names)))].tolist()):
        theirs = (fits & (school == name)).fillna(False).to_numpy(dtype=bool)
        late = theirs & (day >= day.loc[theirs].sort_values().iloc[int(theirs.sum()) // 2]).to_numpy(
            dtype=bool
        )
        places = np.flatnonzero(late)
        scene.write(places, text.iloc[places].replace(other), groups=np.full(len(places), group))


def local_category_at_one_school(scene: Scene) -> None:
    """Staff-managed -> In Uniform: a category that exists at one school only. One fault a record."""
    text, school = scene.text(), scene.text("SchoolID")
    names = np.sort(np.asarray(school.dropna().unique(), dtype=object))
    if not len(names):
        return
    own = names[int(scene.rng.integers(len(names)))]
    chosen = scene.choose(np.flatnonzero(((school == own) & text.notna()).fillna(False).to_numpy(dtype=bool)))
    scene.write(chosen, ["In Uniform"] * len(chosen), groups=np.arange(len(chosen)))


def history_missing_closed_school(scene: Scene) -> None:
    """Lose all that an earlier year held of a school. One fault a school."""
    school, day = scene.text("SchoolID"), scene.text("IssueTS.date")
    year = pd.to_numeric(day.str[:4]) + (pd.to_numeric(day.str[5:7]) > 6).astype("Int64")
    before = ((year < year.max()) & school.notna()).fillna(False).to_numpy(dtype=bool)
    names = np.sort(np.asarray(school.loc[before].unique(), dtype=object))
    for group, name in enumerate(names[scene.choose(np.arange(len(names)))].tolist()):
        places = np.flatnonzero(before & (school == name).fillna(False).to_numpy(dtype=bool))
        scene.drop_rows(places, np.full(len(places), group))
