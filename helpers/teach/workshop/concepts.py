"""Draw the map of what a workshop teaches: concepts, the verbs between them, and their exercises."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import model_validator

from helpers.report import fill
from helpers.standard import StrictModel, read_declared

__all__ = ["CONCEPT_MAP", "Concepts", "concept_map", "declared_concepts"]

# The file, beside the guide and in the pack.
CONCEPT_MAP = "concept_map.svg"
# Pixels: a box, and the room between two boxes, where a verb must fit.
_BOX, _GAP = (204, 62), (92, 62)
_EDGE = 8


class Concept(StrictModel):
    """A box of the map."""

    # Column and row.
    at: tuple[int, int]
    # Exercises and guesses.
    practiced: tuple[str, ...]
    # What the workshop is about has a thick edge.
    heavy: bool = False

    @property
    def center(self) -> tuple[float, float]:
        """The middle of its box."""
        x, y = (
            _EDGE + place * (box + gap) + box / 2 for place, box, gap in zip(self.at, _BOX, _GAP, strict=True)
        )
        return x, y


class Concepts(StrictModel):
    """Contents of ``concepts.toml``."""

    concept: dict[str, Concept]
    # What one concept does to another: concept, verb, concept.
    arrows: tuple[tuple[str, str, str], ...]

    @model_validator(mode="after")
    def _arrows_join_neighbors(self) -> Self:
        at = {name: one.at for name, one in self.concept.items()}
        if len(set(at.values())) < len(at):
            raise ValueError("two concepts have one place")
        for begins, verb, ends in self.arrows:
            if not {begins, ends} <= set(at):
                raise ValueError(f"{begins} {verb} {ends}: one of them is no concept")
            if max(abs(a - b) for a, b in zip(at[begins], at[ends], strict=True)) != 1:
                raise ValueError(f"{begins} {verb} {ends}: they aren't neighbors")
        return self


@cache
def declared_concepts() -> Concepts:
    """Read the concepts and the arrows between them."""
    return read_declared(Path(__file__).with_name("concepts.toml"), Concepts, "map of concepts")


def concept_map() -> str:
    """Draw the map as SVG, in black on white."""
    declared = declared_concepts()
    concepts = declared.concept
    boxes = [
        (name, " · ".join(one.practiced), round(x - _BOX[0] / 2), round(y - _BOX[1] / 2), one.heavy)
        for name, one in concepts.items()
        for x, y in (one.center,)
    ]
    arrows = []
    for begins, verb, ends in declared.arrows:
        begin, end = concepts[begins].center, concepts[ends].center
        begin, end = _edge(begin, end), _edge(end, begin)
        middle = [round((a + b) / 2) for a, b in zip(begin, end, strict=True)]
        arrows.append((verb, *map(round, begin), *map(round, end), *middle))
    columns, rows = (max(one.at[axis] for one in concepts.values()) + 1 for axis in (0, 1))
    size = [
        many * (box + gap) - gap + 2 * _EDGE
        for many, box, gap in zip((columns, rows), _BOX, _GAP, strict=True)
    ]
    sentences = [f"{' '.join(arrow)}." for arrow in declared.arrows]
    return str(fill("teach/workshop/pages.html.j2", "concept_map", size, _BOX, boxes, arrows, sentences))


def _edge(inside: tuple[float, float], toward: tuple[float, float]) -> tuple[float, float]:
    """Return where the line from the middle of a box to another point leaves the box."""
    x, y = (there - here for here, there in zip(inside, toward, strict=True))
    share = min(side / 2 / abs(way) for side, way in zip(_BOX, (x, y), strict=True) if way)
    return inside[0] + share * x, inside[1] + share * y
