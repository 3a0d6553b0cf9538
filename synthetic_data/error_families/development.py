"""The development family: independent typing, hearing and scanning errors, for training and tuning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache

import numpy as np

from synthetic_data.error_families.declared import declared_family, weights_of
from synthetic_data.error_families.slips import (
    Child,
    Dice,
    Identity,
    Kind,
    Slip,
    cased_like,
    draw_slip,
    letters_of,
    of_birth_date,
    of_text,
    plain,
)

__all__ = ["KINDS", "NAME", "draw_slips"]

NAME = "development"
FAMILY = declared_family(NAME)
SPACES = " -"


def draw_slips(stream: Callable[..., np.random.Generator], silo: str, child: Child) -> list[Slip]:
    """Draw what goes wrong in one system's record of a child, whatever other systems record."""
    if silo in FAMILY["unchanged"]:
        return []
    rng = stream(silo, child.person)
    name, birth_date, part = rng.random(3).tolist()
    slips = []
    if name < FAMILY["rates"]["name"]:
        first, last = FAMILY["parts"]["first"], FAMILY["parts"]["last"]
        chosen = "first" if part * (first + last) < first else "last"
        slips.append(draw_slip(rng, chosen, weights_of(NAME, chosen) | weights_of(NAME, "names")))
    if birth_date < FAMILY["rates"]["birth_date"]:
        slips.append(draw_slip(rng, "birth_date", weights_of(NAME, "birth_date")))
    return slips


# ------------------------------------------------------------------------------------------------- typing


@cache
def _neighbors() -> Mapping[str, tuple[str, str]]:
    """Return each key's neighbors: in its row, and in the rows above and below."""
    rows: Sequence[str] = FAMILY["typing"]["keys"]
    found = {}
    for number, row in enumerate(rows):
        for at, key in enumerate(row):
            beside = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
            # Each row of keys begins half a key to the right of the one above it.
            above = rows[number - 1][at : at + 2] if number else ""
            below = rows[number + 1][max(0, at - 1) : at + 1] if number + 1 < len(rows) else ""
            found[key] = (beside, above + below)
    return found


def _neighbor(letter: str, dice: Dice) -> str:
    """Return a key beside a letter's; empty if it has no key."""
    beside, across = _neighbors().get(plain(letter), ("", ""))
    typing = FAMILY["typing"]
    sides = [(typing["same_row"], beside), (typing["same_column"], across)]
    weights = [weight if keys else 0.0 for weight, keys in sides]
    if not any(weights):
        return ""
    return cased_like(dice.pick(sides[dice.weighted(weights)][1]), letter)


def _typed_at(positions: Sequence[int], dice: Dice) -> int:
    """Choose a letter; the first ones are wrong less often."""
    first: list[float] = list(FAMILY["typing"]["first_letters"])[: len(positions)]
    others = len(positions) - len(first)
    return positions[dice.weighted(first + [(1 - sum(first)) / others] * others if others else first)]


def _beside(text: str, dice: Dice) -> str:
    if not (positions := letters_of(text)):
        return text
    at = _typed_at(positions, dice)
    return text[:at] + (_neighbor(text[at], dice) or text[at]) + text[at + 1 :]


def _omitted(text: str, dice: Dice) -> str:
    positions = letters_of(text)
    if len(positions) < 3:
        return text
    at = _typed_at(positions, dice)
    following = text[at + 1 :]
    return text[:at] + (cased_like(following, text[at]) if at == 0 else following)


def _inserted(text: str, dice: Dice) -> str:
    if not (positions := letters_of(text)):
        return text
    at = _typed_at(positions, dice)
    added = text[at] if dice.number() < 0.5 else _neighbor(text[at], dice)
    return text[: at + 1] + added.lower() + text[at + 1 :]


def _transposed(text: str, dice: Dice) -> str:
    pairs = [at for at in letters_of(text) if text[at + 1 : at + 2].isalpha()]
    pairs = [at for at in pairs if plain(text[at]) != plain(text[at + 1])]
    if not pairs:
        return text
    at = _typed_at(pairs, dice)
    one, other = text[at], text[at + 1]
    swapped = cased_like(other, one) + (one.lower() if other.islower() else one)
    return text[:at] + swapped + text[at + 2 :]


def _twice(text: str, dice: Dice) -> str:
    ways = (_beside, _omitted, _inserted, _transposed)
    once = dice.pick(ways)(text, dice)
    again = dice.pick(ways)(once, dice)
    return again if again != text else once


# ---------------------------------------------------------------------------------- hearing and scanning


def _replaced(text: str, table: Sequence[Sequence[str]], dice: Dice) -> str:
    """Replace one occurrence of one of a table's entries."""
    found = [
        (at, before, after)
        for before, after in table
        for at in range(len(text))
        if text.startswith(before, at) or (before.islower() and text.startswith(before.capitalize(), at))
    ]
    if not found:
        return text
    at, before, after = dice.pick(found)
    return text[:at] + cased_like(after, text[at]) + text[at + len(before) :]


def _respelled(text: str, dice: Dice) -> str:
    return _replaced(text, FAMILY["tables"]["sounds"], dice)


def _scanned(text: str, dice: Dice) -> str:
    return _replaced(text, FAMILY["tables"]["look_alikes"], dice)


def _space_changed(text: str, dice: Dice) -> str:
    spaces = [at for at in range(1, len(text) - 1) if text[at] in SPACES]
    if spaces:
        at = dice.pick(spaces)
        return text[:at] + text[at + 1 :].lower()
    inside = letters_of(text)[3:-2]
    if not inside:
        return text
    at = dice.pick(inside)
    return f"{text[:at]} {text[at:]}"


def _fields_swapped(known: Identity, part: str, dice: Dice) -> Identity:
    if not known.first or not known.last:
        return known
    return Identity(known.last, known.middle, known.first, known.birth_date)


# -------------------------------------------------------------------------------------------------- dates


def _as_digits(day: date) -> str:
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _read(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _digit_changed(day: date, dice: Dice) -> date | None:
    digits = _as_digits(day)
    positions: dict[int, list[date]] = {}
    for at in range(len(digits)):
        for digit in "0123456789":
            other = _read(digits[:at] + digit + digits[at + 1 :])
            if other is not None and other != day and dice.is_possible(other):
                positions.setdefault(at, []).append(other)
    return dice.pick(positions[dice.pick(sorted(positions))]) if positions else None


def _digits_transposed(day: date, dice: Dice) -> date | None:
    digits = _as_digits(day)
    swaps = [_read(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]) for at in (0, 1, 2, 4, 6)]
    possible = [other for other in swaps if other is not None and other != day and dice.is_possible(other)]
    return dice.pick(possible) if possible else None


def _exchanged(day: date, dice: Dice) -> date | None:
    return date(day.year, day.day, day.month) if day.day <= 12 else None


KINDS: Mapping[str, Kind] = {
    "key_beside": of_text(_beside),
    "letter_omitted": of_text(_omitted),
    "letter_inserted": of_text(_inserted),
    "letters_transposed": of_text(_transposed),
    "typed_wrong_twice": of_text(_twice),
    "sound_respelled": of_text(_respelled),
    "scanned_wrong": of_text(_scanned),
    "word_space_changed": of_text(_space_changed),
    "name_fields_swapped": _fields_swapped,
    "date_digit_changed": of_birth_date(_digit_changed),
    "date_digits_transposed": of_birth_date(_digits_transposed),
    "date_fields_exchanged": of_birth_date(_exchanged),
}
