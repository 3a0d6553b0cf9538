"""Whom a table is about: fields of a person, ids and roles, by the words of heads and by the values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from helpers.files.start.guess import Guess, counted
from helpers.files.start.header_words import (
    head_words,
    heads_beside,
    named_fields,
    numbered_thing,
    whose,
    words_file,
)
from helpers.files.start.person_fields import MOST, Known, fits_field, share

__all__ = ["Ids", "People", "guess_people"]

ONE_TO_ONE = 0.95
NAMESAKES = 0.7  # two children of one name are two ids; more than that is no id of a person
FEWEST = 5  # persons that make a correspondence of ids and names worth anything

ID = re.compile(r"[^\s@]{1,64}|[A-Za-z]{1,3} \d{3,}")  # a card's number: P 107262


@dataclass(frozen=True)
class Ids:
    """A column that holds a person's id: whose number it is, why, and what is open about it."""

    system: str
    why: str
    open: str = ""


@dataclass
class People:
    """Whom a table is about.

    Attributes
    ----------
    fields
        Column -> what it says of the person.
    ids
        Column -> whose number it is.
    local_id
        The column that tells persons apart best; None where none does.
    left
        Column -> why it was not taken, although its head speaks of a person.
    perhaps
        Columns that may be ids of these people, although their heads speak of something else.
    one_row_each
        Whether a row is a person; None where nobody can be told apart.
    """

    fields: dict[str, Known] = field(default_factory=dict)
    ids: dict[str, Ids] = field(default_factory=dict)
    local_id: str | None = None
    left: dict[str, str] = field(default_factory=dict)
    perhaps: list[str] = field(default_factory=list)
    one_row_each: bool | None = None

    def column(self, name: str) -> str | None:
        """Give the column of a field."""
        return next((column for column, known in self.fields.items() if known.field == name), None)

    @property
    def whole_names(self) -> bool:
        """Whether it has whole names, not first names or surnames only."""
        both = self.column("first_name") is not None and self.column("last_surname") is not None
        return both or self.column("full_name") is not None

    @property
    def named(self) -> bool:
        """Whether the table has names."""
        return any(self.column(name) for name in ("first_name", "last_surname", "full_name"))


def _persons(rows: pd.DataFrame, people: People) -> pd.Series | None:
    """Give one text a row that stands for its person's name and birth date; None where there are no names."""
    names = [people.column(name) for name in ("first_name", "last_surname", "full_name", "birth_date")]
    there = [name for name in names if name is not None]
    # A birth date that some rows of a person leave out would make two of one.
    there = [name for name in there if name != names[-1] or rows[name].notna().mean() >= MOST]
    if not people.named:
        return None
    parts = [rows[name].fillna("").str.casefold() for name in there]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + "\x1f" + part
    blank = rows[there[0]].isna()
    return joined.mask(blank)


def _correspond(ids: pd.Series, persons: pd.Series) -> tuple[float, float, int]:
    """Say how nearly an id is of one person, and a person of one id; and how many persons there are."""
    pairs = pd.DataFrame({"id": ids, "person": persons}).dropna().drop_duplicates()
    if pairs.empty:
        return 0.0, 0.0, 0
    n_ids, n_persons = pairs["id"].nunique(), pairs["person"].nunique()
    return n_ids / len(pairs), n_persons / len(pairs), n_persons


def _stands_for_one(values: pd.Series, persons: pd.Series | None) -> bool:
    """Say whether each value stands with one name, and each name with one value."""
    if persons is None or values.dropna().nunique() < FEWEST:
        return False
    return min(_correspond(values, persons)[:2]) >= ONE_TO_ONE


def _id_of(
    name: str,
    what: str,
    values: pd.Series,
    persons: pd.Series | None,
    guess: Guess,
    *,
    born: bool,
    whole_names: bool,
) -> Ids | str | None:
    """Decide whether a column holds a person's id; a sentence where its head says so and its values don't."""
    texts = values.dropna().drop_duplicates().tolist()
    if not texts:
        return "it is empty" if what == "person" else None
    if guess.type in ("date", "datetime", "time", "boolean", "number") or "[]" in name:
        return f"its values are of type {guess.type}" if what == "person" else None
    if share(texts, ID.fullmatch) < MOST or share(texts, lambda text: re.search(r"\d", text)) < 0.5:
        return "its values are no numbers" if what == "person" else None
    filled = int(values.notna().sum())
    if len(texts) == 1 and filled >= 10 and (persons is None or persons.nunique() > 1):
        return "it is the same in every row" if what == "person" else None
    ask = "whose number it is: state's, district's, or the system's own"
    if persons is None or not persons.notna().any():
        if what == "bare" and born and len(texts) == filled:
            return Ids("Undeclared", "a row is somebody with a birth date, and this is the row's id", ask)
        if what != "person":
            return None
        return Ids(
            "Undeclared", "the head says so, and its values are ids; there are no names to compare with", ask
        )
    of_one, has_one, count = _correspond(values, persons)
    if not whole_names:
        has_one = 1.0  # many children are called Ana
    tells = of_one >= ONE_TO_ONE and has_one >= NAMESAKES
    if what == "person":
        if of_one >= 0.8 and has_one >= 0.5:
            return Ids("Undeclared", "the head says so, and each stands with one name only", ask)
        return "its head says an id, but several names stand with one, or several with one name"
    if not tells:
        return None
    with_id = int((persons.notna() & values.notna()).sum())
    row_is_person = len(texts) >= ONE_TO_ONE * filled and count >= ONE_TO_ONE * with_id
    if what == "bare":
        return (
            Ids("Undeclared", "a row is a person, and this is the row's id", ask) if row_is_person else None
        )
    if what in ("qualified", "unknown") and (count >= FEWEST or what == "qualified"):
        return Ids("Undeclared", "each stands with one name only", ask)
    return None


def guess_people(rows: pd.DataFrame, guesses: Mapping[str, Guess], system_words: Sequence[str]) -> People:
    """Guess whom a table is about.

    Parameters
    ----------
    rows
        Trimmed text; missing where empty.
    guesses
        What each column's values are.
    system_words
        Words of the folder's and the file's name: the system's own id carries its name.

    Returns
    -------
    People
        Fields, ids and the local id.
    """
    people = People()
    _find_fields(rows, guesses, people)
    _doubt_bare_name(people, system_words)
    persons = _persons(rows, people)
    for name in rows.columns:
        if name in people.fields:
            continue
        words = head_words(str(name))
        what = numbered_thing(words)
        if what is None and (_only_person(words) or _carries_number(words)):
            what = "person"
        if what == "qualified" and persons is None and _of_persons(words, rows):
            what = "person"
        if what in (None, "other", "thing"):
            if any(word in words_file()["ids"]["perhaps"] for word in words):
                people.perhaps += [str(name)] if _stands_for_one(rows[name], persons) else []
            continue
        born = people.column("birth_date") is not None
        found = _id_of(
            str(name),
            str(what),
            rows[name],
            persons,
            guesses[name],
            born=born,
            whole_names=people.whole_names,
        )
        if isinstance(found, Ids):
            people.ids[name] = found
            people.left.pop(name, None)
        elif found is not None:
            people.left[name] = found
    for name, known in people.fields.items():
        system = words_file()["fields"][known.field].get("identification_system")
        if system is None:
            continue
        of_one = 1.0 if persons is None else _correspond(rows[name], persons)[0]
        if of_one >= 0.8:
            people.ids[name] = Ids(system, known.why)
        else:
            people.left[name] = "several names stand with one: it may be a parent's, or the family's"
    for name in [name for name in people.left if name in people.fields]:
        del people.fields[name]
    people.local_id = _local_id(rows, people, persons, system_words)
    if people.local_id is not None:
        filled = rows[people.local_id].dropna()
        people.one_row_each = filled.nunique() >= ONE_TO_ONE * len(filled)
    elif persons is not None:
        people.one_row_each = persons.nunique() >= ONE_TO_ONE * int(persons.notna().sum())
    return people


def _doubt_bare_name(people: People, system_words: Sequence[str]) -> None:
    """Take a "Name" for a person's only where something else in the table speaks of persons."""
    column = people.column("full_name")
    about = words_file()["whose"]
    if column is None or whose(head_words(column)) == "person":
        return
    of_persons = {
        "birth_date",
        "sex",
        "grade_level",
        "email",
        "login",
        "role",
        "graduation_year",
        "telephone",
    }
    told = any(known.field in of_persons for known in people.fields.values())
    if not told and not any(word in about["person"] + about["other"] for word in system_words):
        del people.fields[column]
        people.left[column] = "nothing else says that it is a person's"


def _only_person(words: Sequence[str]) -> bool:
    return len(words) == 1 and words[0] in words_file()["whose"]["person"]


def _carries_number(words: Sequence[str]) -> bool:
    """Say whether a head is of a person's card or barcode, which many systems number people by."""
    return whose(words) == "person" and words[-1] in words_file()["ids"]["cards"]


def _of_persons(words: Sequence[str], rows: pd.DataFrame) -> bool:
    """Say whether a "local id" is a person's in a file without names: nothing in it names a thing."""
    if not any(word in words_file()["ids"]["of_persons"] for word in words):
        return False
    things = words_file()["whose"]["thing"]
    heads = [head_words(str(name)) for name in rows.columns]
    return not any(
        words[-1] in ("name", "title") and (len(words) == 1 or words[0] in things) for words in heads
    )


def _find_fields(rows: pd.DataFrame, guesses: Mapping[str, Guess], people: People) -> None:
    """Give each field the column that names it best and whose values bear it out."""
    offers: list[tuple[int, int, int, str, str]] = []
    words_of = heads_beside([str(name) for name in rows.columns])
    for place, name in enumerate(rows.columns):
        if "[]" in str(name) or re.search(r"\[\d+\]", str(name)):
            continue
        for rank, (wanted, rest) in enumerate(named_fields(words_of[str(name)])):
            offers.append((rest, rank, place, str(name), wanted))
    for _, _, _, name, wanted in sorted(offers):
        if name in people.fields or people.column(wanted) is not None:
            continue
        if wanted == "full_name" and people.column("first_name") and people.column("last_surname"):
            continue
        counts = counted(rows[name])
        texts = counts.texts[:5000]
        if not texts:
            people.left.setdefault(name, "it is empty")
            continue
        found = fits_field(
            wanted, words_file()["fields"][wanted]["values"], words_of[name], texts, guesses[name], counts
        )
        if isinstance(found, Known):
            people.fields[name] = found
            people.left.pop(name, None)
        elif found:
            people.left.setdefault(name, found)
    first = people.column("full_name")
    if first and people.column("first_name") and people.column("last_surname"):
        del people.fields[first]


def _local_id(
    rows: pd.DataFrame, people: People, persons: pd.Series | None, system_words: Sequence[str]
) -> str | None:
    """Choose the id by which the system itself tells persons apart."""
    best: tuple[float, ...] | None = None
    chosen = None
    for place, (name, ids) in enumerate(people.ids.items()):
        values = rows[name]
        if not values.notna().any():
            continue
        words = head_words(name)
        of_one, has_one = (1.0, 1.0) if persons is None else _correspond(values, persons)[:2]
        own = any(word in system_words for word in words if word not in ("user", "student", "id", "name"))
        elsewhere = any(
            word in ("state", "district", "sis", "unique", "parent", "national") for word in words
        )
        rank = (
            float(round(values.notna().mean(), 2) >= 0.98),
            float(of_one >= ONE_TO_ONE and has_one >= NAMESAKES),
            float(ids.system == "Undeclared"),
            float(own),
            float(not elsewhere),
            float(ids.system == "Login"),
            round(float(values.notna().mean()), 2),
            -float(place),
        )
        if best is None or rank > best:
            best, chosen = rank, name
    return chosen
