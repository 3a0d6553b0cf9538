"""A district, layouts and declarations of 0.1.0, in which the system behavior has its old spelling."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.layouts import load_layout
from helpers.link import link_district
from helpers.link.decisions import read_decisions
from helpers.profile.survivorship import read_survivorship
from helpers.score import read_answer_key, score_links
from helpers.share.policy import DEFAULT, read_policy
from helpers.systems import copy_of_elements, declared_for, system
from synthetic_data.district import make_district
from synthetic_data.scenario import load_scenario

OLD, NEW = "behaviour", "behavior"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A made district, and the same with the words of 0.1.0."""
    made = make_district("workshop", tmp_path_factory.mktemp("made") / "new", students=60, seed=3)
    old = made.parent / "old"
    shutil.copytree(made, old)
    (old / "silos" / NEW).rename(old / "silos" / OLD)
    about = (old / "district.json").read_text(encoding="utf-8")
    assert f"{NEW}/incident_records" in about
    (old / "district.json").write_text(about.replace(NEW, OLD), encoding="utf-8")
    for path in (old / "answer_key").glob("*.parquet"):
        table = pd.read_parquet(path)
        table = table.rename(columns={"detected_by": "found_by"})
        if "silo" in table:
            table["silo"] = table["silo"].replace({NEW: OLD})
        if "file" in table:
            table["file"] = table["file"].str.replace(f"{NEW}/", f"{OLD}/")
        table.to_parquet(path)
    return {OLD: old, NEW: made}


def _today(records: pd.DataFrame) -> pd.DataFrame:
    """Spell the names of records that have no id but the place where they lie."""
    return records.assign(record=records["record"].str.replace(f"{OLD}/", f"{NEW}/"))


def _numbered(crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Number the children, whose ids are made of such names too."""
    return _today(crosswalk).assign(child=pd.factorize(crosswalk["child"])[0])


@pytest.mark.full
def test_a_folder_of_0_1_0_gives_the_same_records_and_scores(folders: dict[str, Path]) -> None:
    old, new = (read_district(folders[name]) for name in (OLD, NEW))
    assert old.synthetic, old.about
    assert list(old) == list(new)
    assert NEW in old
    assert OLD not in old
    pd.testing.assert_frame_equal(_today(old.people), new.people)
    links = [link_district(district) for district in (old, new)]
    pd.testing.assert_frame_equal(*(_numbered(one.crosswalk) for one in links))
    faults = [read_answer_key(folders[name]).faults for name in (OLD, NEW)]
    faults[0]["file"] = faults[0]["file"].str.replace(f"{OLD}/", f"{NEW}/")
    pd.testing.assert_frame_equal(*faults)
    scores = [score_links(one, two.crosswalk) for one, two in zip((old, new), links, strict=True)]
    pd.testing.assert_frame_equal(*scores)


@pytest.mark.full
def test_the_file_of_a_row_is_named_as_it_lies_there(folders: dict[str, Path]) -> None:
    old = read_district(folders[OLD])
    files = old.person_rows.loc[old.person_rows["silo"].eq(NEW), "file"].unique()
    assert len(files)
    assert all((folders[OLD] / "silos" / file).is_file() for file in files)


def test_a_renamed_system_keeps_its_random_streams() -> None:
    assert system(NEW).stream_key == OLD


def test_the_old_name_of_a_layout_is_the_new_ones() -> None:
    assert load_layout(f"{OLD}/incident_records") == load_layout(f"{NEW}/incident_records")


@pytest.mark.full
def test_a_folder_may_bring_a_layout_by_its_old_name(folders: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(folders[OLD], tmp_path / "own")
    own = tmp_path / "own" / "layouts"
    own.mkdir()
    text = (system(NEW).folder / "layout.toml").read_text(encoding="utf-8")
    told = [f'{key} = "{NEW}' for key in ("layout", "silo", "domain")]
    assert all(one in text for one in told)
    for one in told:
        text = text.replace(one, one.replace(NEW, OLD))
    (own / "ours.toml").write_text(text.replace('title = "', 'title = "Our own: '), encoding="utf-8")
    assert read_district(tmp_path / "own")[NEW].layout.title.startswith("Our own")


def test_policies_elements_and_decisions_of_0_1_0_mean_the_same(tmp_path: Path) -> None:
    policy = DEFAULT.read_text(encoding="utf-8")
    assert f"{NEW} = [" in policy
    assert read_policy(policy.replace(NEW, OLD)).domains == read_policy(policy).domains
    own = copy_of_elements(tmp_path)
    text = own.read_text(encoding="utf-8")
    trusted = f'"{NEW}", "attendance"'
    assert trusted in text
    own.write_text(text.replace(trusted, f'"attendance", "{OLD}"'), encoding="utf-8")
    given = {each.name: each.trust for each in declared_for(tmp_path).element}
    assert given["incidents"][:2] == ("attendance", NEW)
    decision = tmp_path / "survivorship.toml"
    decision.write_text(
        'decided = 2026-05-04\nby = "team"\nbecause = "they see it"\n[believed_first]\n'
        f'incidents = ["{OLD}"]\n',
        encoding="utf-8",
    )
    assert read_survivorship(decision).believed_first == {"incidents": (NEW,)}
    answers = tmp_path / "decisions.csv"
    answers.write_text(
        f"left_silo,left_record,right_silo,right_record,decision\n{OLD},1,sis,2,Match\n", encoding="utf-8"
    )
    assert read_decisions(answers)["left_silo"].tolist() == [NEW]


def test_a_scenario_of_0_1_0_may_name_the_system(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(f'[systems.{OLD}]\ncarried_ids = "governed"\n', encoding="utf-8")
    assert load_scenario(path).systems == {NEW: {"carried_ids": "governed"}}
    given = {"systems": {OLD: {"freshness": "none"}}}
    assert load_scenario("workshop", students=60, **given).systems == {NEW: {"freshness": "none"}}
