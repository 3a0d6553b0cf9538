"""How much of an export is said in the words of a published standard, so that two systems mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers.gaps.known import Known
from helpers.gaps.measures import line

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["STANDARDS", "standards", "terms_of"]

STANDARDS = ("edfi", "oneroster", "ceds", "sif")


def terms_of(district: District) -> dict[str, dict[str, str | None]]:
    """Give the term of a standard for each column that a system's files have.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    dict
        System -> column (``kind of file.head``) -> term such as ``edfi:student.birthDate``; None without one.
        What a layout says of its columns is the kit's own reading of a vendor's export.
    """
    declared = {
        (silo, file.name, column.name): column.term
        for silo, layout in district.layouts.items()
        for file in layout.files
        for column in file.columns
    }
    found: dict[str, dict[str, str | None]] = {}
    columns = district.written.columns[["silo", "kind", "head", "column"]].drop_duplicates()
    for silo, kind, head, column in columns.itertuples(index=False):
        term = declared.get((silo, kind, column)) if isinstance(column, str) else None
        named = term is not None and term.split(":", 1)[0] in STANDARDS
        found.setdefault(silo, {})[f"{kind}.{head}"] = term if named else None
    return found


def standards(district: District, known: Known) -> list[dict[str, Any]]:
    """Measure which share of a system's columns has a term of a standard, and which terms two systems share.

    Parameters
    ----------
    district
        A district that was read.
    known
        Who is in which system.

    Returns
    -------
    list of dict
        Lines *columns with a term* (a system) and *terms in common* (a pair: of the left system's terms).
    """
    terms = terms_of(district)
    lines: list[dict[str, Any]] = []
    for silo in known.silos:
        if silo in terms:
            named = sum(term is not None for term in terms[silo].values())
            lines.append(line("columns with a term", silo, None, named, len(terms[silo])))
    for left_place, right_place in known.pairs():
        left, right = known.silos[left_place], known.silos[right_place]
        mine, theirs = (
            {term for term in terms.get(silo, {}).values() if term is not None} for silo in (left, right)
        )
        if mine:
            lines.append(line("terms in common", left, right, len(mine & theirs), len(mine)))
    return lines
