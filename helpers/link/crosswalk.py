"""The crosswalk and the table of pairs: the results of linking."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.link.model.parameters import LinkModel
from helpers.link.records import Records
from helpers.link.resolve.clusters import anchors, components
from helpers.link.values.birth_dates import BIRTH_DATE_LEVELS
from helpers.standard import as_table

__all__ = ["STEPS", "Links", "as_pairs", "make_crosswalk"]


# Stages of linking, in order.
STEPS = ("Shared identifier", "Exact", "Standardized", "Cascade", "Probabilistic")
# 60 bits: among a million children, two ids collide once in two million runs.
LETTERS_OF_A_CHILD = 12
# How the table of pairs words `names.LEVELS`.
FIRST_NAME_WORDS = (
    "Same", "Nickname", "Spelling", "Order swapped", "Missing", "Missing", "Different", "Different",
)  # fmt: skip
SURNAME_WORDS = ("Same", "Spelling", *FIRST_NAME_WORDS[2:])


@dataclass(frozen=True)
class Links:
    """Results of linking: each record's child, the evidence and the findings.

    ``passed_over`` counts keys shared by more records than a child could have (``step``, ``keys``,
    ``records``): they gave no pair. ``id_columns`` has the status of every id column; ``stale_decisions``
    lists review decisions that no longer apply, and why. ``model`` scored the pairs, adapted to these
    records; None if rules alone linked them.
    """

    crosswalk: pd.DataFrame
    pairs: pd.DataFrame
    findings: pd.DataFrame
    passed_over: pd.DataFrame
    id_columns: pd.DataFrame = field(default_factory=pd.DataFrame)
    stale_decisions: pd.DataFrame = field(default_factory=pd.DataFrame)
    model: LinkModel | None = None


def make_crosswalk(
    students: Records, label: np.ndarray, pairs: pd.DataFrame, confidence: np.ndarray | None = None
) -> pd.DataFrame:
    """Build the crosswalk: each record's child, linking stage and link confidence."""
    count = len(students)
    anchor = anchors(students, label)
    match = pairs[pairs["decision"] == "Match"]
    left, right = match["left"].to_numpy(), match["right"].to_numpy()
    verified = match["verified"].to_numpy(dtype=bool)
    sure = components(count, left[verified], right[verified])
    alone = np.bincount(label, minlength=count)[label] == 1
    # A record that needs review still does if it is joined only to records that have nothing but an id.
    speaks = ~students.says_nothing
    only = speaks & (np.bincount(label, weights=speaks, minlength=count)[label] == 1)
    waits = np.zeros(count, dtype=bool)
    review = pairs[pairs["decision"] == "Review"]
    waits[review["left"].to_numpy()] = waits[review["right"].to_numpy()] = True

    step = np.full(count, len(STEPS), dtype="int64")
    place = match["step"].to_numpy(dtype="int64")
    np.minimum.at(step, left, place)
    np.minimum.at(step, right, place)
    is_anchor = anchor == np.arange(count)
    step_name = pd.Series([*STEPS, None], dtype="string").take(np.where(is_anchor, len(STEPS), step))
    child = _opaque(students.people, np.unique(anchor), anchor)
    return as_table(
        "crosswalk",
        pd.DataFrame(
            {
                "silo": students.people["silo"],
                "record": students.people["record"],
                "child": child,
                "step": step_name.reset_index(drop=True),
                "confidence": np.where(
                    alone, np.nan, np.full(count, np.nan) if confidence is None else confidence
                ),
                "link_status": np.select(
                    [waits & (alone | only), alone, (sure == sure[anchor]) & speaks[anchor]],
                    ["Review", "Unlinked", "Verified"],
                    default="Unverified",
                ),
                "linkable_by": students.people["linkable_by"],
                "household": _households(students, child, anchor),
            }
        ),
    )


def _opaque(people: pd.DataFrame, distinct: np.ndarray, anchor: np.ndarray) -> pd.Series:
    """Hash each child's anchor record into its name: no local id shows, and row order doesn't matter."""
    names = people["silo"].take(distinct) + "\n" + people["record"].take(distinct)
    name_of = np.empty(len(people), dtype=object)
    name_of[distinct] = _hashed(names.tolist())
    return pd.Series(name_of[anchor], dtype="string")


def _hashed(names: Iterable[str]) -> list[str]:
    digests = (hashlib.blake2b(name.encode(), digest_size=8, person=b"child").digest() for name in names)
    return ["c-" + base64.b32encode(digest).decode().lower()[:LETTERS_OF_A_CHILD] for digest in digests]


def _households(students: Records, child: pd.Series, anchor: np.ndarray) -> pd.Series:
    """Name each household after the first of its children; NA if no record of the child has an address.

    A child's address is the first that its records have. So two children share a household only if records of
    both give the same street and postal code.
    """
    with_address = np.flatnonzero(students.address >= 0)
    order = np.lexsort((with_address, students.silo[with_address], anchor[with_address]))
    rows = with_address[order]
    homes = pd.DataFrame({"child": child.take(rows).to_numpy(), "address": students.address[rows]})
    homes = homes.drop_duplicates("child")
    first = homes.groupby("address")["child"].transform("min")
    names = "h" + first.str.slice(1)
    household_of = pd.Series(names.to_numpy(dtype=object), index=homes["child"], dtype="string")
    return pd.Series(household_of.reindex(child.to_numpy()).to_numpy(), dtype="string")


def as_pairs(students: Records, decided: pd.DataFrame) -> pd.DataFrame:
    """Build the table *pairs* with labels for codes."""

    def worded(words: Sequence[str], column: str) -> pd.Series:
        return pd.Series(list(words), dtype="string").take(decided[column].to_numpy()).reset_index(drop=True)

    def ends(column: str, side: str) -> pd.Series:
        return students.people[column].take(decided[side].to_numpy()).reset_index(drop=True)

    one_home = decided["one_home"].to_numpy()
    siblings = decided["plainly_different"].to_numpy() & (one_home == 1)
    household = pd.Series(siblings, dtype="boolean").mask(one_home < 0)
    agrees = decided["strong_id"] | decided["weak_id"]
    identifier = np.select(
        [agrees, decided["contradicting_id"] >= 0], ["Same", "Different"], default="Missing"
    )
    decided = decided.reset_index(drop=True)
    return as_table(
        "pairs",
        pd.DataFrame(
            {
                "left_silo": ends("silo", "left"),
                "left_record": ends("record", "left"),
                "right_silo": ends("silo", "right"),
                "right_record": ends("record", "right"),
                "step": worded(STEPS, "step"),
                "rule": decided["rule"],
                "evidence_identifier": identifier,
                "evidence_first_name": worded(FIRST_NAME_WORDS, "first_name"),
                "evidence_last_surname": worded(SURNAME_WORDS, "last_surname"),
                "evidence_birth_date": worded(BIRTH_DATE_LEVELS, "birth_date"),
                "match_weight": decided["match_weight"],
                "match_probability": decided["match_probability"],
                "doubt": decided["doubt"],
                "contradiction": decided["contradiction"],
                "same_household": household,
                "decision": decided["decision"],
                "decided_by": decided["decided_by"],
                "reviewed_utc": decided["reviewed_utc"],
            }
        ),
    )
