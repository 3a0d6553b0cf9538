"""Whether a column's values are what its head says of a person: a name, a birth date, a grade."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from helpers.files.start.guess import DESCRIPTOR, Distinct, Guess
from helpers.files.start.header_words import has, words_file
from helpers.layouts.column import code_set

__all__ = ["MOST", "Known", "fits_field", "share"]

MOST = 0.9  # of the distinct values that a field needs

NAMED = re.compile(r"[^@]*[^\W\d_][^@]*")  # a stand-in for a name may have a number, or blanks
NAME = re.compile(r"[^\W\d_]+([ .,'’`-]+[^\W\d_]*)*", re.UNICODE)
SUFFIX = re.compile(r"(jr|sr|i{1,3}|iv|v)\.?", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LOGIN = re.compile(r"\S+")
POSTAL = re.compile(
    r"\d{5}(-?\d{4})?|\d{3,5}|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d|[A-Za-z]{1,2}\d[A-Za-z\d]? \d[A-Za-z]{2}"
)
GRADE_WORDS = re.compile(r"^(grade|gr\.?|year)\s*|\s*(grade|grader)$|(?<=\d)(st|nd|rd|th)\b")


@dataclass(frozen=True)
class Known:
    """A column that is a field of a person: which, why, its codes, and what is open about it."""

    field: str
    why: str
    codes: Mapping[str, str] | str | None = None
    open: str = ""


def share(texts: Sequence[str], fits: Callable[[str], object]) -> float:
    """Give the share of texts that fit."""
    return sum(bool(fits(text)) for text in texts) / len(texts) if texts else 0.0


def _as_grade(text: str, words: Mapping[str, str]) -> str | None:
    plain = GRADE_WORDS.sub("", text.casefold().strip()).strip()
    if plain.isdecimal() and 1 <= int(plain) <= 12:
        return f"{int(plain):02d}"
    return "KG" if plain in ("0", "00") else words.get(plain)


def _codes(
    texts: Sequence[str], meaning: Callable[[str], str | None], counts: Distinct
) -> dict[str, str] | None:
    """Say what words mean; None where too many are unknown, both of the words and of the rows."""
    found = {text: meaning(text) for text in sorted(texts)}
    known = {text: word for text, word in found.items() if word is not None}
    enough = counts.enough(counts.share(lambda text: _plain(text) in known))
    return known if known and (enough or len(known) >= MOST * len(texts)) else None


def _plain(text: str) -> str:
    """Take a descriptor's word."""
    return text.rpartition("#")[2] if DESCRIPTOR.fullmatch(text) else text


def _coded(field: str, why: str, codes: Mapping[str, str], counts: Distinct) -> Known:
    odd = sum(n for text, n in zip(counts.texts, counts.times, strict=True) if _plain(text) not in codes)
    told = f"{odd} of {counts.rows} {'has' if odd == 1 else 'have'} a word that isn't known: add it"
    return Known(field, why, codes, open=told if odd else "")


def _names_role(head: Sequence[str]) -> bool:
    """Say whether a head names a role whatever its values are."""
    declared = words_file()["fields"]["role"]
    return any(has(head, one) for one in declared["heads"] if one not in declared["by_values"])


def _roles(head: Sequence[str], texts: Sequence[str]) -> dict[str, str] | None:
    """Say what the words of a role mean; roles that the file doesn't hold are added in its style."""
    words: Mapping[str, str] = words_file()["role"]
    found = {text: words.get(text.casefold().strip()) for text in sorted(texts)}
    if not any(found.values()) or len(texts) > 20:
        return None
    # A type may be of anything, and one letter stands for many words.
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
    """Say what a column is as a field.

    Parameters
    ----------
    name, kind
        The field, and of what kind its values are.
    words
        Of the column's head.
    texts
        Its distinct values.
    guess
        What they are.
    counts
        How often each stands there.

    Returns
    -------
    Known or str
        A sentence where the values speak against it; an empty one where the head didn't say so either.
    """
    said = "head and values say so"
    texts = [_plain(text) for text in texts]
    if kind == "name":
        pattern = NAMED if "name" in words else NAME
        if share(texts, lambda text: len(text) <= 60 and pattern.fullmatch(text)) < MOST:
            return "its values are no names"
        return Known(name, said)
    if kind == "full_name":
        if share(texts, lambda text: NAME.fullmatch(text.replace("(", "").replace(")", ""))) < MOST:
            return "its values are no names"
        if share(texts, lambda text: len(text.split()) > 1) < 0.6:
            return "its values are single words"
        things = (*words_file()["whose"]["thing"], "elementary", "high", "middle", "academy", "center")
        if share(texts, lambda text: any(word in things for word in text.casefold().split())) > 0.2:
            return "its values are names of things"
        return Known(name, said)
    if kind == "birth_date":
        if guess.type not in ("date", "datetime"):
            return "its values are no days"
        return Known(name, "the head says so, and its values are days", open=guess.open)
    if kind == "sex":
        meanings: Mapping[str, str] = words_file()["sex"]
        codes = _codes(texts, lambda text: meanings.get(text.casefold()), counts)
        return _coded(name, said, codes, counts) if codes else "its words for a sex are not known"
    if kind == "grade_level":
        named = code_set("grade_level")
        if all(text in named for text in texts):
            return Known(name, said, "grade_level")
        codes = _codes(texts, lambda text: _as_grade(text, words_file()["grade_level"]), counts)
        return _coded(name, said, codes, counts) if codes else "its values are no grades of a school"
    if kind == "role":
        roles = _roles(words, texts)
        if roles is None:
            return "its words for a role are not known" if _names_role(words) else ""
        odd = "; ".join(text for text, word in roles.items() if word == "Unknown")
        return Known(name, said, roles, open="say who is meant by the roles that are Unknown" if odd else "")
    if kind == "boolean":
        return Known(name, said) if guess.type == "boolean" else "its values are not yes and no"
    if kind == "year":
        return Known(name, said) if guess.type in ("year", "integer") else "its values are no years"
    patterns = {"email": EMAIL, "login": LOGIN, "postal_code": POSTAL, "suffix": SUFFIX}
    if kind in patterns:
        part = share(texts, patterns[kind].fullmatch)
        if kind == "login" and part >= MOST and share(texts, lambda text: " " in text) > 0.1:
            return "its values have blanks"
        meaning = words_file()["fields"][name]["meaning"].lower()
        return Known(name, said) if part >= MOST else f"its values aren't of the kind: {meaning}"
    if kind == "pin":
        part = share(texts, lambda text: text.isdigit() and 3 <= len(text) <= 10)
        return Known(name, said) if part >= MOST else "its values are no numbers to type"
    if kind == "telephone":
        part = share(texts, lambda text: 7 <= sum(letter.isdigit() for letter in text) <= 15)
        return Known(name, said) if part >= MOST else "its values are no telephone numbers"
    if kind == "school_id":
        part = share(texts, lambda text: " " not in text and any(letter.isdigit() for letter in text))
        return Known(name, said) if part >= MOST else "its values are no numbers of schools"
    if guess.type in ("boolean", "date", "datetime", "time"):
        return f"its values are of type {guess.type}"
    words_of_letters = share(texts, lambda text: any(letter.isalpha() for letter in text))
    return Known(name, said) if words_of_letters >= 0.5 else "its values are no words"
