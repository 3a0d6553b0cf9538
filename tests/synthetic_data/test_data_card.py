"""The data card says what the maker does: effects with their size, faults with their rate and source."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthetic_data
from synthetic_data.kinds import declared_faults
from synthetic_data.life.effects import effects_frame
from synthetic_data.scenario import load_scenario


@pytest.fixture(scope="module")
def card() -> str:
    return (Path(synthetic_data.__file__).parent / "DATA_CARD.md").read_text(encoding="utf-8")


def test_every_fault_stands_with_its_rate_and_source(card: str) -> None:
    lines = [line for line in card.splitlines() if line.startswith("| ")]
    for fault in declared_faults():
        (line,) = (line for line in lines if line.startswith(f"| {fault.silo} | {fault.kind} |"))
        for said in (f"| {fault.rate:g} |", fault.rate_is, fault.source, fault.base_rate, fault.found_by):
            assert said in line, (fault.name, said)


def test_every_effect_stands_with_its_size_and_source(card: str) -> None:
    for effect in effects_frame(load_scenario()).to_dict("records"):
        effect["size"] = f"{effect['size']:g}"
        cells = [effect[column] for column in ("name", "from", "to", "size", "unit", "source")]
        assert f"| {' | '.join(cells)} |" in card


def test_it_says_first_that_nobody_exists(card: str) -> None:
    assert "Nobody in these data exists" in card[:300]
