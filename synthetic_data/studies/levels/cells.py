"""The cells of a study, and their cached results."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path

import pandas as pd

import helpers
import synthetic_data
from helpers.link import method_named
from helpers.report import notebooks_folder
from helpers.standard import BadInput, as_table, nearest
from synthetic_data.district import cache_folder
from synthetic_data.scenario import LEVELS, load_scenario

__all__ = [
    "BY_NUMBER",
    "FROM",
    "KIT_RUN",
    "PLACEBO",
    "SWITCHES",
    "TABLES",
    "TO",
    "WORKSHOP",
    "Cell",
    "cell_key",
    "find",
    "headless_notebook",
    "keep",
    "libraries",
    "plan",
    "planned",
    "results_folder",
]


WORKSHOP, PLACEBO = "workshop", "placebo"
# Switches that a level sets, in the order in which a district would adopt them. Fault rates don't change.
SWITCHES = ("carried_ids", "freshness", "code_agreement")
FROM, TO = "manual", "governed"
PLANS = ("kit", "small", "whole")  # kit: the run that ships with the kit, which nobody has to run
# The linkage method that systems can use by themselves.
BY_NUMBER = "shared identifier"


@dataclass(frozen=True, order=True)
class Cell:
    """One district of the plan; these fields and the sources determine its figures."""

    scenario: str
    level: str
    seed: int
    students: int
    carried_ids: str
    freshness: str
    code_agreement: str
    fault_level: str = FROM
    method: str = "resolved"

    @property
    def name(self) -> str:
        """Describe the district, for progress and errors."""
        moved = [f"{switch} {getattr(self, switch)}" for switch in self.moved]
        return ", ".join([self.scenario, self.level, *moved, f"seed {self.seed}"])

    @property
    def moved(self) -> tuple[str, ...]:
        """Return the switches that differ from the level's, without fault rates."""
        return tuple(switch for switch in SWITCHES if getattr(self, switch) != self.level)

    def parameters(self) -> dict[str, object]:
        """Return the notebook's parameters."""
        return asdict(self)


def cell_of(
    level: str,
    seed: int,
    students: int,
    *,
    scenario: str = WORKSHOP,
    fault_level: str = FROM,
    method: str = "resolved",
) -> Cell:
    """Return the cell of one level, with all its switches except fault rates."""
    return Cell(scenario, level, seed, students, level, level, level, fault_level, method)


def plan(
    levels: Sequence[str] = LEVELS,
    seeds: Sequence[int] = (1, 2, 3, 4, 5),
    students: int = 2000,
    *,
    switches: bool = False,
    placebo: bool = False,
    by_number: bool = False,
    fault_level: str = FROM,
    method: str = "resolved",
) -> list[Cell]:
    """List the districts of a study."""
    _check(levels, seeds, fault_level)
    method = method_named(method)
    load_scenario(WORKSHOP, students=students, seed=max(seeds), fault_level=fault_level)

    def at(level: str, seed: int, scenario: str) -> Cell:
        return cell_of(level, seed, students, scenario=scenario, fault_level=fault_level, method=method)

    cells = [at(level, seed, WORKSHOP) for level in levels for seed in seeds]
    if switches:
        cells += switch_plan([at(FROM, seed, WORKSHOP) for seed in seeds])
    if placebo:
        cells += [at(level, seed, PLACEBO) for level in levels for seed in seeds]
    if by_number:
        cells += [replace(at(level, seed, WORKSHOP), method=BY_NUMBER) for level in levels for seed in seeds]
    return list(dict.fromkeys(cells))


def planned(name: str, students: int = 600, seeds: int = 5) -> list[Cell]:
    """Return a plan by name, as the notebook asks for it."""
    if name == "small":
        return plan(seeds=(1, 2), students=60, placebo=True)
    if name == "whole":
        numbers = tuple(range(1, seeds + 1))
        return plan(seeds=numbers, students=students, switches=True, placebo=True, by_number=True)
    raise BadInput(f"There is no plan {name!r}.{nearest(name, PLANS)} There are: {', '.join(PLANS)}.")


def switch_plan(bases: Sequence[Cell]) -> list[Cell]:
    """Change one switch at a time: alone, and all others."""
    alone = [_moved(base, (switch,)) for switch in SWITCHES for base in bases]
    behind = [
        replace(_moved(base, tuple(one for one in SWITCHES if one != switch)), level=TO)
        for switch in SWITCHES
        for base in bases
    ]
    return [*bases, *alone, *behind, *(replace(_moved(base, SWITCHES), level=TO) for base in bases)]


def _moved(cell: Cell, switches: Sequence[str]) -> Cell:
    """Change some switches of a cell to `TO`."""
    at = {switch: TO if switch in switches else str(getattr(cell, switch)) for switch in SWITCHES}
    return replace(
        cell,
        carried_ids=at["carried_ids"],
        freshness=at["freshness"],
        code_agreement=at["code_agreement"],
    )


def _check(levels: Sequence[str], seeds: Sequence[int], fault_level: str) -> None:
    for level in (*levels, fault_level):
        if level not in LEVELS:
            raise BadInput(
                f"No exchange level is called {level!r}.{nearest(level, LEVELS)} There are: "
                f"{', '.join(LEVELS)}."
            )
    if not levels or not seeds:
        raise BadInput("A study needs one level and one seed at least: --levels none,governed --seeds 1,2.")
    twice = sorted({seed for seed in seeds if list(seeds).count(seed) > 1})
    if twice:
        raise BadInput(f"Seed {twice[0]} is given twice: the same district counts once. Give other seeds.")


# Tables that a cell's notebook writes, with their file names.
TABLES = {"level_figures": "figures", "question_answers": "answers", "families_informed": "families"}
# Libraries that compute. A missing one could change a figure unnoticed.
LIBRARIES = (
    "numpy", "pandas", "pyarrow", "duckdb", "scipy", "rapidfuzz", "Faker", "pydantic",
    "openpyxl", "XlsxWriter", "defusedxml",
)  # fmt: skip
SOURCES = (".py", ".toml", ".csv", ".json")
# Runs that ship with the kit are results, so their files aren't part of the sources.
KIT_RUN = "kit_run"


def headless_notebook() -> Path:
    """Return the notebook that runs for every cell."""
    return notebooks_folder() / "headless" / "one_district.ipynb"


def results_folder() -> Path:
    """Return the folder of results, next to the cached districts."""
    return cache_folder().parent / "levels"


@cache
def libraries() -> Mapping[str, str]:
    """Return the versions of Python and of all libraries that compute."""
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = ""
    return versions


def sources_fingerprint(notebook: Path, *houses: Path) -> str:
    """Hash all sources of the packages, and the code of a notebook."""
    whole = hashlib.sha256()
    for house in houses:
        for path in sorted(house.rglob("*")):
            apart = "sample" in path.relative_to(house).parts or path.stem.startswith(KIT_RUN)
            if path.suffix in SOURCES and not apart:
                whole.update(path.relative_to(house).as_posix().encode("utf-8"))
                whole.update(path.read_bytes().replace(b"\r\n", b"\n"))
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    content = [
        [cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])] for cell in cells
    ]
    whole.update(json.dumps(content).encode("utf-8"))
    return whole.hexdigest()


@cache
def sources(notebook: Path | None = None) -> str:
    """Hash everything that determines the results of cells, except libraries."""
    houses = (Path(str(house.__file__)).parent for house in (helpers, synthetic_data))
    return sources_fingerprint(notebook or headless_notebook(), *houses)


def cell_key(cell: Cell, *, of_sources: str | None = None, versions: Mapping[str, str] | None = None) -> str:
    """Return a short hash of a cell with its sources and libraries."""
    content = {
        "cell": asdict(cell),
        "sources": sources() if of_sources is None else of_sources,
        "libraries": dict(libraries() if versions is None else versions),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()[:24]


def find(cell: Cell, notebook: Path | None = None) -> dict[str, pd.DataFrame] | None:
    """Return the cached results of a cell."""
    return _read(results_folder() / cell_key(cell, of_sources=sources(notebook)))


def _read(place: Path) -> dict[str, pd.DataFrame] | None:
    try:
        return {
            name: as_table(name, pd.read_parquet(place / f"{file}.parquet")) for name, file in TABLES.items()
        }
    except (OSError, ValueError, KeyError):
        return None


def keep(cell: Cell, draft: Path, of_sources: str) -> None:
    """Move the results of a finished cell into the cache atomically."""
    (draft / "cell.json").write_text(
        json.dumps({**asdict(cell), "libraries": dict(libraries())}, indent=2) + "\n", encoding="utf-8"
    )
    place = results_folder() / cell_key(cell, of_sources=of_sources)
    try:
        draft.rename(place)
    except OSError:
        if _read(place) is not None:  # another run has stored the same
            return
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=place.parent))
        place.rename(old / "cell")
        draft.rename(place)
        shutil.rmtree(old, ignore_errors=True)
