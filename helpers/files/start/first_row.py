"""Whether the first row of a table names its columns, or is a row of data already: a child's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from helpers.files.start.header_words import head_words, named_fields, numbered_thing
from helpers.layouts.headers import is_data_head

__all__ = ["names_columns", "speaks_of_persons"]

ALIKE = 0.6  # of the cells below, which a row of data is like
WORDS_OVER = 0.8  # of the cells below are days or numbers, and the first is a word
FEWEST_DIGITS = 4  # of a number that isn't a lesson's or a unit's
RUN = 3  # numbers or days beside each other, each after the last: heads of a grid
SHAPES = {
    "day": re.compile(r"(?:\d{1,2}[/.-]){2}\d{2,4}( .*)?|\d{4}-\d{2}-\d{2}([T ].*)?|\d{1,2}/\d{1,2}"),
    "address": re.compile(r"\S+@\S+"),
    "telephone": re.compile(r"(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"),
    "number": re.compile(r"-?\$?\d+"),
    "amount": re.compile(r"-?\$?[\d,]*\d\.\d+%?"),
    "id": re.compile(r"(?=\D*\d)[A-Za-z]{0,3}[ -]?[0-9][0-9A-Za-z-]{3,}"),
    "name": re.compile(r"[^\W\d_][^,\d]*, ?[^\W\d_][^,\d]*"),
    "street": re.compile(r"\d+ [^\W\d_].*"),
}
YEAR = re.compile(r"(19|20)\d{2}")


def _shape(cell: str) -> str:
    return next((name for name, shape in SHAPES.items() if shape.fullmatch(cell)), "words")


def speaks_of_persons(cell: str) -> bool:
    """Say whether a cell has the words of a head: a field of a person, or an id."""
    words = head_words(cell)
    return not is_data_head(cell) and (bool(named_fields(words)) or numbered_thing(words) is not None)


def _in_a_run(first: Sequence[str]) -> set[int]:
    """Find the cells of a grid's heads: numbers one after the other, or days that follow each other."""
    run: list[int] = []
    found: set[int] = set()
    before: tuple[int, ...] = ()
    for place, cell in enumerate(first):
        shape = _shape(cell)
        # In the order year, month, day: 9/30, 10/1.
        key = tuple(map(int, re.findall(r"\d+", cell))) if shape in ("number", "day") else ()
        run = [*run, place] if key and (not run or key > before) else [place] if key else []
        before = key
        if len(run) >= RUN:
            found |= set(run)
    return found


def names_columns(rows: Sequence[Sequence[str]], speaks: Callable[[str], bool] = speaks_of_persons) -> bool:
    """Say whether the first row is a header.

    A row of data is like the rows below it, column by column: a day over days, a number over numbers, a word
    that stands there again. A header is not: it has words over days and numbers, and words of heads.

    Parameters
    ----------
    rows
        The first rows, trimmed; a header that is printed again on each page counts once.
    speaks
        Whether a cell has the words of a head.

    Returns
    -------
    bool
        True as well where nothing tells.
    """
    first = rows[0]
    below = [row for row in rows[1:] if list(row) != list(first)]
    data = heads = 0
    grid = _in_a_run(first)
    if not below:
        filled = [cell for cell in first if cell]
        return any(map(speaks, filled)) or not any(map(is_data_head, filled))
    for place, cell in enumerate(first):
        if not cell or place in grid:
            continue
        values = [row[place] for row in below if place < len(row) and row[place]]
        shapes = Counter(map(_shape, values))
        shape = _shape(cell)
        like = shapes[shape] / len(values) if values else 0.0
        small = shape == "number" and (len(cell) < FEWEST_DIGITS or YEAR.fullmatch(cell) is not None)
        if cell in values or (is_data_head(cell) and shape == "words"):
            data += 1
        elif shape != "words" and like >= ALIKE and not small and not speaks(cell):
            data += 1
        elif speaks(cell):
            heads += 1
        elif (
            shape == "words" and values and shapes["words"] + shapes["name"] <= (1 - WORDS_OVER) * len(values)
        ):
            heads += 1
    return data <= heads if heads else not data
