"""The plan of a study: which districts are made, each with one setting of everything that can move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from helpers.link import METHODS
from helpers.standard import BadInput, nearest
from synthetic_data.scenario import LEVELS, load_scenario

__all__ = [
    "BY_NUMBER",
    "FROM",
    "PLACEBO",
    "SWITCHES",
    "TO",
    "WORKSHOP",
    "Cell",
    "plan",
    "planned",
    "switch_plan",
]

WORKSHOP, PLACEBO = "workshop", "placebo"
# What a level sets, in the order in which a district would take it up. Fault rates stay what they are.
SWITCHES = ("carried_ids", "freshness", "code_agreement")
FROM, TO = "manual", "governed"
PLANS = ("kit", "small", "whole")  # kit: the run that comes with the kit, which nobody has to run
# The rung of the ladder that systems climb by themselves.
BY_NUMBER = "shared identifier"


@dataclass(frozen=True, order=True)
class Cell:
    """One district of the plan; whatever decides its figures stands here, or in the sources."""

    scenario: str
    level: str
    seed: int
    students: int
    carried_ids: str
    freshness: str
    code_agreement: str
    fault_level: str = FROM
    method: str = "decided"

    @property
    def name(self) -> str:
        """Say in words which district it is, as progress and errors do."""
        moved = [f"{switch} {getattr(self, switch)}" for switch in self.moved]
        return ", ".join([self.scenario, self.level, *moved, f"seed {self.seed}"])

    @property
    def moved(self) -> tuple[str, ...]:
        """Name the switches that stand elsewhere than the level has them; fault rates aside."""
        return tuple(switch for switch in SWITCHES if getattr(self, switch) != self.level)

    def parameters(self) -> dict[str, object]:
        """Give what the notebook is told."""
        return asdict(self)


def cell_of(
    level: str,
    seed: int,
    students: int,
    *,
    scenario: str = WORKSHOP,
    fault_level: str = FROM,
    method: str = "decided",
) -> Cell:
    """Give the cell of one level: all switches as it has them, but that of fault rates."""
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
    method: str = "decided",
) -> list[Cell]:
    """List the districts of a study.

    Parameters
    ----------
    levels
        Exchange levels.
    seeds
        A district each at every level. A seed's districts have the same children and the same lives.
    students
        Children of each district.
    switches
        Also those in which one switch alone stands at `TO` and the others at `FROM`, and those in which one
        alone stayed behind.
    placebo
        Also the same levels of a district in which nothing hangs together across systems.
    by_number
        Also the same levels joined by shared numbers alone, as systems do by themselves.
    fault_level
        The level whose rates of faults hold in all of them, so that better joins aren't cleaner records.
    method
        Highest rung of the ladder by which records are joined.

    Returns
    -------
    list of Cell
        Each once; level by level, so that a study that is stopped has whole levels.

    Raises
    ------
    BadInput
        For an unknown level, rung or scenario's setting, no seed, or one given twice.
    """
    _check(levels, seeds, fault_level, method)
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
    """Give a plan by name, as the notebook asks for it.

    Parameters
    ----------
    name
        small: every level and its placebo, two districts of 60 children each; whole: every level, the
        placebo, each switch alone and last, and joins by numbers alone.
    students, seeds
        Of the whole plan: children of each district, and how many districts at each setting.

    Returns
    -------
    list of Cell
        The plan.

    Raises
    ------
    BadInput
        When there is no such plan, or no seed.
    """
    if name == "small":
        return plan(seeds=(1, 2), students=60, placebo=True)
    if name == "whole":
        numbers = tuple(range(1, seeds + 1))
        return plan(seeds=numbers, students=students, switches=True, placebo=True, by_number=True)
    raise BadInput(f"There is no plan {name!r}.{nearest(name, PLANS)} There are: {', '.join(PLANS)}.")


def switch_plan(bases: Sequence[Cell]) -> list[Cell]:
    """Move one switch at a time: alone, and all but it.

    Parameters
    ----------
    bases
        Cells at the level `FROM`.

    Returns
    -------
    list of Cell
        The bases, of each switch the cells with it alone at `TO` and with it alone left at `FROM`, and all
        moved.
    """
    alone = [_moved(base, (switch,)) for switch in SWITCHES for base in bases]
    behind = [
        replace(_moved(base, tuple(one for one in SWITCHES if one != switch)), level=TO)
        for switch in SWITCHES
        for base in bases
    ]
    return [*bases, *alone, *behind, *(replace(_moved(base, SWITCHES), level=TO) for base in bases)]


def _moved(cell: Cell, switches: Sequence[str]) -> Cell:
    """Move some switches of a cell to `TO`."""
    at = {switch: TO if switch in switches else str(getattr(cell, switch)) for switch in SWITCHES}
    return replace(
        cell,
        carried_ids=at["carried_ids"],
        freshness=at["freshness"],
        code_agreement=at["code_agreement"],
    )


def _check(levels: Sequence[str], seeds: Sequence[int], fault_level: str, method: str) -> None:
    for level in (*levels, fault_level):
        if level not in LEVELS:
            raise BadInput(
                f"No exchange level is called {level!r}.{nearest(level, LEVELS)} There are: "
                f"{', '.join(LEVELS)}."
            )
    if method not in METHODS:
        raise BadInput(
            f"No rung of the ladder is called {method!r}.{nearest(method, METHODS)} There are: "
            f"{', '.join(METHODS)}."
        )
    if not levels or not seeds:
        raise BadInput("A study needs one level and one seed at least: --levels none,governed --seeds 1,2.")
    twice = sorted({seed for seed in seeds if list(seeds).count(seed) > 1})
    if twice:
        raise BadInput(f"Seed {twice[0]} is given twice: the same district counts once. Give other seeds.")
