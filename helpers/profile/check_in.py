"""Check-ins about flagged students: their protocol, the file of decisions, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from helpers.files import (
    CHECK_IN_FILE,
    OneTable,
    ReadFile,
    lock_file,
    read_text_table,
    spreadsheet_bytes,
    unguarded,
    without_guard,
    write_atomically,
)
from helpers.layouts import Column, FileLayout, Layout, folded
from helpers.profile.indicators import declared_indicators
from helpers.profile.indicators.statuses import worst
from helpers.profile.questions.known import LEAVES, STARTS, departed, listed_by_roster
from helpers.standard import (
    STRING,
    BadInput,
    StrictModel,
    as_table,
    empty_table,
    read_declared,
    standard_table,
)

if TYPE_CHECKING:
    from helpers.profile.store.source import Source

__all__ = [
    "OUTCOMES",
    "CheckIns",
    "Protocol",
    "add_check_in",
    "check_in_day",
    "check_in_path",
    "check_in_protocol",
    "current_statuses",
    "follow_up",
    "read_check_ins",
]


class Step(StrictModel):
    """One step of the protocol, with its minutes."""

    minutes: int
    title: str
    text: str


class Study(StrictModel):
    """What one study found about flags."""

    finding: str
    caution: str
    source: str


class Known(StrictModel):
    """What is known of flags, in one sentence and by study; and what isn't."""

    open_question: str
    lead: str
    study: tuple[Study, ...]


class Protocol(StrictModel):
    """Contents of ``check_in.toml``."""

    minutes: int
    due_days: int
    who: str
    students: str
    decide: str
    by_when: str
    own: str
    step: tuple[Step, ...]
    known: Known

    @model_validator(mode="after")
    def _steps_fill_the_time(self) -> Self:
        if (whole := sum(one.minutes for one in self.step)) != self.minutes:
            raise ValueError(
                f"the minutes of the steps add up to {whole}, and the check-in takes {self.minutes}"
            )
        return self


@cache
def check_in_protocol() -> Protocol:
    """Return the kit's protocol of a check-in."""
    return read_declared(Path(__file__).with_name("check_in.toml"), Protocol, "check-ins")


# The file of decisions: one line a decision. A later line about the same student and the same thing to do
# changes who does it, by when, or its status; no line is ever changed.

STATUSES = ("Open", "Done", "Dropped")
REQUIRED = ("student", "what", "who", "by_when")
# A spreadsheet saves 2026-05-14 as 5/14/2026.
DAYS = ["%Y-%m-%d", "%m/%d/%Y"]
# What people type, and more characters than anybody writes about one step.
TYPED = ("student", "what", "who", "decided_by")
LONGEST = 500
LOST = ("row_set_aside", "file_set_aside")


@cache
def _layout() -> Layout:
    """Return the file as a layout, so that we read it like any export."""
    columns = []
    for column in standard_table("check_ins").columns:
        how: dict[str, Any] = {"required": True} if column.name in REQUIRED else {"optional": True}
        if column.type == "date":
            how |= {"type": "date", "format": DAYS}
        if column.name == "status":
            how |= {"type": "code", "codes": {word: one for one in STATUSES for word in (one, one.lower())}}
        columns.append(Column(name=column.name, meaning=column.meaning, **how))
    kind = FileLayout(
        name="csv", path="*.csv", format="csv", row_is="one decision of a check-in", columns=columns
    )
    return Layout(
        layout="check_ins",
        silo="check_in",
        title="Decisions of check-ins",
        source="The kit's own",
        source_status="own",
        file=[kind],
    )


@dataclass(frozen=True)
class CheckIns:
    """Decisions of check-ins.

    Attributes
    ----------
    decisions
        Table ``check_ins``, in the order of the lines.
    findings
        What could not be read: one finding for a damaged file, else one for each cell.
    """

    decisions: pd.DataFrame
    findings: pd.DataFrame

    @property
    def lost(self) -> pd.DataFrame:
        """The findings because of which a line, or the file, was left out."""
        return self.findings[self.findings["action_taken"].isin(LOST)].reset_index(drop=True)


def check_in_path(source: Source) -> Path:
    """Return the file of a district's decisions: next to its exports, where children's data is kept."""
    folder = source.folder
    if folder is None or not folder.is_dir():
        raise BadInput(
            "The files of this district aren't where they were, and its decisions are next to them: read "
            "the folder again."
        )
    return folder / CHECK_IN_FILE


def read_check_ins(path: str | Path) -> CheckIns:
    """Read the decisions of check-ins.

    Parameters
    ----------
    path
        A CSV with ``student, what, who, by_when``; ``status, decided, decided_by, flagged, not_flagged`` may
        be missing or empty.

    Returns
    -------
    CheckIns
        The lines that can be used. A line without a student, a thing to do, a person or a day becomes a
        finding; so does a damaged file. A missing file has no decisions.
    """
    path = Path(path)
    if not path.is_file():
        return CheckIns(empty_table("check_ins"), empty_table("findings"))
    table = OneTable(path, _layout())
    findings = table.findings()
    if not table.reads:
        return CheckIns(empty_table("check_ins"), _of_a_damaged_file(findings))
    decisions, bad = _lines(table.reads[0])
    # The cell that is missing or wrong is a finding already; that its line is left out isn't.
    lost = findings["row"].isin(bad) & findings["column"].isin([*REQUIRED, "status"])
    done = findings["action_taken"].mask(lost, "row_set_aside")
    return CheckIns(decisions, as_table("findings", findings.assign(action_taken=done)))


def _of_a_damaged_file(findings: pd.DataFrame) -> pd.DataFrame:
    """Keep the one finding that says why a whole file is left out."""
    aside = findings[findings["action_taken"].eq("file_set_aside")].head(1)
    return as_table("findings", aside.assign(expected=f"a CSV with the columns {', '.join(REQUIRED)}"))


def _lines(read: ReadFile) -> tuple[pd.DataFrame, list[int]]:
    """Return the lines that can be used, and the rows of the others."""
    columns: dict[str, pd.Series] = {}
    for column in standard_table("check_ins").columns:
        there = read.named(column.name)
        if there is not None and column.name in ("by_when", "decided", "status"):
            columns[column.name] = read.values[there].values.reset_index(drop=True)
        elif there is not None:
            columns[column.name] = read.text(column.name).reset_index(drop=True)
    frame = _as_typed(pd.DataFrame(columns))
    bad = frame[list(REQUIRED)].isna().any(axis=1)
    if "status" in frame.columns:
        bad |= frame["status"].isna() & read.text("status").notna()
    status = frame.get("status", pd.Series(pd.NA, index=frame.index, dtype=STRING))
    left_out = bad.to_numpy(dtype=bool)
    kept = frame.assign(status=status.fillna("Open"))[~left_out]
    return as_table("check_ins", kept), np.asarray(read.parsed.row)[left_out].tolist()


def _as_typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Remove the apostrophes that keep formulas from running, and a number's zeros in place."""
    student = frame["student"].map(unguarded, na_action="ignore").astype(STRING)
    return without_guard(frame).assign(student=student)


def add_check_in(path: Path, decision: Mapping[str, object]) -> None:
    """Add one decision at the end of the file, atomically.

    Parameters
    ----------
    path
        The file; created if missing. Other programs may be writing to it.
    decision
        One row of the table *check_ins*; without a status it is open.

    Raises
    ------
    BadInput
        When the decision lacks a student, a thing to do, a person or a day, or is too long to be a step; or
        when the file has something that can't be read, which a new line must not hide.
    """
    row = _checked(decision)
    with lock_file(path):
        if len(lost := read_check_ins(path).lost):
            first = lost.iloc[0]
            where = f"row {first['row']}" if pd.notna(first["row"]) else "the file"
            raise BadInput(
                f"{path.name} can't be added to: {where} can't be read ({first['kind'].replace('_', ' ')}, "
                f"{first['column'] if pd.notna(first['column']) else first['expected']}). Mend it first."
            )
        whole = row
        if path.is_file():
            before = read_text_table(path)
            # A head may be written "By when".
            ours = {folded(name): name for name in standard_table("check_ins").dtypes()}
            before = before.rename(columns=lambda head: ours.get(folded(head), head))
            if "student" not in before.columns:
                raise BadInput(f"{path.name} can't be added to: its first row has to be the head of columns.")
            whole = pd.concat([_as_typed(before), row.dropna(axis="columns", how="all")])
        write_atomically(path, spreadsheet_bytes(whole, ids=("student",)))


def _checked(decision: Mapping[str, object]) -> pd.DataFrame:
    """Return a decision as a row of the table, each text on one line."""
    given = {
        name: " ".join(value.split()) or None if isinstance(value, str) else value
        for name, value in decision.items()
    }
    given["status"] = given.get("status") or "Open"
    empty = [name for name in REQUIRED if pd.isna(given.get(name))]  # type: ignore[call-overload]
    if empty:
        words = {"student": "the student", "what": "what is done", "who": "who does it", "by_when": "the day"}
        raise BadInput(f"A decision says who does what by when. Missing: {', '.join(map(words.get, empty))}.")  # type: ignore[arg-type]
    if given["status"] not in STATUSES:
        raise BadInput(f"status is {given['status']!r}: it is one of {', '.join(STATUSES)}.")
    long = next((name for name in TYPED if len(str(given.get(name))) > LONGEST), None)
    if long:
        raise BadInput(f"{long} is too long (characters: {len(str(given[long])):,}, at most {LONGEST}).")
    return as_table("check_ins", pd.DataFrame([given]))


# What became of each decision.

OUTCOMES = ("Newly worse", "Still there", "Unknown", "Gone", "Left")


def current_statuses(indicators: pd.DataFrame) -> pd.Series:
    """Return each child's status by indicator, under its default definition.

    Parameters
    ----------
    indicators
        Table ``indicators``.

    Returns
    -------
    pandas.Series
        Status by ``child`` and ``indicator``.
    """
    defaults = pd.MultiIndex.from_tuples([(one.name, one.default.name) for one in declared_indicators()])
    asked = pd.MultiIndex.from_frame(indicators[["indicator", "definition"]].astype(object))
    rows = indicators[asked.isin(defaults)]
    return worst(rows["status"], [rows["child"], rows["indicator"]])


def check_in_day(source: Source) -> pd.Timestamp:
    """Return the day of a check-in: a synthetic district lives on its own newest day, a real one in ours."""
    if not source.synthetic:
        return pd.Timestamp.today().normalize()
    newest = source.systems()["latest_day"].max()
    return pd.Timestamp(1970, 1, 1) if pd.isna(newest) else pd.Timestamp(newest)


def follow_up(
    decisions: pd.DataFrame,
    source: Source,
    indicators: pd.DataFrame | None = None,
    *,
    today: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Say what became of each decision: the flag now, and whether its day has passed.

    Parameters
    ----------
    decisions
        Table ``check_ins``, as read.
    source
        The children's data now.
    indicators
        The indicators that the reader may see; all by default.
    today
        The day; by default that of `check_in_day`.

    Returns
    -------
    pandas.DataFrame
        Table ``check_in_outcomes``, one row per decision. *Newly worse*: an indicator flags the student that
        did not when it was decided. *Unknown*: nothing is worse, and a flag can't be told any more. *Left*:
        the student is not on the roster now. Without flags in the file, any flag counts as still there.
    """
    if decisions.empty:
        return empty_table("check_in_outcomes")
    today = check_in_day(source) if today is None else today
    values = source.values(None, ["school", "state_id"])
    silo, listed = listed_by_roster(source, values)
    rows = _merged(decisions.assign(child=_children_of(decisions["student"], source, values, silo)))
    asked = sorted(set(rows["child"].dropna()))
    given = source.indicators(asked) if indicators is None else indicators
    statuses = current_statuses(given[given["child"].isin(asked).to_numpy(dtype=bool)])
    now: dict[str, dict[str, str]] = {}
    levels = [statuses.index.get_level_values(level).tolist() for level in range(2)]
    for named, indicator, status in zip(*levels, statuses.tolist(), strict=True):
        now.setdefault(named, {})[indicator] = status
    present = _present(asked, source, silo, listed, today)
    judged = [_judged(row, now.get(row["child"], {}), row["child"] in present) for row in _records(rows)]
    flags = pd.Series([";".join(own) or None for _, own in judged], index=rows.index, dtype=STRING)
    return as_table(
        "check_in_outcomes",
        rows.drop(columns="not_flagged").assign(
            outcome=[outcome for outcome, _ in judged],
            flagged_now=flags,
            late=rows["status"].eq("Open") & rows["by_when"].lt(today),
        ),
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dicts, with None for missing values."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _children_of(students: pd.Series, source: Source, values: pd.DataFrame, silo: str | None) -> pd.Series:
    """Return the child of each student: as other tables name it, by the roster's own id or a state number."""
    own = values.loc[values["silo"].eq(silo or "").fillna(False).to_numpy(dtype=bool), ["record", "child"]]
    state = values.loc[values["element"].eq("state_id").to_numpy(dtype=bool), ["value", "child"]]
    numbers = pd.concat([own, state.set_axis(own.columns, axis="columns")]).dropna().drop_duplicates()
    # A number that two children have names neither.
    by_number = numbers.drop_duplicates("record", keep=False).set_index("record")["child"]
    known = students.isin(source.children()["child"])
    return students.where(known, students.map(by_number)).astype(STRING)


def _present(
    asked: list[str], source: Source, silo: str | None, listed: pd.DataFrame, today: pd.Timestamp
) -> set[str]:
    """Return the children who are on the roster on a day; without a roster, all of them."""
    if silo is None:
        return set(asked)
    moves = source.timeline(asked)
    moves = moves[moves["kind"].isin([LEAVES, STARTS]) & moves["date"].le(today) & moves["silo"].eq(silo)]
    return set(listed["child"]).intersection(asked) - set(departed(moves, source.school_year))


def _merged(decisions: pd.DataFrame) -> pd.DataFrame:
    """Merge the lines about one decision: its day and flags from the first, the rest from the last."""
    named = decisions["child"].fillna(decisions["student"])
    thing = decisions["what"].str.casefold().str.split().str.join(" ")
    closed = decisions["status"].ne("Open")
    # The same step, decided again after it was closed, is another decision.
    again = ~closed & closed.groupby([named, thing]).shift(fill_value=False)
    rounds = again.astype("int64").groupby([named, thing]).cumsum()
    each = decisions.groupby([named, thing, rounds], sort=False)
    first = each[["student", "child", "what", "decided", "decided_by", "flagged", "not_flagged"]].first()
    return first.join(each[["who", "by_when", "status"]].last()).reset_index(drop=True)


def _judged(row: Mapping[str, Any], now: Mapping[str, str], present: bool) -> tuple[str, list[str]]:
    """Return what became of one decision, and the flags now."""
    flags = sorted(name for name, status in now.items() if status == "Flagged")
    if not present:
        return "Left", flags
    before, clear = (set((row[name] or "").split(";")) - {""} for name in ("flagged", "not_flagged"))
    if clear.intersection(flags):
        return "Newly worse", flags
    if before.intersection(flags) or (flags and not before):
        return "Still there", flags
    # A flag that can't be told any more isn't gone.
    if any(now.get(name, "Unknown") == "Unknown" for name in before):
        return "Unknown", flags
    return "Gone", flags
