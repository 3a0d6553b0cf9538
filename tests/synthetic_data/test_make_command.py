"""The command `make`: figures on request, one line for bad input, help that says what it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from synthetic_data.cli import main
from synthetic_data.systems import SILOS


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["make", *arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.full
def test_it_makes_a_district_and_prints_its_figures_as_json(tmp_path: Path) -> None:
    status, out, _ = run(
        str(tmp_path / "district"),
        "--students",
        "60",
        "--level",
        "governed",
        "--set",
        "twins_share=0.1",
        "--json",
    )

    figures = json.loads(out)
    assert status == 0
    assert [silo["silo"] for silo in figures["silos"]] == list(SILOS)
    assert all(silo["children"] > 0 for silo in figures["silos"])
    assert "invented" in figures["district"]
    about = json.loads((tmp_path / "district" / "district.json").read_text(encoding="utf-8"))
    assert about["settings"]["twins_share"] == 0.1


@pytest.mark.full
def test_it_prints_a_table_otherwise(tmp_path: Path) -> None:
    status, out, _ = run(str(tmp_path / "district"), "--students", "60", "--faults", "0", "--table")

    assert status == 0
    assert "oneroster" in out
    assert "(none)" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scenario", "workshp"], "Did you mean workshop?"),
        (["--students", "3"], "students = 3"),
        (["--level", "goverened"], "level = 'goverened'"),
        (["--errors", "developmnt"], "errors = 'developmnt': must be one of development, held_out"),
        (["--set", "moved_in_yaer=0.1"], "Did you mean moved_in_year?"),
        (["--set", "moved_in_year"], "no KEY=VALUE"),
        (["--set", "fault_rates.tpyo=0.1"], "Did you mean typo?"),
        (["--seed", "1", "--set", "seed=2"], "given twice"),
    ],
)
def test_bad_input_is_one_line_and_status_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    status, out, err = run(str(tmp_path / "district"), *arguments)

    assert status == 2
    assert out == ""
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "district").exists()


def test_help_says_what_it_makes_and_what_can_be_set() -> None:
    _, out, _ = run("--help")

    for word in ("answer_key", "workshop", "governed", "--seed", "--faults", "Nobody in it exists"):
        assert word in out
