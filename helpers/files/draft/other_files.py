"""Guess whom a file is about from the values of the other files, where its own headers don't say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from helpers.files.draft.columns import Guess
from helpers.files.draft.layout_text import Kind
from helpers.files.draft.people import EMAIL, FEWEST, ID, ONE_TO_ONE, Ids, Known, share

__all__ = ["KnownValues", "identify_people", "known_values", "mark_possible_ids", "split_systems"]

MOST_ARE_KNOWN = 0.5  # of a column's different values
FEWEST_NUMBERS = 20  # different numbers of a column: fewer show no pattern
ONE_VALUE = 0.98  # of the people, have one value in a column that numbers them
BY_OTHERS = "its values are those of people in other files"
ASK = "whose number it is: state's, district's, or the system's own"


@dataclass
class KnownValues:
    """What the files say that name their people: names, whole names, birth dates and numbers."""

    names: dict[str, set[str]] = field(default_factory=lambda: {"first_name": set(), "last_surname": set()})
    people: set[str] = field(default_factory=set)
    born: set[pd.Timestamp] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)


def known_values(kinds: Iterable[Kind]) -> KnownValues:
    """Collect the values of people whom headers name."""
    known = KnownValues()
    for kind in kinds:
        people = kind.people
        if not people.named or kind.settings.get("header_row") == 0 or kind.role_of_all is not None:
            continue
        for wanted, values in known.names.items():
            if (column := people.column(wanted)) is not None:
                values |= set(kind.rows[column].dropna().str.casefold())
        known.people |= set(_whole_names(kind).dropna())
        if (column := people.column("birth_date")) is not None:
            known.born |= set(_days(kind.rows[column], kind.guesses[column]).dropna())
        for column in people.ids:
            known.numbers |= set(_plain(kind.rows[column]).dropna())
    return known


def _plain(values: pd.Series) -> pd.Series:
    return values.str.casefold().str.lstrip("0")


def _days(values: pd.Series, guess: Guess) -> pd.Series:
    """Read a column of days in the first of its formats that reads most of them."""
    found = [pd.to_datetime(values, format=one, errors="coerce") for one in guess.formats] or [
        values.mask(values.notna())
    ]
    return max(found, key=lambda days: int(days.notna().sum()))


def _tokens(text: str) -> str:
    """Reduce a name to its words in alphabetical order, without initials."""
    return " ".join(sorted(word for word in re.findall(r"[^\W\d_]+", text.casefold()) if len(word) > 1))


def _whole_names(kind: Kind) -> pd.Series:
    """Return the whole name of each row, as words in alphabetical order."""
    first, last, full = (kind.people.column(name) for name in ("first_name", "last_surname", "full_name"))
    if first is not None and last is not None:
        whole = kind.rows[first] + " " + kind.rows[last]
    elif full is not None:
        whole = kind.rows[full]
    else:
        return pd.Series(pd.NA, index=kind.rows.index, dtype="string")
    return whole.map(_tokens, na_action="ignore")


def identify_people(kind: Kind, known: KnownValues) -> None:
    """Find the columns with known people's numbers, names and birth dates, in a file that doesn't say."""
    people = kind.people
    school = people.column("school_id")
    if school is not None and _known_numbers(kind.rows[school].dropna().drop_duplicates(), known):
        # "Student School ID" is the number that the school has of her.
        del people.fields[school]
        people.ids[school] = Ids("Undeclared", BY_OTHERS, ASK)
    headless = kind.settings.get("header_row") == 0
    of_contacts = kind.role_of_all == "Guardian"
    if not (headless or of_contacts or not kind.names_people or people.local_id is None):
        return
    numbers: dict[str, float] = {}
    for name in kind.rows.columns:
        values = kind.rows[name].dropna().drop_duplicates()
        if len(values) < FEWEST:
            continue
        if part := _known_numbers(values, known):
            numbers[name] = part
        elif headless and name not in people.fields:
            found = _known_field(name, values, kind, known)
            if found is not None and people.column(found) is None:
                people.fields[name] = Known(found, BY_OTHERS, open=kind.guesses[name].open)
                people.left.pop(name, None)
    if not numbers:
        return
    if of_contacts:
        # The names are the contacts'; a row is about the child whose number it has.
        people.fields, people.ids = {}, {}
    for name in numbers:
        people.ids.setdefault(name, Ids("Undeclared", BY_OTHERS, ASK))
        people.fields.pop(name, None)
        people.left.pop(name, None)
    best = max(numbers, key=lambda name: (kind.rows[name].notna().sum(), numbers[name]))
    people.local_id = best
    filled = kind.rows[best].dropna()
    people.one_row_each = filled.nunique() >= ONE_TO_ONE * len(filled)


def _known_numbers(values: pd.Series, known: KnownValues) -> float:
    """Return the share of a column's values that are known numbers; 0 if they are no numbers of people."""
    texts = values.tolist()
    if len(texts) < FEWEST_NUMBERS or share(texts[:2000], ID.fullmatch) < ONE_TO_ONE or not known.numbers:
        return 0.0
    long_enough = values.str.len().median() > 3  # shorter numbers are equal by chance
    part = float(_plain(values).isin(known.numbers).mean()) if long_enough else 0.0
    return part if part >= MOST_ARE_KNOWN else 0.0


def _known_field(name: str, values: pd.Series, kind: Kind, known: KnownValues) -> str | None:
    """Return the field whose known values a column has."""
    if share(values.tolist()[:2000], EMAIL.fullmatch) >= ONE_TO_ONE:
        return "email"
    if kind.guesses[name].type in ("date", "datetime"):
        days = _days(values, kind.guesses[name]).dropna()
        return "birth_date" if len(days) and days.isin(known.born).mean() >= MOST_ARE_KNOWN else None
    folded = values.str.casefold()
    shares = {field_: float(folded.isin(texts).mean()) for field_, texts in known.names.items()}
    shares["full_name"] = float(values.map(_tokens).isin(known.people).mean())
    best = max(shares, key=lambda one: shares[one])
    return best if shares[best] >= MOST_ARE_KNOWN else None


def mark_possible_ids(kind: Kind) -> None:
    """Mark the columns whose values could number people: another system may have the same numbers."""
    people = kind.people
    if not kind.names_people:
        return
    whose = kind.rows[people.local_id] if people.local_id is not None else _whole_names(kind)
    for name in kind.rows.columns:
        if (
            name in people.fields
            or name in people.ids
            or kind.guesses[name].type not in ("string", "integer", "code")
        ):
            continue
        values = kind.rows[name].dropna()
        texts = values.drop_duplicates().tolist()
        if len(texts) < FEWEST_NUMBERS or share(texts[:2000], ID.fullmatch) < ONE_TO_ONE:
            continue
        if share(texts[:2000], lambda text: any(letter.isdigit() for letter in text)) < ONE_TO_ONE:
            continue
        pairs = pd.DataFrame({"whose": whose, "value": kind.rows[name]}).dropna().drop_duplicates()
        if len(pairs) and (pairs["whose"].value_counts() == 1).mean() >= ONE_VALUE:
            people.possible.append(str(name))


# --------------------------------------------------------------------------------------- systems of a folder


def split_systems(kinds: Sequence[Kind]) -> list[list[int]]:
    """Split the kinds of file in a folder into systems: those whose people have other ids are two.

    Kinds that name nobody, or few people, belong to the system of most files.
    """
    label = list(range(len(kinds)))
    ids = [_ids_with_names(kind) for kind in kinds]
    for at in range(len(kinds)):
        for other in range(at):
            if label[at] != label[other] and _are_tied(ids[at], ids[other]):
                old = label[at]
                label = [label[other] if one == old else one for one in label]
    groups: dict[int, list[int]] = {}
    for at, one in enumerate(label):
        if kinds[at].names_people and any(len(values) >= FEWEST_NUMBERS for values in ids[at].values()):
            groups.setdefault(one, []).append(at)
    systems = sorted(groups.values(), key=len, reverse=True) or [[]]
    systems[0] += sorted(set(range(len(kinds))) - {at for members in systems for at in members})
    return [sorted(one) for one in systems]


def _ids_with_names(kind: Kind) -> dict[str, pd.Series]:
    """Return each id column's values with the name that stands beside each, missing without names."""
    names = _whole_names(kind)
    found = {}
    for column in kind.people.ids:
        frame = pd.DataFrame({"id": kind.rows[column], "name": names}).dropna(subset=["id"])
        found[column] = frame.drop_duplicates("id").set_index("id")["name"]
    return found


def _are_tied(one: Mapping[str, pd.Series], other: Mapping[str, pd.Series]) -> bool:
    """Test whether two kinds share ids, and those with one id have one name."""
    for mine in one.values():
        for theirs in other.values():
            both = mine.index.intersection(theirs.index)
            if len(both) < max(FEWEST, MOST_ARE_KNOWN * min(len(mine), len(theirs))):
                continue
            named = pd.DataFrame({"one": mine[both], "other": theirs[both]}).dropna()
            if named.empty or named["one"].eq(named["other"]).mean() >= MOST_ARE_KNOWN:
                return True
    return False
