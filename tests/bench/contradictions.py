"""Read the pages of five districts, and of one as a real folder, for what contradicts itself."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, figure
from tests.bench.measure import run
from tests.report.contradictions import contradictions
from tests.report.read_pages import pages_of
from tests.report.titles import overclaims

__all__ = ["bench_contradictions"]

BIGPICTURE = Path(sys.executable).with_name("bigpicture")
# Nobody tuned a page to them.
SEEDS = (31_901, 45_557, 60_029, 72_613, 88_117)


def bench_contradictions(folder: Path) -> Iterator[Figure]:
    """Run all notebooks for each seed; the last seed's exports again as a real folder."""
    for seed in SEEDS:
        yield from _figures(folder / str(seed), f"seed {seed}", ["-p", "seed", str(seed)])
    made, real = folder / "made", folder / "exports"
    run([BIGPICTURE, "make", made, "--seed", str(SEEDS[-1])])
    shutil.copytree(made / "silos", real)
    yield from _figures(folder / "real", f"the exports of seed {SEEDS[-1]} alone", [str(real)])


def _figures(out: Path, name: str, arguments: list[str]) -> Iterator[Figure]:
    run([BIGPICTURE, "report", *arguments, "--out", out])
    pages = pages_of({path.name: path.read_text(encoding="utf-8") for path in sorted(out.glob("2*/*.html"))})
    assert pages
    found = contradictions(pages)
    # A real folder's tables hide the cells that its titles were computed from.
    claims = [] if "alone" in name else overclaims(one for page in pages for one in page.pictures)
    for what, some in (("contradictions", found), ("titles that overclaim", claims)):
        numbers = sum(len(page.numbers) for page in pages)
        yield figure(f"{what}, {name}", len(some), "", 0, pages=len(pages), numbers=numbers, which=list(some))
