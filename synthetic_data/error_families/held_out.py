"""The held-out family: errors that studies of administrative records describe, for the last measurement only.

Nothing is tuned on it. A test holds the hash of what it does to a fixed district: any change needs a new
version, and makes every figure measured with the older one a figure of that version.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

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
    of_birth_date,
    of_text,
    plain,
)

__all__ = ["KINDS", "NAME", "draw_slips"]

NAME = "held_out"
FAMILY = declared_family(NAME)
VOWELS = "aeiou"
PARTS = ("last", "first", "names", "birth_date")


def draw_slips(stream: Callable[..., np.random.Generator], silo: str, child: Child) -> list[Slip]:
    """Draw what goes wrong in one system's record: more in some households, some of it passed on."""
    households, systems = FAMILY["households"], FAMILY["systems"]
    is_fragile = stream("household", child.household).random() < households["fragile"]
    factor = households["fragile_factor" if is_fragile else "other_factor"]
    factor *= systems.get(silo, systems["other"])
    source = _source(stream, silo, child)
    happens = stream(*source).random(len(PARTS))
    return [
        draw_slip(stream(*source, part), part, weights_of(NAME, part))
        for part, number in zip(PARTS, happens.tolist(), strict=True)
        if number < FAMILY["rates"][part] * factor
    ]


def _source(stream: Callable[..., np.random.Generator], silo: str, child: Child) -> tuple[str | int, ...]:
    """Return where a record comes from: a form that a group of systems shares, or its own entry."""
    passed_on = FAMILY["passed_on"]
    for number, group in enumerate(passed_on["groups"]):
        if silo in group and stream("copies", silo, child.person).random() < passed_on["share"]:
            return "passed on", number, child.person
    return silo, child.person


# ------------------------------------------------------------------------------------------------ spelling


def _swapped(text: str, table: Sequence[Sequence[str]], dice: Dice, first: int = 1) -> str:
    """Replace one occurrence of one of a table's entries, from a place on."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return text
    found = [
        (at, before, after)
        for before, after in table
        for at in range(first, len(text))
        if lowered.startswith(before, at)
    ]
    if not found:
        return text
    at, before, after = dice.pick(found)
    return text[:at] + cased_like(after, text[at]) + text[at + len(before) :]


def _by_ear(text: str, dice: Dice) -> str:
    tables = FAMILY["tables"]
    both_ways = [*tables["by_ear"], *([after, before] for before, after in tables["by_ear"])]
    doubled = [[letter, letter * 2] for letter in tables["doubled"]]
    single = [[letter * 2, letter] for letter in tables["doubled"]]
    # A letter that is double already doesn't become triple.
    letters = [pair for pair in doubled if pair[1] not in text.lower()]
    return _swapped(text, [*both_ways, *letters, *single], dice)


def _misread(text: str, dice: Dice) -> str:
    return _swapped(text, FAMILY["tables"]["handwritten"], dice)


def _first_misread(text: str, dice: Dice) -> str:
    read = dict(FAMILY["tables"]["capitals"])
    letter = text[:1]
    other = read.get(plain(letter).upper(), letter)
    return (other if letter.isupper() else other.lower()) + text[1:]


def _cut_short(known: Identity, part: str, dice: Dice) -> Identity:
    def cut(text: str, dice: Dice) -> str:
        lengths = [length for length in FAMILY["lengths"][part] if length < len(text)]
        return text[: dice.pick(lengths)].rstrip(" -'") if lengths else text

    return of_text(cut)(known, part, dice)


def _without_vowels(text: str, dice: Dice) -> str:
    shorter = text[:1] + "".join(letter for letter in text[1:] if plain(letter) not in VOWELS)
    return shorter if len(shorter) > 2 else text


# -------------------------------------------------------------------------------------- names of two words


def _words(name: str) -> list[str]:
    """Split a name of several words; a particle belongs to the word after it."""
    words: list[str] = []
    particles: list[str] = []
    for word in re.split(r"[ -]", name):
        particles.append(word)
        if word[:1].isupper() and word.lower() not in FAMILY["tables"]["particles"]:
            words.append(" ".join(particles))
            particles = []
    return [*words, " ".join(particles)] if particles else words


def _sign(name: str) -> str:
    return "-" if "-" in name else " "


def _one_word(name: str, dice: Dice) -> str:
    words = _words(name)
    if len(words) < 2:
        return name
    return words[0] if dice.number() < 0.7 else words[-1]


def _other_order(name: str, dice: Dice) -> str:
    words = _words(name)
    return _sign(name).join(reversed(words)) if len(words) > 1 else name


def _joined(name: str, dice: Dice) -> str:
    words = _words(name)
    if len(words) < 2:
        return name
    other_sign = " " if _sign(name) == "-" else "-"
    return dice.pick([words[0] + "".join(words[1:]).lower(), other_sign.join(words)])


def _of_household(known: Identity, part: str, dice: Dice) -> Identity:
    others = [name for name in dice.child.surnames if name.casefold() != known.last.casefold()]
    return replace(known, last=dice.pick(others)) if known.last and others else known


def _initial(name: str, dice: Dice) -> str:
    return name[:1]


def _middle_first(known: Identity, part: str, dice: Dice) -> Identity:
    middle = dice.fullest.middle
    if len(middle) < 2 or not known.first:
        return known
    return replace(known, first=middle, middle=known.first if known.middle else "")


def _first_last(known: Identity, part: str, dice: Dice) -> Identity:
    if not known.first or not known.last:
        return known
    return replace(known, first=known.last, last=known.first)


# -------------------------------------------------------------------------------------------------- dates


def _on(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if day <= calendar.monthrange(year, month)[1] else None


def _nearby_year(day: date, dice: Dice) -> date | None:
    return _on(day.year + dice.pick((-1, 1)), day.month, day.day)


def _far_year(day: date, dice: Dice) -> date | None:
    return _on(day.year + dice.pick((-10, -5, -4, -3, -2, 2, 3, 4, 5, 10)), day.month, day.day)


def _nearby_month(day: date, dice: Dice) -> date | None:
    month = day.month + dice.pick((-1, 1))
    return _on(day.year, month, day.day) if 1 <= month <= 12 else None


def _far_month(day: date, dice: Dice) -> date | None:
    return _on(day.year, dice.pick([month for month in range(1, 13) if abs(month - day.month) > 1]), day.day)


def _days_off(day: date, dice: Dice) -> date | None:
    return day + timedelta(days=dice.pick((-3, -2, -1, -1, 1, 1, 2, 3)))


def _far_day(day: date, dice: Dice) -> date | None:
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=dice.pick([other for other in range(1, last + 1) if abs(other - day.day) > 3]))


def _day_first(day: date, dice: Dice) -> date | None:
    return _on(day.year, day.day, day.month) if day.day <= 12 else None


KINDS: Mapping[str, Kind] = {
    "spelled_by_ear": of_text(_by_ear),
    "handwriting_misread": of_text(_misread),
    "first_letter_misread": of_text(_first_misread),
    "cut_short": _cut_short,
    "vowels_dropped": of_text(_without_vowels),
    "one_of_two_surnames": of_text(_one_word),
    "surnames_in_other_order": of_text(_other_order),
    "two_names_joined": of_text(_joined),
    "surname_of_household": _of_household,
    "one_of_two_first_names": of_text(_one_word),
    "initial_only": of_text(_initial),
    "middle_name_first": _middle_first,
    "first_name_last": _first_last,
    "year_off_by_one": of_birth_date(_nearby_year),
    "year_off_by_more": of_birth_date(_far_year),
    "month_off_by_one": of_birth_date(_nearby_month),
    "another_month": of_birth_date(_far_month),
    "days_off": of_birth_date(_days_off),
    "another_day": of_birth_date(_far_day),
    "written_day_first": of_birth_date(_day_first),
}
