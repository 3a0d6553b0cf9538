"""The study of exchange levels: what is kept and run again, what is left when it is killed, what it says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.gaps import kit_costs
from helpers.standard import BadInput, as_table, unmarked
from synthetic_data.cli import levels
from synthetic_data.scenario import LEVELS
from synthetic_data.studies.levels import cells as kept
from synthetic_data.studies.levels import page
from synthetic_data.studies.levels import results as told
from synthetic_data.studies.levels.cells import BY_NUMBER, PLACEBO, SWITCHES, Cell, plan
from synthetic_data.studies.levels.page import kit_run, study_page
from synthetic_data.studies.levels.run import CellFailed, run_cells
from synthetic_data.studies.levels.study import (
    Study,
    asked_in,
    gains,
    headline_of,
    headlines,
    mean_interval,
    moved,
    over_seeds,
    ranked,
    study_of,
)

(CELL,) = plan(("manual",), (1,), 60)
# A notebook of a second: it writes one figure, and does what its seed says.
BROKEN, DEAD, SLOW = 13, 14, 15
PARAMETERS = "".join(f"{one.name}: {one.type} = {getattr(CELL, one.name)!r}  # x\n" for one in fields(Cell))
WRITES = f"""
import os, time
from pathlib import Path
import pandas as pd
from helpers.standard import as_table, empty_table
if seed == {BROKEN}:
    raise ValueError("nobody came to school")
if seed == {DEAD}:
    os._exit(7)
if seed == {SLOW}:
    (Path(out).parents[1] / "at-work").write_text(str(os.getpid()))
    time.sleep(120)
told = dict(scenario=scenario, level=level, carried_ids=carried_ids, freshness=freshness)
told |= dict(code_agreement=code_agreement, fault_level=fault_level, method=method)
told |= dict(students=students, seed=seed, measure="F1", group="All", value=0.5, unit="rate")
as_table("level_figures", pd.DataFrame([told])).to_parquet(Path(out) / "figures.parquet")
empty_table("question_answers").to_parquet(Path(out) / "answers.parquet")
empty_table("families_informed").to_parquet(Path(out) / "families.parquet")
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIGPICTURE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parameters = nbformat.v4.new_code_cell(
        PARAMETERS + "out: str = ''  # x", metadata={"tags": ["parameters"]}
    )
    whole = nbformat.v4.new_notebook(
        cells=[parameters, nbformat.v4.new_code_cell(WRITES)],
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
    )
    path = tmp_path_factory.mktemp("headless") / "quick.ipynb"
    nbformat.write(whole, path)
    return path


# ------------------------------------------------------------------------------------ what names a result


@pytest.mark.parametrize("name", [one.name for one in fields(Cell)])
def test_every_parameter_of_a_cell_names_its_result(name: str) -> None:
    value = getattr(CELL, name)
    other = replace(CELL, **{name: value + 1 if isinstance(value, int) else f"{value} else"})
    assert kept.cell_key(other, of_sources="s") != kept.cell_key(CELL, of_sources="s")


@pytest.mark.parametrize("library", ["python", *kept.LIBRARIES])
def test_every_library_that_computes_names_the_result(library: str) -> None:
    versions = dict(kept.libraries())
    key = kept.cell_key(CELL, of_sources="s", versions=versions)
    assert kept.cell_key(CELL, of_sources="s", versions={**versions, library: "0"}) != key
    assert kept.cell_key(CELL, of_sources="t", versions=versions) != key


@pytest.mark.parametrize("name", ["rules.py", "rates.toml", "names.csv", "model.json"])
def test_every_source_names_the_result_and_no_output_does(name: str, notebook: Path, tmp_path: Path) -> None:
    house, copy = tmp_path / "house", tmp_path / "copy.ipynb"
    house.mkdir()
    (house / name).write_text("1", encoding="utf-8")
    copy.write_bytes(notebook.read_bytes())
    first = kept.sources_fingerprint(copy, house)
    read = nbformat.read(copy, as_version=4)
    read.cells[1].outputs = [nbformat.v4.new_output("stream", text="done")]
    nbformat.write(read, copy)
    assert kept.sources_fingerprint(copy, house) == first
    (house / name).write_text("2", encoding="utf-8")
    second = kept.sources_fingerprint(copy, house)
    read.cells[1].source += "\n1"
    nbformat.write(read, copy)
    assert len({first, second, kept.sources_fingerprint(copy, house)}) == 3


# ---------------------------------------------------------------------------------- run, kept, run again


@pytest.mark.full
@pytest.mark.usefixtures("home")
def test_a_failed_cell_is_named_and_the_other_is_kept(notebook: Path) -> None:
    cells = [replace(CELL, seed=seed) for seed in (1, BROKEN)]
    with pytest.raises(CellFailed, match="nobody came to school"):
        run_cells(cells, processes=1, notebook=notebook)
    again = run_cells(cells[:1], processes=1, notebook=notebook)
    assert (again.kept, again.run) == (1, 0)


@pytest.mark.full
@pytest.mark.usefixtures("home")
def test_each_failed_cell_is_named_the_others_are_kept_and_only_what_changed_is_run_again(
    notebook: Path,
) -> None:
    cells = [replace(CELL, seed=seed) for seed in (1, BROKEN, DEAD, 2)]
    with pytest.raises(CellFailed) as failed:
        run_cells(cells, processes=1, notebook=notebook)
    said = str(failed.value)
    assert f"workshop, manual, seed {BROKEN}: its notebook stopped at code cell 2 with ValueError" in said
    assert "nobody came to school" in said
    assert f"workshop, manual, seed {DEAD}: its process was ended from outside" in said
    whole = [cells[0], cells[3], replace(cells[0], freshness="governed")]
    ran = run_cells(whole, processes=1, notebook=notebook)
    assert (ran.kept, ran.run) == (2, 1)
    assert ran.tables["level_figures"]["seed"].tolist() == [1, 2, 1]
    again = run_cells(whole, processes=1, notebook=notebook)
    assert (again.kept, again.run) == (3, 0)


RUNS = """
import signal
import sys
from pathlib import Path
from dataclasses import replace
from synthetic_data.studies.levels.cells import plan
from synthetic_data.studies.levels.run import run_cells
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
    (cell,) = plan(("manual",), (1,), 60)
    cells = [replace(cell, seed=int(seed)) for seed in sys.argv[2:]]
    run_cells(cells, processes=1, notebook=Path(sys.argv[1]))
"""


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    # One that has ended and that nobody has asked about yet is at work no more.
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def until(holds: object, seconds: float = 90) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


@pytest.mark.full
@pytest.mark.skipif(os.name != "posix", reason="signals of another kind")
@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "SIGKILL"])
def test_a_killed_run_leaves_no_process_and_goes_on_where_it_was(
    how: str, home: Path, notebook: Path, tmp_path: Path
) -> None:
    script = tmp_path / "runs.py"
    script.write_text(RUNS, encoding="utf-8")
    words = [sys.executable, str(script), str(notebook), "1", str(SLOW)]
    run = subprocess.Popen(words, env={**os.environ, "BIGPICTURE_HOME": str(home)}, stderr=subprocess.DEVNULL)
    at_work = home / "levels" / "at-work"
    try:
        assert until(lambda: at_work.exists() and at_work.read_text())
        run.send_signal(getattr(signal, how))
        run.wait(timeout=60)
    finally:
        run.kill()
    assert run.returncode != 0
    worker = int(at_work.read_text())
    assert until(lambda: gone(worker), 20)
    assert kept.find(replace(CELL, seed=1), notebook) is not None
    assert kept.find(replace(CELL, seed=SLOW), notebook) is None
    if how == "SIGKILL":  # which nobody can answer: the next run clears up
        ran = run_cells([replace(CELL, seed=seed) for seed in (1, 2)], processes=1, notebook=notebook)
        assert (ran.kept, ran.run) == (1, 1)
    assert list((home / "levels").glob(".run-*")) == []


# -------------------------------------------------------------------------------------- what is computed


def test_a_plan_holds_each_district_once_and_one_switch_at_a_time() -> None:
    cells = plan(seeds=(1, 2), students=60, switches=True, placebo=True)
    assert len(cells) == len(set(cells)) == 2 * (4 + 4 + 3 + 3)
    assert {cell.fault_level for cell in cells} == {"manual"}
    alone = [cell for cell in cells if cell.level == "manual" and cell.moved]
    assert sorted(cell.moved for cell in alone) == sorted((switch,) for switch in SWITCHES for _ in (1, 2))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"levels": ("govrned",)}, "Did you mean governed"),
        ({"method": "shared identifer"}, "shared identifier"),
        ({"seeds": (1, 1)}, "given twice"),
        ({"seeds": ()}, "one seed at least"),
        ({"students": 3}, "students"),
    ],
)
def test_a_plan_that_cannot_be_run_is_refused(words: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        plan(**words)  # type: ignore[arg-type]


def made_figures() -> Iterator[dict[str, object]]:
    """Two seeds far apart, in which fresh exports answer two more questions each, and ids none."""
    for cell in plan(("none", "manual", "governed"), (1, 2, 3), 60, switches=True):
        asked = 10 * cell.seed + 2 * (cell.freshness == "governed")
        told = {one.name: getattr(cell, one.name) for one in fields(Cell)}
        yield {**told, "measure": "questions answered", "group": "All", "value": asked, "unit": "questions"}


def test_gains_compare_the_same_children_and_rank_what_buys_for_sure() -> None:
    figures = as_table("level_figures", pd.DataFrame(list(made_figures())))
    found = gains(figures)
    fresh = found[found["step"].eq("freshness") & found["way"].eq("alone")].iloc[0]
    assert (fresh["gain"], fresh["low"], fresh["high"], bool(fresh["better"])) == (2, 2, 2, True)
    order = ranked(found, "questions")
    assert order["step"].iloc[0] == "freshness"
    assert order["better"].tolist() == [True, False, False]
    # Over seeds the level itself is anything but sure.
    level = over_seeds(figures).set_index(["level", *SWITCHES]).loc[("none", "none", "none", "none")]
    assert level["low"] < 10 < 30 < level["high"]


def test_one_seed_has_no_interval() -> None:
    middle, low, high = mean_interval([4.0])
    assert middle == 4.0
    assert pd.isna([low, high]).all()


@pytest.mark.full
def test_one_measure_of_many_is_looked_at_with_a_wider_interval() -> None:
    figures = kit_run().figures
    figures = figures[figures["scenario"].ne(PLACEBO)]
    one, all_of_them = (gains(figures, measures) for measures in (["found"], None))
    looks = [set(each.loc[each["way"].eq("level"), "looks"].dropna()) for each in (one, all_of_them)]
    counted = sum(headline.basis == "counted" for headline in headlines())
    assert looks == [{6}, {6 * counted}]  # three steps and two ways of joining
    key = ["scenario", "method", "step", "way", "measure"]
    both = one.merge(all_of_them, on=key, suffixes=("_one", "_all")).dropna(subset=["low_one"])
    wide = (both["high_all"] - both["low_all"]).to_numpy(dtype=float)
    narrow = (both["high_one"] - both["low_one"]).to_numpy(dtype=float)
    assert (wide[narrow > 0] > narrow[narrow > 0]).all()
    assert np.allclose(both["gain_one"].astype(float), both["gain_all"].astype(float))


def test_what_is_assumed_has_no_interval_at_a_level_or_of_a_gain() -> None:
    figures = kit_run().figures
    assumed = {headline.id for headline in headlines() if headline.basis == "assumed"}
    assert assumed == {"delay", "manual_effort"}
    for found in (over_seeds(figures), gains(figures)):
        bare = found["measure"].isin(assumed)
        assert found.loc[bare, ["low", "high"]].isna().all(axis=None)
        assert found.loc[~bare, ["low", "high"]].notna().all(axis=None)


@pytest.mark.full
def test_panels_say_of_how_many_questions() -> None:
    asked = asked_in(kit_run().study)
    headline = headline_of("questions")
    assert headline.unit == f"of {asked}"
    assert f"of {asked} " in headline.panel


def own_study() -> Study:
    """A run without switches, placebo and districts joined by number: what the command makes by default."""
    kits = kit_run().figures
    whole = np.all([kits[name].eq(kits["level"]) for name in SWITCHES], axis=0)
    return study_of(kits[kits["scenario"].ne(PLACEBO) & kits["method"].eq("resolved") & whole])


@pytest.mark.full
def test_the_finding_is_the_run_s_own_and_of_both_ways_of_joining() -> None:
    study = kit_run().study
    by_number = [f"**{told.value_at(study, 'found', level, method=BY_NUMBER):.0f}**" for level in LEVELS]
    finding = told.finding_of(study)
    assert by_number[0] in finding
    assert by_number[-1] in finding
    found = [round(told.value_at(study, "found", level)) for level in LEVELS]
    assert re.search(rf"Names and birth dates find \*\*{min(found)}( to {max(found)})?\*\* of 100", finding)
    matched = told.matching_of(study)
    assert f"{max(round(told.value_at(study, 'found', level)) for level in LEVELS)}**" in matched
    own = study.figures["method"].eq(study.method) & study.figures["scenario"].ne(PLACEBO)
    _, low, high = moved(study.figures[own], "found", LEVELS[0], LEVELS[-1])
    assert ("can't be told from chance" in matched) is bool(low <= 0 <= high)
    # Without districts joined by number, the sentence is of what was run.
    alone = told.finding_of(own_study())
    assert "ID number" not in alone
    assert by_number[0] not in alone


def test_the_first_three_actions_have_owner_rule_and_the_study_s_own_numbers() -> None:
    study = kit_run().study
    actions, later = told.actions_of(study, study)
    assert len(actions) == 3
    assert all(one.who.startswith("your ") and one.by for one in actions)
    first = actions[0]
    assert "In these invented districts" in first.effect
    assert first.many.number == round(told.value_at(study, "found", "manual") or 0.0)
    for level in ("none", "manual"):
        assert f"**{told.value_at(study, 'found', level, method=BY_NUMBER):.0f}**" in first.effect
    asked = [told.value_at(study, "questions", "manual", method=way) for way in (BY_NUMBER, study.method)]
    assert f"**{asked[1] - asked[0]:.0f}** more of 34 questions" in unmarked(first.effect)
    # What chance may explain is nothing to ask for first.
    alone = study.gains[study.gains["way"].eq("alone") & study.gains["method"].eq(study.method)]
    for step, one in kit_costs().step.items():
        mine = alone[alone["step"].eq(step) & alone["scenario"].ne(PLACEBO)]
        shown = mine["measure"].isin([each.id for each in headlines() if each.panel])
        bought = bool(mine.loc[shown, "better"].eq(True).any())
        assert (one.act in [action.what for action in actions]) is bought
        assert any(f"{one.title[1:]}." in text for text in later) is not bought
    named = told.actions_of(study, study, None, ("Riverbend", "rostered"))[0][0]
    assert "as in Riverbend" in named.effect
    assert told.actions_of(own_study(), own_study()) == ([], [])


@pytest.mark.full
def test_a_step_that_finds_nobody_for_sure_says_so() -> None:
    study = kit_run().study
    sentences = {step: unmarked(said) for step, said in told.step_sentences(study)}
    assert list(sentences) == ["Step 1", "Step 2", "Step 3"]
    unsure = {step for step, sentence in sentences.items() if "chance could explain that" in sentence}
    finds = {step for step, sentence in sentences.items() if "children at risk" in sentence} - unsure
    bought = gains(study.figures, [one.id for one in headlines() if one.panel])
    sure = bought[
        bought["way"].eq("level")
        & bought["measure"].eq("found")
        & bought["method"].eq(BY_NUMBER)
        & bought["better"].eq(True)
    ]
    assert len(finds) == len(sure)
    for step in sentences.keys() - finds:
        numbers = re.findall(r"find \*\*(\d+)\*\* of 100 children at risk, not \*\*(\d+)", sentences[step])
        assert ("more children can't be told from chance" in sentences[step]) is not bool(numbers)
        assert not numbers or numbers[0][0] != numbers[0][1]


@pytest.mark.full
def test_the_placebo_is_compared_as_a_difference_of_means() -> None:
    study = kit_run().study
    apart, low, high = told.placebo_difference(study, "governed", 1)
    real, none = (told.value_at(study, "two_systems", "governed", one) for one in ("workshop", PLACEBO))
    assert apart == pytest.approx(real - none)
    assert low < apart < high
    _, wider_low, wider_high = told.placebo_difference(study, "governed", 4)
    assert wider_low < low < high < wider_high


def asked(**answered: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        {"level": level, "question": name, "text": f"{name}?", "asked_by": "teacher", "why": "nobody joins"}
        | {"status": "Answered" if name in names else "Partly"}
        for level, names in answered.items()
        for name in ("one", "two", "never")
    ]
    return as_table("question_levels", pd.DataFrame(rows))


def test_a_question_stands_at_the_first_step_that_answers_it() -> None:
    questions = asked(none=("one",), manual=("one", "two"), governed=("two",))
    groups = told.question_steps(study_of(kit_run().figures, questions))
    said = {level: own["question"].tolist() for level, own in groups.items()}
    assert said == {"none": ["one"], "manual": ["two"], "governed": [], "": ["never"]}


@pytest.mark.full
def test_the_level_of_a_district_is_marked_and_no_other_folder_has_one(tmp_path: Path) -> None:
    (tmp_path / "silos").mkdir()
    (tmp_path / "silos" / "list.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert told.here_of(tmp_path) is None
    assert told.here_of("") is None
    about = {"synthetic": True, "title": "Riverbend", "level": "rostered", "silos": {}}
    (tmp_path / "district.json").write_text(json.dumps(about), encoding="utf-8")
    assert told.here_of(tmp_path) == ("Riverbend", "rostered")
    study = kit_run().study
    assert "Riverbend is here" in told.chart_of_steps(study, ("Riverbend", "rostered")).markup
    assert "is here" not in told.chart_of_steps(study).markup


@pytest.mark.full
def test_the_command_marks_the_level_of_the_folder_that_it_is_given(
    district_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = kit_run().study
    monkeypatch.setattr("synthetic_data.studies.levels.study.run_study", lambda *_, **__: study)
    name, level = told.here_of(district_folder) or ("", "")
    for given in ([str(district_folder)], []):
        ran = CliRunner().invoke(levels, [*given, "--students", "60", "--seeds", "1", "--out", str(tmp_path)])
        assert ran.exit_code == 0, ran.output
        markup = (tmp_path / "levels.html").read_text(encoding="utf-8")
        assert (f"{name} is here" in " ".join(re.findall(r">([^<>]*)</text>", markup))) is bool(given), level


def test_a_run_comes_back_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came = kit_run()
    questions = asked(none=("one",), governed=("one", "two"))
    page.write_kit_run(came.figures, questions, of_sources="s", folder=tmp_path)
    monkeypatch.setattr(page, "HERE", tmp_path)
    again = kit_run()
    pd.testing.assert_frame_equal(again.figures, came.figures)
    pd.testing.assert_frame_equal(again.questions, questions)
    assert not again.as_here


@pytest.mark.full
def test_what_a_run_did_not_run_its_page_shows_of_the_kit_s_own_run(tmp_path: Path) -> None:
    pages = {
        name: study_page(study, tmp_path / f"{name}.html").read_text(encoding="utf-8")
        for name, study in (("without", own_study()), ("with", kit_run().study))
    }
    said = re.findall(r"two systems point at \d+ of 1,000 children, and in the placebo at \d+",
                      "".join(pages.values()))  # fmt: skip
    assert said
    assert len(set(said)) == 1, "the same districts, whoever ran them"
    for option in ("--placebo", "--by-number", "--switches"):
        assert f"This run is without {option}" in pages["without"]
        assert f"This run is without {option}" not in pages["with"]
    sections = [
        re.findall(r'<details class="section"><summary>(.*?)</summary>', one) for one in pages.values()
    ]
    assert sections[0] == ["And by ID number alone?", *sections[1]]
    assert {"Which switch buys most?", "People: who has to be trained?"} <= set(sections[1])
