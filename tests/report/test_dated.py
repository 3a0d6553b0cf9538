"""A run never writes over another; one that is killed leaves the index of the last one whole."""

from __future__ import annotations

import datetime as dt
import importlib
import io
import os
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.report import run_report
from helpers.report.runs.earlier import earlier_runs
from helpers.report.runs.execute import Progress
from helpers.report.runs.report import ReportResult, dated_run, run_name

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


@pytest.mark.full
def test_the_index_leads_with_the_newest_and_to_the_earlier_runs(
    road: Path, exports_by_hand: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> ReportResult:
        quiet = Progress(1, io.StringIO())
        return run_report(exports_by_hand, notebooks=road, out=tmp_path, previous="last", progress=quiet)

    first, second = run(), run()
    assert first.ok
    assert first.changed.said == ["This is the first run here: there is no earlier one to compare with."]
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
