"""Names in another spelling, another order, or with a part less: what clerks and programs make of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.faults.pieces import chosen_children, chosen_pieces
from synthetic_data.population.customs import CUSTOMS
from synthetic_data.population.pools import other_spellings
from synthetic_data.scene import Scene
from synthetic_data.silos.observation import look_up

__all__ = [
    "apostrophe_lost",
    "family_name_first",
    "other_romanization",
    "phonetic_error",
    "quotes_added",
    "second_surname_dropped",
    "split_character",
]

# Surname -> first name, in files that have both.
FIRST_NAME_OF = {"Customer Last Name": "Customer First Name", "lastSurname": "firstName"}

# Written as heard; the first that fits.
SOUNDS = (
    ("ph", "v"), ("ck", "k"), ("ei", "ie"), ("ie", "ey"), ("ai", "ay"), ("ay", "ai"), ("cc", "c"),
    ("ll", "l"), ("nn", "n"), ("ss", "s"), ("tt", "t"), ("th", "t"), ("ca", "ka"), ("co", "ko"),
    ("ce", "se"), ("ci", "si"), ("ee", "ea"), ("ya", "ia"), ("ia", "ya"), ("na", "nah"), ("ra", "rah"),
    ("en", "in"), ("an", "en"),
)  # fmt: skip


def other_romanization(scene: Scene) -> None:
    """Muhammad -> Mohamed, Zhang -> Chang: a name of another script, as a second clerk spells it."""
    last, first = scene.fault.column, FIRST_NAME_OF[scene.fault.column]
    origin = look_up(scene.people["person"], scene.truth.population.children, "person", "name_origin")
    known = [other_spellings("" if name is pd.NA else str(name)) for name in origin]
    texts = [scene.text(column) for column in (last, first)]
    other = [
        [
            spellings.get(name) if isinstance(name, str) else None
            for name, spellings in zip(text, known, strict=True)
        ]
        for text in texts
    ]
    count = len(origin)
    can = np.array([spelling is not None for spelling in (*other[0], *other[1])], dtype=bool)
    chosen = scene.choose(np.flatnonzero(can))
    for number, column in enumerate((last, first)):
        here = np.flatnonzero((chosen >= number * count) & (chosen < (number + 1) * count))
        places = chosen[here] - number * count
        scene.write(places, [other[number][place] for place in places.tolist()], column=column, groups=here)


def family_name_first(scene: Scene) -> None:
    """Minh Nguyễn -> Nguyễn Minh: written down in the order in which the family says it."""
    first_column = FIRST_NAME_OF[scene.fault.column]
    origin = look_up(scene.people["person"], scene.truth.population.children, "person", "name_origin")
    said_first = origin.isin([name for name, custom in CUSTOMS.items() if custom.family_name_first])
    last, first = scene.text(), scene.text(first_column)
    chosen = scene.choose(np.flatnonzero((said_first & (last != first)).fillna(False).to_numpy(dtype=bool)))
    groups = np.arange(len(chosen))
    scene.write(chosen, first.iloc[chosen], groups=groups)
    scene.write(chosen, last.iloc[chosen], column=first_column, groups=groups)


def second_surname_dropped(scene: Scene) -> None:
    """García López -> García, Young-Adams -> Young: a system, or a clerk, with room for one surname."""

    def shortened(surname: str) -> str:
        head, dash, _ = surname.partition("-")
        words = head.split(" ")
        # A particle belongs to the word that follows.
        whole = next((place + 1 for place, word in enumerate(words) if word[:1].isupper()), len(words))
        return head if dash else " ".join(words[:whole])

    scene.change_each(shortened, among="Subject")


def apostrophe_lost(scene: Scene) -> None:
    """O'Brien -> OBrien, in all rows of a child: a system that takes letters only."""
    text = scene.text()
    plain = text.str.replace(r"['’]", "", regex=True)
    places, groups = chosen_children(scene, (plain != text).fillna(False))
    scene.write(places, plain.iloc[places], groups=groups)


def phonetic_error(scene: Scene) -> None:
    """Stephen -> Steven: written as it was heard."""

    def heard(name: str) -> str:
        for sound, letters in SOUNDS:
            if sound in name[1:]:
                return name[0] + name[1:].replace(sound, letters, 1)
        return name

    scene.change_each(heard, among="Subject")


def quotes_added(scene: Scene) -> None:
    """Ana -> "Ana", in the whole list of a grade: a spreadsheet that was opened, pasted and saved again."""
    text = scene.text()
    for group, (_, places) in enumerate(chosen_pieces(scene)):
        quoted = pd.Series([f'"{name}"' for name in text.iloc[places]], dtype=STRING)
        scene.write(places, quoted, groups=np.full(len(places), group))


def split_character(scene: Scene) -> None:
    """Muñoz -> Mu??oz: a letter of two bytes, cut in two where a chunk of a file ended."""

    def cut(name: str) -> str:
        return next(
            (
                name[:at] + "\ufffd\ufffd" + name[at + 1 :]
                for at, sign in enumerate(name)
                if not sign.isascii()
            ),
            name,
        )

    scene.change_each(cut, among="Subject")
