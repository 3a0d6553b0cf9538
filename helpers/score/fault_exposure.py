"""Which records had something go wrong in what they can be recognised by: read off the key's faults.

The maker's faults hit groups unequally: an accent can only be lost by a name that has one, an order swapped
where a family's name is said first, a spelling changed that exists in two. To tell this from what the linker
does, rates of groups are standardised over these classes (`helpers.score.rates`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from helpers.score.answer_key import AnswerKey
from helpers.score.truth import RECORD
from helpers.standard import STRING

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.layouts import Layout
    from helpers.layouts.layout import Column, FileLayout, Makes

__all__ = ["fault_exposure"]

# Columns of people by which a person is recognised.
TELLING = frozenset(
    "first_name middle_name last_surname generation_code_suffix preferred_first_name preferred_last_surname "
    "full_name birth_date sex local_id login email telephone grade_level graduation_year school_id "
    "school_name street_number_name city postal_code".split()
)


def fault_exposure(district: District, key: AnswerKey) -> pd.DataFrame:
    """Say of each record what kind of fault lies on it.

    Parameters
    ----------
    district
        A district that was read.
    key
        Its truth.

    Returns
    -------
    pandas.DataFrame
        ``silo``, ``record``, ``exposure`` (a kind of fault; where several lie on one record, the rarest):
        records on which a fault lies in a cell that makes a name, a birth date, a number, a school, a grade
        or a home. Faults in other cells, and those of whole files, which hit everybody in them alike, are
        left out, and so is a record with none. Kinds are kept apart, since a lost accent is more easily seen
        through than a slip of the keyboard, and the one befalls some groups, the other all.
    """
    told = _columns_that_tell(district.layouts)
    faults = key.faults.dropna(subset=["row", "column"])[["silo", "file", "row", "column", "kind"]]
    faults = faults.drop_duplicates().merge(told, on=["silo", "column"], how="inner", validate="many_to_one")
    rows = district.person_rows[[*RECORD, "file", "row"]].drop_duplicates()
    hit = faults.merge(rows, on=["silo", "file", "row"], how="inner", validate="many_to_many")
    hit = hit[[*RECORD, "kind"]].drop_duplicates()
    hit = hit.assign(times=hit.groupby("kind")["kind"].transform("size"))
    hit = hit.sort_values([*RECORD, "times", "kind"]).drop_duplicates(RECORD, ignore_index=True)
    return hit[RECORD].assign(exposure=hit["kind"])


def _columns_that_tell(layouts: dict[str, Layout]) -> pd.DataFrame:
    """List the native columns that make something by which a child is recognised."""
    told = {
        (silo, str(column.name))
        for silo, layout in layouts.items()
        for file in layout.files
        for column in _telling(file)
    }
    return pd.DataFrame(sorted(told), columns=["silo", "column"], dtype=STRING)


def _telling(file: FileLayout) -> Iterator[Column]:
    makes = [make for make in file.makes if make.table == "people" and _of_a_child(make)]
    for make in makes:
        for target, source in make.take.items():
            found = file.find(source.split("->")[0])
            if target in TELLING and found is not None:
                yield found[0]
    if makes:
        yield from (column for column in file.named() if column.identification_system is not None)


def _of_a_child(make: Makes) -> bool:
    return make.set.get("role", "Student") in ("Student", "Unknown")
