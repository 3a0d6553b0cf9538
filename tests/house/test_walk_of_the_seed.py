"""The seed goes forward through the generator: from the scenario to the files, with few ways back.

We trace `make_district` once, and then walk its calls as a reader does: each function once, and its calls in
the order of its lines. The walk is in a module where a function receives the seed, the scenario or a random
stream, as an argument or from the function around it. To leave a module and come back is a return.
``python -m tests.house.test_walk_of_the_seed`` prints the walk.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from inspect import CO_VARARGS, CO_VARKEYWORDS
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

from synthetic_data.district import make_district
from synthetic_data.scenario import Scenario, load_scenario

OURS = str(Path(make_district.__code__.co_filename).parent)
SEED = 987_654_321  # a number that nothing else has
MOST_RETURNS = 14
WAY = ["district", "population", "schooling", "life", "exports", "systems", "faults", "answer_key"]

Walk = list[tuple[str, list[str]]]


def seed_walk(students: int = 60) -> Walk:
    """Return the modules that the seed visits, in order, with the functions that receive it there."""
    codes: dict[int, CodeType] = {}
    calls: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    receives: set[int] = set()

    def trace(frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or not frame.f_code.co_filename.startswith(OURS):
            return
        caller = frame.f_back
        while caller is not None and not caller.f_code.co_filename.startswith(OURS):
            caller = caller.f_back
        code = frame.f_code
        at = id(code)
        codes[at] = code
        if caller is not None:
            made = calls[id(caller.f_code)]
            made.setdefault((caller.f_lineno, at), len(made))
        # A comprehension is part of the function around it.
        if at not in receives and not code.co_name.endswith(("comp>", "genexpr>", "<module>")):
            local = frame.f_locals
            if any(_carries(local.get(name)) for name in (*_arguments(code), *code.co_freevars)):
                receives.add(at)

    with tempfile.TemporaryDirectory() as place:
        scenario = load_scenario("workshop", students=students, seed=SEED)
        sys.setprofile(trace)
        try:
            make_district(scenario, Path(place) / "district")
        finally:
            sys.setprofile(None)

    visited: dict[int, None] = {}
    waiting = [id(make_district.__code__)]
    while waiting:
        at = waiting.pop()
        if at not in visited:
            visited[at] = None
            made = calls[at]
            waiting += [called for _, called in sorted(made, key=lambda call: (call[0], made[call]))][::-1]
    walk = [codes[at] for at in visited if at in receives]
    return [(module, [code.co_qualname for code in stay]) for module, stay in groupby(walk, key=_module)]


def _arguments(code: CodeType) -> tuple[str, ...]:
    starred = bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + starred]


def _carries(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_carries, value))
    if isinstance(value, Mapping):
        return any(map(_carries, value.values()))
    return isinstance(value, Scenario | np.random.Generator) or (type(value) is int and value == SEED)


def _module(code: CodeType) -> str:
    return Path(code.co_filename).relative_to(OURS).with_suffix("").as_posix()


def returns_of(walk: Walk) -> list[int]:
    """Return the places in the walk at which it is back in a module that it had left."""
    modules = [module for module, _ in walk]
    return [place for place, module in enumerate(modules) if module in modules[:place]]


def describe_walk(walk: Walk) -> str:
    """Write the walk, a line a stay; returns are marked."""
    back = returns_of(walk)
    lines = [
        f"{'<' if place in back else ' '} {module}: {', '.join(functions)}"
        for place, (module, functions) in enumerate(walk)
    ]
    return "\n".join([*lines, f"{len(walk)} stays, {len(back)} returns"])


def test_the_seed_seldom_returns_to_a_module_that_it_left() -> None:
    walk = seed_walk()
    assert len(returns_of(walk)) <= MOST_RETURNS, describe_walk(walk)
    rooms = [module.split("/")[0] for module, _ in walk]
    # Else the trace has lost the way, and would find few returns in anything.
    assert [room for room in dict.fromkeys(rooms) if room in WAY] == WAY


def test_a_return_is_a_stay_in_a_module_that_was_left() -> None:
    walk = [("a", ["f"]), ("b", ["g"]), ("a", ["h"]), ("c", ["i"]), ("b", ["j"])]
    assert returns_of(walk) == [2, 4]
    assert describe_walk(walk).endswith("< b: j\n5 stays, 2 returns")


if __name__ == "__main__":
    sys.stdout.write(describe_walk(seed_walk()) + "\n")
