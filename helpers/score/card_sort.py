"""Deal record cards, sort them, and compare the piles as clusterings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import District, without_guard
from helpers.link import Links
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import RECORD, true_person_of_record
from helpers.standard import STRING, BadInput, as_table, nearest
from helpers.systems import roster_system

__all__ = [
    "agreement",
    "agreement_of_teams",
    "blank_card_sort",
    "deal_cards",
    "pairwise",
    "piles_by",
    "read_card_sorts",
    "score_card_sorts",
    "score_sheet",
    "true_card_groups",
]


# A team sorts a sheet in a quarter of an hour: the kit's own judgment.
MOST_CARDS = 24
# Cases that make a team think, in dealing order. We take the first of the alternatives that a district has,
# with the number of children and of cards for each.
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
    """Deal one sheet of record cards."""
    key = key or read_answer_key(district.folder)
    people = _people_as_entered(district, key)
    chosen: list[pd.DataFrame] = []
    dealt = 0
    for children, each in _families(key, people):
        cards = pd.concat([_cards_of(people, child, each) for child in children], ignore_index=True)
        if dealt + len(cards) > most:
            continue
        chosen.append(cards)
        dealt += len(cards)
    cards = pd.concat([people.iloc[:0], *chosen], ignore_index=True)
    # A hash order reveals nothing about who belongs together, and is the same on every computer.
    order = pd.util.hash_pandas_object(cards["silo"] + "\n" + cards["record"], index=False).to_numpy()
    cards = cards.assign(order=order).sort_values("order", ignore_index=True)
    labels = [
        f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[place // 6 % 26]}{place % 6 + 1}" for place in range(len(cards))
    ]
    return as_table("record_cards", cards.assign(card=labels).drop(columns=["order", "person"]))


def true_card_groups(
    district: District, cards: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Return the true pile of each card, one per child."""
    known = _whose(district, key or read_answer_key(district.folder))
    piles = cards[["card", *RECORD]].merge(known, on=RECORD, how="left", validate="one_to_one")
    return piles[["card", "person"]].rename(columns={"person": "pile"}).astype(STRING)


def _whose(district: District, key: AnswerKey) -> pd.DataFrame:
    """Return the one person of each record, without records of two people."""
    known = true_person_of_record(district, key)[[*RECORD, "person"]].drop_duplicates()
    return known[~known.duplicated(RECORD, keep=False)]


def _people_as_entered(district: District, key: AnswerKey) -> pd.DataFrame:
    people = district.people[district.people["role"].eq("Student")]
    people = people[people["name_status"].eq("As written")]
    parts = people["first_name"].str.cat(people["last_surname"], sep=" ")
    numbers = district.identifiers[district.identifiers["identification_system"].isin(NUMBERS)]
    # People read the district's own number on a list; nobody reads the roster's table key.
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
    """Map school numbers to names.

    A list of schools comes first: a test file may pair today's school number of a child with last year's
    name.
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


def _families(key: AnswerKey, people: pd.DataFrame) -> Iterator[tuple[list[str], int]]:
    """Yield children for one sheet, each child once, with the number of cards for each."""
    records = people["person"].value_counts()
    seen_twice = set(records.index[records >= 2])
    used: set[str] = set()

    def fresh(children: list[str], many: int) -> list[str]:
        new = [child for child in children if child in seen_twice and child not in used][:many]
        if len(new) < many:
            return []
        used.update(new)
        return new

    colliding = (fresh(pair, 2) for pair in _colliding(people))
    if pair := next(filter(None, colliding), []):
        yield pair, COLLIDING_CARDS
    homes = key.people.set_index("person")[["household", "first_name", "last_surname"]].sort_index()
    homes = homes.assign(whole=homes["first_name"] + " " + homes["last_surname"])
    for cases, many, each in DEALT:
        dealt = (
            fresh(children, many)
            for case in cases
            for children in _of_case(case, many, key.cases, homes, people)
        )
        if children := next(filter(None, dealt), []):
            yield children, each


def _of_case(
    case: str, many: int, cases: pd.DataFrame, homes: pd.DataFrame, people: pd.DataFrame
) -> Iterator[list[str]]:
    """Yield the children of a case: of one home or one name, or single ones by spellings of their name."""
    known = homes[homes.index.isin(cases.loc[cases["case"].eq(case), "person"])]
    if many == 1:
        yield _by_spellings(people, sorted(map(str, known.index)))
        return
    for _, members in known.groupby("whole" if case.startswith("same_name") else "household", sort=True):
        yield sorted(map(str, members.index))


def _by_spellings(people: pd.DataFrame, children: list[str]) -> list[str]:
    """Rank children by how many systems spell their name differently."""
    mine = people[people["person"].isin(children)]
    words = mine["name"].str.casefold().str.findall(r"\w+").map(sorted).str.join(" ")
    spellings = words.groupby(mine["person"]).nunique()
    return sorted(children, key=lambda child: (-int(spellings.get(child, 0)), child))


def _colliding(people: pd.DataFrame) -> Iterator[list[str]]:
    """Find two children who share a number in two systems."""
    numbered = people.dropna(subset=["number"])
    for _, bearers in numbered.groupby("number", sort=True):
        children = sorted(bearers["person"].unique().tolist())
        if len(children) == 2 and bearers["silo"].nunique() > 1:
            yield children


def _cards_of(people: pd.DataFrame, child: str, most: int) -> pd.DataFrame:
    """Choose a child's cards: the first system's, then those that spell the name differently."""
    cards = people[people["person"].eq(child)]
    roster = cards["silo"].eq(roster_system())
    words = cards["name"].str.casefold().str.findall(r"\w+").map(sorted).str.join(" ")
    first = words[roster].iloc[0] if roster.any() else words.iloc[0]
    # After the roster's record come colliding numbers, then other spellings of the name.
    of_others = set(people.loc[people["person"].ne(child), "number"].dropna())
    collides = cards["number"].isin(of_others)
    cards = cards.assign(
        place=np.select([roster, collides, words.ne(first)], [0, 1, 2], default=3),
        undated=cards["birth_date"].isna(),
    )
    cards = cards.sort_values(["place", "undated", "silo", "record"]).drop_duplicates("silo")
    return cards.head(most).drop(columns=["place", "undated"])


Codes = npt.NDArray[np.int64]


def pairwise(found: pd.Series, true: pd.Series) -> dict[str, float]:
    """Count pairs in piles, and compute pairwise precision, recall and F1.

    >>> pairwise(pd.Series(["a", "a", "b"]), pd.Series(["x", "x", "x"]))["recall"]
    0.3333333333333333
    """
    one, other = _codes(found), _codes(true)
    _of_one_length(one, other)
    linked, possible, right = _pairs(one), _pairs(other), _pairs(_both(one, other))
    return {
        "possible": possible,
        "linked": linked,
        "right": right,
        "precision": right / linked if linked else float("nan"),
        "recall": right / possible if possible else float("nan"),
        "f1": 2 * right / (possible + linked) if possible + linked else float("nan"),
    }


def agreement(one: pd.Series, other: pd.Series) -> float:
    """Compute the adjusted Rand index of two ways to make piles.

    >>> agreement(pd.Series([1, 1, 2, 2]), pd.Series(["b", "b", "a", "a"]))
    1.0
    """
    left, right = _codes(one), _codes(other)
    _of_one_length(left, right)
    every = len(left) * (len(left) - 1) / 2
    by_left, by_right, shared = _pairs(left), _pairs(right), _pairs(_both(left, right))
    expected = by_left * by_right / every if every else 0.0
    most = (by_left + by_right) / 2
    # Nothing to compare: nobody put any cards together, or everybody put all together.
    return 1.0 if most == expected else float((shared - expected) / (most - expected))


def _codes(labels: pd.Series) -> Codes:
    codes, named = pd.factorize(labels)
    alone = codes < 0
    codes = codes.astype("int64")
    codes[alone] = len(named) + np.arange(int(alone.sum()))
    return codes


def _both(one: Codes, other: Codes) -> Codes:
    return one * (int(np.max(other, initial=0)) + 1) + other


def _pairs(codes: Codes) -> int:
    sizes = np.unique(codes, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def _of_one_length(one: Codes, other: Codes) -> None:
    if len(one) != len(other):
        raise BadInput(
            f"Piles of {len(one)} things can't be compared with piles of {len(other)}: give both for the "
            "same things, in the same order."
        )


# We compare computer and teams on the same cards. To calculate an hour of review, a team needs its own error
# rate and seconds per pair, which nobody has measured for it.

COLUMNS = ("team", "card", "pile", "seconds")


def blank_card_sort(cards: pd.DataFrame, teams: int = 4) -> pd.DataFrame:
    """Return the blank table for the teams to fill in."""
    one = cards[["card"]].sort_values("card", ignore_index=True)
    every = [one.assign(team=f"Team {number}") for number in range(1, teams + 1)]
    return as_table("card_sorts", pd.concat(every, ignore_index=True))


def read_card_sorts(file: Path | str, cards: pd.DataFrame) -> pd.DataFrame:
    """Read what the teams entered."""
    try:
        typed = without_guard(pd.read_csv(file, dtype="string", encoding="utf-8-sig", skip_blank_lines=True))
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} can't be read as the room's piles ({error}): save it as CSV.") from error
    typed = typed.rename(columns=lambda name: str(name).strip().casefold())
    missing = [name for name in COLUMNS[:3] if name not in typed]
    if missing:
        raise BadInput(f"{file} has no column {missing[0]!r}; it needs {', '.join(COLUMNS[:3])}.")
    typed = typed.reindex(columns=list(COLUMNS)).astype(STRING).dropna(how="all")
    typed = typed.assign(**{name: typed[name].str.strip() for name in COLUMNS})
    typed["card"] = typed["card"].str.upper()
    wrong = _faults(typed, cards["card"].tolist())
    if wrong:
        more = f"; and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise BadInput(f"{file}: {'; '.join(wrong[:5])}{more}.")
    typed["seconds"] = pd.to_numeric(typed["seconds"])
    sorted_any = typed.groupby("team")["pile"].transform("count").gt(0)
    return as_table("card_sorts", typed[sorted_any].reset_index(drop=True))


def _faults(typed: pd.DataFrame, cards: list[str]) -> list[str]:
    line = pd.Series(typed.index + 2, index=typed.index).astype("string")
    found = []
    for place in typed.index[typed["team"].isna() | typed["card"].isna()]:
        found.append(f"line {line[place]} names no team or no card")
    for place in typed.index[~typed["card"].isin(cards) & typed["card"].notna()]:
        card = str(typed.loc[place, "card"])
        found.append(f"line {line[place]}: there is no card {card!r}.{nearest(card, cards)}".rstrip("."))
    for place in typed.index[typed.duplicated(["team", "card"]) & typed["card"].notna()]:
        found.append(
            f"line {line[place]}: {typed.loc[place, 'team']} has card {typed.loc[place, 'card']} twice"
        )
    number = pd.to_numeric(typed["seconds"], errors="coerce")
    for place in typed.index[typed["seconds"].notna() & ~number.gt(0).fillna(False)]:
        found.append(f"line {line[place]}: {typed.loc[place, 'seconds']!r} is no number of seconds")
    return found


def piles_by(cards: pd.DataFrame, crosswalk: pd.DataFrame, team: str) -> pd.DataFrame:
    """Sort the cards by a crosswalk, so that a linkage method counts as one more team."""
    sorted_cards = cards[["card", *RECORD]].merge(
        crosswalk[[*RECORD, "child"]], on=RECORD, how="left", validate="one_to_one"
    )
    return as_table("card_sorts", sorted_cards[["card"]].assign(team=team, pile=sorted_cards["child"]))


def score_card_sorts(
    district: District, cards: pd.DataFrame, piles: pd.DataFrame, *, key: AnswerKey | None = None
) -> pd.DataFrame:
    """Score each team's piles."""
    truth = true_card_groups(district, cards, key=key).set_index("card")["pile"]
    rows = []
    for team, mine in piles.groupby("team", sort=False):
        found = pairwise(_labels(mine, truth.index), truth)
        wrong = found["linked"] - found["right"]
        missed = found["possible"] - found["right"]
        seen = found["possible"] + wrong
        seconds = mine["seconds"].max()
        rows.append(
            {
                **found,
                "team": team,
                "wrong": wrong,
                "missed": missed,
                "seconds": seconds,
                "seconds_a_pair": seconds / seen if seen else np.nan,
                "error_rate": (wrong + missed) / seen if seen else np.nan,
            }
        )
    return as_table("card_sort_scores", pd.DataFrame(rows))


def score_sheet(district: District, rungs: Mapping[str, Links], piles_file: Path | str = "") -> pd.DataFrame:
    """Compare linkage methods and teams on the cards of one sheet."""
    key = read_answer_key(district.folder)
    cards = deal_cards(district, key=key)
    piles = [piles_by(cards, links.crosswalk, rung) for rung, links in rungs.items()]
    if piles_file:
        piles.append(read_card_sorts(piles_file, cards))
    return score_card_sorts(district, cards, pd.concat(piles, ignore_index=True), key=key)


def agreement_of_teams(piles: pd.DataFrame) -> pd.DataFrame:
    """Compute the agreement of each pair of teams."""
    cards = pd.Index(sorted(piles["card"].unique()))
    labels = {str(team): _labels(mine, cards) for team, mine in piles.groupby("team", sort=False)}
    teams = list(labels)
    rows = [
        {"team": one, "other_team": other, "agreement": agreement(labels[one], labels[other])}
        for place, one in enumerate(teams)
        for other in teams[place + 1 :]
    ]
    columns = ["team", "other_team", "agreement"]
    return as_table("card_sort_agreement", pd.DataFrame(rows, columns=columns))


def _labels(mine: pd.DataFrame, cards: pd.Index) -> pd.Series:
    """Name each card's pile; a card without one is a pile of its own."""
    pile = mine.set_index("card")["pile"].reindex(cards)
    return pile.where(pile.notna(), "alone " + pd.Series(cards, index=cards).astype(STRING)).astype(STRING)
