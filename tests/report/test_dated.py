"""A run never writes over another; one that is killed leaves the index of the last one whole."""

from __future__ import annotations

import datetime as dt
import importlib
import io
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.report import run_report
from helpers.report.pages.index import index_page
from helpers.report.pages.page import notebook_page
from helpers.report.runs.earlier import earlier_runs, remember
from helpers.report.runs.execute import Progress, run_notebooks
from helpers.report.runs.report import ReportResult, dated_run, run_name
from tests.modes import for_others

MOMENT = dt.datetime(2026, 11, 30, 6, 0)


@given(st.text(max_size=80), st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2999, 1, 1)))
def test_every_system_takes_the_name_of_a_run_and_it_sorts_by_time(title: str, moment: dt.datetime) -> None:
    name = run_name({"title": title}, moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d{6}_[a-z0-9-]*[a-z0-9]", name)
    assert len(name) < 64
    assert name < run_name({"title": "a"}, moment + dt.timedelta(seconds=1))


def test_a_folder_that_says_nothing_of_itself_is_not_named() -> None:
    assert run_name({}, MOMENT) == "2026-11-30_060000_own-files"


def test_two_runs_of_one_second_stand_side_by_side(tmp_path: Path) -> None:
    for words in ("first", "second"):
        with dated_run(tmp_path, {}, MOMENT) as run:
            (run.draft / "page.txt").write_text(words)
    told = {path.name: (path / "page.txt").read_text() for path in tmp_path.iterdir()}
    assert told == {"2026-11-30_060000_own-files": "first", "2026-11-30_060000_own-files_2": "second"}


def test_two_runs_that_begin_in_one_second_both_end_well(tmp_path: Path) -> None:
    with dated_run(tmp_path, {}, MOMENT) as first, dated_run(tmp_path, {}, MOMENT) as second:
        (first.draft / "page.txt").write_text("first")
        (second.draft / "page.txt").write_text("second")
    told = {path.name: (path / "page.txt").read_text() for path in tmp_path.iterdir()}
    assert told == {first.name: "first", second.name: "second"}
    assert second.name == f"{first.name}_2"


def test_runs_that_end_together_are_all_in_the_list(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as runs:
        list(runs.map(lambda number: remember(tmp_path, None, number, 0), range(16)))
    assert sorted(map(int, earlier_runs(tmp_path)["reports"])) == list(range(16))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(("about", "private"), [({}, True), ({"synthetic": True}, False)])
def test_only_the_pages_of_an_invented_district_are_for_others_too(
    road: Path, tmp_path: Path, about: dict[str, object], private: bool
) -> None:
    out = tmp_path / "reports"
    with dated_run(out, about, MOMENT) as run:
        (done,) = run_notebooks([road / "01_who.ipynb"], {}, run.draft / "notebooks", real=private)
        notebook_page(done.notebook, run.draft / "01_who.html", about)
        index_page(run.draft / "index.html", None, [], about)
    index_page(out / "index.html", None, [], about)
    made = [out, *out.rglob("*")]
    assert len(made) == 7
    assert [path.name for path in made if (for_others(path) == 0) is not private] == []
    # The list of runs stays private where it names one of a real district.
    index_page(out / "index.html", None, [], {"synthetic": True})
    assert (for_others(out / "index.html") == 0) is private


def test_a_run_that_stops_leaves_nothing_and_one_that_was_killed_is_swept_later(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), dated_run(tmp_path, {}, MOMENT):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    for name, hours in (("killed", 30), ("at_work", 1)):
        (tmp_path / f".unfinished-{name}").mkdir()
        then = dt.datetime.now().timestamp() - hours * 3600
        os.utime(tmp_path / f".unfinished-{name}", (then, then))
    with dated_run(tmp_path, {}, MOMENT):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".unfinished-at_work",
        "2026-11-30_060000_own-files",
    ]


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One notebook that asks for nothing and shows nothing."""
    folder = tmp_path_factory.mktemp("road")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    cells = [new_markdown_cell("# Who?"), new_code_cell("pass")]
    nbformat.write(new_notebook(cells=cells, metadata=metadata), folder / "01_who.ipynb")
    return folder


TWICE = """
import io, sys
from pathlib import Path
from helpers.report import run_report
from helpers.report.runs.execute import Progress
from helpers.report.runs import report

report.run_name = lambda *_: "2026-11-30_060000_own-files"
folder, road, out = map(Path, sys.argv[1:])
assert run_report(folder, notebooks=road, out=out, progress=Progress(1, io.StringIO())).ok
"""


@pytest.mark.full
def test_two_reports_of_one_second_in_two_processes_both_end_well(
    road: Path, exports_by_hand: Path, tmp_path: Path
) -> None:
    out = tmp_path / "reports"
    words = [sys.executable, "-c", TWICE, str(exports_by_hand), str(road), str(out)]
    both = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        assert one.communicate(timeout=300)[1] == ""
        assert one.returncode == 0
    names = ["2026-11-30_060000_own-files", "2026-11-30_060000_own-files_2"]
    assert sorted(earlier_runs(out)["run"]) == names
    page = (out / "index.html").read_text(encoding="utf-8")
    assert all(name in page for name in names)
    assert {path.name for path in [out, *out.rglob("*")] if for_others(path)} == set()


@pytest.mark.full
def test_the_index_leads_with_the_newest_and_to_the_earlier_runs(
    road: Path, exports_by_hand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> ReportResult:
        quiet = Progress(1, io.StringIO())
        return run_report(exports_by_hand, notebooks=road, out=tmp_path, previous="last", progress=quiet)

    first, second = run(), run()
    assert first.ok
    assert first.changed.sentences == ["This is the first run here: there is no earlier one to compare with."]
    assert first.run != second.run
    page = second.index.read_text(encoding="utf-8")
    own = (second.run / "index.html").read_text(encoding="utf-8")
    assert "Real data: restricted" in page
    for markup, base in ((page, tmp_path), (own, second.run)):
        links = re.findall(r'href="([^"#][^":]*)"', markup)
        assert len(links) >= 2
        assert [link for link in links if not (base / link).is_file()] == []
        assert any(first.run.name in link for link in links)
    assert f'href="{second.run.name}/01_who.html"' in page
    assert (first.run / "01_who.html").is_file()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("helpers.report.runs.report"), "index_page", killed)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert second.index.read_text(encoding="utf-8") == page
    assert earlier_runs(tmp_path)["run"].tolist() == [second.run.name, first.run.name]
