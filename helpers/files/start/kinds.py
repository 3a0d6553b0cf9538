"""One kind of file of a draft, with all that was guessed about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from helpers.files.start.guess import Guess, counted
from helpers.files.start.guess_dates import day_orders
from helpers.files.start.guess_people import People, guess_people
from helpers.files.start.guess_types import guess_type
from helpers.files.start.header_words import head_words, named_fields, numbered_thing
from helpers.files.start.not_data import NotData, rows_of_no_child

__all__ = ["Kind", "kind_of", "tie_ids"]


# Words of a file's name that say who is in it, and words of heads that say that it is a child.
ROLES = {
    "Staff": ("teacher", "staff", "employee", "instructor", "counselor", "faculty"),
    "Guardian": ("parent", "guardian", "contact"),
}
CHILD = ("student", "pupil", "child", "learner")


@dataclass
class Kind:
    """One kind of file of a draft: what it is called, what its columns are, whom it is about.

    Attributes
    ----------
    name, path, sheet, format, settings
        As a layout declares them.
    rows
        Text of all its files.
    guesses, people
        What was guessed.
    takes_ids
        Whether its local id is one of the layout's id space; else it names nobody by it.
    not_data
        Kinds of row that are about no child; `rows` has none of them.
    questions
        What is open, the weightiest first.
    """

    name: str
    path: str
    sheet: str | None
    format: str
    settings: Mapping[str, str | int]
    rows: pd.DataFrame
    guesses: dict[str, Guess]
    people: People
    words: tuple[str, ...]
    takes_ids: bool = True
    not_data: Sequence[NotData] = ()
    questions: list[str] = field(default_factory=list)

    def shown(self, name: str) -> str:
        """Name a column on a terminal: by its place where no head is known, since it may be data."""
        known = any(
            named_fields(head_words(head)) or numbered_thing(head_words(head)) for head in self.guesses
        )
        return name if known else f"column {list(self.guesses).index(name) + 1}"

    @property
    def role_of_all(self) -> str | None:
        """Who they all seem to be by the file's name, where no column is about a child; None for children."""
        taken = [*self.people.fields, *self.people.ids]
        if any(word in CHILD for column in taken for word in head_words(column)):
            return None
        return next((role for role, words in ROLES.items() if any(w in self.words for w in words)), None)

    @property
    def names_people(self) -> bool:
        """Whether anything says who a row is about."""
        return self.people.named or (self.people.local_id is not None and self.takes_ids)


def _with_oddities(guess: Guess, values: pd.Series, place: Callable[[int], str]) -> Guess:
    """Say how many values aren't what the others are, and where the first stands: never what it is."""
    odd = values.isin(guess.odd).to_numpy()
    if not odd.any():
        return guess
    count, first = int(odd.sum()), place(int(np.argmax(odd)))
    filled = int((values.notna() & values.ne("NULL")).sum())
    told = f"{count} of {filled} {'is' if count == 1 else 'are'}n't {guess.unit}: "
    told += first if count == 1 else f"the first is {first}"
    return replace(guess, open=f"{guess.open}. {told}" if guess.open else told)


def kind_of(
    name: str,
    path: str,
    sheet: str | None,
    shape: str,
    settings: Mapping[str, str | int],
    rows: pd.DataFrame,
    system: Sequence[str],
    place: Callable[[int], str] = "place {}".format,
) -> Kind:
    """Guess what a kind of file is.

    Parameters
    ----------
    name, path, sheet, shape, settings
        As a layout declares them.
    rows
        Its trimmed text.
    system
        Words of its folder and name.
    place
        Says where a row stands in its file.

    Returns
    -------
    Kind
        With every column's type, and whom it is about.
    """
    not_data = rows_of_no_child(rows) if shape != "json_lines" else []
    left = np.delete(
        np.arange(len(rows)), np.concatenate([[], *(one.rows for one in not_data)]).astype("int64")
    )
    rows = rows.iloc[left].reset_index(drop=True)
    distinct = {str(name): counted(rows[name]) for name in rows.columns}
    orders = day_orders(rows, distinct)
    guesses = {
        name: _with_oddities(
            guess_type(values, head_words(name), orders), rows[name], lambda at: place(int(left[at]))
        )
        for name, values in distinct.items()
    }
    people = guess_people(rows, guesses, system)
    return Kind(name, path, sheet, shape, settings, rows, guesses, people, tuple(system), not_data=not_data)


def tie_ids(kinds: Sequence[Kind]) -> None:
    """Let the files of one system name a person by one id: that of the file in which a row is a person.

    Parameters
    ----------
    kinds
        The kinds of file of one layout; their local ids are changed in place.
    """
    masters = [kind for kind in kinds if kind.people.named and kind.people.local_id]
    if not masters:
        return
    master = max(masters, key=lambda kind: (kind.people.one_row_each is True, len(kind.rows)))
    known = set(master.rows[str(master.people.local_id)].dropna())
    for kind in kinds:
        if kind is master or not kind.people.ids:
            continue
        shares = {}
        for column in kind.people.ids:
            values = kind.rows[column].dropna().drop_duplicates()
            shares[column] = float(values.isin(known).mean()) if len(values) else 0.0
        best = max(shares, key=lambda column: shares[column])
        if shares[best] >= 0.5:
            kind.people.local_id = best
        elif not kind.people.named:
            kind.takes_ids = False
