"""Commands about files: read a folder, explain columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from helpers.cli.options import (
    by_share,
    counted,
    desk_note,
    list_outputs,
    read_folder,
    read_so,
    save,
    worded,
)
from helpers.files import Command, Output, Summary, folder_argument, out_option, with_output
from helpers.layouts import all_layouts
from helpers.standard import Measured, percent, plain

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.share import Guard

__all__ = ["dictionary", "read"]

# Columns of a layout in the short answer.
COLUMNS = 8
TITLES = {
    "accounts": "Rows of each file",
    "findings": "Findings by kind",
    "about no child": "Rows about no child, kept apart",
}


@click.command(
    cls=Command,
    short_help="Read a folder of exports and account for every row.",
    writes={
        "findings.csv": "problems, with file, row and column",
        "accounts.csv": "what became of the rows of each file; restricted_accounts.csv for a real folder, "
        "because a file of few rows lists few children",
    },
)
@folder_argument()
@out_option()
@click.option("--show-values", is_flag=True, help="Real data: write restricted values into findings.csv too.")
@with_output
def read(folder: Path, out: Path, show_values: bool, output: Output) -> None:
    """Read the exports in FOLDER and account for every row.

    A row is used, is a header, is set aside because it can't be read, or is kept apart because it is about no
    child. Also says which questions `bigpicture start` left open.
    """
    from helpers.files import NOT_INVENTED, no_child_told
    from helpers.profile import authority_in, missing_data
    from helpers.report import missing_sentences
    from helpers.share import Guard
    from helpers.start import read_open

    district = read_folder(folder, output)
    guard = Guard.of(district)
    findings = guard.findings(district.findings, district.layouts, show_values)
    paths = save(out, {"findings.csv": findings, "accounts.csv": district.accounts}, guard=guard)
    kinds = findings.groupby(["kind", "action_taken"], sort=True)["times"].sum().reset_index()
    kinds = kinds.assign(times=guard.rounded(kinds["times"]))
    as_json = output.as_json
    accounts = _rounded_accounts(district, guard, as_json)
    accounts, kinds = worded(guard, accounts, as_json), worded(guard, kinds, as_json)
    open_ = read_open(folder)
    authority = authority_in(district)
    missing = missing_sentences(missing_data(district), district.layouts)
    missing_plain = [plain(line) for line in missing]
    exact = (
        "Rows are rounded to tens here, since a file may list few children. What is not set aside or kept "
        "apart is used, or is a header; restricted_accounts.csv has the exact account of every row."
    )
    hint = f"`bigpicture start {folder}` drafts a layout for each table that no layout knows"
    unknown = kinds["kind"].eq("file_unknown").any()
    real = {"treated as real": str(why)} if (why := district.about.get(NOT_INVENTED)) else {}
    students = {"students": text} if (text := no_child_told(district)) else {}
    roster = {"roster": authority.why} if authority.why else {}
    figures = {
        "accounts": accounts,
        **read_so(guard, as_json, exact),
        "findings": kinds,
        **real,
        **students,
        **_kept_out(district.findings),
        **({"open questions": open_} if as_json or open_ else {}),
        **({"missing": missing_plain if as_json else " ".join(missing_plain)} if as_json or missing else {}),
        **roster,
        **list_outputs(paths),
        **({"next": hint} if unknown and not as_json else {}),
    }
    notes = [f"Next: {hint}."] if unknown else []
    notes += [
        *students.values(),
        *_open_note(open_, folder),
        *missing[:1],
        *roster.values(),
        *desk_note(paths),
    ]
    summary = None if as_json else _summary(district, guard, accounts, kinds, notes)
    output.emit(figures, summary, TITLES)


def _rounded_accounts(district: District, guard: Guard, as_json: bool) -> pd.DataFrame:
    """Count the rows of each file, of real files to tens."""
    from helpers.files import folded_accounts

    accounts = district.accounts if as_json else folded_accounts(district)
    if guard.real:
        rows = [str(name) for name in accounts.columns if str(name).startswith("rows")]
        if not as_json:
            # We don't print used and header rows: rounded one by one, they would look as if rows were lost.
            rows = ["rows", "rows_set_aside", "rows_quarantined"]
            accounts = accounts[["silo", "file", *rows]]
        accounts = accounts.assign(**{name: guard.rounded(accounts[name]) for name in rows})
    return accounts


def _summary(
    district: District, guard: Guard, accounts: pd.DataFrame, kinds: pd.DataFrame, notes: Sequence[str]
) -> Summary:
    """Say what became of all rows, as notebook 02 does, and which files lost most."""
    from helpers.files import NOT_INVENTED, data_rows
    from helpers.report import describe_rows, finding_words

    sums = district.accounts[["rows_used", "rows_set_aside", "rows_quarantined"]].sum()
    used, aside, apart = (guard.about(int(rows)) for rows in sums)
    total = data_rows(district.accounts).sum()
    share = "" if guard.real else f" ({percent(sums['rows_used'], total)})"
    headers = guard.about(int(district.accounts["rows_structure"].sum()))
    finding = [
        f"{describe_rows(district.accounts, guard)}: {used} used{share}, {aside} set aside, {apart} kept "
        f"apart. Lost: **{int(total - sums.sum()):,}**. Not counted: {headers} headers and titles."
    ]
    if why := district.about.get(NOT_INVENTED):
        finding.append(f"Treated as real data: {why}")
    # Of a real folder, rows are in tens or a text, and headers aren't printed.
    base = accounts["rows"] if guard.real else data_rows(accounts)
    lost = by_share(accounts.assign(rows=base), "rows_set_aside", hidden=1)
    if len(lost):
        worst = [
            f"{one['file']}: "
            f"{counted('rows_set_aside', one['rows_set_aside'], one['rows'], where=one['file']):count of} "
            "set aside"
            for one in lost.head(3).to_dict("records")
        ]
        some = Measured("files_losing", len(lost))
        title = f"Files with the largest share of rows set aside, of {some} with any"
        return Summary(finding, title, worst, notes)
    often = kinds.assign(order=pd.to_numeric(kinds["times"], errors="coerce").fillna(1))
    often = often.sort_values("order", ascending=False, kind="stable").head(3)
    worst = [
        f"{words}: {counted('findings', times, where=words):count}"
        for words, times in zip(finding_words(often["kind"]), often["times"], strict=True)
    ]
    several = len(often) < len(kinds)
    of = Measured("finding_kinds", len(kinds))
    title = f"Most common findings, of {of:count}" if several else "Findings"
    return Summary(finding, title, worst, notes)


def _open_note(open_: Sequence[str], folder: Path) -> list[str]:
    if not open_:
        return []
    asked = Measured("questions_open", len(open_))
    more = f" The first: {open_[0]}" if len(open_) > 1 else f" {open_[0]}"
    return [
        f"{asked:count} about these files {asked.verb('is', 'are')} open (`bigpicture start {folder}`).{more}"
    ]


def _kept_out(findings: pd.DataFrame) -> dict[str, Any]:
    """Describe the rows that are kept apart because they are about no child, and where they are."""
    out = findings[findings["kind"].eq("not_a_child") & findings["row"].notna()]
    if out.empty:
        return {}
    kinds = out["expected"].str.partition("a row of ")[2].replace("", "placeholders")
    rows = [
        {
            "file": file,
            "rows": ", ".join(map(str, sorted(part["row"]))),
            "kept out": ", ".join(sorted(set(kind))),
        }
        for (file, part), (_, kind) in zip(
            out.groupby("file", sort=True), kinds.groupby(out["file"], sort=True), strict=True
        )
    ]
    return {"about no child": pd.DataFrame(rows)}


@click.command(short_help="Explain what the columns of a layout mean.")
@click.argument("layout", metavar="[LAYOUT|TABLE]", required=False)
@folder_argument(required=False, earlier="--from")
@out_option()
@with_output
def dictionary(layout: str | None, folder: Path | None, out: Path, output: Output) -> None:
    """Explain the columns of LAYOUT, or of a standard TABLE; without either, list the layouts.

    FOLDER may bring layouts of its own. Writes dictionary.csv, with formats, codes, units and sensitivity,
    too. It marks columns without a term in a standard. Of a TABLE, such as attendance_event, it prints the
    words that a layout's codes may mean.
    """
    from helpers.layouts import data_dictionary, filled_tables, table_dictionary

    if folder is None and layout is not None and layout not in all_layouts() and Path(layout).is_dir():
        folder, layout = Path(layout), None
    if layout is None:
        names = list(all_layouts(folder / "layouts" if folder else None))
        hint = {} if output.as_json else {"what its columns mean": f"bigpicture dictionary {names[0]}"}
        know = "The kit knows" if folder is None else f"The kit and {folder} know"
        finding = f"{know} {Measured('layouts_known', len(names)):bold count}: {', '.join(names)}."
        note = f"What the columns of one mean: `bigpicture dictionary {names[0]}`."
        output.emit({"layouts": names, **hint}, Summary([finding], notes=[note]))
        return
    if layout in filled_tables() and layout not in all_layouts(folder / "layouts" if folder else None):
        table = table_dictionary(layout)
        paths = save(out, {"dictionary.csv": table})
        output.emit({"dictionary": table, "written": paths}, _words(layout, table))
        return
    table = data_dictionary(layout, folder)
    paths = save(out, {"dictionary.csv": table})
    shown = table if output.as_json else table[["file", "column", "type", "required", "meaning", "term"]]
    output.emit({"dictionary": shown, "written": paths}, _columns(layout, table))


def _words(name: str, table: pd.DataFrame) -> Summary:
    """List the words of a standard table's closed columns."""
    closed = table[table["words"].notna()]
    all_of_it = Measured("layout_columns", len(table), where=name)
    finding = [
        f"{name} has {all_of_it:bold count}; a layout's codes fill **{len(closed)}** with listed words."
    ]
    words = [f"{row['column']}: {row['words']}" for row in closed.to_dict("records")]
    return Summary(finding, "The words", words)


def _columns(layout: str, table: pd.DataFrame) -> Summary:
    """Count a layout's columns, and show the first ones."""
    from helpers.layouts import NO_TERM

    every = Measured("layout_columns", len(table), where=layout)
    files = Measured("layout_files", int(table["file"].nunique()), where=layout)
    without = Measured("columns_no_term", int(table["term"].eq(NO_TERM).sum()), every.number, where=layout)
    lacking = f"{without} {without.verb('has', 'have')} no term in a standard"
    finding = [
        f"{layout} has {every:bold count} in {files:count}; "
        f"{lacking if without else 'each has a term in a standard'}."
    ]
    first = [f"{row['column']}: {row['meaning']}" for row in table.head(COLUMNS).to_dict("records")]
    return Summary(finding, "The first of them", first)
