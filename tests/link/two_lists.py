"""Two lists of invented persons, small and with known partners, for tests of linking any two files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

GIVEN = (
    "Ada Bela Cora Dan Edna Fritz Gustav Hedda Ivo Jutta Kurt Lena Marek Nora Otto Paula Quirin Rosa Sven "
    "Tilda Ulla Viktor Wanda Xaver Yvonne Zoltan Amalia Bruno Clara Dietrich"
).split()
FAMILY = (
    "Abendroth Bergström Castellano Dombrowski Eriksen Fontaine Grünwald Hadžić Ivanova Jankowski Kowalczyk "
    "Lindqvist Moreau Novák Oberholzer Petrescu Quintero Rasmussen Szymański Tanaka Ullrich Vandermeer "
    "Wójcik Ximenes Yilmaz Zimmermann Achterberg Brannigan Cavanaugh Delacroix"
).split()
STREETS = "Mill Lane,High Street,Station Road,Church Walk,Harbour View,Meadow Close,Park Avenue".split(",")


def persons(count: int, seed: int = 5) -> list[list[str]]:
    """Give different rows of first name, surname, birth date, house number, street and postcode."""
    rng = np.random.default_rng(seed)
    rows = []
    for place in range(count):
        given, family = GIVEN[place % len(GIVEN)], FAMILY[(place * 7 + place // len(GIVEN)) % len(FAMILY)]
        day = f"{rng.integers(1940, 2015)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
        home = [
            str(rng.integers(1, 200)),
            STREETS[rng.integers(len(STREETS))],
            str(rng.integers(10_000, 99_999)),
        ]
        rows.append([given, family, day, *home])
    return rows


def write_rows(
    path: Path, heads: list[str], rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    """Write a file of persons."""
    lines = [delimiter.join(line) for line in [heads, *rows]]
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path
