"""Steps that several commands share: read a folder, write tables, show counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import pandas as pd
from pandas.api.types import is_numeric_dtype

from helpers.files import save_all, spelled
from helpers.standard import Measured

if TYPE_CHECKING:
    from helpers.files import District, Output
    from helpers.link import LinkModel, Links, Method
    from helpers.profile import MemorySource
    from helpers.share import Guard, Policy

__all__ = [
    "as_shown",
    "count_text",
    "counted",
    "desk_note",
    "file_option",
    "flag_note",
    "judged",
    "linked",
    "list_outputs",
    "own_model",
    "profile_source",
    "profiled",
    "read_folder",
    "read_known",
    "read_so",
    "save",
    "to_tens",
    "worded",
    "words_of_policy",
]

C = TypeVar("C", bound=Callable[..., Any])


def file_option(*names: str, help: str, **how: Any) -> Callable[[C], C]:
    """Add an option that names a file."""
    return click.option(*names, type=click.Path(path_type=Path), metavar="FILE", help=help, **how)


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


def list_outputs(paths: Sequence[str]) -> dict[str, object]:
    """List the written files, and those that contain numbers that pages suppress."""
    from helpers.share import FEW

    held = [Path(file).name for file in paths if Path(file).name.startswith(RESTRICTED)]
    text = f"contain numbers of {FEW}, which no page shows: keep them at your desk"
    return {"written": paths, **({"restricted": f"{', '.join(held)} {text}"} if held else {})}


def desk_note(paths: Sequence[str]) -> list[str]:
    """Warn about restricted files, for a summary."""
    from helpers.share import FEW

    held = any(Path(file).name.startswith(RESTRICTED) for file in paths)
    text = f"Files named {RESTRICTED}… contain numbers of {FEW}: keep them at your desk."
    return [text] if held else []


def flag_note() -> str:
    """Say, beside a list of flags, what is known of flags, and how a team decides what to do."""
    from helpers.profile import check_in_protocol

    protocol = check_in_protocol()
    takes = Measured("check_in_minutes", protocol.minutes)
    return f"{protocol.known.lead} A check-in of {takes:count} decides who acts: docs/every-week.md."


def read_folder(folder: Path, output: Output) -> District:
    """Read a folder of exports."""
    from helpers.files import read_district

    with output.step("Reading the files"):
        return read_district(folder)


def read_known(folder: Path, output: Output) -> District:
    """Read a folder of exports, and require children in it."""
    from helpers.files import with_children

    return with_children(read_folder(folder, output))


def linked(
    district: District,
    output: Output,
    method: Method = "resolved",
    *,
    decisions: pd.DataFrame | None = None,
    model: LinkModel | None = None,
) -> Links:
    """Link a district."""
    from helpers.link import link_district

    with output.step("Linking the records of each child"):
        return link_district(district, method, decisions=decisions, model=model)


def profiled(folder: Path, output: Output) -> MemorySource:
    """Read a folder, link it, and combine what its systems record about each child."""
    district = read_known(folder, output)
    return profile_source(district, linked(district, output), output, indicators=True)


def profile_source(
    district: District, links: Links, output: Output, *, indicators: bool = False
) -> MemorySource:
    """Combine what the systems record about each child, and compute indicators if they are needed."""
    from helpers.profile import build_profiles, compute_indicators, source_of

    with output.step("Combining what the systems record about each child"):
        profiles = build_profiles(district, links)
        computed = compute_indicators(district, links, profiles) if indicators else None
        return source_of(district, links, profiles, computed)


def own_model(district: District, train: bool, model_file: Path | None, output: Output) -> LinkModel | None:
    """Return the model to link with: newly trained, from a file, or None for the kit's."""
    from helpers.link import LinkModel

    start = None if model_file is None else LinkModel.load(model_file)
    if not train:
        return start
    from helpers.link import train_on_district

    with output.step("Training the model on these records"):
        return train_on_district(district, start)


def judged(district: District, links: Links) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Score links against the answer key, if there is one: scores, and example pairs."""
    from helpers.score import can_be_judged, judge_matches

    if not can_be_judged(district.folder):
        return None, None
    return judge_matches(district, links.crosswalk)


def words_of_policy(policy: Policy, role: str, purpose: str | None) -> tuple[str, str | None]:
    """Find a role and its purpose however they are spelled; unknown ones stay as they are."""
    role = spelled(role, policy.roles)
    if purpose is not None and role in policy.roles:
        purpose = spelled(purpose, policy.roles[role].purposes)
    return role, purpose


def as_shown(guard: Guard, count: int) -> int | str:
    """Format a count as the guard allows."""
    return guard.count(count) if guard.hides(count) else count


def count_text(count: object) -> str:
    """Format a count of a printed table; a hidden one is a text, or missing.

    >>> count_text(1200), count_text("not shown"), count_text(pd.NA)
    ('1,200', 'not shown', '1 to 9')
    """
    shown = _shown(count, "1 to 9")
    return shown if isinstance(shown, str) else f"{shown:,}"


def counted(
    measure: str, count: object, base: object = None, hidden: str = "1 to 9", where: object = ""
) -> Measured:
    """Measure a count of a printed table; a hidden one is a text, or missing."""
    whole = None if base is None else _shown(base, hidden)
    return Measured(measure, _shown(count, hidden), whole, where=str(where))


def _shown(count: object, hidden: str) -> int | str:
    if isinstance(count, str):
        return count
    return hidden if pd.isna(count) else int(count)  # type: ignore[call-overload]


def by_share(accounts: pd.DataFrame, lost: str, hidden: float = 0) -> pd.DataFrame:
    """Sort files or tables that lost rows by the share that they lost; a `hidden` count is taken as this."""
    count = pd.to_numeric(accounts[lost], errors="coerce").fillna(hidden)
    share = (count / pd.to_numeric(accounts["rows"], errors="coerce")).fillna(0)
    order = accounts.assign(share=share, count=count).sort_values(
        ["share", "count"], ascending=False, kind="stable"
    )
    return order[order["count"] > 0]


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
