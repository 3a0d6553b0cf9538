"""A run refuses what it doesn't know, reports what failed, and lets nothing of real children through."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from papermill.iorw import papermill_io

from helpers.report.runs.earlier import earlier_runs, remember
from helpers.report.runs.execute import Progress, _failure, cleaned, run_notebooks
from helpers.report.runs.notebooks import Notebook, choose, parameters_for
from helpers.standard import BadInput

NAME = "Ana-Sofía Nuñez"
PARAMETERS = """students: int = 600  # how many children
share: float = 0.5  # of them
fair: bool = True  # for all
district_folder: str = ""  # a folder to read"""


def write(folder: Path, name: str, *sources: str, title: str = "How many?") -> Path:
    head = f"# {title}\n\n**30 minutes** (18 reading, 12 practice) · needs nothing"
    cells = [
        new_markdown_cell(head),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_markdown_cell("## The part that counts"),
        *(new_code_cell(source) for source in sources),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


def quiet() -> Progress:
    return Progress(1, io.StringIO())


@pytest.mark.full
def test_those_that_read_no_district_begin_then_those_that_read_two(tmp_path: Path) -> None:
    cells = {"01_none": "1", "02_one": "# read_district(", "03_two": "# read_district(, read_district("}
    paths = [write(tmp_path, name, cell) for name, cell in cells.items()]
    told = io.StringIO()
    runs = run_notebooks(paths, {}, tmp_path / "out", at_once=1, progress=Progress(3, told))
    begun = [line.split(":")[0] for line in told.getvalue().splitlines() if line.endswith("begun")]
    assert begun == ["01_none", "03_two", "02_one"]
    assert [run.name for run in runs] == [*cells]


def test_reading_parameters_builds_no_grammar_of_web_addresses_and_leaves_it_to_others(
    tmp_path: Path,
) -> None:
    pytest.importorskip("rfc3987_syntax")
    path = write(tmp_path, "01_x")
    code = (
        "import pathlib, sys\nfrom helpers.report.runs.notebooks import Notebook\n"
        f"Notebook(pathlib.Path({str(path)!r})).parameters\nassert 'rfc3987_syntax' not in sys.modules\n"
        "import rfc3987_syntax"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_notebooks_are_chosen_by_number_or_name(tmp_path: Path) -> None:
    for name in ("00_start_here", "03_join_them", "05_measure"):
        write(tmp_path, name)
    assert [one.name for one in choose(tmp_path)] == ["00_start_here", "03_join_them", "05_measure"]
    assert [one.name for one in choose(tmp_path, ["03,5"])] == ["03_join_them", "05_measure"]
    assert [one.name for one in choose(tmp_path, ["00_start_here"])] == ["00_start_here"]
    with pytest.raises(BadInput, match=r"'03_join_then'.*Did you mean 03_join_them\?"):
        choose(tmp_path, ["03_join_then"])


def test_title_minutes_and_section_come_from_the_notebook(tmp_path: Path) -> None:
    notebook = Notebook(write(tmp_path, "01_x", "1", title="Which one?"))
    assert (notebook.title, notebook.minutes) == ("Which one?", 18)
    assert notebook.section_of(2) == "The part that counts"


@pytest.mark.parametrize(
    ("executed", "injected", "cell"), [(3, False, 3), (3, True, 2), (1, True, 1), (1, False, 1)]
)
def test_a_failure_names_the_cell_as_the_reader_counts_it(
    tmp_path: Path, executed: int, injected: bool, cell: int
) -> None:
    notebook = Notebook(write(tmp_path, "01_x"))
    error = SimpleNamespace(exec_count=executed, ename="KeyError", evalue="'dob'", source="x")
    assert _failure(error, notebook, injected, real=False).cell == cell


def test_an_unknown_parameter_is_refused_with_the_nearest_name_before_anything_runs(tmp_path: Path) -> None:
    path = write(tmp_path, "01_x", "1 / 0")
    out = tmp_path / "out"
    with pytest.raises(BadInput, match=r"'studens'.*Did you mean students\?"):
        run_notebooks([path], {"studens": "300"}, out, progress=quiet())
    assert not out.exists()


def test_parameters_are_read_as_the_type_that_is_declared(tmp_path: Path) -> None:
    notebooks = [Notebook(write(tmp_path, "01_x"))]
    text = {"students": "300", "share": "1", "fair": "no", "district_folder": "12"}
    typed = parameters_for(notebooks, text)["01_x"]
    assert typed == {"students": 300, "share": 1.0, "fair": False, "district_folder": "12"}
    assert isinstance(typed["share"], float)
    for name, value in (("students", "many"), ("students", "1.5"), ("share", "half"), ("fair", "maybe")):
        with pytest.raises(BadInput, match=rf"Parameter {name} of 01_x is .*{value}"):
            parameters_for(notebooks, {name: value})


def test_a_notebook_gets_no_parameter_that_does_not_apply_to_it_and_nothing_warns_of_that(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    paths = [write(tmp_path, "01_x"), tmp_path / "02_none.ipynb"]
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), paths[1])
    given = parameters_for([Notebook(path) for path in paths], {"students": "300"})
    assert given == {"01_x": {"students": 300}, "02_none": {}}
    assert (caplog.records, list(recwarn)) == ([], [])


def test_a_failed_notebook_is_reported_and_stops_no_other(tmp_path: Path) -> None:
    paths = [
        write(tmp_path, "01_fails", "x = students", f"raise KeyError({NAME!r})", "print('never')"),
        write(tmp_path, "02_works", "print(students + 1)"),
    ]
    before = [path.read_bytes() for path in paths]
    seen: list[str] = []
    failed, works = run_notebooks(
        paths,
        {"students": "41"},
        tmp_path / "out",
        progress=quiet(),
        when_done=lambda run: seen.append(run.name),
    )
    assert (failed.status, works.status) == ("failed", "done")
    assert sorted(seen) == ["01_fails", "02_works"]
    assert failed.failed is not None
    assert failed.failed.cell == 3
    assert failed.failed.place == "code cell 3 (under “The part that counts”)"
    assert (failed.failed.name, NAME in failed.failed.message) == ("KeyError", True)
    executed = works.notebook.read_text(encoding="utf-8")
    assert '"42\\n"' in executed
    assert "papermill" not in executed
    assert [path.read_bytes() for path in paths] == before


@pytest.mark.full
def test_a_wrong_input_is_shown_as_its_sentence_and_stops_the_notebook(tmp_path: Path) -> None:
    cell = "from helpers.standard import BadInput\ndef f(x):\n    raise BadInput(f'No level {x!r}.')\nf('x')"
    (run,) = run_notebooks([write(tmp_path, "01_stops", cell)], {}, tmp_path / "out", progress=quiet())
    assert run.status == "failed"
    assert run.failed is not None
    assert (run.failed.name, run.failed.message) == ("BadInput", "No level 'x'.")
    outputs = [
        one for cell in nbformat.read(run.notebook, as_version=4).cells for one in cell.get("outputs", [])
    ]
    (error,) = [one for one in outputs if one.output_type == "error"]
    assert (error.ename, error.evalue) == ("BadInput", "No level 'x'.")
    assert error.traceback == ["BadInput: No level 'x'."]


@pytest.mark.full
@pytest.mark.notebooks
def test_a_folder_of_an_earlier_run_that_is_gone_stops_no_notebook(tmp_path: Path) -> None:
    paths = [write(tmp_path, "01_short", "1"), write(tmp_path, "02_long", "import time", "time.sleep(3)")]
    files = papermill_io.get_handler("local")
    before = files.cwd(str(tmp_path / "gone"))
    try:
        runs = run_notebooks(paths, {}, tmp_path / "out", at_once=2, progress=quiet())
        assert files.cwd(before) == str(tmp_path / "gone")
    finally:
        files.cwd(before)
    assert [(run.status, run.failed) for run in runs] == [("done", None), ("done", None)]


@pytest.mark.full
def test_of_a_real_folder_no_word_of_an_error_or_row_is_kept(tmp_path: Path) -> None:
    # The name is put together at run time, so that finding it means that an output was kept.
    make = "name = 'Ana-Sof' + chr(237) + 'a Nu' + chr(241) + 'ez'"
    paths = [
        write(tmp_path, "01_fails", make, "raise ValueError(name)"),
        write(
            tmp_path,
            "02_shows",
            make,
            "import pandas as pd, sys\npd.DataFrame({'name': [name]})",
            "print(name)\nprint(name, file=sys.stderr)",
            "from helpers.report import answer\nanswer('**12** children')",
        ),
    ]
    log = io.StringIO()
    failed, shows = run_notebooks(paths, {}, tmp_path / "out", real=True, progress=Progress(2, log))
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    for text in (kept, log.getvalue(), repr(failed)):
        assert NAME not in text
        assert NAME.encode("ascii", "backslashreplace").decode() not in text
    assert failed.failed is not None
    assert (failed.failed.name, failed.failed.message, failed.failed.cell) == ("ValueError", "", 3)
    assert shows.status == "done"
    assert "<strong>12</strong> children" in kept


def test_outputs_of_an_invented_district_are_kept_as_they_are() -> None:
    outputs = [
        new_output("stream", name="stdout", text="rows 3"),
        new_output("display_data", {"text/plain": "x"}),
    ]
    notebook = new_notebook(cells=[new_code_cell("x", outputs=outputs)])
    notebook.metadata["papermill"] = {"input_path": "somewhere"}
    kept = cleaned(notebook, real=False)
    assert [output.output_type for output in kept.cells[0].outputs] == ["stream", "display_data"]
    assert "papermill" not in kept.metadata


@pytest.mark.full
def test_a_dead_kernel_is_a_failed_notebook_too(tmp_path: Path) -> None:
    paths = [write(tmp_path, "01_dies", "import os\nos._exit(1)"), write(tmp_path, "02_works", "1")]
    dead, works = run_notebooks(paths, {}, tmp_path / "out", progress=quiet())
    assert (dead.status, works.status) == ("failed", "done")
    assert dead.failed is not None
    assert dead.failed.place == "its start"
    assert dead.notebook.exists()


def test_progress_is_plain_lines_without_a_terminal_and_one_line_with_one() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    plain, terminal = io.StringIO(), Terminal()
    for stream in (plain, terminal):
        progress = Progress(2, stream)
        progress.begin("01_x")
        progress.end("01_x", 1.25)
        progress.begin("02_x")
        progress.end("02_x", 0.5, "FAILED at code cell 3 with KeyError")
        progress.close()
    assert plain.getvalue() == (
        "01_x: begun\n[1/2] 01_x: done (1.2 s)\n"
        "02_x: begun\n[2/2] 02_x: FAILED at code cell 3 with KeyError (0.5 s)\n"
    )
    # On a terminal a line stays only if something failed; the changing one is cleared.
    stays, _, rest = terminal.getvalue().partition("FAILED at code cell 3 with KeyError (0.5 s)\n")
    assert rest
    assert "[0/2] 01_x" in stays
    assert "done" not in terminal.getvalue()
    assert "\x1b[2K" in rest.rpartition("writing pages")[2]


def test_earlier_runs_are_remembered_newest_first(tmp_path: Path) -> None:
    assert earlier_runs(tmp_path).empty
    remember(tmp_path, None, 5, 0)
    remember(tmp_path, None, 5, 2)
    assert earlier_runs(tmp_path)["incomplete"].tolist() == ["2", "0"]
    (tmp_path / "runs.csv").write_bytes(b"\xff\xfe broken")
    assert earlier_runs(tmp_path).empty


def test_the_list_of_earlier_runs_leads_to_no_folder_but_one_of_a_run(tmp_path: Path) -> None:
    out = tmp_path / "reports"
    for folder in (out / "2026-11-23_a", out, tmp_path, tmp_path / "elsewhere"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text("")
    names = ["2026-11-23_a", "..", "../elsewhere", str(tmp_path / "elsewhere"), "2026-11-24_gone", "."]
    for name in names:
        remember(out, None, 5, 0, run=name)
    led = dict(zip(names, reversed(earlier_runs(out)["run"]), strict=True))
    assert led.pop("2026-11-23_a") == "2026-11-23_a"
    assert set(led.values()) == {""}
