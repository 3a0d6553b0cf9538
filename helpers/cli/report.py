"""Commands gaps, report and dashboard."""

from __future__ import annotations

import contextlib
import io
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.cli.options import (
    desk_note,
    judged,
    linked,
    list_outputs,
    read_known,
    read_so,
    save,
    worded,
    words_of_policy,
)
from helpers.files import Command, Output, Summary, folder_argument, out_option, private_folder, with_output
from helpers.standard import BadInput, Measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from helpers.report import Action, ReportResult

__all__ = ["dashboard", "gaps", "report"]


LESSON = Path(__file__).parents[2] / "notebooks" / "04_see_the_child.ipynb"


@click.command(short_help="Open one child's page in your browser, as a role may see it.")
@folder_argument(required=False)
@click.option("--port", type=click.IntRange(1, 65535), help="The port; by default 8866 or the next free one.")
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option(
    "--role", default="", metavar="ROLE", help="Show this role only; by default viewers choose a role."
)
@click.option(
    "--who", default="", metavar="WHO", help="Who looks in that role: a school, or a record as in sis:1234."
)
@click.option(
    "--idle",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="End when nobody has looked for this long.",
)
@out_option()
@with_output
def dashboard(
    folder: Path | None,
    port: int | None,
    no_browser: bool,
    role: str,
    who: str,
    idle: float,
    out: Path,
    output: Output,
) -> None:
    """Show one child's page at a time, as the viewer's role may see it.

    FOLDER contains exports, or is a store of profiles from `bigpicture profile`; without it, we generate the
    workshop district. We build the profiles once, and again after a file changes. Only this computer can open
    the page, at an address with a secret word, until Ctrl-C, or until nobody has used it for an hour
    (--idle). Nothing leaves the computer. Writes store (the profiles) and audit.jsonl (who looked at what,
    and when); decisions of a check-in go to check_in.csv in FOLDER.
    """
    from helpers.report import make_report_district, serve_dashboard, store_of
    from helpers.share import asked, read_policy

    if who and not role:
        raise BadInput("Name the viewer's role, too: --role; `bigpicture view --list` names the roles.")
    if role:
        policy = read_policy()
        role, _ = words_of_policy(policy, role, None)
        asked(policy, role, None)  # before an hour of reading
    if folder is None:
        with output.step("Making the workshop district"):
            folder = make_report_district({})
    with output.step("Building the profiles, unless an earlier run did"):
        store = store_of(folder, out / "store")
    audit = out / "audit.jsonl"
    private_folder(out)
    chosen = {"role": role, "who": who, "audit_file": str(audit.resolve())}
    with (
        output.step("Starting the page"),
        serve_dashboard(store.place, LESSON, port=port, set_to=chosen, idle=idle) as served,
    ):
        output.emit({"address": served.address, "store": str(store.place), "audit": str(audit)})
        announces = not (output.as_json or output.quiet)
        if announces:
            click.echo("Only this computer can open the page. Ctrl-C ends it.")
        if not no_browser:
            webbrowser.open(served.door.as_uri())
        with contextlib.suppress(KeyboardInterrupt):
            served.process.wait()
            if announces:
                click.echo(f"The dashboard has ended: nobody looked for as long as --idle says ({idle:g}).")


LINE = ["left_silo", "right_silo", "kind", "measure", "column", "numerator", "denominator", "value", "unit",
        "blocked_by", "effect", "owner", "next_step"]  # fmt: skip


@click.command(
    cls=Command,
    short_help="Find what systems can't exchange, and what to fix first.",
    writes={
        "gaps.html": "a page of all this: open it first",
        "scorecard.csv": "for each pair of systems, and each system, what is linked, missing, late, "
        "contradictory, written differently or not permitted, with effect on a child, owner and next step",
        "code_crosswalk.csv": "codes of one system in another, and which are lost",
        "coverage_by_group.csv": "which groups of children each system has",
        "manual_effort.csv": "minutes of manual effort, by task",
        "rubric.csv": "each system's level on the headings of a published rubric",
    },
)
@folder_argument()
@out_option()
@with_output
def gaps(folder: Path, out: Path, output: Output) -> None:
    """Measure the gap between the systems in FOLDER.

    Prints what to do first. --table prints how well each pair of systems is linked; --json prints all lines.
    For a real folder, the page and coverage_by_group.csv show no group of fewer than ten. The other tables
    count everybody, and their names start with restricted_: keep them at your desk.
    """
    from helpers.gaps import (
        code_crosswalk,
        coverage_by_group,
        joined_pairs,
        manual_effort,
        measure_gaps,
        score_rubric,
    )
    from helpers.report import first_actions, gaps_page, large_groups, order_sentence
    from helpers.share import NOT_SHOWN, Guard

    district = read_known(folder, output)
    guard, links = Guard.of(district), linked(district, output)
    with output.step("Measuring the gaps"):
        key = judged(district, links)
        card = measure_gaps(district, links, *key)
        to_do = first_actions(district, links, card, judged=key[0] is not None)
    with output.step("Writing the page"):
        paths = save(
            out,
            {
                "scorecard.csv": card,
                "code_crosswalk.csv": code_crosswalk(district),
                # Shares of a group of two children, even in a desk file, would disclose them.
                "coverage_by_group.csv": large_groups(coverage_by_group(district, links), guard),
                "manual_effort.csv": manual_effort(district, links),
                "rubric.csv": score_rubric(district, links, card),
            },
            {
                "gaps.html": lambda path: gaps_page(
                    path, district, links, card, actions=to_do, order=order_sentence()
                )
            },
            guard=guard,
        )
    # Printed output may end up in the log of a scheduled run; the file stays in the district.
    shown = guard.scorecard(card)
    if output.as_json:
        output.emit({"scorecard": shown[LINE], **list_outputs(paths)})
        return
    pairs = worded(guard, joined_pairs(shown), False, NOT_SHOWN, of=joined_pairs(card))
    rounded = "Children and records are rounded to tens here; where 1 to 9 could be inferred, we show none."
    figures = {
        "pairs": pairs,
        **read_so(guard, False, rounded),
        **{f"begin with {place}": step.what for place, step in enumerate(to_do, start=1)},
        **list_outputs(paths),
    }
    notes = [f"Open {out / 'gaps.html'} for the pictures.", *desk_note(paths)]
    output.emit(figures, _to_do(shown, to_do, notes), TITLES)


TITLES = {"pairs": "How well each pair of systems is linked"}


def _to_do(shown: pd.DataFrame, actions: Sequence[Action], notes: list[str]) -> Summary:
    """Say what blocks pairs of systems, as gaps.html does, and the three things to do first."""
    from helpers.report import blocked_sentence

    if shown["right_silo"].isna().all():
        return Summary(
            ["One system alone has nothing to be linked to: add the exports of another one."], notes=notes
        )
    worst = [f"{one.many:count}: {one.what} ({one.who}, {one.by})." for one in actions]
    first = "To do first" if worst else ""
    none = [] if worst else ["No gap here is likely to harm a child."]
    return Summary([blocked_sentence(shown), *none], first, worst, notes)


def _ran(result: ReportResult) -> Summary:
    """Say how many reports are complete, where to begin reading, and what has changed."""
    failed = {run.name: run.failed for run in result.failed}
    complete = Measured("reports_complete", len(result.runs) - len(failed), len(result.runs))
    verb = complete.verb("is", "are")
    finding = [f"{complete:bold count of} {verb} complete. Open {result.index.resolve()}."]
    worst = [f"{name} failed at {where.place}" if where else name for name, where in failed.items()]
    trouble = [result.trouble] if result.trouble else []
    return Summary(finding, "Not complete", worst, [*trouble, *result.changed.sentences])


def _parameter(pairs: tuple[tuple[str, str], ...]) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, value in pairs:
        if name in given:
            raise BadInput(f"Parameter {name!r} is given twice; give it once.")
        given[name] = value
    return given


@click.command(short_help="Run all lessons on a district, with an index to begin with.")
@folder_argument(required=False, earlier="--from")
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
    help="Show what changed since this earlier run; by default since the latest of the same district.",
)
@out_option()
@with_output
def report(
    folder: Path | None,
    only: str,
    parameters: tuple[tuple[str, str], ...],
    previous: str,
    out: Path,
    output: Output,
) -> None:
    """Run the notebooks on the district in FOLDER and build reports/index.html.

    Without FOLDER, we make the workshop district. Each run has its own folder, named by date and time, and
    overwrites no other. The index starts with the latest run, and shows what changed since the last run of
    the same district. If a notebook fails, its page shows the cell and the error; the others still run, and
    the exit status is 1.
    """
    from helpers.report import Progress, run_report

    chosen = [one.strip() for one in only.split(",") if one.strip()]
    output.progress.close()  # the run shows each notebook
    result = run_report(
        folder,
        only=chosen,
        parameters=_parameter(parameters),
        out=out,
        previous=previous,
        progress=Progress(0, io.StringIO()) if output.quiet else None,
    )
    figures: dict[str, Any] = {
        "index": str(result.index.resolve()),
        "run": str(result.run.resolve()),
        "district": str(result.folder),
        "reports": len(result.runs),
        "failed": [run.name for run in result.failed],
    }
    if result.trouble:
        figures["trouble"] = result.trouble
    if output.as_json:
        figures["changed"] = [sentence.replace("**", "") for sentence in result.changed.sentences]
        figures["changes"] = result.changed.rows
    output.emit(figures, _ran(result))
    if not result.ok:
        sys.exit(1)
