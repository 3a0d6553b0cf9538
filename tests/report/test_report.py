"""The whole road in one call: pages, index and exit status, on an invented district and on real files."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.files import read_district
from helpers.report import run_report
from helpers.report.runs.execute import Progress
from helpers.report.runs.report import Maker
from helpers.standard import BadInput
from tests.as_if_made import as_if_made
from tests.standing import standing_in

SETUP = """from helpers.files import read_district
from helpers.share.guard import Guard
from helpers.report import table
from helpers.report.charts import bars
district = read_district(district_folder)
guard = Guard.of(district)"""
BARS = """known = {name: len(silo.people) for name, silo in district.items()}
bars(known, title="Systems know different children", unit="children", guard=guard)"""


@pytest.fixture(autouse=True)
def shared_with_other_tests() -> Iterator[None]:
    """Let reports take over what other tests have read: each would read the district anew."""
    with mock.patch("helpers.report.runs.report.sharing", nullcontext):
        yield


@pytest.fixture(scope="session")
def road(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two notebooks: one that works, and one that stops with a child's name in its error."""
    folder = tmp_path_factory.mktemp("road")
    rows = "table(guard.rows(district.people), 'People')"
    stop = "district.people\nraise KeyError(district.people['last_surname'].dropna().iloc[0])"
    for name, sources in (("01_works", (SETUP, BARS, rows)), ("02_stops", (SETUP, stop))):
        cells = [
            new_markdown_cell(f"# What does {name} say?\n\n**9 minutes** (5 reading, 4 practice)"),
            new_code_cell('district_folder: str = ""  # a folder', metadata={"tags": ["parameters"]}),
            *(new_code_cell(source) for source in sources),
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
        nbformat.write(new_notebook(cells=cells, metadata=metadata), folder / f"{name}.ipynb")
    return folder


@pytest.mark.full
def test_a_report_of_an_invented_district_has_its_figures(
    road: Path, district_folder: Path, tmp_path: Path
) -> None:
    asked: list[Mapping[str, object]] = []

    def make(parameters: Mapping[str, object]) -> Path:
        asked.append(parameters)
        return district_folder

    log = io.StringIO()
    result = run_report(notebooks=road, only=["1"], out=tmp_path, make=make, progress=Progress(1, log))
    assert asked == [{}]
    first, begun, done = log.getvalue().splitlines()
    assert first.startswith("making the district")
    assert begun == "01_works: begun"
    assert done.startswith("[1/1] 01_works: done")
    assert result.ok
    index = result.index.read_text(encoding="utf-8")
    assert "What does 01_works say?" in index
    assert "02_stops" not in index
    said = re.sub("<[^>]*>", "", index)
    assert re.search(r"\d+ of \d+ children have a complete page", said)
    assert "Looked up by ID number alone" in index
    assert index.count('<p class="who">') == 3
    assert "This district is invented" in index
    assert "no longer fits" not in index
    assert re.search(
        r"this year or last\. \d+ of them belong to this school year, and the roster lists \d+", said
    )
    page = (result.run / "01_works.html").read_text(encoding="utf-8")
    assert "Systems know different children" in page
    assert sorted(path.name for path in tmp_path.iterdir()) == [result.run.name, "index.html", "runs.csv"]
    there = sorted(path.name for path in result.run.iterdir())
    linked = index + "".join(one.read_text(encoding="utf-8") for one in result.run.glob("*.html"))
    assert [name for name in there if name.startswith("explain_") and f'{name}"' not in linked] == []
    assert [name for name in there if not name.startswith("explain_")] == [
        "01_works.html",
        "index.html",
        "kept",
        "notebooks",
    ]


@pytest.mark.full
def test_a_key_that_no_longer_fits_the_files_is_said_on_the_index(
    road: Path, district_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(district_folder, folder)
    (meals,) = (folder / "silos" / "meals").glob("mealtime_customers_*.csv")
    lines = meals.read_bytes().splitlines(keepends=True)
    meals.write_bytes(b"".join(lines[:-7]))
    result = run_report(as_if_made(folder), notebooks=road, only=["1"], out=tmp_path / "out")
    assert result.ok
    index = " ".join(result.index.read_text(encoding="utf-8").split())
    assert "The answer key in this folder no longer matches its files" in index
    assert f"{meals.name} ends at row {len(lines) - 7:,}, and the key names row {len(lines):,})" in index


def test_a_folder_that_is_not_there_is_refused(road: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder"):
        run_report(tmp_path / "nowhere", notebooks=road, out=tmp_path / "out")
    with pytest.raises(BadInput, match="given twice"):
        run_report(tmp_path, notebooks=road, parameters={"district_folder": "x"}, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("given", [True, False])
def test_a_report_without_a_folder_asks_the_given_maker_for_a_district_or_else_the_installed_one(
    road: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    def maker(name: str) -> Maker:
        def make(parameters: Mapping[str, object]) -> Path:
            raise BadInput(f"{name} makes no district of {dict(parameters)}")

        return make

    monkeypatch.setattr("helpers.report.runs.report._maker", lambda: maker("The installed one"))
    name = "The given one" if given else "The installed one"
    with pytest.raises(BadInput, match=rf"{name} makes no district of \{{\}}"):
        run_report(
            notebooks=road,
            only=["1"],
            out=tmp_path / "out",
            make=maker(name) if given else None,
            progress=Progress(1, io.StringIO()),
        )
    assert not (tmp_path / "out").exists()


def assert_no_child_is_written(
    road: Path, folder: Path, tmp_path: Path, *, digits: int = 4, ours: frozenset[str] = frozenset()
) -> None:
    """Run the report on a real folder, one notebook failing; look for names and ids in every byte.

    Numbers of fewer digits are left out, and words that are ours.
    """
    log = io.StringIO()
    result = run_report(folder, notebooks=road, out=tmp_path, progress=Progress(2, log))
    assert not result.ok
    assert [run.name for run in result.failed] == ["02_stops"]
    index = result.index.read_text(encoding="utf-8")
    assert log.getvalue().startswith("2 notebooks, ")
    assert "making" not in log.getvalue()
    assert "Real data: restricted" in index
    assert "a real district has no answer key" in index

    people, ids = (getattr(read_district(folder), name) for name in ("people", "identifiers"))
    columns = (
        "local_id",
        "first_name",
        "middle_name",
        "last_surname",
        "full_name",
        "email",
        "login",
        "telephone",
    )
    private = {text for column in columns for text in people[column].dropna() if len(text) > 3}
    private |= {text for text in ids["identifier"].dropna() if len(text) > 3}
    private = {text for text in private if not text.isdigit() or len(text) >= digits}
    assert len(private) > 50
    written = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    # pictures are looked at as pictures; their text form is random letters in which short names occur
    everything = re.sub(r"base64,[A-Za-z0-9+/=]+", "", "\n".join([*written, log.getvalue()]))
    assert standing_in(everything, private - ours) == set()


@pytest.mark.full
@pytest.mark.parametrize("folder", ["grand_bend_joinable", "third_party_oneroster_1p1_school"])
def test_no_name_and_no_id_of_a_real_folder_is_in_any_byte_that_is_written(
    road: Path, real_files: Path, tmp_path: Path, folder: str
) -> None:
    assert_no_child_is_written(road, real_files / folder, tmp_path)


@pytest.mark.full
def test_no_name_and_no_id_of_a_folder_without_a_mark_is_in_any_byte_that_is_written(
    road: Path, unmarked_folder: Path, tmp_path: Path
) -> None:
    # PINs of few digits may be a width or a count; Canvas's test user is called Student, as is much there.
    assert_no_child_is_written(road, unmarked_folder, tmp_path, digits=6, ours=frozenset({"Student"}))
