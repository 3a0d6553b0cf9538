import datetime as dt

import pytest

from helpers.standard import BadInput
from synthetic_data.district import plan_faults
from synthetic_data.scenario import Scenario, known_fault_kinds, load_scenario, scenario_names


def test_what_the_kit_brings_can_be_loaded():
    assert {"workshop", "district"} <= set(scenario_names())
    for name in scenario_names():
        assert load_scenario(name).name == name
    workshop = load_scenario()
    assert (workshop.students, workshop.title, workshop.level, workshop.fair) == (
        600,
        "Riverbend",
        "manual",
        True,
    )
    assert workshop.as_of == dt.date(2026, 4, 30)


def test_all_faults_are_told_at_once_each_with_what_is_allowed():
    with pytest.raises(BadInput) as told:
        load_scenario(
            studens=3,
            seed="x",
            moved_in_year=1.4,
            faults=-1,
            level="manul",
            as_of="2019-12-01",
            fault_rates={"pin_reusd": 0.1},
            fault_kinds=["pin_reused", "typo"],
        )
    message = str(told.value)
    assert "\n" not in message
    assert "7 faults" in message
    for part in (
        "studens: unknown key. Did you mean students?",
        "seed = 'x': must be a whole number from 0",
        "moved_in_year = 1.4: must be a number from 0 to 0.5",
        "faults = -1: must be a number from 0 to 3",
        "level = 'manul': must be one of none, manual, rostered, governed",
        "as_of = 2019-12-01: must be a date from 2025-09-15 to 2026-06-30",
        "fault_rates.pin_reusd: no such kind of fault. Did you mean pin_reused?",
    ):
        assert part in message


@pytest.mark.parametrize("students", [0, -5, 19, 2.5, "many"])
def test_a_district_without_children_is_refused(students):
    with pytest.raises(BadInput, match=r"students = .*must be a whole number from 20"):
        load_scenario(students=students)


def test_a_scenario_that_is_not_there_gets_the_nearest_name(tmp_path):
    with pytest.raises(BadInput, match="Did you mean workshop"):
        load_scenario("workshp")
    broken = tmp_path / "broken.toml"
    broken.write_text("students = ", encoding="utf-8")
    with pytest.raises(BadInput, match="valid TOML"):
        load_scenario(broken)


def test_a_file_of_ones_own_is_read_and_words_from_a_command_line_are_understood(tmp_path):
    own = tmp_path / "lakeside.toml"
    own.write_text("students = 80\n[fault_rates]\ntypo = 0.1\n", encoding="utf-8")
    settings = {"students": "120", "fault_rates.pin_reused": "0.2", "fair": "false"}
    scenario = load_scenario(own, fault_kinds=["typo", "pin_reused"], **settings)
    assert (scenario.name, scenario.students, scenario.fair) == ("lakeside", 120, False)
    assert scenario.fault_rates == {"typo": 0.1, "pin_reused": 0.2}


def test_the_kinds_of_fault_are_those_that_are_declared():
    assert {"pin_reused", "meals.pin_reused"} <= known_fault_kinds()
    assert load_scenario(fault_rates={"meals.pin_reused": 0.1}).fault_rates == {"meals.pin_reused": 0.1}
    with pytest.raises(BadInput, match="no such kind of fault"):
        load_scenario(fault_rates={"flying_saucer": 0.1})


def test_each_kind_has_a_dial_of_its_own():
    def rates(**settings):
        plan = plan_faults(load_scenario(level="manual", **settings), "meals")
        return {fault.kind: (rate, minimum) for fault, rate, minimum in plan}

    usual, more = rates(), rates(**{"faults": 1.5, "fault_dials.typo": 2})
    assert more["typo"] == (pytest.approx(usual["typo"][0] * 3), usual["typo"][1])
    assert more["nickname"][0] == pytest.approx(usual["nickname"][0] * 1.5)
    assert "typo" not in rates(fault_dials={"meals.typo": 0})
    assert rates(fault_dials={"typo": 0.5})["typo"][1] == 0, "below 1 nothing is there at least"
    assert rates(fault_dials={"pin_reused": 0.5})["pin_reused"][1] == 1, "but of a hard case one is"
    # A dial of one system goes before that of the kind, and a rate before both.
    assert rates(fault_dials={"typo": 3, "meals.typo": 1}) == usual
    assert rates(fault_dials={"typo": 3}, fault_rates={"typo": 0.2})["typo"][0] == 0.2
    for wrong in ({"fault_dials.typo": 4}, {"fault_dials.typo": -1}):
        with pytest.raises(BadInput, match=r"fault_dials.typo = .*must be a number from 0 to 3"):
            load_scenario(**wrong)
    with pytest.raises(BadInput, match=r"fault_dials.typos: no such kind of fault. Did you mean typo"):
        load_scenario(fault_dials={"typos": 1})


def test_a_fingerprint_is_shared_by_equal_scenarios_only():
    assert load_scenario().fingerprint() == load_scenario(students=600).fingerprint()
    changed = {
        "seed": 8, "students": 601, "level": "none", "faults": 0.5, "freshness": "governed", "fair": False,
        "fault_rates": {"pin_reused": 0.5}, "fault_dials": {"typo": 2}, "as_of": "2026-04-29",
        "meal_coverage": 0.5, "free_text": False,
    }  # fmt: skip
    prints = {load_scenario(**{key: value}).fingerprint() for key, value in changed.items()}
    assert len(prints | {load_scenario().fingerprint()}) == len(changed) + 1


def test_the_day_of_the_exports_goes_with_the_school_year():
    assert load_scenario(school_year=2031).as_of == dt.date(2031, 4, 30)
    assert isinstance(load_scenario(school_year=2031), Scenario)
