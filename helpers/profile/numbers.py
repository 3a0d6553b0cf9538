"""Found values in numbers, so that they are compared and put in order without their words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.layouts import STRING
from helpers.profile.elements import Element
from helpers.profile.evidence import BANDS, Evidence
from helpers.profile.found import STATUSES
from helpers.profile.values import Names

__all__ = ["in_numbers"]


def in_numbers(
    found: pd.DataFrame, evidence: Evidence, elements: tuple[Element, ...]
) -> tuple[pd.DataFrame, Names]:
    """Put numbers in the place of the words of found values.

    Parameters
    ----------
    found
        Values as the rules found them.
    evidence
        Records and facts by child.
    elements
        Elements, as declared.

    Returns
    -------
    tuple
        ``owner, element, school_year, system, tie, band, source, row, rows, status`` in numbers (-1: none; no
        school year is 0), with the values themselves; and what the numbers stand for.
    """
    ties = evidence.crosswalk[["silo", "record"]]
    both = pd.concat([ties, found[["silo", "record"]]], ignore_index=True)
    number = both.groupby(["silo", "record"], dropna=False, sort=False).ngroup().to_numpy(dtype="int64")
    place = np.full(int(np.max(number, initial=0)) + 1, -1, dtype="int64")
    place[number[: len(ties)]] = np.arange(len(ties))
    tie = np.where(found["record"].isna(), -1, place[number[len(ties) :]])
    files, file_names = pd.factorize(found["file"], sort=True)
    silos = tuple(sorted(evidence.systems))

    def placed(column: str, words: object) -> np.ndarray:
        return pd.Index(words, dtype=STRING).get_indexer(pd.Index(found[column]))  # type: ignore[call-overload]

    numbers = {
        "owner": placed("child", evidence.children),
        "element": placed("element", [element.name for element in elements]),
        "school_year": found["school_year"].fillna(0).to_numpy(dtype="int64"),
        "system": placed("silo", silos),
        "tie": tie,
        "band": placed("link_band", BANDS),
        "source": files,
        "row": found["row"].fillna(-1).to_numpy(dtype="int64"),
        "rows": found["rows"].fillna(-1).to_numpy(dtype="int64"),
        "status": placed("status", STATUSES),
        "doubtful": found["doubtful"].to_numpy(dtype=bool),
    }
    kept = ["value", "value_number", "begin_date", "as_of", "recent", "other_reading"]
    names = Names(evidence.children, silos, evidence.crosswalk["record"], tuple(map(str, file_names)))
    return found[kept].reset_index(drop=True).assign(**numbers), names
