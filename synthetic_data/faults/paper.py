"""Lists that somebody wrote by hand, and somebody else typed from paper."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.scene import Scene

__all__ = ["fake_or_incomplete_name", "hours_in_words", "scan_error"]

# Letters that look alike on paper, and what they are taken for.
ALIKE = (("rn", "m"), ("cl", "d"), ("l", "1"), ("o", "0"), ("ri", "n"), ("h", "b"), ("v", "u"), ("S", "5"))
# First name and surname in place of those that nobody asked for; an empty surname where one was enough.
FILLERS = (("Student", "Test"), ("Baby", "Boy"), (None, ""), (None, ""))
FIRST_NAME_OF = {"Last name": "First name"}


def scan_error(scene: Scene) -> None:
    """Miller -> Mi1ler, Barnes -> Bames: read wrongly from paper."""

    def read(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        draws = rng.permuted(np.tile(np.arange(len(ALIKE)), (len(text), 1)), axis=1)
        return pd.Series(
            [_misread(word, order) for word, order in zip(text, draws.tolist(), strict=True)],
            index=text.index,
            dtype=STRING,
        )

    scene.change_text(read)


def _misread(word: str, order: list[int]) -> str:
    for place in order:
        written, taken_for = ALIKE[place]
        at = word.find(written, 1)
        if at > 0:
            return word[:at] + taken_for + word[at + len(written) :]
    return word


def fake_or_incomplete_name(scene: Scene) -> None:
    """Ana Lopez -> Baby Boy, or Ana alone: a filler, or half of a name."""
    first_column = FIRST_NAME_OF[scene.fault.column]
    text, first = scene.text(), scene.text(first_column)
    chosen = scene.choose(np.flatnonzero((text != "").fillna(False).to_numpy(dtype=bool)))
    which = scene.rng.integers(0, len(FILLERS), len(chosen)).tolist()
    groups = np.arange(len(chosen))
    own = first.iloc[chosen].tolist()
    scene.write(
        chosen,
        [FILLERS[one][0] or name for one, name in zip(which, own, strict=True)],
        column=first_column,
        groups=groups,
    )
    scene.write(chosen, [FILLERS[one][1] for one in which], groups=groups)


def hours_in_words(scene: Scene) -> None:
    """12.5 -> about 12: a guess where a number belongs."""
    scene.change_each(lambda text: f"about {text.partition('.')[0]}" if text else text)
