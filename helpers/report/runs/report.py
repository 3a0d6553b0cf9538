"""Run the whole report in one call."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import (
    make_folder,
    must_be_a_folder,
    read_district,
    sharing,
    what_is_there,
    with_children,
    write_atomically,
)
from helpers.report.blocks import is_invented, slug
from helpers.report.pages.explain import (
    explain,
    explain_page,
    page_of_measure,
    pages_of,
)
from helpers.report.pages.index import ReportLine, index_page
from helpers.report.pages.page import headline, notebook_page
from helpers.report.runs.changes import save_snapshot
from helpers.report.runs.earlier import (
    INDEX,
    Changed,
    earlier_runs,
    find_previous_run,
    remember,
    what_changed,
)
from helpers.report.runs.execute import NotebookRun, Progress, run_notebooks
from helpers.report.runs.first_page import RunFigures, compute_figures
from helpers.report.runs.kernels import kernel_server
from helpers.report.runs.notebooks import Notebook, choose, notebooks_folder, parameters_for
from helpers.report.templates import link_measures, measures_on
from helpers.standard import BadInput, Measured, definition, plain

__all__ = ["Maker", "ReportResult", "dated_run", "make_report_district", "run_name", "run_report"]


_UNFINISHED = ".unfinished-"
# A killed run leaves its draft; after a day, no run still uses one.
_STALE = 24 * 3600
_LONGEST = 40


@dataclass(frozen=True)
class DatedRun:
    """One run's folder."""

    # Name, which sorts by time.
    name: str
    # Folder to which the run writes.
    draft: Path
    # Final folder, once the run is complete.
    folder: Path


def run_name(about: Mapping[str, Any], moment: dt.datetime) -> str:
    """Name a run by its time and its district.

    >>> run_name({"title": "Riverbend: Upper/Lower"}, dt.datetime(2026, 11, 30, 6, 0))
    '2026-11-30_060000_riverbend-upper-lower'
    """
    title = str(about.get("title") or about.get("district_name") or "own files")
    return f"{moment:%Y-%m-%d_%H%M%S}_{slug(title)[:_LONGEST].rstrip('-')}"


def _sweep(out: Path) -> None:
    """Delete what runs left that were killed long ago."""
    for left in out.glob(f"{_UNFINISHED}*"):
        try:
            old = time.time() - left.stat().st_mtime > _STALE
        except OSError:
            continue
        if old:
            shutil.rmtree(left, ignore_errors=True)


def _claimed(place: Path, private: bool) -> Path | None:
    """Create the draft of a run's folder; None if another run has this name, or had it."""
    draft = place.with_name(f"{_UNFINISHED}{place.name}")
    with suppress(FileExistsError):
        draft.mkdir(mode=0o700 if private else 0o777)
        if not place.exists():
            return draft
        draft.rmdir()
    return None


@contextmanager
def dated_run(out: Path, about: Mapping[str, Any], moment: dt.datetime | None = None) -> Iterator[DatedRun]:
    """Yield the draft folder of a run; if the block succeeds, move it into place."""
    name = run_name(about, moment or dt.datetime.now())
    private = not is_invented(about)
    make_folder(out, private=private)
    _sweep(out)
    place = out / name
    # Two runs that started in the same second get different names, because only one creates the draft.
    again = 1
    while not (draft := _claimed(place, private)):
        again += 1
        place = out / f"{name}_{again}"
    try:
        yield DatedRun(place.name, draft, place)
        draft.replace(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


# The generator is in another package, which this one never imports: it registers under this entry point.
MAKERS = "bigpicture.makers"
Maker = Callable[[Mapping[str, object]], Path]
_FOLDER = "district_folder"


@dataclass(frozen=True)
class ReportResult:
    """Result of a report run.

    Parameters
    ----------
    index
        Index page, with this run first.
    run
        Folder of this run: its own index, one page per notebook, the executed notebooks.
    folder
        The district that was read.
    runs
        Outcome of each notebook.
    figures
        Figures of the index; None if the folder could not be read.
    trouble
        Why there are no figures; empty if there are.
    changed
        What changed since an earlier run.
    """

    index: Path
    run: Path
    folder: Path
    runs: tuple[NotebookRun, ...]
    figures: RunFigures | None
    trouble: str = ""
    changed: Changed = field(default_factory=Changed)

    @property
    def ok(self) -> bool:
        """Whether everything succeeded; then the exit status is 0, else 1."""
        return not self.trouble and all(run.status == "done" for run in self.runs)

    @property
    def failed(self) -> tuple[NotebookRun, ...]:
        """Notebooks that failed."""
        return tuple(run for run in self.runs if run.status == "failed")


def _maker() -> Maker:
    """Find the generator of districts by entry point, without importing its package."""
    offered = importlib.metadata.entry_points(group=MAKERS)
    for entry in offered:
        maker: Maker = entry.load()
        return maker
    raise BadInput(
        "Nobody here makes districts (no entry point of the group "
        f"{MAKERS}): install the project with pip install -e . or name a folder: bigpicture report FOLDER."
    )


def make_report_district(parameters: Mapping[str, object]) -> Path:
    """Generate the workshop district, or return the cached one."""
    return _maker()(parameters)


def _figures(folder: Path, real: bool) -> tuple[RunFigures | None, str]:
    """Compute the figures; if that fails, we still write the reports, and the index says so."""
    try:
        return compute_figures(folder), ""
    except Exception as error:
        words = "" if real else f": {' '.join(str(error).split())[:300]}"
        return None, f"The figures of this page could not be computed ({type(error).__name__}{words})."


def run_report(
    folder: str | Path | None = None,
    *,
    only: Sequence[str] = (),
    parameters: Mapping[str, object] | None = None,
    out: str | Path = "reports",
    previous: str = "",
    notebooks: Path | None = None,
    make: Maker | None = None,
    progress: Progress | None = None,
) -> ReportResult:
    """Read or generate a district, run the notebooks on it, and write a page for each and an index.

    Parameters
    ----------
    folder
        The district to read; generates one from the parameters when not given.
    only
        Numbers or names of notebooks; all when empty.
    parameters
        Name -> value, for the notebooks and the generator.
    out
        Each run gets its own folder here, named by day and time, with ``index.html``, a page a notebook and
        ``notebooks/*.ipynb``. ``index.html`` and ``runs.csv`` next to them list all runs. No run overwrites
        another.
    previous
        The earlier run to compare with: its name, or ``last``; the latest of this district when not given.
    notebooks
        The folder of notebooks; the project's own when not given.
    make
        Function that generates a district; the installed generator when not given.
    progress
        As in ``run_notebooks``.

    Returns
    -------
    ReportResult
        ``ok`` is true when every notebook ran.

    Raises
    ------
    BadInput
        Before anything runs: an unknown notebook or parameter, or a folder that doesn't exist.

    Examples
    --------
    >>> run_report("no_such_folder", only=["02"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    helpers.standard.validation.BadInput: There is no folder no_such_folder...
    """
    given = dict(parameters or {})
    if folder is not None and _FOLDER in given:
        raise BadInput(f"The folder is given twice, as FOLDER and as -p {_FOLDER}; give it once.")
    folder, out = Path(folder) if folder is not None else None, Path(out)
    chosen = choose(notebooks or notebooks_folder(), only)
    compared = find_previous_run(out, previous)
    named = folder if folder is not None else (Path(str(given[_FOLDER])) if given.get(_FOLDER) else None)
    if named is not None:
        must_be_a_folder(named)
    progress = progress or Progress(len(chosen))
    # The server imports what kernels need while this process does, and makes or reads a district.
    with sharing(), kernel_server(len(chosen)) as kernels:
        asked = _merged(parameters_for(chosen, given))
        if named is None:
            progress.say(
                f"making the district{_of_children(chosen, asked)}; one that was made before is found again"
            )
        place = (named or (make or _maker())(asked)).resolve()
        about = what_is_there(place).about
        synthetic = about.get("synthetic") is True
        with dated_run(out, about) as run:
            if named is not None:
                with_children(read_district(place))  # reads the district, which the notebooks then reuse
            runs, figures, trouble = _run(run.draft, place, chosen, given, about, progress, kernels)
            finished = tuple(
                replace(one, notebook=run.folder / "notebooks" / one.notebook.name) for one in runs
            )
            lines = [_line(one, run.draft) for one in runs]
            explains = _explain(run.draft, figures, about)
            kept = figures.kept if figures else None
            changed = what_changed(run.draft, out, kept, compared, about)

            def index(page: Path, pages: str, others: str) -> None:
                index_page(
                    page,
                    figures.index if figures else None,
                    lines,
                    about,
                    synthetic=synthetic,
                    earlier=_others(out, run.name),
                    changed=changed.sentences,
                    pages=pages,
                    runs=others,
                    trouble=trouble or (figures.misfit if figures else ""),
                    explains=explains,
                )

            index(run.draft / INDEX, "", "../")
            if kept is not None:
                # The reports are complete, whether or not the next run can compare with this one.
                with suppress(OSError):
                    save_snapshot(kept, out, run.name, run.draft, synthetic)
    # The run is complete and in place: only now do we add it to the list and the index.
    remember(out, figures, len(runs), sum(one.status == "failed" for one in runs), run.name)
    index(out / INDEX, f"{run.name}/", "")
    return ReportResult(out / INDEX, run.folder, place, finished, figures, trouble, changed)


def _explain(draft: Path, figures: RunFigures | None, about: Mapping[str, object]) -> set[tuple[str, str]]:
    """Write a page for each measure that this run's pages show, and let their numbers open it."""
    if figures is None or figures.counted is None:
        return set()
    found, texts = figures.counted, {page: page.read_text("utf-8") for page in draft.glob("*.html")}
    names = {one for text in texts.values() for one in measures_on(text)} | figures.index.measures
    names |= {(other, "") for name, _ in names if "-" not in name for other in definition(name).alike}
    explains = {one for one in names if found.counts(*one) and found.of(*one)}
    for page, text in texts.items():
        linked = link_measures(text, pages_of(explains))
        if linked != text:
            write_atomically(page, linked.encode("utf-8"), private=not is_invented(about))
    for one in explains:
        page = explain_page(draft / page_of_measure(*one), explain(found, *one), about)
        # Not to itself.
        linked = link_measures(page.read_text("utf-8"), pages_of(explains - {one}))
        write_atomically(page, linked.encode("utf-8"), private=not is_invented(about))
    return explains


def _others(out: Path, name: str) -> pd.DataFrame:
    """List the other runs, also one that ended while this one ran."""
    runs = earlier_runs(out)
    return runs[runs["run"].ne(name)] if "run" in runs.columns else runs


def _run(
    draft: Path,
    place: Path,
    chosen: Sequence[Notebook],
    given: Mapping[str, object],
    about: Mapping[str, object],
    progress: Progress,
    kernels: Mapping[str, Any],
) -> tuple[list[NotebookRun], RunFigures | None, str]:
    """Run the notebooks to a folder, write a page for each, and compute the figures in parallel."""
    synthetic = about.get("synthetic") is True
    real = not synthetic
    pages = [notebook.name for notebook in chosen]

    def write_page(run: NotebookRun) -> None:
        notebook_page(
            run.notebook,
            draft / f"{run.name}.html",
            about,
            title=run.title,
            synthetic=synthetic,
            failed=run.failed,
            pages=pages,
        )

    asks_folder = any(_FOLDER in notebook.parameters for notebook in chosen)
    # We compute the figures while the notebooks' own processes run.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="figures") as beside:
        working = beside.submit(_figures, place, real)
        runs = run_notebooks(
            [notebook.path for notebook in chosen],
            {**given, **({_FOLDER: str(place)} if asks_folder else {})},
            draft / "notebooks",
            real=real,
            progress=progress,
            when_done=write_page,
            kernels=kernels,
        )
        figures, trouble = working.result()
    return runs, figures, trouble


def _of_children(chosen: Sequence[Notebook], asked: Mapping[str, object]) -> str:
    """Describe the number of children in a district: as asked for, else as the notebooks declare it."""
    own = (
        notebook.parameters["students"].get("default")
        for notebook in chosen
        if "students" in notebook.parameters
    )
    many = asked.get("students") or next(own, None)
    return plain(f" of {Measured('enrolled', str(many)):count}") if many else ""


def _merged(typed: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Merge the notebooks' parameters for the generator."""
    return {name: value for own in typed.values() for name, value in own.items()}


def _line(run: NotebookRun, out: Path) -> ReportLine:
    done = run.status == "done"
    finding = headline(out / "notebooks" / run.notebook.name) if done else ""
    return ReportLine(run.title, f"{run.name}.html", finding, run.status, run.failed)
