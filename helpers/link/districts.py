"""Who is who over several districts: the children of each, and those who moved from one to another.

Each district is linked by itself. Then children are compared across districts, by all that their records say:
only State ids may be equal there, for any other number, school, home or telephone belongs to one district. A
name and a birth date are what a mover takes along. A child has several records, and one of them is mostly
written as one of hers in the other district is.

Records without a birth date never tie two districts: a name alone finds namesakes in every one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.link.across_districts import decide_moves
from helpers.link.clusters import components
from helpers.link.crosswalk import Links
from helpers.standard import as_table

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link.model import LinkModel

__all__ = ["RegionLinks", "link_districts"]

LETTERS_OF_A_CHILD = 12


@dataclass(frozen=True)
class RegionLinks:
    """Who is who in a region. Every table begins with ``district``; ids are unique inside one only.

    Attributes
    ----------
    crosswalk
        As the standard table: a child who moved is one child in both districts.
    pairs, findings, id_columns
        As the standard tables: what was found inside each district.
    moves
        The standard table *moves*: the evidence for one child in two districts.
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
        Name and district, one after the other; of each only people, ids and links are kept.
    link
        Links one district, by whatever method.
    model
        A trained model; without it the one that comes with the kit.

    Returns
    -------
    RegionLinks
        A child's name is opaque, and stays while the first of its districts has the record it is named after.
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
    """Name children and households so that those of two districts are never called alike."""
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
    """Give a child who moved one name, that of her first district, and say how her records there are tied."""
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
    # How a child's first record in her second district is tied: by the move.
    by_move = open_moves[match].drop_duplicates("right_child").set_index("right_child")
    step = crosswalk["step"].mask(
        moved & crosswalk["step"].isna(), by_move["step"].reindex(crosswalk["child"]).array
    )
    alone = crosswalk["band"].isin(["Alone", "Review"])
    band = crosswalk["band"].mask(alone & tied[own], "Sure")
    band = band.mask(crosswalk["band"].eq("Alone") & waits[own] & ~tied[own], "Review")
    probability = by_move["match_probability"].reindex(crosswalk["child"]).array
    confidence = crosswalk["confidence"].mask(moved & crosswalk["step"].isna(), probability)
    child = pd.Series(distinct[first[own]], index=crosswalk.index, dtype="string")
    joined = crosswalk.assign(child=child, step=step, band=band, confidence=confidence)
    table = as_table("crosswalk", joined.drop(columns="district"))
    table.insert(0, "district", crosswalk["district"])
    return table
