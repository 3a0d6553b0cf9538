"""Steps that several commands share: read a folder, write tables, show counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd
from pandas.api.types import is_numeric_dtype

from helpers.files import save_all
from helpers.standard import whole_figure

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import LinkModel, Links
    from helpers.share import Guard

__all__ = [
    "FOLDER",
    "as_shown",
    "judged",
    "linked",
    "own_model",
    "read_folder",
    "read_known",
    "read_so",
    "restricted",
    "save",
    "to_tens",
]

FOLDER = click.argument("folder", type=click.Path(path_type=Path))


# Tables with counts that pages suppress.
UNGUARDED = frozenset(
    f"{name}.csv"
    for name in (
        "accounts", "id_columns", "quality_estimate", "profile_accounts", "row_accounts",
        "scorecard", "code_crosswalk", "manual_effort", "rubric", "questions", "question_groups", "families",
        "scores", "population_scores", "child_shares", "by_group",
        "group_gaps", "costs", "profile_scores", "by_case", "review", "calibration",
        "page_scores", "hold_scores", "region_scores",
    )
)  # fmt: skip
RESTRICTED = "restricted_"


def save(
    out: Path,
    tables: Mapping[str, pd.DataFrame],
    also: Mapping[str, Callable[[Path], object]] | None = None,
    instead_of: Collection[str] = (),
    guard: Guard | None = None,
) -> list[str]:
    """Write a command's tables and other files, all or none, and return their names.

    For a real folder, tables with unsuppressed counts get the prefix ``restricted_``. Files with rows about
    children keep their names: nobody would pass those on.
    """
    real = guard is not None and guard.real
    named = {f"{RESTRICTED}{name}" if real and name in UNGUARDED else name: name for name in tables}
    # Delete a table of an earlier call with the other name, which would look like one of this call.
    gone = {*instead_of, *(f"{RESTRICTED}{name}" for name in instead_of)}
    gone |= {f"{RESTRICTED}{name}" if name in named else name for name in tables if name in UNGUARDED}
    frames = {file: tables[name] for file, name in named.items()}
    return [str(path) for path in save_all(out, frames, also, tuple(sorted(gone - set(named))))]


def restricted(written: Sequence[str]) -> dict[str, str]:
    """List the written files that contain numbers that pages suppress."""
    held = [Path(file).name for file in written if Path(file).name.startswith(RESTRICTED)]
    few = whole_figure("smallest_group")
    said = f"hold numbers of fewer than {few} children, which no page shows: they stay at your desk"
    return {"restricted": f"{', '.join(held)} {said}"} if held else {}


def read_folder(folder: Path) -> District:
    """Read a folder of exports."""
    from helpers.files import read_district

    return read_district(folder)


def read_known(folder: Path) -> District:
    """Read a folder of exports, and require children in it."""
    from helpers.files import with_children

    return with_children(read_folder(folder))


def linked(
    district: District,
    method: str = "resolved",
    *,
    decisions: pd.DataFrame | None = None,
    model: LinkModel | None = None,
) -> Links:
    """Link a district."""
    from helpers.link import link_district

    chosen = method.replace("-", " ")
    return link_district(district, chosen, decisions=decisions, model=model)  # type: ignore[arg-type]


def own_model(district: District, train: bool, model_file: Path | None) -> LinkModel | None:
    """Return the model to link with: newly trained, from a file, or None for the kit's."""
    from helpers.link import LinkModel

    start = None if model_file is None else LinkModel.load(model_file)
    if not train:
        return start
    from helpers.link import train_on_district

    return train_on_district(district, start)


def judged(district: District, links: Links) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Score links against the answer key, if there is one: scores, and example pairs."""
    from helpers.score import can_be_judged, misjudged_pairs, score_links

    if not can_be_judged(district.folder):
        return None, None
    return score_links(district, links.crosswalk), misjudged_pairs(district, links.crosswalk)


def as_shown(guard: Guard, count: int) -> int | str:
    """Format a count as the guard allows."""
    return guard.count(count) if guard.hides(count) else count


def to_tens(guard: Guard, count: int) -> int | str:
    """Format a count that other tables repeat: for a real folder, the nearest ten."""
    if guard.hides(count):
        return guard.count(count)
    return int(guard.rounded(pd.Series([count])).iloc[0])


def worded(
    guard: Guard, shown: pd.DataFrame, as_json: bool, word: str = "1 to 9", of: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Replace hidden numbers in a printed table with text: a blank could mean zero or unknown.

    >>> from helpers.share.guard import Guard
    >>> frame = pd.DataFrame({"rows": pd.array([30, None], dtype="Int64")})
    >>> worded(Guard(real=True), frame, False)["rows"].tolist()
    [30, '1 to 9']
    """
    if as_json or not guard.real:
        return shown
    words = {}
    for name, column in shown.items():
        gone = column.isna() if of is None else column.isna() & of[name].notna()
        if is_numeric_dtype(column) and gone.any():
            words[str(name)] = column.astype("object").mask(gone, word)
    return shown.assign(**words)


def read_so(guard: Guard, as_json: bool, sentence: str) -> dict[str, str]:
    """Explain how to read the numbers printed for a real folder."""
    return {"numbers": sentence} if guard.real and not as_json else {}
