"""What children type about themselves."""

from __future__ import annotations

import numpy as np

from synthetic_data.scene import Scene
from synthetic_data.silos.observation import look_up

__all__ = ["class_year_for_grade", "name_in_lower_case", "private_email", "self_entered_name"]


def self_entered_name(scene: Scene) -> None:
    """María José López Díaz -> MJ López: initials, and one surname."""
    last = scene.text("last_name")
    first = scene.text()
    chosen = scene.choose(np.flatnonzero((first != "").fillna(False).to_numpy(dtype=bool)))
    groups = np.arange(len(chosen))
    given = ["".join(word[0] for word in name.replace("-", " ").split()) for name in first.iloc[chosen]]
    family = [name.replace("-", " ").split()[0] for name in last.iloc[chosen]]
    scene.write(chosen, given, groups=groups)
    scene.write(chosen, family, column="last_name", groups=groups)


def name_in_lower_case(scene: Scene) -> None:
    """Lopez -> lopez: typed on a telephone."""
    scene.change_each(str.lower, among="Subject")


def private_email(scene: Scene) -> None:
    """ana.lopez@school -> an address of the child's own, which no other system has."""
    text = scene.text()
    chosen = scene.choose(np.flatnonzero((text != "").fillna(False).to_numpy(dtype=bool)))
    number = scene.rng.integers(10, 1000, len(chosen)).tolist()
    own = [
        f"{address.partition('@')[0].partition('.')[0]}{one}@mail.example"
        for address, one in zip(text.iloc[chosen], number, strict=True)
    ]
    scene.write(chosen, own, groups=np.arange(len(chosen)))


def class_year_for_grade(scene: Scene) -> None:
    """2029 -> 2028: a child repeats a grade, and stays in the class with which she began."""
    children = scene.truth.population.children
    grades = [look_up(scene.people["person"], children, "person", name) for name in GRADES]
    repeats = (grades[0] == grades[1]).fillna(False).to_numpy(dtype=bool)
    text = scene.text()
    chosen = scene.choose(np.flatnonzero(repeats & (text != "").fillna(False).to_numpy(dtype=bool)))
    scene.write(chosen, [str(int(year) - 1) for year in text.iloc[chosen]], groups=np.arange(len(chosen)))


GRADES = ("grade_level", "grade_level_before")
