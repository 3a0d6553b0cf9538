"""Commands about files: read a folder, draft a layout, explain columns."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from helpers.cli.options import FOLDER, read_folder, read_so, restricted, save, worded
from helpers.files import emit, ends_well, json_option, out_option
from helpers.layouts import all_layouts

__all__ = ["dictionary", "read", "start"]


@click.command()
@FOLDER
@out_option()
@click.option("--show-values", is_flag=True, help="Real data: write restricted values into findings.csv too.")
@json_option
@ends_well
def read(folder: Path, out: Path, show_values: bool, as_json: bool) -> None:
    """Read the exports in FOLDER and account for every row.

    Prints the number of rows of each file that were used, are structure (headers), were set aside or kept
    apart. Writes findings.csv (problems, with file, row and column) and accounts.csv (for a real folder
    restricted_accounts.csv, because a file of few rows lists few children). Also names each layout of the
    folder with open questions ("# ?"), and the columns about a child that it doesn't use.
    """
    from helpers.files import NOT_INVENTED, folded_accounts, no_child_told, open_drafts
    from helpers.profile import authority_in
    from helpers.share import Guard

    district = read_folder(folder)
    guard = Guard.of(district)
    findings = guard.findings(district.findings, district.layouts, show_values)
    written = save(out, {"findings.csv": findings, "accounts.csv": district.accounts}, guard=guard)
    kinds = findings.groupby(["kind", "action_taken"], sort=True)["times"].sum().reset_index()
    kinds = kinds.assign(times=guard.rounded(kinds["times"]))
    accounts = district.accounts if as_json else folded_accounts(district)
    if guard.real:
        rows = [str(name) for name in accounts.columns if str(name).startswith("rows")]
        if not as_json:
            # We don't print used and header rows: rounded one by one, they would look as if rows were lost.
            rows = ["rows", "rows_set_aside", "rows_quarantined"]
            accounts = accounts[["silo", "file", *rows]]
        accounts = accounts.assign(**{name: guard.rounded(accounts[name]) for name in rows})
    open_ = open_drafts(folder)
    authority = authority_in(district)
    drafts = [{**asdict(draft), "told": draft.told} for draft in open_]
    exact = (
        "Rows are rounded to tens here, since a file may list few children. What is not set aside or kept "
        "apart is used, or is a header; the exact account of every row is in restricted_accounts.csv."
    )
    hint = f"`bigpicture start {folder}` drafts a layout for each table that none knows"
    emit(
        {
            "accounts": worded(guard, accounts, as_json),
            **read_so(guard, as_json, exact),
            "findings": worded(guard, kinds, as_json),
            **({"treated as real": str(why)} if (why := district.about.get(NOT_INVENTED)) else {}),
            **({"students": told} if (told := no_child_told(district)) else {}),
            **_kept_out(district.findings),
            **({"drafts": drafts} if as_json else {draft.layout: draft.told for draft in open_}),
            **({"roster": authority.why} if authority.why else {}),
            "written": written,
            **restricted(written),
            **({"next": hint} if kinds["kind"].eq("file_unknown").any() and not as_json else {}),
        },
        as_json,
    )


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


@click.command(short_help="Draft a layout for files that no layout knows.")
@FOLDER
@json_option
@ends_well
def start(folder: Path, as_json: bool) -> None:
    """Draft a layout for each file in FOLDER without one: CSV, JSON lines or xlsx.

    Writes one TOML per system into FOLDER/layouts, with the reason for each guess, and "# ?" where a person
    has to decide. Every command reads it from there. Prints names of files and columns, never their content.
    """
    from helpers.files import draft_layouts, told

    emit(told(draft_layouts(folder), str(folder), as_json), as_json)


@click.command(short_help="Say what the columns of a layout mean.")
@click.argument("layout", required=False)
@click.option(
    "--from", "folder", type=click.Path(path_type=Path), help="A folder that brings layouts of its own."
)
@out_option()
@json_option
@ends_well
def dictionary(layout: str | None, folder: Path | None, out: Path, as_json: bool) -> None:
    """Explain the columns of LAYOUT; without LAYOUT, list the layouts.

    Writes dictionary.csv, with formats, codes, units and sensitivity, too. It marks columns without a term in
    a standard.
    """
    from helpers.layouts import data_dictionary

    if layout is None:
        names = list(all_layouts(folder / "layouts" if folder else None))
        hint = {} if as_json else {"what its columns mean": f"bigpicture dictionary {names[0]}"}
        emit({"layouts": names, **hint}, as_json)
        return
    table = data_dictionary(layout, folder)
    written = save(out, {"dictionary.csv": table})
    said = table if as_json else table[["file", "column", "type", "required", "meaning", "term"]]
    emit({"dictionary": said, "written": written}, as_json)
