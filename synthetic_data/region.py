"""Make a region: many district folders, with children who move between them; kept on with after a kill.

Districts are made one after the other, or by several processes, each whole before it is put in its place; so
a region is never held in memory, and whatever ends a run, the same command goes on where it stopped. What
comes out is the same bytes as if nothing had happened.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from helpers.standard import BadInput
from synthetic_data.district import fingerprint, make_district, written_fingerprint
from synthetic_data.scenario import Scenario
from synthetic_data.streams import rng_for
from synthetic_data.workers import Workers, context

__all__ = ["districts_of", "make_region"]

# Invented names of places; the district's number stands before them in the name of its folder.
FIRST = ("Cedar", "Maple", "Stone", "Silver", "Clear", "Fair", "Oak", "Mill", "Spring", "Harvest")
LAST = ("Valley", "Creek", "Ridge", "Bend", "Falls", "Prairie", "Grove", "Crossing", "Harbor", "Hollow")


def districts_of(region: Scenario) -> dict[str, Scenario]:
    """Give the districts of a region: name of the folder -> scenario."""
    order = rng_for(region.seed, "region", "names").permutation(len(FIRST) * len(LAST)).tolist()
    found = {}
    for number in range(1, region.districts + 1):
        first, last = divmod(order[(number - 1) % len(order)], len(LAST))
        again = (number - 1) // len(order)
        title = f"{FIRST[first]} {LAST[last]}" + (f" {again + 1}" if again else "")
        seed = int(rng_for(region.seed, "region", "district", number).integers(2**63 - 1))
        own = {"title": title, "seed": seed, "district": number, "region_seed": region.seed}
        found[f"{number:02d}-{title.lower().replace(' ', '-')}"] = region.model_copy(update=own)
    return found


def make_region(
    region: Scenario,
    folder: str | Path,
    processes: int = 1,
    done: Callable[[str], None] | None = None,
) -> Path:
    """Make the districts of a region that aren't made yet.

    Parameters
    ----------
    region
        A scenario with several districts.
    folder
        Where: a new or empty folder, or one in which this region was begun.
    processes
        How many districts are made at a time.
    done
        Told the name of each district that is there (of those that this process makes).

    Returns
    -------
    Path
        The folder: region.json, and a district folder for each district.

    Raises
    ------
    BadInput
        When the folder holds something else.
    """
    place = Path(folder).absolute()
    districts = districts_of(region)
    about = _about(region, districts)
    _claim(place, about, districts)
    waiting: list[str] = []
    for name, district in districts.items():
        if written_fingerprint(place / name) == fingerprint(district):
            if done is not None:
                done(name)
        else:
            waiting.append(name)
    started = context()
    following = started.Value("q", 0)
    given = (place, region, waiting, following)
    with Workers(started, min(processes, len(waiting)) - 1, _help, *given):
        _take(*given, done)
    return place


def _about(region: Scenario, districts: dict[str, Scenario]) -> dict[str, Any]:
    return {
        "synthetic": True,
        "scenario": region.name,
        "title": region.title,
        "seed": region.seed,
        "students_a_district": region.students,
        "as_of": region.as_of.isoformat(),
        "districts": {name: fingerprint(district) for name, district in districts.items()},
        "settings": region.model_dump(mode="json"),
    }


def _claim(place: Path, about: dict[str, Any], districts: dict[str, Scenario]) -> None:
    """Write region.json, or find that it is this region's; what a killed run left unfinished goes."""
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    written = place / "region.json"
    if place.exists() and not place.is_dir():
        raise BadInput(f"{place} is a file; give the name of a new folder.")
    lying = sorted(place.iterdir()) if place.exists() else []
    drafts = [path for path in lying if any(path.name.startswith(f".{name}.") for name in districts)]
    there = {path.name for path in lying if path not in drafts}
    if there:
        mine = written.is_file() and written.read_text(encoding="utf-8") == text
        strange = sorted(there - {"region.json", *districts})
        if not mine or strange:
            raise BadInput(
                f"Folder {place} already holds {(strange or sorted(there))[0]!r}, which isn't of this region "
                "as it is set now; give a new or empty folder, or the settings with which it was begun."
            )
    place.mkdir(parents=True, exist_ok=True)
    for draft in drafts:
        draft.unlink() if draft.is_file() else shutil.rmtree(draft)
    if not there:
        draft = place / f".{next(iter(districts))}.region.json"
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(written)


def _help(place: Path, region: Scenario, waiting: Sequence[str], following: Any) -> None:
    _take(place, region, waiting, following, None)


def _take(
    place: Path,
    region: Scenario,
    waiting: Sequence[str],
    following: Any,
    done: Callable[[str], None] | None,
) -> None:
    """Make districts, each the next one that nobody has begun, until none is left."""
    districts = districts_of(region)
    while True:
        with following.get_lock():
            at = following.value
            following.value = at + 1
        if at >= len(waiting):
            return
        make_district(districts[waiting[at]], place / waiting[at])
        if done is not None:
            done(waiting[at])
