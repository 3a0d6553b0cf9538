"""Each figure is declared once: change it, and every place follows."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from helpers.standard import BadInput
from helpers.standard.figures import declared_figures, figure, filled, whole_figure
from tests.house.figure_places import OTHERS, PLACES

Places = dict[tuple[str, str], tuple[bool, str, str]]
NAMED = re.compile(r'["{](\w+/\w+)\.\w+')


def told(project: Path, *more: str) -> Any:
    """Ask a process of its own, since constants are read once."""
    command = [sys.executable, "-m", "tests.house.figure_places", *more]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def look(project: Path, *more: str) -> Places:
    """Look in every place."""
    return {(name, where): (right, *both) for name, where, right, *both in told(project, *more)}


@pytest.fixture(scope="module")
def changed(project: Path) -> Places:
    return look(project)


def files(project: Path) -> dict[str, dict[str, Any]]:
    """Find the files of figures by what stands in them."""
    found = {}
    for path in sorted((project / "helpers").rglob("*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        if tables and all(isinstance(one, dict) and {"value", "unit"} <= set(one) for one in tables.values()):
            found[path.relative_to(project / "helpers").with_suffix("").as_posix()] = tables
    return found


@pytest.mark.full
@pytest.mark.parametrize("place", PLACES, ids=lambda place: " in ".join(place))
def test_a_place_follows_its_figure(place: tuple[str, str], changed: Places) -> None:
    right, found, expected = changed[place]
    assert right, f"{place[1]} has {found}, and not {expected}"


@pytest.mark.full
def test_no_look_is_blind(project: Path, changed: Places) -> None:
    as_declared = look(project, "as-declared")
    assert [place for place, (right, *_) in as_declared.items() if not right] == []
    assert [place for place, (_, found, _) in as_declared.items() if found == changed[place][1]] == []


@pytest.mark.full
def test_what_a_district_decides_changes_no_byte_of_an_invented_one(project: Path) -> None:
    as_declared = told(project, "as-declared", "bytes")
    assert len(as_declared) > 50
    assert told(project, "but-facts", "bytes") == as_declared


@pytest.mark.full
def test_what_a_district_decides_changes_no_published_definition_and_no_lesson_on_one(project: Path) -> None:
    as_declared, decided = look(project, "as-declared"), look(project, "but-facts")
    facts = [place for place in as_declared if place[0].startswith("standard/facts.")]
    assert len({name for name, _ in facts}) == 5
    assert [place for place in facts if decided[place][1] != as_declared[place][1]] == []
    ours = ("standard/thresholds.chronic_absence_share", "our own definition")
    assert decided[ours][1] != as_declared[ours][1]


def test_every_declared_figure_is_changed_and_looked_for(project: Path) -> None:
    every = {f"{file}.{name}": one for file, its in files(project).items() for name, one in its.items()}
    declared = {name: one["value"] for name, one in every.items()}
    assert sorted(declared) == sorted(OTHERS)
    assert [name for name, value in OTHERS.items() if value == declared[name]] == []
    assert sorted({name for name, _ in PLACES}) == sorted(OTHERS)
    assert all(one["source"].strip() and one["meaning"].strip() for one in every.values())


def test_a_room_reads_figures_of_its_own_and_of_rooms_before_it(project: Path) -> None:
    contracts = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    layers = next(one for one in contracts["contracts"] if one["id"] == "rooms")["layers"]
    order = {room: at for at, layer in enumerate(reversed(layers)) for room in layer.split(" | ")}
    known = set(files(project))
    wrong = []
    for package in ("helpers", "synthetic_data"):
        for path in (project / package).rglob("*"):
            if path.suffix not in (".py", ".toml") or path.name == "figures.py":
                continue
            parts = path.relative_to(project).parts
            # Studies drive both packages; the rest of the generator borrows what stands in `standard`.
            if package == "helpers":
                here = order.get(parts[1], len(order))
            else:
                here = len(order) if "studies" in parts else order["standard"]
            named = set(NAMED.findall(path.read_text(encoding="utf-8"))) & known
            wrong += [f"{'/'.join(parts)}: {file}" for file in named if order[file.split("/")[0]] > here]
    assert wrong == []


def test_a_figure_that_nobody_declares_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"No figure is called 'smallest_grop'. Did you mean smallest_group\?"):
        figure("smallest_grop")
    with pytest.raises(BadInput, match="has to be a whole number"):
        whole_figure("link/thresholds.review")


def test_texts_say_figures_in_words_and_digits() -> None:
    assert (
        filled("{chronic_absence_share:part}, {chronic_absence_share:.0%}, {link/thresholds.plain:part}")
        == "a tenth, 10%, 95%"
    )
    assert (
        filled(
            "{standard/facts.on_track_credits:Words} of {smallest_group:words}, {letter_a:words} {letter_a}"
        )
        == "Five of ten, 90 90"
    )


def test_a_broken_file_names_its_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.toml").write_text(
        '[least]\nvalue = "ten"\nunit = "days"\nsource = "own"\n', encoding="utf-8"
    )
    monkeypatch.setattr("helpers.standard.figures.ROOMS", tmp_path)
    with pytest.raises(BadInput, match=r"(?s)broken.toml doesn't declare its figures:.*least.*meaning"):
        declared_figures("broken")
