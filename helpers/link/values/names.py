"""Normalize names, and compare them.

Systems write one name in many ways: capitals, lost accents, ``O'Brien`` as ``OBrien``, ``Garcia-Lopez`` as
``Garcia Lopez``. None of that distinguishes two children, so we fold it away first. Then we compare first
names more strictly than surnames. Children in one home share the surname and often the birth date, so only
the first name separates twins.
"""

from __future__ import annotations

import html
import unicodedata
from typing import NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from helpers.link.values.name_variants import (
    are_other_names,
    formal_names,
    is_double_transliteration,
    is_known,
    is_possible_romanization,
    surname_spellings,
    usual_spelling,
)

__all__ = [
    "ALIKE",
    "DIFFERENT",
    "INITIAL",
    "LEVELS",
    "MISSING",
    "NICKNAME",
    "ORDER_SWAPPED",
    "SAME",
    "SPELLING",
    "FirstNames",
    "are_one_name",
    "compare_first_names",
    "compare_surnames",
    "fold",
    "formal_names",
    "is_initial",
    "joined_surname",
    "may_be_error",
    "surname_parts",
    "surname_variants",
]

# Levels of agreement for one name, best first; a pair of records gets the best of all readings of its names.
# Names agree up to *Order swapped*, and disagree from *Alike* on; between them nothing is certain.
# A surname's variants (a part of it, another transliteration) have the level *Nickname*.
LEVELS = ("Same", "Nickname", "Spelling", "Order swapped", "Initial", "Missing", "Alike", "Different")
SAME, NICKNAME, SPELLING, ORDER_SWAPPED, INITIAL, MISSING, ALIKE, DIFFERENT = range(len(LEVELS))
# From this similarity (Jaro-Winkler) up, names that disagree still resemble each other.
ALIKE_FROM = 0.8
# From this similarity up, one of two different first names may be the other with an error.
ERROR_FROM = 0.78

# Letters that Unicode doesn't decompose into a base letter and a mark.
LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae", "œ": "oe"}
    | {"Œ": "oe", "þ": "th", "Þ": "th", "ð": "d", "Ð": "d", "ħ": "h", "Ħ": "h"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
# Apostrophes join their neighbors (O'Brien, D'Angelo, Ka'imi); any other punctuation separates words. Besides
# the usual ones: the modifier apostrophe, Hawaii's okina and an acute accent typed as an apostrophe.
APOSTROPHES = "'’‘`\N{MODIFIER LETTER APOSTROPHE}\N{MODIFIER LETTER TURNED COMMA}\N{ACUTE ACCENT}"
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
PARTICLES = frozenset(
    "de la del los las el al da do das dos di du le van von der den ter ten bin ibn abu bint mac mc".split()
)
# First words of a surname with two spellings: Saint-Fleur and St. Fleur, Al-Masri and El Masri.
ALIKE_AT_THE_BEGINNING = {"st": "saint", "ste": "sainte", "sta": "santa", "el": "al"}
SHORTEST_WITHOUT_ARTICLE = 4

# Scanning errors (0 and O, 1 and l or a capital I, 5 and S, 8 and B), within words only.
LETTERS_FOR_DIGITS = str.maketrans("0158", "olsb")
CAPITALS_FOR_DIGITS = str.maketrans("0158", "oisb")
FEWEST_LETTERS = 2

# A typo is one edit in a name of four to seven letters and two in a longer one. Shorter names allow none (Leo
# and Lea, Mia and Mya are two children).
SHORTEST_FOR_ONE_EDIT = 4
SHORTEST_FOR_TWO_EDITS = 8
# Below this similarity (1 - edits / letters), or with different first letters, first names are clearly
# different: typists rarely miss the first letter, and twins are named Jayden and Kayden.
PLAINLY_DIFFERENT_BELOW = 0.7
SHORTEST_BEGINNING = 3
# Systems truncate long surnames; a shorter common beginning may be chance.
SHORTEST_CUT = 10


def is_initial(name: str) -> bool:
    """Return whether a folded name is a single letter, which can't confirm a match.

    Scripts without capitals write whole names in one sign.

    >>> is_initial("g"), is_initial("dj"), is_initial("伟")
    (True, False, False)
    """
    return len(name) == 1 and name.upper() != name


class FirstNames(NamedTuple):
    """How two first names compare."""

    level: int
    plainly_different: bool


def fold(text: str) -> str:
    """Fold a name: remove differences that come only from writing habits.

    >>> fold("  GARCÍA-López Jr."), fold("O’Brien"), fold("D. J."), fold("PÃ©rez"), fold("O&#39;Neil")
    ('garcia lopez', 'obrien', 'd j', 'perez', 'oneil')
    >>> fold("Ols0n"), fold("Danie1"), fold("MAR1A")
    ('olson', 'daniel', 'maria')
    """
    if "&" in text:
        text = html.unescape(text)
    capitals = text.isupper()
    if text.isascii():
        letters = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", _decoded_right(text).translate(LETTERS))
        letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold()
    if not (letters.isascii() and letters.isalpha()):
        for apostrophe in APOSTROPHES:
            letters = letters.replace(apostrophe, "")
        letters = "".join(sign if sign.isalnum() else " " for sign in letters)
    words = letters.split()
    if any(sign.isdigit() for sign in letters):
        words = [_digits_read_as_letters(word, capitals=capitals) for word in words]
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    return " ".join(words)


def _digits_read_as_letters(word: str, *, capitals: bool) -> str:
    """Correct digits that a scan or a typist put for letters; numbers stay unchanged."""
    letters = sum(sign.isalpha() for sign in word)
    if letters == len(word) or letters < FEWEST_LETTERS or letters < len(word) - letters:
        return word
    return word.translate(CAPITALS_FOR_DIGITS if capitals else LETTERS_FOR_DIGITS)


def _decoded_right(text: str) -> str:
    """Fix UTF-8 that some system read as Latin-1, so that an accented letter became two characters."""
    if "Ã" not in text and "Å" not in text:
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def surname_parts(surname: str) -> list[str]:
    """Return the parts of a compound surname that a system may use alone.

    >>> surname_parts("de la cruz lopez"), surname_parts("lopez")
    (['cruz', 'lopez'], [])
    """
    words = surname.split()
    return [word for word in words if word not in PARTICLES and len(word) > 1] if len(words) > 1 else []


def joined_surname(surname: str) -> str:
    """Write a surname as one word; spaces, St. for Saint, and el- for al- are only writing habits.

    >>> joined_surname("mc donald"), joined_surname("st fleur"), joined_surname("el masri")
    ('mcdonald', 'saintfleur', 'almasri')
    """
    beginning, _, rest = surname.partition(" ")
    return ALIKE_AT_THE_BEGINNING.get(beginning, beginning) + rest.replace(" ", "") if rest else surname


def surname_variants(surname: str) -> frozenset[str]:
    """Return every variant of a surname for blocking.

    >>> sorted(surname_variants("garcia lopez"))
    ['garcia', 'garcialopez', 'lopez']
    >>> sorted(surname_variants("al hussein") & surname_variants("hussain"))
    ['ar:hussein']
    """
    whole = joined_surname(surname)
    if whole == surname:
        return surname_spellings(surname)
    return surname_spellings(whole).union(*map(surname_spellings, surname_parts(surname)))


def _misspelled(left: str, right: str) -> bool:
    shortest = min(len(left), len(right))
    if shortest < SHORTEST_FOR_ONE_EDIT:
        return False
    if left[0] != right[0] and sorted(left[:2]) != sorted(right[:2]):
        return False
    allowed = 2 if shortest >= SHORTEST_FOR_TWO_EDITS else 1
    return OSA.distance(left, right, score_cutoff=allowed) <= allowed


def _marks_gender(left: str, right: str) -> bool:
    """Return whether two names differ by gender: Daniel and Daniela, Mario and Maria, not a typo."""
    if left.endswith("a") == right.endswith("a"):
        return False
    common = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        common += 1
    with_a, without = (left[common:], right[common:])[:: 1 if left.endswith("a") else -1]
    if common < 3 or len(with_a) > 2 or len(without) > 2:
        return False
    male = left if right.endswith("a") else right
    # Victori is Victoria without the last letter, but Victor is a boy. Sara and Sarah are one name. Loga is
    # Logan cut short, and Joshau is Joshua mistyped: only two names that exist are two children's.
    if not without:
        return is_known(male)
    return without != "h" and ((with_a, without) == ("a", "o") or (is_known(left) and is_known(right)))


def _is_part(left: str, right: str) -> bool:
    """Return whether one name is the other with a further name before or after it."""
    one, other = left.split(), right.split()
    if len(one) == len(other):
        return False
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return long[: len(short)] == short or long[-len(short) :] == short


def compare_first_names(left: str, right: str) -> FirstNames:
    """Compare two first names.

    >>> (
    ...     LEVELS[compare_first_names("bob", "robert").level],
    ...     LEVELS[compare_first_names("micheal", "michael").level],
    ... )
    ('Nickname', 'Spelling')
    >>> compare_first_names("daniel", "daniela")
    FirstNames(level=7, plainly_different=True)
    """
    if not left or not right:
        return FirstNames(MISSING, False)
    one, other = left.replace(" ", ""), right.replace(" ", "")
    if one == other:
        return FirstNames(INITIAL if is_initial(one) else SAME, False)
    if are_other_names(one, other):
        return FirstNames(DIFFERENT, True)
    if is_double_transliteration(one, other):
        return FirstNames(SPELLING, False)
    if formal_names(one) & formal_names(other):
        return FirstNames(NICKNAME, False)
    if _marks_gender(one, other):
        return FirstNames(DIFFERENT, True)
    if len(one) == 1 or len(other) == 1:
        return FirstNames(INITIAL, False) if one[0] == other[0] else FirstNames(DIFFERENT, True)
    if _is_part(left, right) or _misspelled(one, other):
        return FirstNames(SPELLING, False)
    if formal_names(left.split()[0]) & formal_names(right.split()[0]) and (" " in left) != (" " in right):
        return FirstNames(NICKNAME, False)
    short, long = sorted((one, other), key=len)
    # Many nicknames are beginnings (Santi, Ibra), and no list has them all: not clearly different.
    begun = len(short) >= SHORTEST_BEGINNING and long.startswith(short)
    near = one[0] == other[0] and OSA.normalized_similarity(one, other) >= PLAINLY_DIFFERENT_BELOW
    return FirstNames(ALIKE if begun or _resembles(one, other) else DIFFERENT, not (near or begun))


def are_one_name(left: str, right: str) -> bool:
    """Return whether two first names are one: also a nickname, a listed spelling, an initial or a part.

    >>> are_one_name("bob", "robert"), are_one_name("ana maria", "ana"), are_one_name("lena", "lina")
    (True, True, False)
    """
    one, other = left.replace(" ", ""), right.replace(" ", "")
    if not one or not other or one == other:
        return True
    if are_other_names(one, other):
        return False
    if min(len(one), len(other)) == 1:
        return one[0] == other[0]
    if is_double_transliteration(one, other) or formal_names(one) & formal_names(other):
        return True
    return _is_part(left, right)


def _resembles(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= SHORTEST_BEGINNING and (
        JaroWinkler.similarity(one, other, score_cutoff=ALIKE_FROM) > 0
    )


def may_be_error(left: str, right: str) -> bool:
    """Return whether two clearly different first names may be one name, once misspelled.

    >>> may_be_error("miguel", "piguel"), may_be_error("miguel", "andres"), may_be_error("jayden", "kayden")
    (True, False, False)
    """
    if not left or not right:
        return True
    one, other = left.replace(" ", ""), right.replace(" ", "")
    if are_other_names(one, other) or _marks_gender(one, other):
        return False
    if min(len(one), len(other)) < SHORTEST_BEGINNING:
        return False
    if _is_part(left, right):
        return True
    # Jayden and Kayden: two names that exist are two children's.
    if is_known(one) and is_known(other):
        return False
    return JaroWinkler.similarity(one, other) >= ERROR_FROM


def compare_surnames(left: str, right: str) -> int:
    """Compare two surnames.

    >>> LEVELS[compare_surnames("garcia", "garcia lopez")], LEVELS[compare_surnames("garcia", "lopez")]
    ('Nickname', 'Different')
    """
    if not left or not right:
        return MISSING
    one, other = joined_surname(left), joined_surname(right)
    if one == other:
        return INITIAL if is_initial(one) else SAME
    if len(one) == 1 or len(other) == 1:
        return INITIAL if one[0] == other[0] else DIFFERENT
    if is_double_transliteration(one, other):
        return NICKNAME
    short, long = sorted((one, other), key=len)
    if len(short) >= SHORTEST_CUT and long.startswith(short):
        return NICKNAME
    if len(short) >= SHORTEST_WITHOUT_ARTICLE and long in (f"al{short}", f"el{short}"):
        return NICKNAME
    if _misspelled(one, other):
        return SPELLING
    if is_possible_romanization(one, other):
        return NICKNAME
    if " " not in left and " " not in right:
        return ALIKE if _resembles(one, other) else DIFFERENT
    parts_left, parts_right = (
        set(map(usual_spelling, surname_parts(surname) or [whole]))
        for surname, whole in ((left, one), (right, other))
    )
    if len(parts_left) != len(parts_right) and (parts_left <= parts_right or parts_right <= parts_left):
        return NICKNAME
    # "de la Cruz" and "Cruz": only particles differ; "Garcia Lopez" and "Lopez Garcia": only their order.
    if parts_left == parts_right:
        return NICKNAME
    alike = any(_resembles(a, b) for a in (one, *parts_left) for b in (other, *parts_right))
    return ALIKE if alike else DIFFERENT
