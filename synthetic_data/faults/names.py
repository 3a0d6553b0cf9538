"""Names written in another way, or of another time."""

from __future__ import annotations

import unicodedata

import numpy as np

from synthetic_data.faults.keyboard import mistyped
from synthetic_data.faults.pieces import chosen_children
from synthetic_data.population.names import nicknames
from synthetic_data.scene import Scene
from synthetic_data.silos.observation import look_up

__all__ = [
    "accents_lost",
    "dupe_marker_in_name",
    "encoding_broken",
    "guardian_surname",
    "html_escape_in_name",
    "names_swapped",
    "nickname",
    "school_name_variant",
    "subject_name_variant",
    "surname_changed",
    "typo",
]


def accents_lost(scene: Scene) -> None:
    """José -> Jose."""
    scene.change_each(
        lambda text: (
            text
            if text.isascii()
            else "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        )
    )


def encoding_broken(scene: Scene) -> None:
    """Muñoz -> MuÃ±oz: UTF-8 read as Windows-1252."""
    scene.change_each(lambda text: text.encode("utf-8").decode("cp1252", errors="replace"))


def typo(scene: Scene) -> None:
    """Johnson -> Jonhson: two letters change places, or a neighbouring key is hit."""
    scene.change_text(mistyped)


def nickname(scene: Scene) -> None:
    """Alexander -> Alex."""
    short = nicknames()
    scene.change_each(lambda text: short[text][0] if text in short else text, among="Subject")


def dupe_marker_in_name(scene: Scene) -> None:
    """Lopez -> Lopez_dupe: somebody marked a duplicate where there was room for it."""
    scene.change_each(lambda text: f"{text}_dupe" if text else text, among="Subject")


def html_escape_in_name(scene: Scene) -> None:
    """O'Neil -> O&#39;Neil, Muñoz -> Mu&#241;oz: written for a web page, and never turned back."""
    scene.change_each(
        lambda text: "".join(c if c.isascii() and c != "'" else f"&#{ord(c)};" for c in text),
        among="Subject",
    )


def surname_changed(scene: Scene) -> None:
    """Garcia-Lee -> Garcia: the surname from before a marriage, adoption or custody ruling."""
    former = look_up(scene.people["person"], scene.truth.population.children, "person", "former_last_surname")
    chosen = scene.choose(np.flatnonzero(former.notna()))
    scene.write(chosen, former.iloc[chosen], groups=np.arange(len(chosen)))


def guardian_surname(scene: Scene) -> None:
    """Ana Ruiz -> Ana Keller: filed under the surname of a guardian who bears another, in all rows."""
    children, guardians = scene.truth.population.children, scene.truth.population.guardians
    names = guardians.merge(
        children[["person", "household", "last_surname"]].rename(
            columns={"person": "child", "last_surname": "own"}
        ),
        on="household",
        how="inner",
        validate="many_to_many",
    )
    names = names.loc[names["last_surname"] != names["own"]].drop_duplicates("child")
    other = look_up(scene.people["person"], names, "child", "last_surname")
    places, groups = chosen_children(scene, other.notna())
    scene.write(places, other.iloc[places], groups=groups)


# Surname -> first name, in files that have both.
FIRST_NAME_OF = {"StudentLastName": "StudentFirstName", "Last Name": "First Name", "Last name": "First name"}


def names_swapped(scene: Scene) -> None:
    """Ali Mohamed -> Mohamed Ali: first and last name in each other's column, in all rows of a child."""
    first_column = FIRST_NAME_OF[scene.fault.column]
    last, first = scene.text(), scene.text(first_column)
    places, groups = chosen_children(scene, (last != first).fillna(False))
    scene.write(places, first.iloc[places], groups=groups)
    scene.write(places, last.iloc[places], column=first_column, groups=groups)


def subject_name_variant(scene: Scene) -> None:
    """Mathematics -> Math: a subject spelt in another way."""
    other = {"Mathematics": "Math", "Language Arts": "ELA"}
    scene.change_each(lambda text: other.get(text, text))


def school_name_variant(scene: Scene) -> None:
    """Oak Hill Elementary School -> Oak Hill Elem: a school has another name at the vendor."""
    text = scene.text()
    names = np.sort(np.asarray(text.dropna().unique(), dtype=object))
    for group, name in enumerate(names[scene.choose(np.arange(len(names)))].tolist()):
        places = np.flatnonzero((text == name).fillna(False))
        short = name.removesuffix(" School").replace("Elementary", "Elem").replace("Middle", "MS")
        scene.write(places, [short] * len(places), groups=np.full(len(places), group))
