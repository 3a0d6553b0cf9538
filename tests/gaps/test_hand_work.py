"""What the files show, times minutes that the kit assumes: one exchange, by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District
from helpers.gaps import manual_effort, manual_minutes, measure_gaps
from helpers.gaps.measures.manual_effort import TASKS, kit_assumptions, read_assumptions
from helpers.link import Links
from helpers.standard import BadInput, as_table
from tests.district_by_hand import district, links, silo


def ids(system: str, **values: str) -> list[dict[str, str]]:
    return [
        {"record": record, "identification_system": system, "identifier": value}
        for record, value in values.items()
    ]


@pytest.fixture(scope="module")
def three() -> tuple[District, Links]:
    """The till carries two of four numbers of the roster, and that of one who left; clubs carry none."""
    sis = silo(
        "sis", [{"record": f"s{at}"} for at in range(4)], identifiers=ids("District", s0="1", s1="2", s2="3")
    )
    meals = silo(
        "meals",
        [{"record": f"m{at}"} for at in range(4)],
        identifiers=ids("District", m0="1", m1="2", m2="wrong", m3="left"),
        findings=[
            {"kind": "not_a_date", "action_taken": "value_set_aside", "times": 3},
            {"kind": "zeros_lost", "action_taken": "read_as"},
        ],
    )
    clubs = silo("clubs", [{"record": "c0"}])
    who = links({(name, f"{name[0]}{at}"): f"child{at}" for name in ("sis", "meals") for at in range(3)}
                | {("sis", "s3"): "child3", ("meals", "m3"): "gone", ("clubs", "c0"): "child0"})  # fmt: skip
    pair = {"left_silo": "sis", "left_record": "s3", "right_silo": "clubs", "right_record": "c0"}
    waiting = as_table(
        "pairs", pd.DataFrame([{**pair, "decision": "Review", "step": "x", "decided_by": "Rule"}])
    )
    return district(sis, meals, clubs), Links(who.crosswalk, waiting, who.findings, who.passed_over)


def counted(work: pd.DataFrame, silo: str) -> dict[str, int]:
    mine = work[work["left_silo"].eq(silo)]
    return {str(task): int(count) for task, count in zip(mine["task"], mine["count"], strict=True)}


def test_what_the_files_show_is_counted_and_the_roster_types_nothing(three: tuple[District, Links]) -> None:
    work = manual_effort(*three)
    # Who left carries a number that the roster has no more: nobody has to type it.
    assert counted(work, "meals") == {
        "record_typed": 1, "file_exported": 1, "file_imported": 1, "finding_mended": 3,
    }  # fmt: skip
    assert counted(work, "clubs")["record_typed"] == 1
    assert counted(work, "sis") == {"finding_mended": 0, "pair_reviewed": 1}


def test_a_system_that_a_machine_exchanges_needs_nobody_to_carry_files(three: tuple[District, Links]) -> None:
    assert counted(manual_effort(*three, by_machine=["meals"]), "meals")["file_exported"] == 0
    assert manual_minutes(manual_effort(*three, by_machine=["meals", "clubs"])) < manual_minutes(
        manual_effort(*three)
    )


def test_minutes_are_counts_times_what_is_assumed_with_a_range(three: tuple[District, Links]) -> None:
    work, tasks = manual_effort(*three), kit_assumptions().task
    for end, column in (("low", "low"), ("likely", "minutes"), ("high", "high")):
        expected = (
            work["count"] * work["task"].map({task: getattr(tasks[task], end) for task in tasks})
        ).sum()
        assert getattr(manual_minutes(work), end) == pytest.approx(expected)
        assert work[column].sum() == pytest.approx(expected)
    assert "own assumption" in kit_assumptions().about


def test_the_scorecard_says_minutes_with_their_range(three: tuple[District, Links]) -> None:
    card = measure_gaps(*three)
    lines = card[card["kind"].eq("Manual effort")]
    single = lines[lines["measure"].eq("minutes by hand")]
    assert single["value"].sum() + kit_assumptions().task["pair_reviewed"].likely == pytest.approx(
        manual_minutes(manual_effort(*three)).likely
    )
    assert (lines["low"].le(lines["value"]) & lines["value"].le(lines["high"])).all()
    pair = lines[lines["left_silo"].eq("sis") & lines["right_silo"].eq("meals")].iloc[0]
    assert (pair["value"], pair["example_file"], pair["example_row"]) == (1, "meals/person_rows.csv", 4)


def test_all_faults_of_own_minutes_are_told_at_once(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'about = "ours"\nby_machine_from = 0.9\nnot_mended = []\n[task.record_typed]\ntitle = "t"\n'
        'each = "e"\nlow = 3\nlikely = 1\nhigh = 2\nhihg = 4\n'
    )
    with pytest.raises(BadInput, match=r"(?s)hihg.*high"):
        read_assumptions(own)
    assert set(kit_assumptions().task) == set(TASKS)


def test_a_governed_district_without_faults_has_no_hand_work() -> None:
    sis = silo("sis", [{"record": "s0"}], identifiers=ids("District", s0="1"))
    meals = silo("meals", [{"record": "m0"}], identifiers=ids("District", m0="1"))
    work = manual_effort(district(sis, meals), links({("sis", "s0"): "c", ("meals", "m0"): "c"}))
    assert manual_minutes(work) == (0, 0, 0)
