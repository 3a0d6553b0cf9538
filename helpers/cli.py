"""The commands of the user's house: thin, each a room's function and a table."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.files.output import emit, ends_well, json_option, out_option, save_table
from helpers.layouts import BadInput, all_layouts

if TYPE_CHECKING:
    import pandas as pd

    from helpers.files import District
    from helpers.link import Links
    from helpers.share.real_data import Guard

__all__ = ["main", "register"]

FOLDER = click.argument("folder", type=click.Path(path_type=Path))
PROFILE_SCORES = ["element", "of_children", "right", "not_fresh", "wrong", "of_another_child"]
PROFILE_SCORES += ["missing", "share_right"]
LINE = ["left_silo", "right_silo", "kind", "measure", "column", "numerator", "denominator", "value", "unit"]
METHOD_NAMES = ("shared identifier", "exact", "standardised")


@click.group(
    help="See the whole child in a district's separate systems: make an invented district, or read a real "
    "one's exports; link its records, measure the gaps, write reports. Nothing leaves this machine."
)
@click.version_option(package_name="see-the-big-picture", prog_name="bigpicture")
def main() -> None:
    """Gather the commands of both houses."""


def _save(out: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    return [str(save_table(table, out / name)) for name, table in tables.items()]


def _read(folder: Path) -> District:
    from helpers.files import read_district

    return read_district(folder)


def _read_known(folder: Path) -> District:
    district = _read(folder)
    if not len(district):
        raise BadInput(
            f"No layout knows a file in {folder}: `bigpicture read {folder}` lists what is there, and "
            f"`bigpicture start {folder}` drafts a layout for each table."
        )
    return district


def _link(district: District, method: str = "standardised") -> Links:
    from helpers.link import link_district

    return link_district(district, method.replace("-", " "))  # type: ignore[arg-type]


def _scores(district: District, links: Links) -> pd.DataFrame | None:
    from helpers.score import can_be_judged, score_links

    return score_links(district, links.crosswalk) if can_be_judged(district.folder) else None


@click.command()
@FOLDER
@out_option()
@click.option("--show-values", is_flag=True, help="Real data: write restricted values into findings.csv too.")
@json_option
@ends_well
def read(folder: Path, out: Path, show_values: bool, as_json: bool) -> None:
    """Read the exports in FOLDER and account for every row.

    Prints, for each file, how many rows were used, are structure (headers), were set aside or kept apart.
    Writes findings.csv (what was wrong, with file, row and column) and accounts.csv.
    """
    from helpers.files.folded_accounts import folded_accounts
    from helpers.share.real_data import Guard

    district = _read(folder)
    findings = Guard.of(district).findings(district.findings, district.layouts, show_values)
    written = _save(out, {"findings.csv": findings, "accounts.csv": district.accounts})
    kinds = findings.groupby(["kind", "done"], sort=True)["times"].sum().reset_index()
    hint = f"`bigpicture start {folder}` drafts a layout for each table that none knows"
    emit(
        {
            "accounts": district.accounts if as_json else folded_accounts(district),
            "findings": kinds,
            "written": written,
            **({"next": hint} if kinds["kind"].eq("file_unknown").any() and not as_json else {}),
        },
        as_json,
    )


@click.command()
@FOLDER
@json_option
@ends_well
def start(folder: Path, as_json: bool) -> None:
    """Draft a layout for each file in FOLDER that none knows: CSV, JSON lines or xlsx.

    Writes one TOML a system into FOLDER/layouts, with the reason of each guess, and "# ?" where a person has
    to decide; every command reads it from there. Prints names of files and columns, never what is in them.
    """
    from helpers.files.start import start_folder, told

    emit(told(start_folder(folder), str(folder), as_json), as_json)


@click.command()
@FOLDER
@click.option(
    "--method",
    type=click.Choice([*METHOD_NAMES, "shared-identifier"]),
    metavar="METHOD",
    default="standardised",
    show_default=True,
    help="The highest rung of the ladder: 'shared identifier' (ids that agree, confirmed by name or birth "
    "date), exact (or equal names and birth dates), standardised (or equal once accents, nicknames and "
    "turned dates are seen through).",
)
@out_option()
@json_option
@ends_well
def link(folder: Path, method: str, out: Path, as_json: bool) -> None:
    """Say which records in FOLDER are the same child.

    Writes crosswalk.csv (every record, its child, and how sure that is), pairs.csv (the evidence) and
    link_findings.csv (ids that collide, birth dates and names that disagree).
    """
    from helpers.share.real_data import Guard

    district = _read_known(folder)
    links = _link(district, method)
    guard = Guard.of(district)
    findings = guard.findings(links.findings, district.layouts)
    written = _save(
        out, {"crosswalk.csv": links.crosswalk, "pairs.csv": links.pairs, "link_findings.csv": findings}
    )
    common = links.passed_over
    bands = links.crosswalk.groupby(["silo", "band"], sort=False).size().rename("records").reset_index()
    emit(
        {
            "records": _said(guard, len(links.crosswalk)),
            "children": _said(guard, links.crosswalk["child"].nunique()),
            "links": _said(guard, len(links.crosswalk) - links.crosswalk["child"].nunique()),
            "bands": guard.counts(bands, "records"),
            "findings": guard.counts(links.findings.groupby("kind")["times"].sum().reset_index(), "times"),
            **_blanks(guard, as_json),
            "too common to compare": common if as_json else common[common["keys"] > 0],
            "written": written,
        },
        as_json,
    )


@click.command()
@FOLDER
@click.option(
    "--crosswalk",
    "crosswalk_file",
    type=click.Path(path_type=Path),
    help="A crosswalk.csv to judge; without it the district is linked first.",
)
@out_option()
@json_option
@ends_well
def score(folder: Path, crosswalk_file: Path | None, out: Path, as_json: bool) -> None:
    """Judge the links and profiles of FOLDER against its answer key (only made districts have one).

    Writes scores.csv: for each pair of systems, group of children and kind of pair, how many pairs were
    right, wrong and missed; and profile_scores.csv: for each element of the profile, of how many children it
    says what is true. Prints how many children were put together exactly right, and how many were joined to
    another child without anyone noticing.
    """
    from helpers.profile import child_profiles
    from helpers.score import crosswalk_from, score_children, score_links, score_profiles

    district = _read(folder)
    links = _link(district)
    if crosswalk_file is not None:
        links = replace(links, crosswalk=crosswalk_from(crosswalk_file, links.crosswalk))
    scores = score_links(district, links.crosswalk)
    elements = score_profiles(district, child_profiles(district, links))
    written = _save(out, {"scores.csv": scores, "profile_scores.csv": elements})
    whole = scores[(scores["group"] == "All") & (scores["pair_kind"] == "All")]
    shown = whole[
        ["left_silo", "right_silo", "possible", "right", "wrong", "missed", "precision", "recall", "f1"]
    ]
    if not as_json:
        shown = shown.assign(left_silo=shown["left_silo"].fillna("all systems"))
    figures: dict[str, Any] = {"scores": shown.round(4)}
    if crosswalk_file is None:
        children = score_children(district, links)
        outcome = children["outcome"]
        silent = (outcome == "wrong") & ~children["noticed"].fillna(False)
        figures |= {
            "children": len(children),
            "exactly right": int((outcome == "right").sum()),
            "joined to another child": int((outcome == "wrong").sum()),
            "of these, noticed by nobody": int(silent.sum()),
            "some records missing": int((outcome == "missed").sum()),
        }
    held = elements[elements["of_children"] > 0]
    figures["profiles"] = elements if as_json else held[PROFILE_SCORES].round(4)
    emit({**figures, "written": written}, as_json)


def _said(guard: Guard, count: int) -> int | str:
    return guard.count(count) if guard.hides(count) else count


def _blanks(guard: Guard, as_json: bool) -> dict[str, str]:
    """Say why numbers of a real folder are missing from a printed table."""
    if as_json or not guard.real:
        return {}
    return {"left blank": "groups of fewer than 10 children, and numbers that would give one away"}


@click.command()
@FOLDER
@click.option("--school-year", type=int, help="Year in which the school year ends; the latest by default.")
@out_option()
@json_option
@ends_well
def profile(folder: Path, school_year: int | None, out: Path, as_json: bool) -> None:
    """Put together what the systems in FOLDER know about each child.

    Writes profile.csv (one row a child), values.parquet (every value with its source), timeline.parquet (the
    dated events of every child), left_out.csv (what stands behind neither, and why) and profile_accounts.csv
    (rows = rows behind + rows left out).
    """
    from helpers.profile import child_profiles
    from helpers.share.parts import shown_wholes
    from helpers.share.real_data import Guard

    district = _read_known(folder)
    guard = Guard.of(district)
    profiles = child_profiles(district, _link(district), school_year)
    tables = {
        "profile.csv": profiles.profile,
        "values.parquet": profiles.values,
        "timeline.parquet": profiles.timeline,
        "left_out.csv": profiles.left_out,
        "profile_accounts.csv": profiles.accounts,
    }
    written = _save(out, tables)
    years = profiles.values["school_year"]
    of_year = years.isna() | years.isin([profiles.school_year])
    chosen = profiles.values[profiles.values["chosen"] & of_year]
    chosen = chosen.drop_duplicates(["element", "status", "child"])
    told = chosen.groupby(["element", "status"], sort=False).size().rename("children").reset_index()
    order = {element: place for place, element in enumerate(dict.fromkeys(told["element"]))}
    told = told.sort_values("element", key=lambda elements: elements.map(order), kind="stable")
    emit(
        {
            "children": _said(guard, len(profiles.profile)),
            "school year": profiles.school_year,
            "values": shown_wholes(guard, told, "element", "children"),
            **_blanks(guard, as_json),
            "accounts": profiles.accounts,
            "written": written,
        },
        as_json,
    )


@click.command()
@FOLDER
@out_option()
@json_option
@ends_well
def gaps(folder: Path, out: Path, as_json: bool) -> None:
    """Measure the gap between the systems in FOLDER.

    Writes scorecard.csv: for each pair of systems, and each system, what is joined, missing, late or
    contradicting, with its numerator, denominator and the next step. Prints how well each pair of systems is
    joined, and what to begin with; --json prints all lines.
    """
    from helpers.gaps import first_steps, scorecard
    from helpers.gaps.joined_pairs import joined_pairs
    from helpers.share.real_data import Guard

    district = _read_known(folder)
    links = _link(district)
    card = scorecard(district, links, _scores(district, links))
    written = _save(out, {"scorecard.csv": card})
    # What is printed may end in the log of a scheduled run; the file stays with the district.
    guard = Guard.of(district)
    shown = guard.scorecard(card)
    if as_json:
        emit({"scorecard": shown[LINE], "written": written}, as_json)
        return
    steps = first_steps(shown)
    begin = {f"begin with {place}": said for place, said in enumerate(steps["next_step"], start=1)}
    emit({"pairs": joined_pairs(shown), **begin, **_blanks(guard, as_json), "written": written}, as_json)


def _parameter(pairs: tuple[tuple[str, str], ...]) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, value in pairs:
        if name in given:
            raise BadInput(f"Parameter {name!r} is given twice; give it once.")
        given[name] = value
    return given


@click.command()
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder of exports to report on; without it the workshop district is made.",
)
@click.option("--only", default="", metavar="03,05", help="Only these notebooks, by number.")
@click.option(
    "-p",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter of the notebooks. May be repeated.",
)
@out_option()
@json_option
@ends_well
def report(
    folder: Path | None, only: str, parameters: tuple[tuple[str, str], ...], out: Path, as_json: bool
) -> None:
    """Run the notebooks on a district and write reports/index.html.

    A notebook that stops is shown with its cell and error; the others still run, and the exit status is 1.
    """
    from helpers.run import report as run_report

    chosen = [one.strip() for one in only.split(",") if one.strip()]
    result = run_report(folder, only=chosen, parameters=_parameter(parameters), out=out)
    figures: dict[str, Any] = {
        "index": str(result.index.resolve()),
        "district": str(result.folder),
        "reports": len(result.runs),
        "failed": [run.name for run in result.failed],
    }
    if result.trouble:
        figures["trouble"] = result.trouble
    emit(figures, as_json)
    if not result.ok:
        sys.exit(1)


@click.command()
@click.argument("layout", required=False)
@click.option(
    "--from", "folder", type=click.Path(path_type=Path), help="A folder that brings layouts of its own."
)
@out_option()
@json_option
@ends_well
def dictionary(layout: str | None, folder: Path | None, out: Path, as_json: bool) -> None:
    """Say what the columns of LAYOUT mean; without LAYOUT, which layouts there are.

    Writes dictionary.csv, with formats, codes, units and sensitivity too. A column without a term of a
    standard says so.
    """
    from helpers.layouts.dictionary import dictionary_of

    if layout is None:
        names = list(all_layouts(folder / "layouts" if folder else None))
        hint = {} if as_json else {"what its columns mean": f"bigpicture dictionary {names[0]}"}
        emit({"layouts": names, **hint}, as_json)
        return
    table = dictionary_of(layout, folder)
    written = _save(out, {"dictionary.csv": table})
    said = table if as_json else table[["file", "column", "type", "required", "meaning", "term"]]
    emit({"dictionary": said, "written": written}, as_json)


def register(group: click.Group) -> None:
    """Add the user's commands to a group."""
    for command in (read, start, link, score, profile, gaps, report, dictionary):
        group.add_command(command)


def _gather() -> None:
    """Collect the commands of both houses by entry point, so that neither imports the other."""
    for entry in entry_points(group="bigpicture.commands"):
        entry.load()(main)


_gather()
