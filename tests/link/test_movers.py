"""One child in two districts: found by name and birth date alone, and by no number but the State's."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from helpers.cli.link import link_region
from helpers.files import District, Output, read_district
from helpers.files.district import district_folders, is_region
from helpers.link import link_children, link_district
from helpers.link.districts import RegionLinks, link_districts
from helpers.score import read_answer_key
from helpers.standard import BadInput
from synthetic_data.district import make_region
from synthetic_data.scenario import load_scenario
from tests.link.records import ANA, frames, record

RECORD = ["district", "silo", "record"]
AS_JSON = Output(as_json=True)
FIRST = "Ben Cleo Dan Eva Finn Gus Hana Ivo June Kai Lola Mia Nils Omar Pia Quinn Rosa Sam Tara Uma".split()
LAST = "Abbot Brown Cohen Diaz Evans Fox Garcia Hill Ito Jones Klein Lund Moss Nunez Ode Park".split()


def others(start: int, **ids: str) -> list[dict[str, Any]]:
    """Give thirty children of one district; those of another are others, and their records called alike."""
    return [
        record(
            "sis",
            f"r{place}",
            FIRST[number % 20],
            LAST[number * 7 % 16],
            f"{pd.Timestamp('2009-01-01') + pd.Timedelta(days=41 * number):%Y-%m-%d}",
            **{system: f"{prefix}{place}" for system, prefix in ids.items()},
        )
        for place, number in enumerate(range(start, start + 30))
    ]


def region(*districts: list[dict[str, Any]]) -> RegionLinks:
    """Link hand-written districts, called d0, d1, …, each as one file of a roster."""
    read: list[tuple[str, Any]] = []
    for place, records in enumerate(districts):
        people, identifiers = frames(*records)
        read.append((f"d{place}", SimpleNamespace(people=people, identifiers=identifiers)))
    return link_districts(read, lambda one: link_children(one.people, one.identifiers, method="standardized"))


def together(links: RegionLinks) -> set[frozenset[tuple[str, ...]]]:
    """Give the children who are in two districts."""
    by_child = links.crosswalk.groupby("child")
    return {
        frozenset(records[RECORD].itertuples(index=False, name=None))
        for _, records in by_child
        if records["district"].nunique() > 1
    }


HERE, THERE = ("d0", "sis", "ana"), ("d1", "sis", "ana")


def test_a_mover_without_any_number_is_one_child_in_both_districts() -> None:
    links = region([*others(0), record("sis", "ana", *ANA)], [*others(100), record("sis", "ana", *ANA)])
    assert together(links) == {frozenset({HERE, THERE})}
    (move,) = links.moves.to_dict("records")
    assert (move["step"], move["decision"], move["decided_by"]) == ("Probabilistic", "Match", "Model")
    assert (move["left_record"], move["right_record"]) == ("ana", "ana")
    assert move["match_probability"] > 0.9
    theirs = links.crosswalk.set_index(RECORD)
    assert theirs["link_status"].loc[[HERE, THERE]].tolist() == ["Verified", "Verified"]
    # She is named after her first district's record, which therefore needs no step.
    assert theirs["step"].loc[[HERE, THERE]].fillna("").tolist() == ["", "Probabilistic"]


@pytest.mark.full
def test_one_spelling_of_many_is_enough() -> None:
    """Of the two spellings that are known here one is that of the other district, day and month turned."""
    here = [
        record("sis", "ana", "Anastasia", "Lopez-Garcia", "2012-05-07"),
        record("meals", "x", "Anastasia", "Lopez", "2012-05-07"),
    ]
    there = [record("sis", "ana", "Anastasia", "López", "2012-07-05")]
    links = region([*others(0), *here], [*others(100), *there])
    assert together(links) == {frozenset({HERE, ("d0", "meals", "x"), THERE})}


@pytest.mark.one_in(5)
@pytest.mark.parametrize("system", ["District", "School", "PIN", "Undeclared", "Email"])
def test_no_number_but_the_states_is_one_in_two_districts(system: str) -> None:
    """Every record is called alike and has the number of another child in the other district."""
    links = region(others(0, **{system: "70"}), others(100, **{system: "70"}))
    assert together(links) == set()
    assert links.moves.empty
    assert links.crosswalk["child"].nunique() == 60


def test_a_state_id_ties_where_the_birth_date_agrees_whatever_the_surname() -> None:
    here = record("sis", "ana", *ANA, State="9")
    there = record("sis", "ana", "Ana", "Zamora", ANA[2], State="9")
    links = region([*others(0, State="70"), here], [*others(100, State="71"), there])
    assert together(links) == {frozenset({HERE, THERE})}
    (move,) = links.moves.to_dict("records")
    assert (move["step"], move["decided_by"], move["contradiction"]) == ("Shared identifier", "Rule", "name")


@pytest.mark.full
def test_two_state_ids_keep_apart_what_name_and_birth_date_join_until_a_person_looks() -> None:
    links = region(
        [*others(0, State="70"), record("sis", "ana", *ANA, State="9")],
        [*others(100, State="71"), record("sis", "ana", *ANA, State="8")],
    )
    assert together(links) == set()
    (move,) = links.moves.to_dict("records")
    assert (move["decision"], move["contradiction"]) == ("Review", "State id")
    assert links.crosswalk.set_index(RECORD).loc[HERE, "link_status"] == "Review"


@pytest.mark.full
def test_of_two_children_of_one_name_and_birth_date_neither_is_taken() -> None:
    there = [record("sis", "ana", *ANA, State="5"), record("sis", "bis", *ANA, State="6")]
    links = region([*others(0), record("sis", "ana", *ANA)], [*others(100), *there])
    assert together(links) == set()
    assert set(links.moves["decision"]) <= {"Review"}


@pytest.mark.full
def test_twins_are_not_taken_for_one_another() -> None:
    links = region(
        [*others(0), record("sis", "ana", *ANA)], [*others(100), record("sis", "eva", "Eva", *ANA[1:])]
    )
    assert together(links) == set()


@pytest.mark.full
def test_a_name_without_a_birth_date_ties_no_districts() -> None:
    links = region(
        [*others(0), record("lms", "ana", *ANA[:2])], [*others(100), record("lms", "ana", *ANA[:2])]
    )
    assert together(links) == set()
    assert links.moves.empty


@pytest.mark.full
def test_a_child_who_moved_twice_is_one_child_of_three_districts() -> None:
    states = [record("sis", "ana", *ANA, State="9") for _ in range(3)]
    links = region(*([*others(100 * place), one] for place, one in enumerate(states)))
    assert together(links) == {frozenset({(f"d{place}", "sis", "ana") for place in range(3)})}


@pytest.mark.full
def test_every_table_begins_with_the_district_and_no_record_is_lost() -> None:
    districts = [*others(0), record("sis", "ana", *ANA)], [*others(100), record("sis", "ana", *ANA)]
    links = region(*districts)
    for name in ("crosswalk", "pairs", "findings", "id_columns"):
        assert getattr(links, name).columns[0] == "district"
    assert not links.crosswalk.duplicated(RECORD).any()
    assert len(links.crosswalk) == sum(map(len, districts))


# ------------------------------------------------------------------------------------------ made regions


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenario = load_scenario("region", students=80, districts=2, people_only=True, moved_between=0.05)
    return make_region(scenario, tmp_path_factory.mktemp("made") / "region")


@pytest.fixture(scope="module")
def districts(made: Path) -> dict[str, District]:
    return {name: read_district(folder) for name, folder in district_folders(made).items()}


@pytest.mark.full
def test_movers_of_a_made_region_are_found_without_any_shared_id(districts: dict[str, District]) -> None:
    without_states = [
        (
            name,
            SimpleNamespace(
                people=district.people,
                identifiers=district.identifiers[district.identifiers["identification_system"].ne("State")],
                folder=district.folder,
            ),
        )
        for name, district in districts.items()
    ]
    links = link_districts(
        without_states,  # type: ignore[arg-type]
        lambda one: link_district(districts[one.folder.name], "standardized"),
    )
    truly = pd.concat([truth(name, district) for name, district in districts.items()])
    dated = links.crosswalk[links.crosswalk["linkable_by"].eq("Name and birth date")]
    known = dated.merge(truly, on=RECORD, how="inner", validate="one_to_one")
    movers = known.groupby("person")["district"].nunique()
    joined = known.groupby(["child", "person"])["district"].nunique().reset_index()
    assert len(movers[movers > 1]) >= 3
    assert set(joined.loc[joined["district"].gt(1), "person"]) == set(movers[movers > 1].index)
    # A child of two districts is one person in both.
    whose = known.groupby(["child", "district"])["person"].agg(lambda persons: persons.mode()[0])
    assert whose.groupby("child").nunique().max() == 1


def truth(name: str, district: District) -> pd.DataFrame:
    """Say whose each record is."""
    rows = read_answer_key(district.folder).rows
    place = ["silo", "file", "row"]
    rows = rows.loc[rows["part"].eq("Subject"), [*place, "person"]].drop_duplicates(place)
    behind = district.person_rows.merge(rows, on=place, how="inner", validate="many_to_one")
    return behind.drop_duplicates(["silo", "record"]).assign(district=name)[[*RECORD, "person"]]


@pytest.mark.full
def test_a_region_is_linked_by_the_command(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert link_region(made, "standardized", (), False, None, tmp_path, AS_JSON)
    told = json.loads(capsys.readouterr().out)
    written = {Path(path).name: pd.read_csv(path, dtype=str) for path in told["written"]}
    assert set(written) == {"crosswalk.csv", "pairs.csv", "id_columns.csv", "link_findings.csv", "moves.csv"}
    assert set(written["crosswalk.csv"]["district"]) == {
        path.name for path in made.iterdir() if path.is_dir()
    }
    assert len(written["crosswalk.csv"]) == told["records"]
    moved = written["moves.csv"]["decision"].eq("Match").sum()
    assert moved >= 3
    by_child = written["crosswalk.csv"].groupby("child")["district"].nunique()
    assert by_child.gt(1).sum() == moved


@pytest.mark.full
def test_one_district_is_no_region(made: Path, tmp_path: Path) -> None:
    assert is_region(made)
    one = next(iter(district_folders(made).values()))
    assert not is_region(one)
    assert not link_region(one, "standardized", (), False, None, tmp_path, AS_JSON)
    assert not is_region(tmp_path / "nowhere")


@pytest.mark.full
def test_what_is_for_one_district_says_so(made: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--train is for one district: give one of its districts"):
        link_region(made, "resolved", (), True, None, tmp_path, AS_JSON)
    (tmp_path / "region.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match=r"each needs a district.json"):
        link_region(tmp_path, "resolved", (), False, None, tmp_path, AS_JSON)
