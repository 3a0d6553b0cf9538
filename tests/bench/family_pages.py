"""How long family pages take: 500 from a profile store, and the whole command on a small district."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, figure
from tests.bench.measure import run

__all__ = ["bench_family_pages"]

BIGPICTURE = Path(sys.executable).with_name("bigpicture")
PAGES, LARGE, SMALL = 500, 2_000, 600
FROM_STORE = """
import json, sys, time
from pathlib import Path
from helpers.files import read_district
from helpers.link import link_district
from helpers.profile import build_profiles
from helpers.profile.store.source import source_of
from helpers.profile.store.profiles import ProfileStore, save_store
from helpers.report.family.pages import pages_of, prepare
from helpers.report.family.write import records_of, write_pages

folder, out, wanted = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
district = read_district(folder)
links = link_district(district)
save_store(source_of(district, links, build_profiles(district, links)), out / "store")
store = ProfileStore.open(out / "store")
children = sorted(store.children().dropna(subset=["first_name", "school"])["child"])
begun = time.perf_counter()
run = prepare(district, links, store, children=children)
asked = list(dict.fromkeys(one.child for one in run.recipients))[:wanted]
run = prepare(district, links, store, children=asked)
written = write_pages(pages_of(run), records_of(links.crosswalk, run.standing), out / "pages")
print(json.dumps({"pages": len(written.pages), "seconds": time.perf_counter() - begun}))
"""


def bench_family_pages(folder: Path) -> Iterator[Figure]:
    """Time pages from a store, once the district is read, linked and profiled, and the command as a whole."""
    for name, students in (("large", LARGE), ("small", SMALL)):
        run([BIGPICTURE, "make", folder / name, "--students", str(students)])
    took = run([sys.executable, "-c", FROM_STORE, folder / "large", folder / "out", str(PAGES)])
    told = json.loads(took.output)
    assert told["pages"] >= PAGES
    yield figure(f"{told['pages']} family pages from a profile store", told["seconds"], "s", 60)
    places = ["--out", folder / "pages", "--lookup", folder / "lookup"]
    took = run([BIGPICTURE, "family", folder / "small", "--all", "--json", *places])
    pages = json.loads(took.output)["pages"]
    assert pages >= PAGES
    yield figure(f"bigpicture family --all, {SMALL} children, {pages} pages", took.seconds, "s", 60)
