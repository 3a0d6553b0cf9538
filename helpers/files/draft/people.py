"""Guess whom a table is about, from its headers and values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from helpers.files.draft.columns import (
    DESCRIPTOR,
    Distinct,
    Guess,
    counted,
    has,
    head_words,
    heads_beside,
    named_fields,
    numbered_thing,
    whose,
    words_file,
)
from helpers.layouts import code_set

__all__ = ["Known", "People", "guess_people"]


MOST = 0.9  # of the distinct values that a field needs

NAMED = re.compile(r"[^@]*[^\W\d_][^@]*")  # a placeholder name may contain a number, or blanks
NAME = re.compile(r"[^\W\d_]+([ .,'’`-]+[^\W\d_]*)*", re.UNICODE)
SUFFIX = re.compile(r"(jr|sr|i{1,3}|iv|v)\.?", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LOGIN = re.compile(r"\S+")
POSTAL = re.compile(
    r"\d{5}(-?\d{4})?|\d{3,5}|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d|[A-Za-z]{1,2}\d[A-Za-z\d]? \d[A-Za-z]{2}"
)
CHILD_ALONE = (("student",), ("pupil",), ("child",), ("learner",))
GRADE_WORDS = re.compile(r"^(grade|gr\.?|year)\s*|\s*(grade|grader)$|(?<=\d)(st|nd|rd|th)\b")


@dataclass(frozen=True)
class Known:
    """A column guessed to be a person field: the field, the reason, its codes and open questions."""

    field: str
    why: str
    codes: Mapping[str, str] | str | None = None
    open: str = ""


def share(texts: Sequence[str], fits: Callable[[str], object]) -> float:
    """Return the share of texts that fit."""
    return sum(bool(fits(text)) for text in texts) / len(texts) if texts else 0.0


def _as_grade(text: str, words: Mapping[str, str]) -> str | None:
    plain = GRADE_WORDS.sub("", text.casefold().strip()).strip()
    if plain.isdecimal() and 1 <= int(plain) <= 12:
        return f"{int(plain):02d}"
    return "KG" if plain in ("0", "00") else words.get(plain)


def _codes(
    texts: Sequence[str], meaning: Callable[[str], str | None], counts: Distinct
) -> dict[str, str] | None:
    """Map words to meanings; None if too many are unknown, among both words and rows."""
    found = {text: meaning(text) for text in sorted(texts)}
    known = {text: word for text, word in found.items() if word is not None}
    enough = counts.enough(counts.share(lambda text: _plain(text) in known))
    return known if known and (enough or len(known) >= MOST * len(texts)) else None


def _plain(text: str) -> str:
    """Return a descriptor's code value; other texts unchanged."""
    return text.rpartition("#")[2] if DESCRIPTOR.fullmatch(text) else text


def _coded(field: str, why: str, codes: Mapping[str, str], counts: Distinct) -> Known:
    odd = sum(n for text, n in zip(counts.texts, counts.times, strict=True) if _plain(text) not in codes)
    unknown = f"{odd} of {counts.rows} {'has' if odd == 1 else 'have'} a word that isn't known: add it"
    return Known(field, why, codes, open=unknown if odd else "")


def _names_role(head: Sequence[str]) -> bool:
    """Return whether a header names a role, whatever its values."""
    declared = words_file()["fields"]["role"]
    return any(has(head, one) for one in declared["heads"] if one not in declared["by_values"])


def _roles(head: Sequence[str], texts: Sequence[str]) -> dict[str, str] | None:
    """Map the words of a role to meanings; add the roles that the file lacks, in its style."""
    words: Mapping[str, str] = words_file()["role"]
    found = {text: words.get(text.casefold().strip()) for text in sorted(texts)}
    if not any(found.values()) or len(texts) > 20:
        return None
    # A column "type" may be about anything, and one letter may mean many words.
    whole = [text for text in texts if found[text] in ("Student", "Staff") and len(text.strip()) > 1]
    if not _names_role(head) and not (whole and share(texts, found.get) >= MOST):
        return None
    codes = {text: word or "Unknown" for text, word in found.items()}
    style: Callable[[str], str] = str.lower
    if all(text.isupper() for text in texts):
        style = str.upper
    elif any(text[:1].isupper() for text in texts):
        style = str.title
    there = {text.casefold() for text in codes}
    if any(len(text) > 1 for text in texts):
        for word in words_file()["roles_to_expect"]["words"]:
            if word not in there:
                codes[style(word)] = words[word]
    return codes


def fits_field(
    name: str, kind: str, words: Sequence[str], texts: Sequence[str], guess: Guess, counts: Distinct
) -> Known | str:
    """Check a column as a person field; return the field, or why it doesn't fit."""
    why = "head and values say so"
    texts = [_plain(text) for text in texts]
    if kind == "name":
        pattern = NAMED if "name" in words else NAME
        if share(texts, lambda text: len(text) <= 60 and pattern.fullmatch(text)) < MOST:
            return "its values are no names"
        return Known(name, why)
    if kind == "full_name":
        if share(texts, lambda text: NAME.fullmatch(text.replace("(", "").replace(")", ""))) < MOST:
            return "its values are no names"
        if share(texts, lambda text: len(text.split()) > 1) < 0.6:
            return "its values are single words"
        things = (*words_file()["whose"]["thing"], "elementary", "high", "middle", "academy", "center")
        if share(texts, lambda text: any(word in things for word in text.casefold().split())) > 0.2:
            return "its values are names of things"
        return Known(name, why)
    if kind == "birth_date":
        if guess.type not in ("date", "datetime"):
            return "its values are no days"
        return Known(name, "the head says so, and its values are days", open=guess.open)
    if kind == "sex":
        meanings: Mapping[str, str] = words_file()["sex"]
        codes = _codes(texts, lambda text: meanings.get(text.casefold()), counts)
        return _coded(name, why, codes, counts) if codes else "its words for a sex are not known"
    if kind == "grade_level":
        named = code_set("grade_level")
        if all(text in named for text in texts):
            return Known(name, why, "grade_level")
        codes = _codes(texts, lambda text: _as_grade(text, words_file()["grade_level"]), counts)
        return _coded(name, why, codes, counts) if codes else "its values are no grades of a school"
    if kind == "role":
        roles = _roles(words, texts)
        if roles is None:
            return "its words for a role are not known" if _names_role(words) else ""
        odd = "; ".join(text for text, word in roles.items() if word == "Unknown")
        return Known(name, why, roles, open="say who is meant by the roles that are Unknown" if odd else "")
    if kind == "boolean":
        return Known(name, why) if guess.type == "boolean" else "its values are not yes and no"
    if kind == "year":
        return Known(name, why) if guess.type in ("year", "integer") else "its values are no years"
    patterns = {"email": EMAIL, "login": LOGIN, "postal_code": POSTAL, "suffix": SUFFIX}
    if kind in patterns:
        part = share(texts, patterns[kind].fullmatch)
        if kind == "login" and part >= MOST and share(texts, lambda text: " " in text) > 0.1:
            return "its values have blanks"
        meaning = words_file()["fields"][name]["meaning"].lower()
        return Known(name, why) if part >= MOST else f"its values aren't of the kind: {meaning}"
    if kind == "pin":
        part = share(texts, lambda text: text.isdigit() and 3 <= len(text) <= 10)
        return Known(name, why) if part >= MOST else "its values are no numbers to type"
    if kind == "telephone":
        part = share(texts, lambda text: 7 <= sum(letter.isdigit() for letter in text) <= 15)
        return Known(name, why) if part >= MOST else "its values are no telephone numbers"
    if kind == "school_id":
        part = share(texts, lambda text: " " not in text and any(letter.isdigit() for letter in text))
        flag = {*texts} <= {"0", "1"}
        return Known(name, why) if part >= MOST and not flag else "its values are no numbers of schools"
    if guess.type in ("boolean", "date", "datetime", "time"):
        return f"its values are of type {guess.type}"
    if not share(texts, lambda text: any(letter.isalpha() for letter in text)) >= 0.5:
        return "its values are no words"
    names = counts.share(lambda text: sum(letter.isalpha() for letter in text) > 1)
    return Known(name, why) if name != "school_name" or names >= 0.5 else "most of its values are no names"


ONE_TO_ONE = 0.95
NAMESAKES = 0.7  # two children may share a name; below this share, it is no id of a person
FEWEST = 5  # persons needed before comparing ids with names is worth anything

ID = re.compile(r"[^\s@]{1,64}|[A-Za-z]{1,3} \d{3,}")  # a card's number: P 107262


@dataclass(frozen=True)
class Ids:
    """A column with a person's id: its system, the reason and open questions."""

    system: str
    why: str
    open: str = ""


@dataclass
class People:
    """Whom a table is about."""

    # Column -> the person field it contains.
    fields: dict[str, Known] = field(default_factory=dict)
    # Column -> the system of its ids.
    ids: dict[str, Ids] = field(default_factory=dict)
    # The column that best identifies persons; None if none does.
    local_id: str | None = None
    # Column -> why it isn't used, although its header suggests a person.
    left: dict[str, str] = field(default_factory=dict)
    # Columns that may be ids of these people, although their headers suggest something else.
    perhaps: list[str] = field(default_factory=list)
    # Columns whose values could number people: only links compare them with those of other systems.
    possible: list[str] = field(default_factory=list)
    # Whether each row is one person; None if persons can't be identified.
    one_row_each: bool | None = None

    def column(self, name: str) -> str | None:
        """Return the column of a field."""
        return next((column for column, known in self.fields.items() if known.field == name), None)

    @property
    def whole_names(self) -> bool:
        """Whether it has whole names, rather than first names or surnames only."""
        both = self.column("first_name") is not None and self.column("last_surname") is not None
        return both or self.column("full_name") is not None

    @property
    def named(self) -> bool:
        """Whether the table has names."""
        return any(self.column(name) for name in ("first_name", "last_surname", "full_name"))


def _persons(rows: pd.DataFrame, people: People) -> pd.Series | None:
    """Build a key of name and birth date per row; None without names."""
    names = [people.column(name) for name in ("first_name", "last_surname", "full_name", "birth_date")]
    there = [name for name in names if name is not None]
    # A birth date missing in some rows of a person would split the person.
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
    """Measure how close ids and persons are to one-to-one; also count the persons."""
    pairs = pd.DataFrame({"id": ids, "person": persons}).dropna().drop_duplicates()
    if pairs.empty:
        return 0.0, 0.0, 0
    n_ids, n_persons = pairs["id"].nunique(), pairs["person"].nunique()
    return n_ids / len(pairs), n_persons / len(pairs), n_persons


def _stands_for_one(values: pd.Series, persons: pd.Series | None) -> bool:
    """Return whether values and names correspond one to one."""
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
    """Decide whether a column is a person's id; explain when its header suggests one but its values don't."""
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
    """Guess whom a table is about."""
    people = People()
    _find_fields(rows, guesses, people)
    _doubt_bare_name(people, system_words)
    _leave_out_contacts(people, rows, system_words)
    persons = _persons(rows, people)
    for name in rows.columns:
        if name in people.fields:
            continue
        words = head_words(str(name))
        what = numbered_thing(words)
        only_person = len(words) == 1 and words[0] in words_file()["whose"]["person"]
        if what is None and (only_person or _carries_number(words)):
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
    """Accept a "Name" as a person's only if something else in the table suggests persons."""
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
    of_person = any(known.field in of_persons for known in people.fields.values())
    if not of_person and not any(word in about["person"] + about["other"] for word in system_words):
        del people.fields[column]
        people.left[column] = "nothing else says that it is a person's"


def _leave_out_contacts(people: People, rows: pd.DataFrame, system_words: Sequence[str]) -> None:
    """Leave out names, addresses and telephones of a child's contacts.

    A table is of contacts if it says how somebody is related to the child, or if its file's name says so and
    a column has a child's number.
    """
    about = words_file()["contacts"]
    heads = [head_words(str(name)) for name in rows.columns]
    of_child = any(
        words[-1:] == ("id",) or words in CHILD_ALONE for words in heads if whose(words) == "person"
    )
    related = any(word in words for words in heads for word in about["heads"])
    if not related and not (of_child and any(word in about["files"] for word in system_words)):
        return
    for name in list(people.fields):
        if whose(head_words(name)) != "person":
            del people.fields[name]
            people.left[name] = "the table says how somebody is related to the child: it may be that person's"


def _carries_number(words: Sequence[str]) -> bool:
    """Return whether a header is a person's card or barcode number, which many systems use as an id."""
    return whose(words) == "person" and words[-1] in words_file()["ids"]["cards"]


def _of_persons(words: Sequence[str], rows: pd.DataFrame) -> bool:
    """Return whether a "local id" identifies persons in a file without names: it has no name of a thing."""
    if not any(word in words_file()["ids"]["of_persons"] for word in words):
        return False
    things = words_file()["whose"]["thing"]
    heads = [head_words(str(name)) for name in rows.columns]
    return not any(
        words[-1] in ("name", "title") and (len(words) == 1 or words[0] in things) for words in heads
    )


def _find_fields(rows: pd.DataFrame, guesses: Mapping[str, Guess], people: People) -> None:
    """Assign each field the column that names it best and has fitting values."""
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
    """Choose the id that the system itself uses to identify persons."""
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
