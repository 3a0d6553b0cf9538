"""Link several districts, and find children who moved between them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.link.blocking import Values
from helpers.link.candidates import Keys, meeting
from helpers.link.crosswalk import STEPS, Links
from helpers.link.ids.columns import verify_id_columns
from helpers.link.matches import LARGEST_BLOCK
from helpers.link.model.scoring import score_pairs
from helpers.link.records import Records, SourceLocations, Units, make_units, prepare_records
from helpers.link.resolve.assignment import assign_child
from helpers.link.resolve.clusters import cluster_records, components
from helpers.standard import as_table, empty_table, figure

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link.model import LinkModel

__all__ = ["RegionLinks", "decide_moves", "link_districts"]


# Attributes that change with a move: they don't help to recognize a mover.
LEFT_BEHIND = (
    "schools", "grades", "telephones", "emails", "addresses", "streets", "house_numbers", "flats",
    "localities", "postcodes",
)  # fmt: skip
# A key shared by more children of a region than this finds no candidates.
MOST = 50
ACCEPT, REVIEW = figure("link/thresholds.accept_across_districts"), figure("link/thresholds.review")
SHARED_IDENTIFIER, SCORED = STEPS[0], STEPS[4]


def decide_moves(
    people: pd.DataFrame, identifiers: pd.DataFrame, crosswalk: pd.DataFrame, model: LinkModel | None = None
) -> pd.DataFrame:
    """Find children who are one child in two districts."""
    students, label = _dated_records(people, identifiers, crosswalk)
    units = make_units(students, label)
    district = pd.factorize(students.people["district"].take(units.first_record), sort=True)[0]
    pairs = _candidates(units, district)
    if pairs.empty:
        return empty_table("district_moves")
    decided = _decided(units, district, pairs, model)
    return _as_moves(students, units, decided)


def _dated_records(
    people: pd.DataFrame, identifiers: pd.DataFrame, crosswalk: pd.DataFrame
) -> tuple[Records, np.ndarray]:
    """Select records with name and birth date, with their State ids and child."""
    keys = ["district", "silo", "record"]
    usable = people["role"].eq("Student") & people["linkable_by"].eq("Name and birth date")
    known = people[usable].merge(crosswalk[[*keys, "child"]], on=keys, how="inner", validate="one_to_one")
    ids = identifiers[identifiers["identification_system"].eq("State")]
    # Equal names of systems in two districts are still two systems.
    known, ids = (
        part.assign(own_silo=part["silo"], silo=part["district"] + "\n" + part["silo"])
        for part in (known, ids)
    )
    students = prepare_records(known, ids)
    locations = SourceLocations(ids[["silo", "record", "file", "row"]], {})
    columns = verify_id_columns(students, LARGEST_BLOCK, locations)
    _, first, code = np.unique(
        pd.factorize(students.people["child"])[0], return_index=True, return_inverse=True
    )
    return replace(students, ids=columns.ids), first[code].astype("int64")


def _candidates(units: Units, district: np.ndarray) -> pd.DataFrame:
    """Pair children of two districts by birth date (any order) and part of the name, or by State id."""
    values = units.values
    day = Keys.of(values["birth_days_free"])
    state = Keys.of(_state_ids(units))
    found = []
    for keys in (
        day.with_value(values["name_keys"]),
        day.with_value(values["family_parts"]),
        day.with_value(values["given_formal"]),
        state,
    ):
        one, other, _ = meeting(keys, keys, MOST)
        found.append(pd.DataFrame({"left": one, "right": other})[district[one] < district[other]])
    pairs = pd.concat(found, ignore_index=True).drop_duplicates()
    return pairs.sort_values(["left", "right"], ignore_index=True)


def _decided(
    units: Units, district: np.ndarray, pairs: pd.DataFrame, model: LinkModel | None
) -> pd.DataFrame:
    """Score pairs, normalize over rival candidates, and cluster without contradictions."""
    count = len(units)
    moved = replace(
        units, values={name: values for name, values in units.values.items() if name not in LEFT_BEHIND}
    )
    weighed = score_pairs(moved, pairs, model)[["left", "right", "match_weight"]]
    left, right = weighed["left"].to_numpy(), weighed["right"].to_numpy()
    state = _state_ids(units)
    same_id = state.shared(count, left, right)
    name, day = (units.values[one].shared(count, left, right) for one in ("name_keys", "birth_days_free"))
    share = _shares(weighed, district)
    agrees = (name == 1) | (day == 1)
    decision = np.select(
        [
            (same_id == 1) & agrees,
            same_id == 1,
            (same_id == 0) & (share >= ACCEPT),
            same_id == 0,
            share >= ACCEPT,
            share >= REVIEW,
        ],
        ["Match", "Refused", "Review", "No match", "Match", "Review"],
        default="No match",
    ).astype(object)
    decided = weighed.assign(
        same_id=same_id, same_name=name, same_day=day, match_probability=share, decision=decision
    )
    decided = decided[decided["decision"].ne("No match")].reset_index(drop=True)

    def excluded(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return (district[one] == district[other]) | (state.shared(count, one, other) == 0)

    match = decided.index[decided["decision"].eq("Match")]
    edges = decided.loc[match, ["left", "right"]].reset_index(drop=True)
    strength = decided.loc[match, "match_weight"].round(1) + 100 * decided.loc[match, "same_id"].eq(1)
    clusters = cluster_records(count, edges.assign(strength=strength.to_numpy()), excluded)
    decided.loc[match, "decision"] = clusters.outcome
    return decided


def _state_ids(units: Units) -> Values:
    return Values.of_column(units.ids["number"].to_numpy(dtype="int64"), units.ids["value"])


def _shares(weighed: pd.DataFrame, district: np.ndarray) -> np.ndarray:
    """Return each pair's probability among all candidates of either child, including none of them."""
    asking = np.bincount(district)
    result = np.ones(len(weighed))
    for near, far in (("left", "right"), ("right", "left")):
        chooser, other = weighed[near].to_numpy(), weighed[far].to_numpy()
        wanting = weighed.assign(
            pair=np.arange(len(weighed)),
            chooser=chooser,
            child=other,
            group=district[chooser],
            refused=False,
        )
        ranked = assign_child(wanting, asking)
        share = np.zeros(len(weighed))
        share[ranked["pair"].to_numpy()] = ranked["share"].to_numpy()
        result = np.minimum(result, share)
    return result


def _as_moves(students: Records, units: Units, decided: pd.DataFrame) -> pd.DataFrame:
    """Build the table *moves*: children by record, with labels for what agrees."""
    by_id = decided["same_id"].eq(1)
    words = np.array(["Missing", "Different", "Same"], dtype=object)
    against = {"name": decided["same_name"].lt(1), "birth date": decided["same_day"].lt(1)}
    against["State id"] = decided["same_id"].eq(0)
    contradiction = pd.Series("", index=decided.index, dtype="string")
    for word, disagrees in against.items():
        contradiction = contradiction.mask(disagrees, contradiction + "; " + word)
    sides: dict[str, pd.Series] = {}
    for side in ("left", "right"):
        record = students.people.take(units.first_record[decided[side].to_numpy()]).reset_index(drop=True)
        sides |= {f"{side}_district": record["district"], f"{side}_silo": record["own_silo"]}
        sides |= {f"{side}_record": record["record"], f"{side}_child": record["child"]}
    return as_table(
        "district_moves",
        pd.DataFrame(sides).assign(
            step=np.where(by_id, SHARED_IDENTIFIER, SCORED),
            evidence_identifier=words[decided["same_id"] + 1],
            evidence_name=words[decided["same_name"] + 1],
            evidence_birth_date=words[decided["same_day"] + 1],
            match_weight=decided["match_weight"],
            match_probability=decided["match_probability"].mask(by_id),
            contradiction=contradiction.str.removeprefix("; ").mask(contradiction.eq("")),
            decision=decided["decision"],
            decided_by=np.where(by_id, "Rule", "Model"),
        ),
    )


# First each district is linked by itself. Then children are compared across districts, by everything that
# their records have. Only State ids can be equal there: any other number, school, home or phone belongs to
# one district. A name and a birth date move with the child. A child has several records, and one of them
# usually matches one of the child's records in the other district.
# Records without a birth date never link two districts: a name alone finds namesakes in every district.

LETTERS_OF_A_CHILD = 12


@dataclass(frozen=True)
class RegionLinks:
    """Links of a region. Every table begins with ``district``; ids are unique within one district only.

    Attributes
    ----------
    crosswalk
        As the standard table: a child who moved is one child in both districts.
    pairs, findings, id_columns
        As the standard tables, from linking each district.
    moves
        The standard table *district_moves*: the evidence for one child in two districts.
    """

    crosswalk: pd.DataFrame
    pairs: pd.DataFrame
    findings: pd.DataFrame
    id_columns: pd.DataFrame
    moves: pd.DataFrame


def link_districts(
    districts: Iterable[tuple[str, District]],
    link: Callable[[District], Links],
    *,
    model: LinkModel | None = None,
) -> RegionLinks:
    """Link each district, then the children of all of them.

    Parameters
    ----------
    districts
        Name and district, one after the other; only people, ids and links stay in memory.
    link
        Function that links one district, by any method.
    model
        A trained model; by default the kit's own.

    Returns
    -------
    RegionLinks
        A child's name is opaque. It stays the same as long as the child's first district has the record that
        it derives from.
    """
    people, ids, links = {}, {}, {}
    for name, district in districts:
        people[name], ids[name], links[name] = district.people, district.identifiers, link(district)
    crosswalk = _named_apart({name: one.crosswalk for name, one in links.items()})
    moves = decide_moves(_with_district(people), _with_district(ids), crosswalk, model)
    return RegionLinks(
        crosswalk=_joined(crosswalk, moves),
        pairs=_with_district({name: one.pairs for name, one in links.items()}),
        findings=_with_district({name: one.findings for name, one in links.items()}),
        id_columns=_with_district({name: one.id_columns for name, one in links.items()}),
        moves=moves,
    )


def _with_district(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for name, table in tables.items():
        part = table.copy(deep=False)
        part.insert(0, "district", pd.Series(name, index=part.index, dtype="string"))
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _named_apart(crosswalks: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Rename children and households so that no two districts share a name."""
    whole = _with_district(crosswalks)
    for column, letter in (("child", "c"), ("household", "h")):
        text = whole["district"] + "\n" + whole[column]
        codes, distinct = pd.factorize(text)
        hashed = np.array([*(_hashed(letter, str(one)) for one in distinct), None], dtype=object)
        whole[column] = pd.Series(hashed[codes], index=whole.index, dtype="string")
    return whole


def _hashed(letter: str, text: str) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=b"region").digest()
    return f"{letter}-" + base64.b32encode(digest).decode().lower()[:LETTERS_OF_A_CHILD]


def _joined(crosswalk: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Give a child who moved one name, from the first district, and the link confidence of the move."""
    distinct = pd.Index(crosswalk["child"].unique())
    open_moves = moves[moves["decision"].isin(["Match", "Review"])]
    left, right = (distinct.get_indexer(pd.Index(open_moves[f"{side}_child"])) for side in ("left", "right"))
    match = open_moves["decision"].eq("Match").to_numpy(dtype=bool)
    first = components(len(distinct), left[match], right[match])
    own = distinct.get_indexer(pd.Index(crosswalk["child"]))
    moved = first[own] != own
    tied = np.bincount(first, minlength=len(distinct))[first] > 1
    waits = np.zeros(len(distinct), dtype=bool)
    waits[left[~match]] = waits[right[~match]] = True
    # The move links a child's first record in the second district.
    by_move = open_moves[match].drop_duplicates("right_child").set_index("right_child")
    step = crosswalk["step"].mask(
        moved & crosswalk["step"].isna(), by_move["step"].reindex(crosswalk["child"]).array
    )
    alone = crosswalk["link_status"].isin(["Unlinked", "Review"])
    link_status = crosswalk["link_status"].mask(alone & tied[own], "Verified")
    link_status = link_status.mask(
        crosswalk["link_status"].eq("Unlinked") & waits[own] & ~tied[own], "Review"
    )
    probability = by_move["match_probability"].reindex(crosswalk["child"]).array
    confidence = crosswalk["confidence"].mask(moved & crosswalk["step"].isna(), probability)
    child = pd.Series(distinct[first[own]], index=crosswalk.index, dtype="string")
    joined = crosswalk.assign(child=child, step=step, link_status=link_status, confidence=confidence)
    table = as_table("crosswalk", joined.drop(columns="district"))
    table.insert(0, "district", crosswalk["district"])
    return table
