"""The study of detectors counts what it says it counts, and would say so where a detector broke."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.score import is_detectable
from synthetic_data.faults.scene import declared_faults, faults_on_request
from synthetic_data.studies.detection import (
    Detection,
    kit_run,
    together,
    write_kit_run,
)
from synthetic_data.studies.detection import (
    study as running,
)
from synthetic_data.studies.detection.district import Asked, DistrictResult, hard_cases, judge, look_at, words
from synthetic_data.studies.detection.study import (
    ADDED,
    FEWEST,
    ROOMS,
    asked_for,
    detection_by_kind,
    detectors_now,
    run_districts,
)
from tests.bench.detection import figures_of, seen_table

CHILDREN = 150
USUAL = Asked("usual", 7, 150, "manual", 1.0)
HELD_OUT = {one.name: one.rate for one in faults_on_request() if one.held_out}


@pytest.fixture(scope="module")
def wrong(district: District, district_links: Links) -> DistrictResult:
    return judge(USUAL, district, district_links)


@pytest.fixture(scope="module")
def clean(clean_district: District, clean_links: Links) -> DistrictResult:
    return judge(Asked("clean", 1, CHILDREN, "governed", 0.0), clean_district, clean_links)


@pytest.mark.full
def test_most_kinds_are_noticed_at_their_own_place(wrong: DistrictResult) -> None:
    kinds = together([wrong]).detected_faults
    often = kinds[kinds["often_districts"].gt(0)]
    assert len(often) > 30
    assert often["verdict"].eq("reached").mean() >= 0.95, seen_table(often)
    # Each kind that something can notice has its line, held or not.
    names = {one.name for one in declared_faults() if any(map(is_detectable, words(one.detected_by)))}
    assert set(kinds["silo"] + "." + kinds["kind"]) == names


@pytest.mark.full
def test_a_detector_that_finds_nothing_would_be_seen(
    wrong: DistrictResult, district: District, district_links: Links
) -> None:
    """The findings of linking are lost: what only they tell of is a miss, and nothing else becomes one."""
    silent = replace(district_links, findings=district_links.findings.iloc[:0])
    broken = together([judge(USUAL, district, silent)]).detected_faults
    sound = together([wrong]).detected_faults
    lost = broken[broken["verdict"].eq("miss") & sound["verdict"].eq("reached")]
    assert len(lost) > 5
    assert lost["detected_by"].str.contains("names_disagree|birth_date_disagrees|id_colliding").all()


@pytest.mark.full
def test_a_clean_governed_district_raises_no_finding() -> None:
    tables = together([look_at(Asked("clean", 1, CHILDREN, "governed", 0.0))])
    assert tables.clean_districts["of_findings"].tolist() == [0], tables.false_alarms.to_string()
    # Of so few children a fifth may lack something by chance; larger districts stand in the kit's own run.
    assert tables.clean_districts["alarms"].max() <= 1, tables.false_alarms.to_string()
    assert tables.detected_faults.empty
    assert (tables.intended_limits["why"].notna()).all()
    assert set(tables.injected_cases["case"]) == {case for case, _, _ in hard_cases()}


@pytest.mark.full
def test_an_alarm_of_a_clean_district_would_be_counted(clean: DistrictResult) -> None:
    raised = pd.DataFrame(
        {
            "run": ["clean"],
            "seed": [1],
            "left_silo": ["meals"],
            "right_silo": [pd.NA],
            "measure": ["not_a_date"],
            "column": ["Grade"],
            "times": [2],
            "is_finding": [True],
            "case": [pd.NA],
        }
    )
    tables = together([DistrictResult(clean.faults, raised, clean.lines, clean.cases)])
    assert tables.clean_districts["alarms"].tolist() == [1]
    assert tables.false_alarms["times"].tolist() == [2]
    aside = DistrictResult(clean.faults, raised.assign(case="colliding_id"), clean.lines, clean.cases)
    assert together([aside]).clean_districts[["alarms", "of_cases"]].to_numpy().tolist() == [[0, 1]]
    missed = [one for one in figures_of(tables) if one["met"] is False]
    assert [one["most"] for one in missed] == [1]


def test_a_kind_counts_by_district_and_by_fault() -> None:
    """Three and four of a kind, one noticed of the seven: one district of two, and one fault of seven."""
    kind = next(one for one in declared_faults() if one.detected_by == "names_disagree")
    faults = pd.DataFrame(
        {
            "run": "usual",
            "seed": [1] * 3 + [2] * 4 + [3],
            "silo": kind.silo,
            "kind": kind.kind,
            "fault": [f"f{number}" for number in range(8)],
            "listed": [True] + [False] * 6 + [True],
            "alarmed": [False] * 8,
        }
    )
    empty = {name: pd.DataFrame() for name in ("raised", "lines", "cases")}
    kinds = detection_by_kind([DistrictResult(faults, **empty)], ["usual"])
    row = kinds[kinds["silo"].eq(kind.silo) & kinds["kind"].eq(kind.kind)].iloc[0]
    assert (row["held_districts"], row["held_listed"]) == (3, 2)
    assert (row["often_districts"], row["often_listed"], row["alarm_share"]) == (2, 1, 0.0)
    assert (row["faults"], row["faults_listed"]) == (8, 2)
    assert row["verdict"] == "miss"
    others = kinds.drop(index=row.name)
    assert others["verdict"].eq("never").all()
    assert FEWEST == 3


def test_the_same_seed_is_asked_for_in_every_run_and_held_out_kinds_in_one() -> None:
    asked = asked_for(seeds=(4, 5), students=CHILDREN)
    assert {one.seed for one in asked} == {4, 5}
    assert {one.run: one.rates for one in asked}[ADDED] == HELD_OUT
    assert all(not one.rates for one in asked if one.run != ADDED)
    assert len(HELD_OUT) >= 5


@pytest.mark.full
def test_what_was_seen_is_kept_and_looked_up(
    tmp_path: Path, clean: DistrictResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [Asked("clean", 1, CHILDREN, "governed", 0.0)]
    monkeypatch.setattr(running, "look_at", lambda _: clean)
    (first,) = run_districts(asked, keep=tmp_path)
    monkeypatch.setattr(running, "look_at", lambda _: pytest.fail("looked again"))
    (again,) = run_districts(asked, keep=tmp_path)
    pd.testing.assert_frame_equal(again.lines, first.lines)
    # Other detectors have seen nothing yet.
    monkeypatch.setattr(running, "detectors_now", lambda: "others")
    with pytest.raises(pytest.fail.Exception, match="looked again"):
        list(run_districts(asked, keep=tmp_path))


def test_the_hash_is_of_all_that_notices(tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / room / "one.py").write_text("x = 1\n")
    before = detectors_now(tmp_path)
    for room in ROOMS:
        (tmp_path / room / "one.py").write_text("x = 2\n")
        after = detectors_now(tmp_path)
        assert after != before
        before = after
    # Drafting a layout notices nothing, nor does asking people or writing a contract.
    for place in ("files/draft/words.toml", "gaps/roadmap.py", "gaps/contract.py"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text("dob = 1\n")
    assert detectors_now(tmp_path) == before


@pytest.mark.full
def test_a_run_that_comes_with_the_kit_is_read_as_it_was_written(
    clean: DistrictResult, tmp_path: Path
) -> None:
    tables = together([clean])
    write_kit_run(tables, tmp_path, seeds=1)
    read = pd.read_csv(tmp_path / "kit_run_clean_districts.csv")
    assert read.to_numpy().tolist() == tables.clean_districts.to_numpy().tolist()
    run = kit_run()
    assert isinstance(run.tables, Detection)
    assert run.made["seeds"] == 20
    # Kinds that the detectors weren't made for are told with their rate, whatever it is.
    added = run.tables.detected_faults[run.tables.detected_faults["run"].eq(ADDED)]
    assert set(added["silo"] + "." + added["kind"]) == set(HELD_OUT)
    assert added["faults"].gt(0).all()
