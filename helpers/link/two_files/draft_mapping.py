"""Draft a mapping from a file's headers and values.

Columns that only distinguish rows (row ids, cluster numbers, keys with the true answer) are never used as
evidence: they describe no person, or reveal what nobody could know. A person may still map them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache

import pandas as pd

from helpers.files import head_words, numbered_thing, words_file
from helpers.link.two_files.mapping import FIELDS, SideMapping, Source, fields
from helpers.link.two_files.persons import guess_formats
from helpers.link.values.name_variants import formal_names, is_known
from helpers.link.values.names import fold

__all__ = ["AN_ANSWER", "AN_ID", "A_ROW_NUMBER", "draft_side"]

AN_ANSWER = "it looks like the answer (which rows belong together) or a program's key, so it is no evidence"
A_ROW_NUMBER = "it numbers rows and describes no person"
AN_ID = "it is an id of its own file: map it as local_id if both files took it from one system"

MOST = 0.8  # share of a column's filled cells that must look like the field's
LOOKED_AT = 3_000  # cells of a column
KNOWN_NAMES = 0.4  # share of known first names that makes a column without a header a first name

# Words that say nothing when they accompany a field's own.
NEUTRAL = frozenset(
    "address addr res residence residential residency home mailing mail primary current fake std standard "
    "standardised standardized clean cleaned orig original raw new full text txt str string code value field "
    "col column c left right a b l r x y 1 one of the person student pupil child patient voter customer "
    "client member user participant subject legal own p real desc description number no dt cd line".split()
)
# Second columns of one field: "first name 2" is a further first name.
FURTHER = frozenset(("2", "3", "two", "second"))
OF_OTHERS = frozenset("employer spouse dependent baby informant partner husband wife son daughter".split())
# Words for columns with the answer of an exercise, or with keys from a program.
ANSWERS = frozenset(
    "cluster clusters ent entity entities identity truth label labels match matches gold golden".split()
)
PROGRAMS = frozenset("group true key simulant duplicate dup original uid guid household family".split())
ROW_WORDS = frozenset(
    "rec record row index idx id unique unnamed serial line sequence seq number uuid pk".split()
)
SPELLED_OUT = {
    "fn": ("first", "name"), "gn": ("first", "name"), "ln": ("last", "name"), "sn": ("last", "name"),
    "mn": ("middle", "name"), "recid": ("rec", "id"), "entid": ("ent", "id"), "rowid": ("row", "id"),
    "rid": ("rec", "id"), "uid": ("unique", "id"), "mon": ("month",),
    "mth": ("month",),
    "pername": ("person", "name"), "freetext": ("text",),
    "clusterid": ("cluster", "id"), "personid": ("person", "id"),
}  # fmt: skip
NAME = re.compile(r"[^\W\d_]+([ .,'’`()/-]+[^\W\d_]*)*")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
POSTAL = re.compile(r"(?=.*\d)[A-Za-z0-9]{2,5}([ -]?[A-Za-z0-9]{2,5})?")


def draft_side(rows: pd.DataFrame) -> SideMapping:
    """Propose which column has which field."""
    names = [str(name) for name in rows.columns]
    words = _without_prefix([_words(name) for name in names])
    distinct = {name: _some(rows[name].dropna()) for name in names}
    offers: list[tuple[int, int, str, str]] = []
    mapping = SideMapping()
    for place, (name, name_words) in enumerate(zip(names, words, strict=True)):
        if len(rows) and not len(distinct[name]):
            mapping.left_out[name] = "it is empty"
            continue
        for field, extra in _named(name_words):
            # Without any rows, only the header counts.
            if not len(rows) or _looks(field, distinct[name]):
                offers.append((extra, place, name, field))
    taken: dict[str, str] = {}
    for _extra, _, name, field in sorted(offers):
        if name in taken:
            continue
        if field not in taken.values():
            taken[name] = field
        elif fields()[field].values == "id":
            taken[name] = field
    further = {}
    for name, name_words in zip(names, words, strict=True):
        part_of = _further(name_words)
        if name not in taken and part_of is not None and part_of in taken.values():
            further[name] = part_of
    _by_values(rows, names, words, distinct, taken, further)
    _drop_covered(taken)
    for field in FIELDS:
        columns = [name for name in names if taken.get(name) == field]
        columns += [name for name in names if further.get(name) == field and name not in columns]
        if not columns:
            continue
        formats = guess_formats(rows[columns[0]]) if fields()[field].values == "date" else None
        mapping.sources[field] = Source(
            tuple(columns if fields()[field].values in ("name", "words", "id") else columns[:1]),
            formats.formats if formats else (),
            "day and month can be exchanged in every value" if formats and formats.doubtful else "",
        )
    used = {column for source in mapping.sources.values() for column in source.columns}
    for name, name_words in zip(names, words, strict=True):
        if name not in used and name not in mapping.left_out:
            mapping.left_out[name] = _why_not(name_words, distinct[name])
    return mapping


def _words(head: str) -> tuple[str, ...]:
    """Split a header into words, expanding abbreviations of this field."""
    return tuple(part for word in head_words(head) for part in SPELLED_OUT.get(word, (word,)))


def _some(cells: pd.Series) -> pd.Series:
    return cells.iloc[:: max(1, -(-len(cells) // LOOKED_AT))]


def _without_prefix(heads: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Remove a word that most headers begin with (voter_first_name, voter_last_name)."""
    begun = Counter(head[0] for head in heads if len(head) > 1)
    if not begun or len(heads) < 3:
        return list(heads)
    word, times = begun.most_common(1)[0]
    if times < 0.7 * len(heads) or word in ("first", "last", "birth", "street", "name"):
        return list(heads)
    return [head[1:] if head[:1] == (word,) and len(head) > 1 else head for head in heads]


@cache
def _phrases() -> list[tuple[tuple[str, ...], str]]:
    return [(tuple(head.split()), field.name) for field in fields().values() for head in field.heads]


def _about_others(words: Sequence[str]) -> bool:
    others = words_file()["whose"]["other"]
    return any((word in others and word != "family") or word in OF_OTHERS for word in words)


def _named(words: tuple[str, ...]) -> list[tuple[str, int]]:
    """List the fields that a header may be, with the number of neutral words."""
    if not words or _about_others(words):
        return []
    found: dict[str, int] = {}
    for phrase, field in _phrases():
        rest = _rest(words, phrase)
        if rest is None or any(word not in NEUTRAL for word in rest):
            continue
        found[field] = min(found.get(field, 99), len(rest))
    return sorted(found.items(), key=lambda one: one[1])


def _rest(words: Sequence[str], phrase: Sequence[str]) -> list[str] | None:
    """Return the words of a header that remain without a phrase."""
    for start in range(len(words) - len(phrase) + 1):
        if tuple(words[start : start + len(phrase)]) == tuple(phrase):
            return [*words[:start], *words[start + len(phrase) :]]
    return None


def _further(words: tuple[str, ...]) -> str | None:
    """Return the name field that a column continues: fname_c2 after fname_c1."""
    if not any(word in FURTHER for word in words):
        return None
    named = _named(tuple(word for word in words if word not in FURTHER))
    return next((field for field, _ in named if fields()[field].values == "name"), None)


def _share(texts: pd.Series, fits: Callable[[str], object]) -> float:
    return sum(bool(fits(text)) for text in texts) / len(texts) if len(texts) else 0.0


def _whole(low: int, high: int) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        plain = text.removesuffix(".0")
        return plain.isdecimal() and low <= int(plain) <= high

    return fits


@cache
def _sexes() -> frozenset[str]:
    return frozenset((*words_file()["sex"], "1", "2", "0", "fem", "masc", "h", "v"))


def _looks(field: str, texts: pd.Series) -> bool:
    """Return whether values look like those of a field."""
    values = fields()[field].values
    if values == "date":
        return guess_formats(texts) is not None
    tests: dict[str, Callable[[str], object]] = {
        "name": lambda text: len(text) <= 80 and any(sign.isalpha() for sign in text) and "@" not in text,
        "year": _whole(1850, 2100),
        "month": lambda text: _whole(1, 12)(text) or text[:3].isalpha(),
        "day": _whole(1, 31),
        "age": _whole(0, 125),
        "sex": lambda text: text.casefold() in _sexes(),
        "words": lambda text: any(sign.isalpha() for sign in text) and "@" not in text,
        "number": lambda text: len(text) <= 12,
        "postcode": lambda text: POSTAL.fullmatch(text.removesuffix(".0")),
        "telephone": lambda text: 5 <= sum(sign.isdigit() for sign in text) <= 18,
        "e_mail": EMAIL.fullmatch,
        "id": lambda text: any(sign.isdigit() for sign in text) and len(text) <= 40,
        "any": lambda text: len(text) <= 120,
    }
    return _share(texts, tests[values]) >= MOST


def _by_values(
    rows: pd.DataFrame,
    names: Sequence[str],
    words: Sequence[tuple[str, ...]],
    distinct: dict[str, pd.Series],
    taken: dict[str, str],
    further: dict[str, str],
) -> None:
    """Recognize columns with uninformative headers by their values; extends `taken`."""
    fields_taken = set(taken.values())
    silent = {
        name: distinct[name]
        for name, name_words in zip(names, words, strict=True)
        if name not in taken
        and name not in further
        and len(distinct[name])
        and not _about_others(name_words)
        and all(word in NEUTRAL or word.isdecimal() or len(word) == 1 or word == "var" for word in name_words)
    }
    for name, texts in silent.items():
        if "e_mail" not in fields_taken and _share(texts, EMAIL.fullmatch) >= MOST:
            field = "e_mail"
        elif (
            "sex" not in fields_taken
            and 1 < texts.nunique() <= 6
            and _share(texts, lambda text: text.casefold() in words_file()["sex"]) == 1.0
        ):
            field = "sex"
        elif (
            not fields_taken & {"birth_date", "birth_year"}
            and len(texts) > 5
            and guess_formats(texts) is not None
            and _share(texts, _whole(1850, 2100)) < MOST
        ):
            field = "birth_date"
        else:
            continue
        taken[name] = field
        fields_taken.add(field)
    if fields_taken & {"given_name", "family_name", "full_name"}:
        return
    letters = [
        name
        for name, texts in silent.items()
        if name not in taken and texts.nunique() > 1 and _share(texts, NAME.fullmatch) >= 0.9
    ]
    known = {name: _share(distinct[name], _is_first_name) for name in letters}
    first = max(known, key=lambda name: known[name], default=None)
    if first is None or known[first] < KNOWN_NAMES:
        return
    taken[first] = "given_name"
    others = [name for name in letters if name != first and distinct[name].nunique() > 2]
    if others:
        near = min(others, key=lambda name: (abs(names.index(name) - names.index(first)), -names.index(name)))
        taken[near] = "family_name"


def _is_first_name(text: str) -> bool:
    folded = fold(text)
    return is_known(folded) or len(formal_names(folded)) > 1


def _drop_covered(taken: dict[str, str]) -> None:
    """Drop fields that another column covers better; changes `taken`."""
    there = set(taken.values())

    def drop(*gone: str) -> None:
        for name in [name for name, field in taken.items() if field in gone]:
            del taken[name]

    if {"given_name", "family_name"} <= there:
        drop("full_name")
    if "birth_date" in there:
        drop("birth_year", "birth_month", "birth_day", "age")
    elif "birth_year" in there:
        drop("age")
    if "birth_date" not in there and "birth_year" not in there:
        drop("birth_month", "birth_day")


def _why_not(words: Sequence[str], texts: pd.Series) -> str:
    """Explain why a column was left out."""
    if _about_others(words):
        return "it describes somebody else"
    if set(words) & ANSWERS or (set(words) & PROGRAMS and numbered_thing(tuple(words)) is not None):
        return AN_ANSWER
    if words and set(words) <= ROW_WORDS:
        return A_ROW_NUMBER
    named = _named(tuple(words))
    if named:
        field = named[0][0]
        if not _looks(field, texts):
            return f"its head says {field}, and its values don't look like that"
        return f"another column has {field}, or more of it"
    if numbered_thing(tuple(words)) is not None:
        return AN_ID
    return "its header matches no field"
