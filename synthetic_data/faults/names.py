"""Faults of names: typed, spelled, misread, self-entered."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd

from helpers.standard import STRING
from synthetic_data.faults.scene import FaultContext, chosen_children, chosen_pieces
from synthetic_data.observation import look_up
from synthetic_data.population.name_pools import other_spellings
from synthetic_data.population.names import CUSTOMS, nicknames

__all__ = [
    "accents_lost",
    "apostrophe_lost",
    "class_year_for_grade",
    "dupe_marker_in_name",
    "encoding_broken",
    "fake_or_incomplete_name",
    "family_name_first",
    "guardian_surname",
    "hours_in_words",
    "html_escape_in_name",
    "name_in_lower_case",
    "names_swapped",
    "nickname",
    "other_romanization",
    "phonetic_error",
    "private_email",
    "quotes_added",
    "scan_error",
    "school_name_variant",
    "second_surname_dropped",
    "self_entered_name",
    "split_character",
    "subject_name_variant",
    "surname_changed",
    "typo",
]


# Rows of a U.S. keyboard, for adjacent keys.
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBORS = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in KEYBOARD
    for at, letter in enumerate(row)
}


def mistyped(text: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Swap two letters of each word, or replace one with an adjacent key; digits count up by one."""
    where, how = rng.random((len(text), 2)).T
    # We change all words at once, as rows of code points.
    words = text.to_numpy(dtype=object).astype(str)
    letters = words.view(np.uint32).reshape(len(words), words.itemsize // 4)
    length = np.char.str_len(words)
    row = np.flatnonzero(length > 3)
    at, how = 1 + (where[row] * (length[row] - 2)).astype("int64"), how[row]
    signs, code = np.unique(letters[row[:, None], at[:, None] + [0, 1]], return_inverse=True)
    here, following = code.reshape(-1, 2).T
    known = list(map(chr, signs.tolist()))
    plain = np.array([sign.isalnum() for sign in known], dtype=bool)
    keys = [(ord(key[0]), ord(key[-1])) for key in map(_near, known)]
    near = np.array(keys, dtype=np.uint32).reshape(-1, 2)
    swapped = (how < 0.5) & plain[here] & plain[following]
    other = near[here, (how * 10).astype("int64") % 2]
    letters[row, at] = np.where(swapped, signs[following], other)
    letters[row[swapped], at[swapped] + 1] = signs[here[swapped]]
    return pd.Series(words.astype(object), index=text.index, dtype=STRING)


def _near(sign: str) -> str:
    """Return the keys beside a key, one or two; a sign without any is itself."""
    return str((int(sign) + 1) % 10) if sign.isdecimal() else NEIGHBORS.get(sign.lower(), sign)


def accents_lost(scene: FaultContext) -> None:
    """José -> Jose."""
    scene.change_each(
        lambda text: (
            text
            if text.isascii()
            else "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        )
    )


def encoding_broken(scene: FaultContext) -> None:
    """Muñoz -> MuÃ±oz: UTF-8 read as Windows-1252."""
    scene.change_each(lambda text: text.encode("utf-8").decode("cp1252", errors="replace"))


def typo(scene: FaultContext) -> None:
    """Johnson -> Jonhson: two letters are swapped, or an adjacent key is hit."""
    scene.change_text(mistyped)


def nickname(scene: FaultContext) -> None:
    """Alexander -> Alex."""
    short = nicknames()
    scene.change_each(lambda text: short[text][0] if text in short else text, among="Subject")


def dupe_marker_in_name(scene: FaultContext) -> None:
    """Lopez -> Lopez_dupe: somebody marked a duplicate where there was room for it."""
    scene.change_each(lambda text: f"{text}_dupe" if text else text, among="Subject")


def html_escape_in_name(scene: FaultContext) -> None:
    """O'Neil -> O&#39;Neil, Muñoz -> Mu&#241;oz: escaped for a web page, and never turned back."""
    scene.change_each(
        lambda text: "".join(c if c.isascii() and c != "'" else f"&#{ord(c)};" for c in text),
        among="Subject",
    )


def surname_changed(scene: FaultContext) -> None:
    """Garcia-Lee -> Garcia: the surname from before a marriage, adoption or custody ruling."""
    former = look_up(scene.people["person"], scene.truth.population.children, "person", "former_last_surname")
    chosen = scene.choose(former.notna())
    scene.write(chosen, former.iloc[chosen])


def guardian_surname(scene: FaultContext) -> None:
    """Ana Ruiz -> Ana Keller: filed under the surname of a guardian who bears another, in all rows."""
    children, guardians = scene.truth.population.children, scene.truth.population.guardians
    names = guardians.merge(
        children[["person", "household", "last_surname"]].rename(
            columns={"person": "child", "last_surname": "own"}
        ),
        on="household",
        how="inner",
        validate="many_to_many",
    )
    names = names.loc[names["last_surname"] != names["own"]].drop_duplicates("child")
    other = look_up(scene.people["person"], names, "child", "last_surname")
    positions, groups = chosen_children(scene, other.notna())
    scene.write(positions, other.iloc[positions], groups=groups)


# Surname -> first name, in files with both.
FIRST_NAME_OF = {
    "StudentLastName": "StudentFirstName",
    "Last Name": "First Name",
    "Last name": "First name",
    "Customer Last Name": "Customer First Name",
    "lastSurname": "firstName",
}


def names_swapped(scene: FaultContext) -> None:
    """Ali Mohamed -> Mohamed Ali: first and last name in each other's column, in all rows of a child."""
    first_column = FIRST_NAME_OF[scene.fault.column]
    last, first = scene.text(), scene.text(first_column)
    positions, groups = chosen_children(scene, (last != first).fillna(False))
    scene.write(positions, first.iloc[positions], groups=groups)
    scene.write(positions, last.iloc[positions], column=first_column, groups=groups)


def subject_name_variant(scene: FaultContext) -> None:
    """Mathematics -> Math: a subject spelled in another way."""
    other = {"Mathematics": "Math", "Language Arts": "ELA"}
    scene.change_each(lambda text: other.get(text, text))


def school_name_variant(scene: FaultContext) -> None:
    """Oak Hill Elementary School -> Oak Hill Elem: a school has another name at the vendor."""
    text = scene.text()
    names = np.sort(np.asarray(text.dropna().unique(), dtype=object))
    for group, name in enumerate(names[scene.choose(np.arange(len(names)))].tolist()):
        positions = np.flatnonzero((text == name).fillna(False))
        short = name.removesuffix(" School").replace("Elementary", "Elem").replace("Middle", "MS")
        scene.write(positions, [short] * len(positions), groups=np.full(len(positions), group))


# Letters that look alike on paper, and their misreadings.
ALIKE = (("rn", "m"), ("cl", "d"), ("l", "1"), ("o", "0"), ("ri", "n"), ("h", "b"), ("v", "u"), ("S", "5"))
# Placeholders for first name and surname; an empty surname where one name was enough.
FILLERS = (("Student", "Test"), ("Baby", "Boy"), (None, ""), (None, ""))


def scan_error(scene: FaultContext) -> None:
    """Miller -> Mi1ler, Barnes -> Bames: read wrongly from paper."""

    def read(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        draws = rng.permuted(np.tile(np.arange(len(ALIKE)), (len(text), 1)), axis=1)
        return pd.Series(
            [_misread(word, order) for word, order in zip(text, draws.tolist(), strict=True)],
            index=text.index,
            dtype=STRING,
        )

    scene.change_text(read)


def _misread(word: str, order: list[int]) -> str:
    for place in order:
        letters, taken_for = ALIKE[place]
        at = word.find(letters, 1)
        if at > 0:
            return word[:at] + taken_for + word[at + len(letters) :]
    return word


def fake_or_incomplete_name(scene: FaultContext) -> None:
    """Ana Lopez -> Baby Boy, or Ana alone: a filler, or half of a name."""
    first_column = FIRST_NAME_OF[scene.fault.column]
    text, first = scene.text(), scene.text(first_column)
    chosen = scene.choose(text != "")
    which = scene.rng.integers(0, len(FILLERS), len(chosen)).tolist()
    own = zip(which, first.iloc[chosen].tolist(), strict=True)
    scene.write(chosen, [FILLERS[one][0] or name for one, name in own], column=first_column)
    scene.write(chosen, [FILLERS[one][1] for one in which])


def hours_in_words(scene: FaultContext) -> None:
    """12.5 -> about 12: a guess where a number belongs."""
    scene.change_each(lambda text: f"about {text.partition('.')[0]}" if text else text)


def self_entered_name(scene: FaultContext) -> None:
    """María José López Díaz -> MJ López: initials, and one surname."""
    last = scene.text("last_name")
    first = scene.text()
    chosen = scene.choose(first != "")
    given = ["".join(word[0] for word in name.replace("-", " ").split()) for name in first.iloc[chosen]]
    family = [name.replace("-", " ").split()[0] for name in last.iloc[chosen]]
    scene.write(chosen, given)
    scene.write(chosen, family, column="last_name")


def name_in_lower_case(scene: FaultContext) -> None:
    """Lopez -> lopez: typed on a telephone."""
    scene.change_each(str.lower, among="Subject")


def private_email(scene: FaultContext) -> None:
    """ana.lopez@school -> an address of the child's own, which no other system has."""
    text = scene.text()
    chosen = scene.choose(text != "")
    number = scene.rng.integers(10, 1000, len(chosen)).tolist()
    own = [
        f"{address.partition('@')[0].partition('.')[0]}{one}@mail.example"
        for address, one in zip(text.iloc[chosen], number, strict=True)
    ]
    scene.write(chosen, own)


def class_year_for_grade(scene: FaultContext) -> None:
    """2029 -> 2028: a child repeats a grade, and stays in the class with which she began."""
    children = scene.truth.population.children
    grades = [look_up(scene.people["person"], children, "person", name) for name in GRADES]
    repeats = (grades[0] == grades[1]).fillna(False).to_numpy(dtype=bool)
    text = scene.text()
    chosen = scene.choose(repeats & (text != "").fillna(False).to_numpy(dtype=bool))
    scene.write(chosen, [str(int(year) - 1) for year in text.iloc[chosen]])


GRADES = ("grade_level", "grade_level_before")


# Surname -> first name, in files that have both.

# Phonetic spellings; the first that fits.
SOUNDS = (
    ("ph", "v"), ("ck", "k"), ("ei", "ie"), ("ie", "ey"), ("ai", "ay"), ("ay", "ai"), ("cc", "c"),
    ("ll", "l"), ("nn", "n"), ("ss", "s"), ("tt", "t"), ("th", "t"), ("ca", "ka"), ("co", "ko"),
    ("ce", "se"), ("ci", "si"), ("ee", "ea"), ("ya", "ia"), ("ia", "ya"), ("na", "nah"), ("ra", "rah"),
    ("en", "in"), ("an", "en"),
)  # fmt: skip


def other_romanization(scene: FaultContext) -> None:
    """Muhammad -> Mohamed, Zhang -> Chang: a name of another script, as a second clerk spells it."""
    last, first = scene.fault.column, FIRST_NAME_OF[scene.fault.column]
    origin = look_up(scene.people["person"], scene.truth.population.children, "person", "name_origin")
    known = [other_spellings("" if name is pd.NA else str(name)) for name in origin.to_numpy(dtype=object)]
    texts = [scene.text(column) for column in (last, first)]
    other = [
        [
            spellings.get(name) if isinstance(name, str) else None
            for name, spellings in zip(text.to_numpy(dtype=object), known, strict=True)
        ]
        for text in texts
    ]
    count = len(origin)
    can = np.array([spelling is not None for spelling in (*other[0], *other[1])], dtype=bool)
    positions = np.flatnonzero(can)
    chosen = scene.choose(positions, scene.people["person"].iloc[positions % count])
    for number, column in enumerate((last, first)):
        here = np.flatnonzero((chosen >= number * count) & (chosen < (number + 1) * count))
        positions = chosen[here] - number * count
        scene.write(
            positions, [other[number][place] for place in positions.tolist()], column=column, groups=here
        )


def family_name_first(scene: FaultContext) -> None:
    """Minh Nguyễn -> Nguyễn Minh: in the order in which the family says it."""
    first_column = FIRST_NAME_OF[scene.fault.column]
    origin = look_up(scene.people["person"], scene.truth.population.children, "person", "name_origin")
    family_first = origin.isin([name for name, custom in CUSTOMS.items() if custom.family_name_first])
    last, first = scene.text(), scene.text(first_column)
    chosen = scene.choose(family_first & (last != first))
    scene.write(chosen, first.iloc[chosen])
    scene.write(chosen, last.iloc[chosen], column=first_column)


def second_surname_dropped(scene: FaultContext) -> None:
    """García López -> García, Young-Adams -> Young: a system, or a clerk, with room for one surname."""

    def shortened(surname: str) -> str:
        head, dash, _ = surname.partition("-")
        words = head.split(" ")
        # A particle belongs to the next word.
        whole = next((place + 1 for place, word in enumerate(words) if word[:1].isupper()), len(words))
        return head if dash else " ".join(words[:whole])

    scene.change_each(shortened, among="Subject")


def apostrophe_lost(scene: FaultContext) -> None:
    """O'Brien -> OBrien, in all rows of a child: a system that takes letters only."""
    text = scene.text()
    plain = text.str.replace(r"['’]", "", regex=True)
    positions, groups = chosen_children(scene, (plain != text).fillna(False))
    scene.write(positions, plain.iloc[positions], groups=groups)


def phonetic_error(scene: FaultContext) -> None:
    """Stephen -> Steven: spelled by ear."""

    def respelled(name: str) -> str:
        for sound, letters in SOUNDS:
            if sound in name[1:]:
                return name[0] + name[1:].replace(sound, letters, 1)
        return name

    scene.change_each(respelled, among="Subject")


def quotes_added(scene: FaultContext) -> None:
    """Ana -> "Ana", in the whole list of a grade: a spreadsheet that was opened, pasted and saved again."""
    text = scene.text()
    for group, (_, positions) in enumerate(chosen_pieces(scene)):
        quoted = pd.Series([f'"{name}"' for name in text.iloc[positions]], dtype=STRING)
        scene.write(positions, quoted, groups=np.full(len(positions), group))


def split_character(scene: FaultContext) -> None:
    """Muñoz -> Mu??oz: a letter of two bytes, cut in two where a chunk of a file ended."""

    def cut(name: str) -> str:
        return next(
            (
                name[:at] + "\ufffd\ufffd" + name[at + 1 :]
                for at, sign in enumerate(name)
                if not sign.isascii()
            ),
            name,
        )

    scene.change_each(cut, among="Subject")
