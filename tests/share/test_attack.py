"""Nothing that one run says of a real folder lets anybody solve for a number that it hides."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.cli import main
from helpers.files import read_district
from helpers.files.run_shares import sharing
from helpers.run import report
from helpers.share import Guard
from helpers.share.parts import pooled_groups
from helpers.show.systems import short_names, system_names
from tests.kept import Kept
from tests.share.attack import Attack, Names, attack_run, groups_attack

# Children, seed, level and systems: of several sizes and ways to exchange, and two systems alone.
FOLDERS = {
    "five systems": (90, 3, "manual", ("sis", "attendance", "meals", "family", "clubs")),
    "nothing shared": (140, 11, "none", ("sis", "meals", "map_growth", "screener")),
    "a shared number": (110, 21, "rostered", ("sis", "attendance", "behaviour", "health", "meals")),
    "two systems": (160, 8, "governed", ("sis", "meals")),
    "without a roster": (120, 5, "manual", ("attendance", "lms", "career", "meal_benefits", "family")),
}  # fmt: skip
COMMANDS = ("read", "link", "profile", "gaps")


@dataclass(frozen=True)
class Run:
    """What one run of a folder wrote and printed."""

    pages: Path
    printed: dict[str, str]
    groups: pd.DataFrame
    systems: list[str]
    called: dict[str, str]
    written: list[Path]


def _real(folder: Path, children: int, seed: int, level: str, systems: tuple[str, ...]) -> Path:
    """Make a folder of exports that doesn't say that it is invented."""
    from synthetic_data.district import make_district

    made = make_district(students=children, seed=seed, level=level, folder=folder / "made")
    for system in systems:
        shutil.copytree(made / "silos" / system, folder / "exports" / system)
    return folder / "exports"


def _command(*arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    return done.stdout


def _run(folder: Path, settings: tuple[int, int, str, tuple[str, ...]]) -> Run:
    exports, out = _real(folder, *settings), folder / "out"
    with sharing():
        printed = {name: _command(name, str(exports), "--out", str(out / name)) for name in COMMANDS}
        _command("view", str(exports), "--role", "public", "--who", "district", "--out", str(out / "view"))
        district = read_district(exports)
    result = report(exports, only=["00", "02"], out=out / "reports")
    assert result.ok, result.trouble or result.failed
    called = {
        name.lower(): silo
        for names in (short_names(district.layouts), system_names(district.layouts))
        for silo, name in names.items()
    }
    groups = pd.read_csv(out / "view" / "groups.csv", dtype={"grade_level": "string"})
    written = [path for path in out.rglob("*") if path.is_file()]
    return Run(result.run, printed, groups, list(district), called, written)


@pytest.fixture(scope="module", params=FOLDERS)
def run(request: pytest.FixtureRequest, kept: Kept) -> Run:
    name = str(request.param)
    folder = kept.folder / "attacked" / name.replace(" ", "_")
    return kept(f"attacked {name}", lambda: _run(folder, FOLDERS[name]))


def test_no_hidden_number_of_a_run_can_be_solved(run: Run) -> None:
    attack, known = attack_run(run.pages, run.printed, run.systems, run.called)

    assert known.listed or attack.hidden, "the attack read nothing"
    assert attack.recovered() == []
    # Nor of a combination that no page lists: who is in just these systems.
    unlisted = [("n", each) for each in known.combinations if each not in known.listed]
    small = [one for one in attack.recovered(unlisted) if one.value < 10]
    assert small == []


def test_no_hidden_number_of_the_publics_groups_can_be_solved(run: Run) -> None:
    attack, hidden = groups_attack(run.groups)

    assert hidden
    assert attack.recovered() == []


def test_the_attack_recovers_what_is_listed_in_order_beside_totals() -> None:
    """As pages once did: small combinations in true order, beside the totals of two systems and of all."""
    attack, known = Attack(), Names(["a", "b"], {"a": "a", "b": "b"})
    for combination, word in (("a b", 30), ("a", "fewer than 10"), ("b", "fewer than 10")):
        known.listed[frozenset(combination.split())] = str(word)
        attack.told(("n", frozenset(combination.split())), word)
    for silo, total in (("a", 34), ("b", 33)):
        attack.sum_of([("n", each) for each in known.combinations if silo in each], total)

    assert {(one.cell[1], one.value) for one in attack.recovered()} == {
        (frozenset("a"), 4),
        (frozenset("b"), 3),
    }


@pytest.mark.parametrize(
    ("counts", "solved"),
    [
        ({"sure": 704, "waits": "fewer than 10"}, 2),
        ({"sure": "not shown", "waits": "not shown"}, None),
    ],
)
def test_the_attack_recovers_one_word_in_a_row_of_numbers_and_none_in_a_row_of_words(
    counts: dict[str, object], solved: int | None
) -> None:
    attack = Attack()
    for part, count in counts.items():
        attack.told(part, count)
    attack.sum_of(counts, 706)

    assert [one.value for one in attack.recovered()] == ([] if solved is None else [solved])


SYSTEMS = ["a", "b", "c", "d"]
WAYS = [tuple(way) for many in range(1, 5) for way in itertools.combinations(SYSTEMS, many)]
COUNTS = st.sampled_from([0, 0, 1, 3, 8, 9, 10, 11, 14, 30, 60])


def _rests(shown: dict[tuple[str, ...], int], counts: dict[tuple[str, ...], int], many: int) -> Attack:
    """Know what a list shows, all children and those of each system: the others are unknown."""
    attack = Attack()
    names = SYSTEMS[:many]
    ways = [way for way in WAYS if set(way) <= set(names)]
    for way in ways:
        attack.cell(way, hidden=way not in shown)
        if way in shown:
            attack.cell(way, shown[way], shown[way])
    everybody = sum(counts.values())
    totals = {name: sum(count for way, count in counts.items() if name in way) for name in names}
    for name, total in totals.items():
        attack.sum_of([way for way in ways if name in way], *((1, 9) if 0 < total < 10 else (total, total)))
    # As `shown_everybody` has it: all children aren't counted where a system knows all but few of them.
    small = [everybody - total for total in totals.values()]
    small += [sum(totals.values()) - everybody] if many == 2 else []
    if everybody >= 10 and not any(0 < rest < 10 for rest in small):
        attack.sum_of(ways, everybody)
    return attack


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 4).flatmap(lambda many: st.lists(COUNTS, min_size=2**many - 1, max_size=2**many - 1)))
def test_no_combination_that_is_pooled_can_be_solved_from_totals(numbers: list[int]) -> None:
    many = (len(numbers) + 1).bit_length() - 1
    ways = [way for way in WAYS if set(way) <= set(SYSTEMS[:many])]
    counts = dict(zip(ways, numbers, strict=True))
    shown, _ = pooled_groups(Guard(real=True), counts)

    assert [one for one in _rests(shown, counts, many).recovered() if one.value < 10] == []


def test_a_small_combination_among_large_ones_of_a_pool_is_not_the_rest_of_their_totals() -> None:
    """Every rest of a system is ten or more, and yet the pool less two of them would be three."""
    counts = {("a",): 3, ("a", "c"): 12, ("b",): 13, ("a", "b"): 40, ("c",): 41, ("b", "c"): 42}
    counts[("a", "b", "c")] = 43
    before = {way: count for way, count in counts.items() if count >= 40}
    assert {one.cell: one.value for one in _rests(before, counts, 3).recovered()}[("a",)] == 3

    shown, _ = pooled_groups(Guard(real=True), counts)
    assert ("a",) not in {one.cell for one in _rests(shown, counts, 3).recovered()}
