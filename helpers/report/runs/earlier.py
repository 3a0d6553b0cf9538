"""List earlier runs, and write the page of what changed."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import lock_file, save_table, without_guard
from helpers.report.blocks import Block, answer, banner, is_invented
from helpers.report.pages.index import CHANGED_PAGE
from helpers.report.pages.page import block_page, note
from helpers.report.runs.changes import (
    RunSnapshot,
    changes_between,
    comparable,
    describe_changes,
    read_snapshot,
)
from helpers.report.runs.first_page import RunFigures
from helpers.report.tables import number_text, table
from helpers.report.templates import fill
from helpers.share import Guard
from helpers.standard import BadInput, empty_table, nearest

__all__ = ["INDEX", "Changed", "earlier_runs", "find_previous_run", "remember", "what_changed"]


INDEX = "index.html"
_COLUMNS = (
    "made",
    "district",
    "seed",
    "children",
    "complete",
    "mixed up, unnoticed",
    "reports",
    "incomplete",
    "run",
)


# Lists that version 0.1 wrote are still read.
_OLD_COLUMNS = {"joined in all": "complete", "wrong, unnoticed": "mixed up, unnoticed"}


def _file(out: Path) -> Path:
    return out / "runs.csv"


def earlier_runs(out: Path) -> pd.DataFrame:
    """Read the list of earlier runs, latest first."""
    try:
        text = _file(out).read_text(encoding="utf-8")
        frame = without_guard(pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False))
    except (OSError, ValueError):
        return pd.DataFrame(columns=list(_COLUMNS), dtype="string")
    frame = frame.rename(columns=_OLD_COLUMNS)
    frame = frame[[name for name in _COLUMNS if name in frame.columns]].iloc[::-1].reset_index(drop=True)
    runs = frame["run"] if "run" in frame.columns else pd.Series("", index=frame.index, dtype="string")
    # An edited list must not lead to a folder above or next to this one.
    named = [run if Path(run).name == run != ".." else "" for run in runs]
    there = [run if run and (out / run / INDEX).is_file() else "" for run in named]
    return frame.assign(run=pd.Series(there, index=frame.index, dtype="string"))


def remember(out: Path, figures: RunFigures | None, reports: int, incomplete: int, run: str = "") -> None:
    """Add this run to the list."""
    index = figures.index if figures is not None else None
    line = {
        "made": dt.datetime.now().strftime("%Y-%m-%d %H:%M"),
        "district": index.place if index else "",
        "seed": number_text(figures.about.get("seed")) if figures is not None else "",
        "children": number_text(index.children) if index else "",
        "complete": number_text(index.complete) if index else "",
        "mixed up, unnoticed": number_text(index.undetected) if index else "",
        "reports": str(reports),
        "incomplete": str(incomplete),
        "run": run,
    }
    with lock_file(_file(out)):
        before = earlier_runs(out).iloc[::-1]
        save_table(pd.concat([before, pd.DataFrame([line])], ignore_index=True), _file(out))


LAST = "last"
CHANGES = "changes.csv"


def _runs(out: Path) -> list[str]:
    """Return the finished runs, latest first."""
    return sorted((path.parent.name for path in out.glob(f"[0-9]*/{INDEX}")), reverse=True)


@dataclass(frozen=True)
class Changed:
    """Changes since an earlier run: sentences, and table ``run_changes`` as it may be printed."""

    sentences: list[str] = field(default_factory=list)
    rows: pd.DataFrame = field(default_factory=lambda: empty_table("run_changes"))


def find_previous_run(out: Path, previous: str) -> str:
    """Find the earlier run asked for; the last one of none stays ``last``."""
    runs = _runs(out)
    if not previous or (previous == LAST and not runs):
        return previous
    wanted = runs[0] if previous == LAST else Path(previous).name
    if wanted not in runs:
        there = ", ".join(runs[:5]) or "none"
        raise BadInput(f"There is no run {previous!r} in {out}. There are: {there}.{nearest(wanted, runs)}")
    return wanted


def what_changed(
    draft: Path, out: Path, kept: RunSnapshot | None, previous: str, about: Mapping[str, Any]
) -> Changed:
    """Compare a run with an earlier one, and write the page and the table of what changed."""
    if previous == LAST:
        first = "This is the first run here: there is no earlier one to compare with."
        return Changed(_write_page(draft, [first], [], about))
    if kept is None:
        why = f"We can't compare with {previous}: this run has no figures."
        return Changed([why] if previous else [])
    if previous:
        before = read_snapshot(out, previous)
        name = previous
    else:
        found = ((run, read_snapshot(out, run)) for run in _runs(out))
        name, before = next(
            ((run, one) for run, one in found if one is not None and one.district == kept.district),
            ("", None),
        )
        if before is None:
            return Changed()
    since = f"the run of {name[:10]} {name[11:13]}:{name[13:15]}"
    synthetic = about.get("synthetic") is True
    if before is None:
        sentences = [f"We can't compare with {since}: its saved figures are gone, or of an older version."]
        return Changed(_write_page(draft, sentences, [], about))
    # A synthetic district with another seed has other children with the same numbers.
    other = synthetic and before.district != kept.district
    if other or not comparable(before, kept):
        why = (
            "it was made with another seed, size or scenario"
            if other
            else "it has few of the same ids on its roster, or the roster reissued them"
        )
        sentences = [f"We can't compare with {since}: it is another district ({why})."]
        return Changed(_write_page(draft, sentences, [], about))
    guard = Guard(real=not synthetic)
    changes = changes_between(before, kept, guard)
    save_table(changes, draft / CHANGES)
    sentences = describe_changes(changes, since, guard)
    blocks = []
    for part, rows in changes.groupby("part", sort=False):
        shown = rows[["description", "left_silo", "right_silo", "column"]]
        blocks.append(
            table(
                shown.rename(
                    columns={"description": "what", "left_silo": "system", "right_silo": "other system"}
                ),
                str(part),
                fold=str(part),
                most=200,
            )
        )
    # For a real folder we print only text, as on the page: two numbers would disclose a third.
    rows = changes if synthetic else changes.assign(before=float("nan"), after=float("nan"))
    return Changed(_write_page(draft, sentences, blocks, about), rows)


def _write_page(draft: Path, sentences: list[str], blocks: list[Any], about: Mapping[str, Any]) -> list[str]:
    """Write the page."""
    link = fill("report/blocks.html.j2", "link", "index.html", "All reports of this run")
    back = Block(link, "index.html")
    top = [back, *(answer(one) for one in sentences)]
    foot = (
        note("This page lists only what changed, as does changes.csv in this folder.") if blocks else note()
    )
    title, private = "What changed since the last run?", not is_invented(about)
    block_page(draft / CHANGED_PAGE, title, [*top, *blocks, foot], banner(about), private=private)
    return sentences
