"""Record cards: one sheet of records of a made district that a team sorts into children by hand.

The sheet is dealt with the truth in hand, so that what real districts break on is on it: twins, brothers and
sisters, namesakes, a number that is another child's, a name that two systems write differently.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import RECORD, persons_behind
from helpers.standard import STRING, as_table

__all__ = ["deal_cards", "true_piles"]

# Sheets are sorted by a team in a quarter of an hour: the kit's own judgement.
MOST_CARDS = 24
# What makes a team stop, in the order in which it is dealt: cases of which the first that a district has is
# taken, how many children, and how many cards of each.
DEALT = (
    (("twins_same_initial", "twins"), 2, 3),
    (("same_name_same_grade", "same_name"), 2, 2),
    (("surname_changed",), 1, 3),
    (("name_order_swapped", "two_clerks"), 1, 3),
    (("hyphenated_surname", "preferred_name"), 1, 2),
    (("preferred_name", "accents"), 1, 1),
)
COLLIDING_CARDS = 3
NUMBERS = ("District", "State", "Undeclared")


def deal_cards(district: District, *, key: AnswerKey | None = None, most: int = MOST_CARDS) -> pd.DataFrame:
    """Deal one sheet of record cards.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    key
        The truth; by default that of the district's folder.
    most
        How many cards the sheet has room for.

    Returns
    -------
    pandas.DataFrame
        Table ``record_cards``: ``card`` (A1, A2 … in the order of the sheet, which tells nothing), ``silo``,
        ``record``, ``name``, ``birth_date``, ``school``, ``grade``, ``number``, as that system writes them.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    written = _as_written(district, key)
    chosen: list[pd.DataFrame] = []
    dealt = 0
    for children, each in _families(key, written):
        cards = pd.concat([_cards_of(written, child, each) for child in children], ignore_index=True)
        if dealt + len(cards) > most:
            continue
        chosen.append(cards)
        dealt += len(cards)
    cards = pd.concat([written.iloc[:0], *chosen], ignore_index=True)
    # In an order that tells nothing about who belongs together, and is the same on every machine.
    order = pd.util.hash_pandas_object(cards["silo"] + "\n" + cards["record"], index=False).to_numpy()
    cards = cards.assign(order=order).sort_values("order", ignore_index=True)
    labels = [
        f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[place // 6 % 26]}{place % 6 + 1}" for place in range(len(cards))
    ]
    return as_table("record_cards", cards.assign(card=labels).drop(columns=["order", "person"]))


def true_piles(district: District, cards: pd.DataFrame, *, key: AnswerKey | None = None) -> pd.DataFrame:
    """Say which cards are one child.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    cards
        From `deal_cards`.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        ``card``, ``pile`` (the key's person).
    """
    known = _whose(district, key or read_answer_key(district.folder))
    piles = cards[["card", *RECORD]].merge(known, on=RECORD, how="left", validate="one_to_one")
    return piles[["card", "person"]].rename(columns={"person": "pile"}).astype(STRING)


def _whose(district: District, key: AnswerKey) -> pd.DataFrame:
    """Give the one person behind each record; records of two people are on no card."""
    known = persons_behind(district, key)[[*RECORD, "person"]].drop_duplicates()
    return known[~known.duplicated(RECORD, keep=False)]


def _as_written(district: District, key: AnswerKey) -> pd.DataFrame:
    people = district.people[district.people["role"].eq("Student")]
    people = people[people["name_status"].eq("As written")]
    parts = people["first_name"].str.cat(people["last_surname"], sep=" ")
    numbers = district.identifiers[district.identifiers["identification_system"].isin(NUMBERS)]
    # A district's own number is what people read on a list; the key of a roster's table isn't for eyes.
    numbers = numbers.assign(place=numbers["identification_system"].map(NUMBERS.index))
    numbers = numbers.sort_values([*RECORD, "place", "identifier"]).drop_duplicates(RECORD)
    numbers = numbers[[*RECORD, "identifier"]]
    cards = people[RECORD].assign(
        name=people["full_name"].fillna(parts).str.strip(),
        birth_date=people["birth_date"],
        school=people["school_name"].fillna(people["school_id"].map(_school_names(district))),
        grade=people["grade_level"],
    )
    cards = cards.dropna(subset=["name"]).merge(_whose(district, key), on=RECORD, how="inner", validate="1:1")
    cards = cards.merge(numbers, on=RECORD, how="left", validate="one_to_one")
    children = key.people.loc[key.people["role"].eq("Student"), "person"]
    cards = cards[cards["person"].isin(children)].rename(columns={"identifier": "number"})
    return cards.sort_values(["person", *RECORD], ignore_index=True)


def _school_names(district: District) -> dict[str, str]:
    """Give the name of each school that only some systems know by its number.

    A list of schools says it; beside a child a test's file may have the number of today and the name of last
    year.
    """
    named = district.people.dropna(subset=["school_id", "school_name"])
    named = named.groupby(["school_id", "school_name"]).size().rename("records").reset_index()
    named = named.sort_values(["records", "school_name"], ascending=[False, True]).drop_duplicates(
        "school_id"
    )
    listed = district.fact("school").dropna(subset=["school_id", "school_name"])
    listed = listed[["school_id", "school_name"]].sort_values("school_name")
    listed = pd.concat([listed, named[["school_id", "school_name"]]]).drop_duplicates("school_id")
    return dict(zip(listed["school_id"], listed["school_name"], strict=True))


def _families(key: AnswerKey, written: pd.DataFrame) -> Iterator[tuple[list[str], int]]:
    """Give children who belong on one sheet together, each child once, and how many cards of each."""
    records = written["person"].value_counts()
    seen_twice = set(records.index[records >= 2])
    used: set[str] = set()

    def fresh(children: list[str], many: int) -> list[str]:
        new = [child for child in children if child in seen_twice and child not in used][:many]
        if len(new) < many:
            return []
        used.update(new)
        return new

    colliding = (fresh(pair, 2) for pair in _colliding(written))
    if pair := next(filter(None, colliding), []):
        yield pair, COLLIDING_CARDS
    homes = key.people.set_index("person")[["household", "first_name", "last_surname"]].sort_index()
    homes = homes.assign(whole=homes["first_name"] + " " + homes["last_surname"])
    for cases, many, each in DEALT:
        dealt = (
            fresh(children, many)
            for case in cases
            for children in _of_case(case, many, key.cases, homes, written)
        )
        if children := next(filter(None, dealt), []):
            yield children, each


def _of_case(
    case: str, many: int, cases: pd.DataFrame, homes: pd.DataFrame, written: pd.DataFrame
) -> Iterator[list[str]]:
    """Give the children of a case: those of one home, or of one name; single ones by their writings."""
    known = homes[homes.index.isin(cases.loc[cases["case"].eq(case), "person"])]
    if many == 1:
        yield _by_writings(written, sorted(map(str, known.index)))
        return
    for _, members in known.groupby("whole" if case.startswith("same_name") else "household", sort=True):
        yield sorted(map(str, members.index))


def _by_writings(written: pd.DataFrame, children: list[str]) -> list[str]:
    """Put those first whose name most systems write in their own way."""
    mine = written[written["person"].isin(children)]
    words = mine["name"].str.casefold().str.findall(r"\w+").map(sorted).str.join(" ")
    writings = words.groupby(mine["person"]).nunique()
    return sorted(children, key=lambda child: (-int(writings.get(child, 0)), child))


def _colliding(written: pd.DataFrame) -> Iterator[list[str]]:
    """Find two children of whom two systems say one number."""
    numbered = written.dropna(subset=["number"])
    for _, bearers in numbered.groupby("number", sort=True):
        children = sorted(bearers["person"].unique().tolist())
        if len(children) == 2 and bearers["silo"].nunique() > 1:
            yield children


def _cards_of(written: pd.DataFrame, child: str, most: int) -> pd.DataFrame:
    """Pick a child's cards: the first system's, then those that write the name another way."""
    cards = written[written["person"].eq(child)]
    roster = cards["silo"].eq("sis")
    words = cards["name"].str.casefold().str.findall(r"\w+").map(sorted).str.join(" ")
    first = words[roster].iloc[0] if roster.any() else words.iloc[0]
    # Beside the roster's record those that collide, then those that write the name otherwise.
    of_others = set(written.loc[written["person"].ne(child), "number"].dropna())
    collides = cards["number"].isin(of_others)
    cards = cards.assign(
        place=np.select([roster, collides, words.ne(first)], [0, 1, 2], default=3),
        undated=cards["birth_date"].isna(),
    )
    cards = cards.sort_values(["place", "undated", "silo", "record"]).drop_duplicates("silo")
    return cards.head(most).drop(columns=["place", "undated"])
