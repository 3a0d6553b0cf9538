"""Commands gaps, report and dashboard."""

from __future__ import annotations

import contextlib
import sys
import webbrowser
from pathlib import Path
from typing import Any

import click

from helpers.cli.options import FOLDER, judged, linked, read_known, read_so, restricted, save, worded
from helpers.files import emit, ends_well, json_option, out_option, private_folder
from helpers.standard import BadInput

__all__ = ["dashboard", "gaps", "report"]


LESSON = Path(__file__).parents[2] / "notebooks" / "04_see_the_child.ipynb"


@click.command(short_help="Show a child's page as a role may see it.")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--port", type=click.IntRange(1, 65535), help="The port; by default 8866 or the next free one.")
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option("--role", default="", help="The one role that can be seen; by default it can be chosen.")
@click.option("--who", default="", help="Who looks in that role, such as 'sis:…' or a school.")
@click.option(
    "--idle",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="Ends when nobody has looked for so long.",
)
@out_option()
@json_option
@ends_well
def dashboard(
    folder: Path | None,
    port: int | None,
    no_browser: bool,
    role: str,
    who: str,
    idle: float,
    out: Path,
    as_json: bool,
) -> None:
    """Show one child's page at a time, as the viewer's role may see it.

    FOLDER contains exports, or is a store of profiles from `bigpicture profile`; without it, we generate the
    workshop district. We build the profiles once, and again after a file changes. Only this computer can open
    the page, at an address with a secret word, until Ctrl-C, or until nobody has used it for an hour
    (--idle). Nothing leaves the computer. Writes store (the profiles) and audit.jsonl (who looked at what,
    and when).
    """
    from helpers.report import make_report_district, serve_dashboard, store_of
    from helpers.share import asked, read_policy

    if who and not role:
        raise BadInput("Say in which role is looked, too: --role; `bigpicture view --list` names the roles.")
    if role:
        asked(read_policy(), role, None)  # before an hour of reading
    store = store_of(folder or make_report_district({}), out / "store")
    audit = out / "audit.jsonl"
    private_folder(out)
    chosen = {"role": role, "who": who, "audit_file": str(audit.resolve())}
    with serve_dashboard(store.place, LESSON, port=port, set_to=chosen, idle=idle) as served:
        emit({"address": served.address, "store": str(store.place), "audit": str(audit)}, as_json)
        if not as_json:
            click.echo("The page is for this machine alone. Ctrl-C ends it.")
        if not no_browser:
            webbrowser.open(served.door.as_uri())
        with contextlib.suppress(KeyboardInterrupt):
            served.process.wait()
            if not as_json:
                click.echo(f"The dashboard has ended: nobody looked for {idle:g} minutes.")


LINE = ["left_silo", "right_silo", "kind", "measure", "column", "numerator", "denominator", "value", "unit",
        "blocked_by", "effect", "owner", "next_step"]  # fmt: skip


@click.command()
@FOLDER
@out_option()
@json_option
@ends_well
def gaps(folder: Path, out: Path, as_json: bool) -> None:
    """Measure the gap between the systems in FOLDER.

    Writes scorecard.csv: for each pair of systems, and each system, what is joined, missing, late,
    contradictory, written differently or not permitted, with its numerator, denominator, effect on a child,
    owner and next step; code_crosswalk.csv, coverage_by_group.csv, manual_effort.csv and rubric.csv (each
    system's level on the headings of a published rubric); and gaps.html, a page of all this. Prints how well
    each pair of systems is joined, and where to start; --json prints all lines. For a real folder, the page
    and coverage_by_group.csv show no group of fewer than ten. The other tables count everybody, have names
    that start with restricted_, and stay at your desk.
    """
    from helpers.gaps import (
        code_crosswalk,
        coverage_by_group,
        first_steps,
        joined_pairs,
        manual_effort,
        measure_gaps,
        score_rubric,
    )
    from helpers.report import gaps_page, in_words, large_groups, system_names_in_text
    from helpers.share import NOT_SHOWN, Guard

    district = read_known(folder)
    guard, links = Guard.of(district), linked(district)
    card = measure_gaps(district, links, *judged(district, links))
    written = save(
        out,
        {
            "scorecard.csv": card,
            "code_crosswalk.csv": code_crosswalk(district),
            # Shares of a group of two children, even in a desk file, would disclose them.
            "coverage_by_group.csv": large_groups(coverage_by_group(district, links), guard),
            "manual_effort.csv": manual_effort(district, links),
            "rubric.csv": score_rubric(district, links, card),
        },
        {"gaps.html": lambda path: gaps_page(path, district, links, card)},
        guard=guard,
    )
    # Printed output may end up in the log of a scheduled run; the file stays in the district.
    shown = guard.scorecard(card)
    if as_json:
        emit({"scorecard": shown[LINE], "written": written, **restricted(written)}, as_json)
        return
    steps = first_steps(shown)
    spoken = system_names_in_text(district.layouts)
    said = [in_words(str(step), spoken) for step in steps["next_step"]]
    begin = {f"begin with {place}": step for place, step in enumerate(said, start=1)}
    pairs = worded(guard, joined_pairs(shown), as_json, NOT_SHOWN, of=joined_pairs(card))
    rounded = (
        "Children and records are rounded to tens here; where 1 to 9 could be worked out, none is shown."
    )
    figures = {"pairs": pairs, **read_so(guard, as_json, rounded), **begin}
    emit({**figures, "written": written, **restricted(written)}, as_json)


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
@click.option(
    "--previous",
    default="",
    metavar="RUN|last",
    help="Say what changed since this earlier run; by default since the newest of the same district.",
)
@out_option()
@json_option
@ends_well
def report(
    folder: Path | None,
    only: str,
    parameters: tuple[tuple[str, str], ...],
    previous: str,
    out: Path,
    as_json: bool,
) -> None:
    """Run the notebooks on a district and build reports/index.html.

    Each run has its own folder, named by date and time, and overwrites no other. The index starts with the
    newest run, and shows what changed since the last run of the same district. A notebook that fails is shown
    with its cell and error; the others still run, and the exit status is 1.
    """
    from helpers.report import run_report as run_report

    chosen = [one.strip() for one in only.split(",") if one.strip()]
    result = run_report(folder, only=chosen, parameters=_parameter(parameters), out=out, previous=previous)
    figures: dict[str, Any] = {
        "index": str(result.index.resolve()),
        "run": str(result.run.resolve()),
        "district": str(result.folder),
        "reports": len(result.runs),
        "failed": [run.name for run in result.failed],
    }
    if result.trouble:
        figures["trouble"] = result.trouble
    if as_json:
        figures["changed"] = [sentence.replace("**", "") for sentence in result.changed.said]
        figures["changes"] = result.changed.rows
    emit(figures, as_json)
    if not result.ok:
        sys.exit(1)
