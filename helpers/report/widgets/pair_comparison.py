"""Compare two records letter by letter."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from helpers.link import BETWEEN, FIELDS
from helpers.standard import Measured

__all__ = ["compared", "pair_comparison"]


Part = tuple[str, bool]
# If texts have less than half in common, single equal letters mean nothing.
ALIKE = 0.5


@dataclass(frozen=True)
class Compared:
    """Two values as shown: parts of text, each with whether it differs, and a verdict."""

    left: tuple[Part, ...]
    right: tuple[Part, ...]
    verdict: str


def compared(left: str, right: str) -> Compared:
    """Compare two values as written.

    >>> compared("Lopez", "Lopes")
    Compared(left=(('Lope', False), ('z', True)), right=(('Lope', False), ('s', True)), verdict='differs')
    """
    if not left or not right:
        verdict = "neither has it" if left == right else f"only on the {'left' if left else 'right'}"
        return Compared(_whole(left, False), _whole(right, False), verdict)
    if left == right:
        return Compared(_whole(left, False), _whole(right, False), "same")
    verdict = "written differently" if _folded(left) == _folded(right) else "differs"
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < ALIKE:
        return Compared(_whole(left, True), _whole(right, True), verdict)
    one: list[Part] = []
    other: list[Part] = []
    for tag, begin, end, first, last in matcher.get_opcodes():
        one += _whole(left[begin:end], tag != "equal")
        other += _whole(right[first:last], tag != "equal")
    return Compared(tuple(one), tuple(other), verdict)


def _whole(text: str, differs: bool) -> tuple[Part, ...]:
    return ((text, differs),) if text else ()


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if letter.isalnum())


_LABELS = {
    "last_surname": "surname",
    "generation_code_suffix": "suffix",
    "preferred_last_surname": "preferred surname",
    "full_name": "name in one cell",
    "grade_level": "grade",
    "ids": "numbers",
    "street_number_name": "street",
    "city": "town",
    "email": "e-mail",
}
# The second reading of a birth date is next to the first.
_WITHIN_ANOTHER = ("birth_date_other",)


@dataclass(frozen=True)
class FieldComparison:
    """One line: name of the field, and both values."""

    label: str
    values: Compared


@dataclass(frozen=True)
class PairComparison:
    """A pair as text: its systems, their values, why it needs review, and the gain of a yes."""

    systems: tuple[str, str]
    known_in: tuple[str, str]
    fields: tuple[FieldComparison, ...]
    namesakes: tuple[str, ...]
    evidence: str
    chance: str
    gain: str


def pair_comparison(pair: pd.Series, systems: Mapping[str, str]) -> PairComparison:
    """Describe one row of the review queue."""
    lines = []
    for field in FIELDS:
        if field not in _WITHIN_ANOTHER:
            left, right = _text(pair, "left", field), _text(pair, "right", field)
            label = _LABELS.get(field, field.replace("_", " "))
            if field == "ids" and ";" not in left + right and left.split(" ")[0] == right.split(" ")[0]:
                label = f"{left.split(' ')[0]} number".replace("Number number", "number")
                left, right = left.partition(" ")[2], right.partition(" ")[2]
            lines.append(FieldComparison(label, compared(left, right)))
    return PairComparison(
        systems=(_system(pair, "left", systems), _system(pair, "right", systems)),
        known_in=(_known_in(pair, "left", systems), _known_in(pair, "right", systems)),
        fields=tuple(line for line in lines if line.values.verdict != "neither has it"),
        namesakes=_namesakes(pair, systems),
        evidence=str(pair["evidence"]),
        chance=_chance(pair["probability"]),
        gain=_gain(pair),
    )


def _value(pair: pd.Series, name: str) -> object:
    value = pair.get(name)
    return None if value is None or pd.isna(value) else value


def _text(pair: pd.Series, side: str, field: str) -> str:
    value = _value(pair, f"{side}_{field}")
    if value is None:
        return ""
    if isinstance(value, pd.Timestamp):
        other = _value(pair, f"{side}_{field}_other")
        day = f"{value:%Y-%m-%d}"
        return f"{day} or {other:%Y-%m-%d}" if isinstance(other, pd.Timestamp) else day
    text = str(value)
    return text.lstrip("0") or text if field == "grade_level" else text


def _system(pair: pd.Series, side: str, systems: Mapping[str, str]) -> str:
    silo = str(pair[f"{side}_silo"])
    return systems.get(silo, silo)


def _known_in(pair: pd.Series, side: str, systems: Mapping[str, str]) -> str:
    silos = str(pair[f"{side}_systems"]).split("; ")
    own = str(pair[f"{side}_silo"])
    others = [systems.get(silo, silo) for silo in silos if silo != own]
    return ", ".join(others) if others else "no other system"


def _namesakes(pair: pd.Series, systems: Mapping[str, str]) -> tuple[str, ...]:
    """Name other people with the same name, after the system that lists them."""
    namesakes = _value(pair, "namesakes")
    if namesakes is None:
        return ()
    parts = [text.partition(": ") for text in str(namesakes).split(BETWEEN)]
    return tuple(f"{systems.get(silo, silo)}: {rest}" if rest else silo for silo, _, rest in parts)


def _chance(probability: object) -> str:
    if probability is None or pd.isna(probability):  # type: ignore[call-overload]
        return "A rule leaves this decision to a person. Nothing shows how likely a match is."
    # Cut off, not rounded: none that is put to a person is certain.
    likely = Measured("likely_of_100", math.floor(100 * float(probability)))  # type: ignore[arg-type]
    return f"By the model, {likely:count}, if errors are like those of invented districts."


def _gain(pair: pd.Series) -> str:
    gained = Measured("question_pairs", int(pair["pairs_gained"]))
    if not gained:
        return "Other records already link both to one child. A no separates them."
    joined = Measured("question_records", int(pair["records_joined"]))
    return f"A yes links {joined:count} to one child: {gained:count} would be linked."
