"""The house doesn't grow beyond its limits."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.house.measure import code_lines, long_functions, measure_house, tangled_functions

LIMITS = tomllib.loads(Path(__file__).with_name("limits.toml").read_text(encoding="utf-8"))
# The one limit that leaves room.
MOST_CODE = "lines of code"


def test_nothing_grows_beyond_its_limit_and_a_limit_is_lowered_with_what_it_limits() -> None:
    house = measure_house()
    over = {name: house[name] for name, most in LIMITS.items() if house[name] > most}
    assert over == {}, "see python -m tests.house.measure"
    below = {name: house[name] for name, most in LIMITS.items() if name != MOST_CODE and house[name] < most}
    assert below == {}, "lower these in tests/house/limits.toml"


MODULE = '''"""What it is."""

# Why.
A = (
    1,
    # two
    2,
)


def a() -> str:
    """Say.

    More.
    """
    return """x

    y"""
'''


def test_only_lines_with_code_count() -> None:
    assert code_lines(MODULE) == 8
    assert code_lines("") == 0


@pytest.mark.parametrize(("lines", "found"), [(59, []), (60, []), (61, ["long"])])
def test_a_function_of_more_than_sixty_lines_is_long(lines: int, found: list[str]) -> None:
    assert long_functions("def long():\n" + "    pass\n" * (lines - 1)) == found


@pytest.mark.parametrize(("branches", "found"), [(13, 0), (14, 0), (15, 1)])
def test_a_function_of_more_than_fifteen_paths_is_tangled(branches: int, found: int, tmp_path: Path) -> None:
    for room in ("helpers", "synthetic_data"):
        (tmp_path / room).mkdir()
    code = "def a(x):\n" + "    if x:\n        x = 1\n" * branches + "    return x\n"
    (tmp_path / "helpers" / "one.py").write_text(code)
    assert len(tangled_functions(tmp_path, 15)) == found
