"""Whether two systems mean the same by a code, and whether it survives the way to the other and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpers.gaps.code_crosswalk import NO_CODE, Vocabulary, journeys, vocabularies
from helpers.gaps.known import Known
from helpers.gaps.measures import line

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["meaning"]

Lines = list[dict[str, Any]]


def meaning(district: District, known: Known) -> Lines:
    """Measure how far the codes of two systems can be put for each other.

    Parameters
    ----------
    district
        A district that was read.
    known
        Who is in which system.

    Returns
    -------
    list of dict
        For each pair of systems and column that both fill: *codes written differently* (of the values that
        both write), *left codes without a counterpart*, *right codes without a counterpart*, *left codes that
        don't come back* and *right codes that don't come back*, in rows. What a system has no code for by
        its layout is a limit: nobody in the district can mend it.
    """
    lines: Lines = []
    for column, by_silo in vocabularies(district).items():
        for left_place, right_place in known.pairs():
            left, right = known.silos[left_place], known.silos[right_place]
            if left in by_silo and right in by_silo:
                lines += _pair(by_silo[left], by_silo[right], column)
    return lines


def _pair(left: Vocabulary, right: Vocabulary, column: str) -> Lines:
    mine, theirs = left.said(), right.said()
    both = mine.keys() & theirs.keys()
    differ = sum(_plain(mine[value]) != _plain(theirs[value]) for value in both)
    lines = []
    if both:
        lines.append(line("codes written differently", left.silo, right.silo, differ, len(both), column))
    for side, one, other in (("left", left, right), ("right", right, left)):
        went = journeys(one, other)
        lost = [each for each in went if not each["comes_back"]]
        bare = [each for each in went if each["right_written"] is None]
        for measure, those in ((f"{side} codes without a counterpart", bare),
                               (f"{side} codes that don't come back", lost)):  # fmt: skip
            count = sum(each["rows"] for each in those)
            example = {"example_file": those[0]["file"], "example_row": those[0]["row"]} if those else {}
            limit = bool(those) and all(each["why"] == NO_CODE for each in those)
            lines.append(
                line(measure, left.silo, right.silo, count, one.rows, column, is_limit=limit, **example)
            )
    return lines


def _plain(codes: set[str]) -> set[str]:
    """Leave out the address before an Ed-Fi code."""
    return {code.rsplit("#", 1)[-1] for code in codes}
