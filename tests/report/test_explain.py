"""The page and the command behind a headline number: what it counts, why, and its rows."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.files import District
from helpers.link import Links
from helpers.report import explain, explain_page
from helpers.report.pages.explain import _readable, page_of_measure
from helpers.report.pages.index import index_page
from helpers.report.runs.first_page import first_page
from helpers.score import COUNTED, Headlines, children_by_system, list_strays, measure
from helpers.standard import BadInput
from tests.report.test_definitions import text_of


def run(*given: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["explain", *map(str, given)])
    return result.exit_code, result.stdout, result.stderr


def test_a_number_is_explained_with_its_rows_and_its_like_numbers(
    district_folder: Path, district: District, district_links: Links, tmp_path: Path
) -> None:
    headlines = Headlines(district, district_links)
    counted = headlines.of("undetected_by_number")
    code, said, _ = run("undetected_by_number", district_folder, "--out", tmp_path)
    assert code == 0
    assert f"{counted.number} of {counted.base} children share" in " ".join(said.split())
    pairs = list_strays(district, headlines.records["number"])
    written = pd.read_csv(tmp_path / "explain_undetected_by_number.csv")
    assert len(written) == len(pairs) > 0
    page = (tmp_path / "explain_undetected_by_number.html").read_text(encoding="utf-8")
    assert f"{len(pairs)} lines, {counted.number} children" in text_of(page)
    assert "**" not in page
    for other, how in counted.definition.alike.items():
        assert how in page
        assert re.search(rf">{headlines.of(other).number:,}<", page)
    code, said, _ = run("undetected_by_number", district_folder, "--out", tmp_path, "--json")
    figures = json.loads(said)
    value = {"measure": counted.measure, "number": counted.number, "out of": counted.base}
    assert (figures["value"], len(figures["rows"])) == (value, len(pairs))


@pytest.mark.parametrize(
    ("name", "said"), [("undetectd", "Did you mean undetected?"), ("days_late", "isn't counted for one")]
)
def test_what_cannot_be_explained_ends_in_one_sentence(
    name: str, said: str, district_folder: Path, tmp_path: Path
) -> None:
    code, _, error = run(name, district_folder, "--out", tmp_path)
    assert code == 2
    assert said in error
    assert not list(tmp_path.iterdir())


def test_a_real_folder_is_sent_to_its_first_page(district_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(district_folder / "silos", tmp_path / "real" / "silos")
    code, _, error = run("complete", tmp_path / "real", "--out", tmp_path / "out")
    assert code == 2
    assert "'complete' needs an answer key, which only an invented district has" in error


def test_the_first_page_opens_the_list_behind_its_sentences(
    district: District, district_links: Links, tmp_path: Path
) -> None:
    counted = Headlines(district, district_links)
    figures = first_page(counted)
    names = {one for one in figures.measures if counted.counts(*one) and counted.of(*one)}
    text = index_page(
        tmp_path / "index.html", figures, [], district.about, pages="run/", explains=names
    ).read_text("utf-8")
    assert {("undetected_by_number", ""), ("missing_in_system", "activities")} <= names
    for one in names:
        assert f'href="run/{page_of_measure(*one)}"' in text
        assert len(explain(counted, *one).rows) > 0
    first = explain(counted, "undetected_by_number")
    assert first.cause.replace("**", "") in figures.actions[0].effect


def test_a_real_folder_shows_counts_by_the_guard_and_its_rows_at_the_desk_alone(
    district: District, district_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(district_folder / "silos", tmp_path / "real" / "silos")
    out = tmp_path / "out"
    code, said, _ = run("review", tmp_path / "real", "--out", out)
    assert code == 0
    assert re.search(r"(about \d*0|fewer than 10) of about [\d,]*0 records of children", said)
    assert sorted(path.name for path in out.iterdir()) == ["explain_review.html"]
    assert "No page of a real folder lists children" in (out / "explain_review.html").read_text("utf-8")
    code, said, _ = run("review", tmp_path / "real", "--out", out, "--rows")
    assert code == 0
    written = out / "restricted_explain_review.csv"
    rows = pd.read_csv(written)
    assert rows["link_status"].eq("Review").all()
    assert len(rows) > 0
    assert written.stat().st_mode & 0o777 == 0o600
    logged = (out / "audit.jsonl").read_text("utf-8")
    assert "rows of review" in logged
    assert len(logged.splitlines()) == 1


def test_each_measure_of_a_district_has_a_page_with_its_rows(
    district: District, district_links: Links, tmp_path: Path
) -> None:
    counted = Headlines(district, district_links)
    for name in COUNTED:
        told = explain(counted, name)
        page = explain_page(tmp_path / f"{name}.html", told, district.about).read_text("utf-8")
        value = counted.of(name)
        assert value.rows is not None
        assert len(value.rows) == value.number, name
        assert f">{value.text}</data>" in page, name
        assert "⟦" not in page


def test_children_of_one_name_and_grade_stay_in_the_list_and_are_told_apart() -> None:
    people = pd.DataFrame({"silo": "sis", "record": ["a", "b", "c"], "first_name": ["Ana", "Ana", "Ben"]})
    people = people.assign(last_surname=["Ruiz", "Reyes", "Okafor"], grade_level="06")
    told = people[["silo", "record"]].assign(person=["1", "2", "3"], child=["x", "y", "z"])
    found: Any = SimpleNamespace(
        has_key=True,
        district=SimpleNamespace(people=people, layouts={}),
        records={"matched": told},
        about_groups=pd.DataFrame(
            {"person": ["1", "2"], "silos": 9}, index=pd.Index(["x", "y"], name="child")
        ),
    )
    found.names = Headlines.names.func(found)
    assert found.names == {"1": "Ana R., grade 6 (1)", "2": "Ana R., grade 6 (2)", "3": "Ben O., grade 6"}
    assert _readable(found, pd.DataFrame({"child": ["x", "y"]}))["person"].tolist() == [
        "Ana R., grade 6 (1)", "Ana R., grade 6 (2)",
    ]  # fmt: skip
    found.names = dict.fromkeys("123", "Ana R., grade 6")
    assert len(_readable(found, pd.DataFrame({"child": ["x", "y"]}))) == 2
    assert "person" in _readable(found, pd.DataFrame({"child": ["x", "y"]}))


def test_python_asks_for_a_measure_by_its_name(district: District, district_links: Links) -> None:
    asked = measure("undetected_by_number").of(district, district_links)
    assert asked == Headlines(district, district_links).of("undetected_by_number")
    with pytest.raises(BadInput, match="Did you mean undetected_by_number"):
        measure("undetected_by_numbr")


def test_a_number_of_one_system_has_its_rows_too(district: District, district_links: Links) -> None:
    counted = Headlines(district, district_links)
    records = counted.records["matched"]
    systems = children_by_system(records).set_index("silo")
    for silo in systems.index:
        for name in ("missing_in_system", "undetected_in_system"):
            value = counted.of(name, silo)
            counts = systems.loc[silo]
            assert (value.number, value.base) == (counts[name[:-10]], counts["children"])
    with pytest.raises(BadInput, match="isn't counted for one district"):
        counted.of("missing_in_system", "nowhere")
    with pytest.raises(BadInput, match="isn't counted for one district"):
        counted.of("missing_in_system")
