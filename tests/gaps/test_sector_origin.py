"""What a made sector says of its own making, and what that does to its report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers.sector import SectorReport, read_sector, sector_report
from helpers.sector.read import HIDDEN, NOT_PUT_IN, PUT_IN, WHO_ANSWERS, Origin, read_simulated
from helpers.sector.report import compare_with_simulated, kit_volunteers
from synthetic_data.sector import load_sector, make_sector, write_sector
from tests.gaps.made_sector import as_read, made_frame

CODES = ("PU-", "BRIEF", "brief", "in our notes", "this project", "(lost)", "(not said)", "(method)")


def _why(report: SectorReport) -> dict[str, str]:
    return dict(zip(report["statements"]["id"], report["statements"]["why_here"], strict=True))


def _about(name: str, **settings: object) -> dict[str, object]:
    return {"synthetic": True, "settings": load_sector(name, **settings).model_dump(mode="json")}


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("name", "pledge", "hardest"),
    [("published", PUT_IN, PUT_IN), ("nothing", NOT_PUT_IN, PUT_IN), ("volunteers", HIDDEN, PUT_IN)],
)
def test_why_follows_from_the_settings(name: str, pledge: str, hardest: str) -> None:
    why = _why(sector_report(replace(as_read(made_frame(name)), about=_about(name))))
    assert why["PU-22"] == why["PU-12"] == pledge
    assert why["PU-16"] == hardest
    assert why["PU-31"] == "a matter of method"


def test_each_grouping_goes_by_its_own_settings() -> None:
    only_team = Origin.of(_about("nothing", data_team_effect=0.5))
    assert [only_team.why(name) for name in ("pledged", "data_team")] == [NOT_PUT_IN, PUT_IN]
    # Members sign more often, so that what they bring shows in the pledge as well.
    assert Origin.of(_about("nothing", community_effect=0.5)).why("pledged") == PUT_IN
    assert Origin.of(_about("nothing", unrecorded_self_selection=1)).why("pledged") == WHO_ANSWERS
    assert Origin.of(_about("nothing", hardness=0.2)).why("hardest") == NOT_PUT_IN


@pytest.mark.parametrize(
    "settings", [None, [], {"pledged_effect": "much"}, {"pledged_effect": {"all": 10**400}}, {"hardness": {}}]
)
def test_settings_that_say_nothing_leave_it_at_put_in(settings: object) -> None:
    origin = Origin.of({"synthetic": True, "settings": settings})
    assert {origin.why(name) for name in ("pledged", "hardest", "answered")} == {PUT_IN}
    assert not origin.volunteers


def test_a_real_file_is_found_whatever_stands_beside_it() -> None:
    origin = Origin.of({"settings": {"unrecorded_self_selection": 1.0}})
    assert origin.why("pledged") == "found in these answers"
    assert not origin.volunteers


@pytest.mark.full
def test_higher_is_counted_apart_from_lower() -> None:
    """Of these volunteers five domains are lower beyond chance, and none is higher."""
    frame = make_sector(load_sector("volunteers", seed=3)).frame
    report = sector_report(as_read(frame))
    adjusted = report["comparisons"].query(
        "grouping == 'pledged' and comparison == 'adjusted' and year == 2021"
    )
    sure = adjusted["p_corrected"].lt(0.05)
    assert (int((sure & adjusted["difference"].lt(0)).sum()), int(adjusted["difference"].gt(0).sum())) == (
        5,
        0,
    )
    said = report["statements"].set_index("id").loc["PU-22", "here"]
    first = said.split("; ")[0]
    assert first == "2021: higher in 0 of 6 domains, in 0 beyond chance, and lower in 5 beyond chance"


def test_sources_are_plain_words() -> None:
    statements = sector_report(as_read(made_frame()))["statements"]
    for column in ("year", "statement", "source", "caution"):
        for text in statements[column].dropna():
            assert not [code for code in CODES if code in text], text
    weak = statements.set_index("id").loc[["PU-22", "NEXT-HARDEST"], "source"].tolist()
    assert "not seen again" in weak[0]
    assert "no public source" in weak[1]


@pytest.fixture(scope="module")
def volunteers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_sector(load_sector("volunteers", seed=3))
    return write_sector(made, tmp_path_factory.mktemp("volunteers"))["sector"]


@pytest.mark.full
def test_of_volunteers_each_interval_stands_beside_what_was_put_in(volunteers: Path) -> None:
    beside = sector_report(read_sector(volunteers))["vs_simulated"]
    assert len(beside) == 3 * 2 * 6
    simulated = pd.read_csv(volunteers.with_name("sector_simulated.csv"))
    simulated = simulated[simulated["comparison"].eq("adjusted")]
    met = beside.merge(simulated, on=["grouping", "domain", "year"], how="inner", validate="one_to_one")
    assert (met["simulated"] - met["points"]).abs().max() < 0.006
    inside = met["low"].le(met["simulated"]) & met["simulated"].le(met["high"])
    assert inside.tolist() == met["holds"].tolist()
    assert not beside.loc[beside["grouping"].ne("community"), "holds"].any()


def test_simulated_effects_are_read_under_the_name_of_0_1_0(volunteers: Path, tmp_path: Path) -> None:
    for name, copied in {"sector.csv": "sector.csv", "sector_simulated.csv": "sector_planted.csv"}.items():
        (tmp_path / copied).write_bytes(volunteers.with_name(name).read_bytes())
    assert len(read_simulated(tmp_path / "sector.csv"))
    pd.testing.assert_frame_equal(read_simulated(tmp_path / "sector.csv"), read_simulated(volunteers))


@pytest.mark.full
def test_a_sector_that_hides_nothing_is_not_put_beside(tmp_path: Path) -> None:
    made = make_sector(load_sector(invited=60, responding=(20, 30)))
    read = read_sector(write_sector(made, tmp_path)["sector"])
    assert read.simulated.empty
    assert "vs_simulated" not in sector_report(read).tables


def test_what_was_put_in_is_never_guessed(volunteers: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in ("sector.csv", "sector.json"):
        (folder / name).write_bytes(volunteers.with_name(name).read_bytes())
    assert read_sector(folder).simulated.empty
    for content in (b"", b"grouping,domain\nx,y\n", b"\xff\xfe\x00", b'"'):
        (folder / "sector_simulated.csv").write_bytes(content)
        assert read_simulated(folder / "sector.csv").empty
    (folder / "sector.json").write_text(json.dumps({"synthetic": True, "settings": 3}), encoding="utf-8")
    assert read_sector(folder).simulated.empty


def test_intervals_are_told_apart_by_what_they_hold() -> None:
    keys = {"grouping": "pledged", "year": 2022, "comparison": "adjusted"}
    shown = pd.DataFrame(
        [
            {**keys, "domain": "governance", "difference": 0.1, "low": 0.0, "high": 0.2},
            {**keys, "domain": "impact", "difference": -0.001, "low": -0.1, "high": 0.1},
            {**keys, "domain": "technology", "difference": None, "low": None, "high": None},
        ]
    )
    simulated = pd.DataFrame([{**keys, "domain": domain, "points": 0.15} for domain in shown["domain"]])
    beside = compare_with_simulated(shown, simulated).set_index("domain")
    assert beside["holds"].to_dict() == {"governance": True, "impact": False}
    assert str(beside.loc["impact", "difference"]) == "0.0"


def test_the_kits_own_volunteers_fail_visibly() -> None:
    beside = kit_volunteers()
    assert len(beside) == 36
    held = beside.groupby("grouping")["holds"].sum()
    assert held["pledged"] == held["data_team"] == 0
    assert held["community"] < 12
