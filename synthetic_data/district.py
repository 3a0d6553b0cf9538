"""Generate a district, or the districts of a region."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import digests_of, foreign_file
from helpers.layouts import load_layout
from helpers.standard import BadInput, Measured, plain
from helpers.systems import outside_packages
from synthetic_data.answer_key import answer_key, write_answer_key
from synthetic_data.error_families import add_errors, record_of_errors
from synthetic_data.exports import Export, clean_pages, plan_faults, write_silos
from synthetic_data.life import draw_life
from synthetic_data.observation import Truth, known_on
from synthetic_data.population import make_population
from synthetic_data.scenario import Scenario, exchange, load_scenario
from synthetic_data.schooling import make_schooling
from synthetic_data.streams import rng_for
from synthetic_data.systems import SILOS
from synthetic_data.workers import Workers, context, take_each

__all__ = [
    "cache_folder",
    "clean_pages",
    "districts_of",
    "fingerprint",
    "kit_version",
    "make_district",
    "make_region",
    "make_truth",
    "plan_faults",
]


HERE = Path(__file__).parent
OURS = {"district.json", "silos", "answer_key"}
# Folders of this package that decide no byte of a district.
NO_PART_OF_IT = {"sample", "benchmark"}


def make_district(
    scenario: str | Path | Scenario = "workshop",
    folder: str | Path | None = None,
    processes: int = 1,
    **overrides: Any,
) -> Path:
    """Generate a district, or return the cached one of the same scenario.

    Parameters
    ----------
    scenario
        A named scenario, the path of a scenario file, or a loaded scenario.
    folder
        Output folder; default is a cache folder of this user, keyed by everything that determines the
        district.
    processes
        Number of processes that write files; the bytes are always the same.
    **overrides
        Scenario keys to override, such as ``students=300`` or ``level="governed"``.

    Returns
    -------
    Path
        The district folder: district.json, silos/, answer_key/.

    Raises
    ------
    BadInput
        If the scenario is invalid, or the folder contains something other than a synthetic district.

    Examples
    --------
    >>> import tempfile
    >>> folder = make_district(folder=Path(tempfile.mkdtemp()) / "riverbend", students=60)
    >>> sorted(path.name for path in folder.iterdir())
    ['answer_key', 'district.json', 'silos']
    """
    if isinstance(scenario, Scenario):
        loaded = (
            load_scenario("workshop", **{**scenario.model_dump(), **overrides}) if overrides else scenario
        )
    else:
        loaded = load_scenario(scenario, **overrides)
    if loaded.districts > 1 and loaded.district == 0:
        region = plain(f"{Measured('districts', loaded.districts):count}")
        raise BadInput(
            f"Scenario {loaded.name!r} is a region of {region}: make it with "
            "`bigpicture make FOLDER --scenario region`, and open one of its districts."
        )
    mark = fingerprint(loaded)
    place = cache_folder() / mark if folder is None else Path(folder).absolute()
    if recorded_fingerprint(place) == mark:
        return place
    _refuse_what_is_not_ours(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        draft.chmod(0o755)
        _write(draft, loaded, mark, processes)
        _put(draft, place, mark)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def cache_folder() -> Path:
    """Return the folder of cached districts; the variable BIGPICTURE_HOME moves it."""
    own = os.environ.get("BIGPICTURE_HOME")
    if own:
        return Path(own).expanduser().absolute() / "districts"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "see-the-big-picture" / "districts"


# ----------------------------------------------------------------------------- folders, all or nothing


def kit_version() -> str:
    """Return the kit's version; a clone that isn't installed has none."""
    try:
        return metadata.version("see-the-big-picture")
    except metadata.PackageNotFoundError:
        return "0"


@cache
def _maker() -> str:
    """Hash all that determines a district's bytes: a changed generator never returns an old district."""
    helpers = HERE.parent / "helpers"
    files = helpers / "files"
    rooms = (helpers / name for name in ("standard", "systems", "layouts"))
    sources = [
        path
        for place in (HERE, *rooms, files / "writers", *outside_packages().values())
        for path in place.rglob("*")
        if path.suffix in (".py", ".toml", ".csv") and NO_PART_OF_IT.isdisjoint(path.relative_to(place).parts)
    ]
    sources += [files / "as_made.py", files / "text_table.py", files / "readers" / "workbook.py"]
    whole = hashlib.sha256()
    for path in sorted(sources):
        whole.update(path.name.encode("utf-8"))
        whole.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return whole.hexdigest()


def fingerprint(scenario: Scenario) -> str:
    """Return a short hash of a scenario, this generator and these libraries, which determine the bytes."""
    # Names come from Faker's lists and numbers from NumPy's generators: other versions may draw other values.
    libraries = " ".join(metadata.version(name) for name in ("numpy", "Faker"))
    content = f"{kit_version()} {libraries} {_maker()} {scenario.fingerprint()}"
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]


def recorded_fingerprint(folder: Path) -> str | None:
    """Return the fingerprint of a district generated by this kit; None if there is none."""
    try:
        about = json.loads((folder / "district.json").read_text(encoding="utf-8"))
        return str(about["fingerprint"]) if about["synthetic"] is True else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _refuse_what_is_not_ours(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise BadInput(f"{folder} is a file; give the name of a new folder.")
    there = {path.name for path in folder.iterdir()}
    if there and (recorded_fingerprint(folder) is None or there - OURS):
        foreign = sorted(there - OURS) or sorted(there)
        raise BadInput(
            f"Folder {folder} already has {foreign[0]!r}, which no synthetic district has; "
            "give a new or empty folder, so that nothing of yours is lost."
        )
    about = json.loads((folder / "district.json").read_text(encoding="utf-8")) if there else {}
    mine = sorted(path for path in (folder / "silos").rglob("*") if path.is_file())
    if about.get("files") and (strange := foreign_file(about, mine)):
        raise BadInput(
            f"{strange} isn't as the generator wrote it; move it away, or give a new or empty folder, so "
            "that nothing of yours is lost."
        )


def _put(draft: Path, place: Path, mark: str) -> None:
    """Move a finished folder to its place atomically; a second process finds the first one's."""
    try:
        draft.rename(place)
        return
    except OSError:
        if recorded_fingerprint(place) == mark:
            return
        _refuse_what_is_not_ours(place)
    # We replace an empty folder, or a district of another scenario.
    old = Path(tempfile.mkdtemp(prefix=f".{place.name}.old.", dir=place.parent))
    try:
        place.rename(old / "district")
        draft.rename(place)
    finally:
        shutil.rmtree(old, ignore_errors=True)


# ---------------------------------------------------------------------------------------- the contents


def _write(folder: Path, scenario: Scenario, mark: str, processes: int) -> None:
    truth = make_truth(scenario)
    exports = write_silos(folder, scenario, truth, processes, make_truth)
    now = known_on(truth, pd.Timestamp(scenario.as_of))
    carriers = _carriers(scenario)
    about = _about(scenario, truth.population.district_name, exports, mark)
    key = answer_key(scenario, now, exports, carriers)
    if scenario.errors is not None:
        layouts = {export.silo: load_layout(export.layout) for export in exports}
        key["faults"] = add_errors(
            folder / "silos", layouts, key, scenario.errors, scenario.seed, scenario.as_of
        )
    write_answer_key(folder / "answer_key", key)
    files = [path for path in (folder / "silos").rglob("*") if path.is_file()]
    if scenario.errors is not None:
        about["errors"] = record_of_errors(scenario.errors, scenario.seed)
    about["files"] = digests_of(folder / "silos", files)
    (folder / "district.json").write_text(
        json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )


def _carriers(scenario: Scenario) -> dict[str, bool]:
    """Mark silos whose records all carry a number that another silo has on all its records, too."""
    whole = {
        silo: {system for system, share in exchange(scenario, silo).ids.items() if share == 1}
        for silo in SILOS
    }
    return {
        silo: any(mine & theirs for other, theirs in whole.items() if other != silo)
        for silo, mine in whole.items()
    }


def _about(scenario: Scenario, name: str, exports: list[Export], mark: str) -> dict[str, Any]:
    return {
        "synthetic": True,
        "scenario": scenario.name,
        "title": scenario.title,
        "district_name": name,
        "seed": scenario.seed,
        "students": scenario.students,
        "school_years": [scenario.school_year - 1, scenario.school_year],
        "as_of": scenario.as_of.isoformat(),
        "level": scenario.level,
        "silos": {export.silo: export.layout for export in exports},
        "kit_version": kit_version(),
        "fingerprint": mark,
        "settings": scenario.model_dump(mode="json"),
    }


def make_truth(scenario: Scenario) -> Truth:
    """Generate the truth of a district: its people, their schooling, their life."""
    population = make_population(scenario)
    schooling = make_schooling(scenario, population)
    return Truth(population, schooling, draw_life(scenario, population, schooling))


def district_for(parameters: Mapping[str, Any]) -> Path:
    """Generate the district of a report run, or return the cached one."""
    known = {name: value for name, value in parameters.items() if name in Scenario.model_fields}
    return make_district(parameters.get("scenario", "workshop"), **known)


# We generate districts one by one, or in several processes, and move each into place when complete. So a
# region is never in memory as a whole, and after any interruption the same command continues. The bytes are
# the same either way.

# Synthetic place names; folder names start with the district's number.
FIRST = ("Cedar", "Maple", "Stone", "Silver", "Clear", "Fair", "Oak", "Mill", "Spring", "Harvest")
LAST = ("Valley", "Creek", "Ridge", "Bend", "Falls", "Prairie", "Grove", "Crossing", "Harbor", "Hollow")


def districts_of(region: Scenario) -> dict[str, Scenario]:
    """Return the districts of a region: folder name -> scenario."""
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
    """Generate the districts of a region that don't exist yet.

    Parameters
    ----------
    region
        A scenario with several districts.
    folder
        Output folder: new, empty, or with an unfinished run of this region.
    processes
        Number of districts to generate at a time.
    done
        Called with the name of each finished district (of those that this process generates).

    Returns
    -------
    Path
        The folder: region.json, and one folder per district.

    Raises
    ------
    BadInput
        If the folder contains something else.
    """
    place = Path(folder).absolute()
    districts = districts_of(region)
    about = _describe_region(region, districts)
    _claim(place, about, districts)
    waiting: list[str] = []
    for name, district in districts.items():
        if recorded_fingerprint(place / name) == fingerprint(district):
            if done is not None:
                done(name)
        else:
            waiting.append(name)
    started = context()
    following = started.Value("q", 0)
    given = (place, region, waiting, following)
    with Workers(started, min(processes, len(waiting)) - 1, _take, *given):
        _take(*given, done)
    return place


def _describe_region(region: Scenario, districts: dict[str, Scenario]) -> dict[str, Any]:
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
    """Write region.json, or check that it is this region's; delete what a killed run left unfinished."""
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    region_file = place / "region.json"
    if place.exists() and not place.is_dir():
        raise BadInput(f"{place} is a file; give the name of a new folder.")
    lying = sorted(place.iterdir()) if place.exists() else []
    drafts = [path for path in lying if any(path.name.startswith(f".{name}.") for name in districts)]
    there = {path.name for path in lying if path not in drafts}
    if there:
        mine = region_file.is_file() and region_file.read_text(encoding="utf-8") == text
        strange = sorted(there - {"region.json", *districts})
        if not mine or strange:
            raise BadInput(
                f"Folder {place} already has {(strange or sorted(there))[0]!r}, which isn't of this region "
                "as it is set now; give a new or empty folder, or the settings with which it was begun."
            )
    place.mkdir(parents=True, exist_ok=True)
    for draft in drafts:
        draft.unlink() if draft.is_file() else shutil.rmtree(draft)
    if not there:
        draft = place / f".{next(iter(districts))}.region.json"
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(region_file)


def _take(
    place: Path,
    region: Scenario,
    waiting: Sequence[str],
    following: Any,
    done: Callable[[str], None] | None = None,
) -> None:
    """Generate districts, each time the next one that nobody has started, until none is left."""
    districts = districts_of(region)
    for name in take_each(waiting, following):
        make_district(districts[name], place / name)
        if done is not None:
            done(name)
