"""Commands workshop and doctor."""

from __future__ import annotations

import contextlib
import io
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.options import file_option
from helpers.files import Command, Output, Summary, out_option, with_output
from helpers.standard import BadInput, Measured

if TYPE_CHECKING:
    from helpers.teach import Pack, RoomGain, Track

__all__ = ["doctor", "workshop"]

ROOM = (
    "warning: anybody in this network who has an address can run any program on this computer, as you. Use "
    "invented children only, and an account made for this day."
)


@click.command(short_help="Test whether this laptop can run the workshop.")
@with_output
def doctor(output: Output) -> None:
    """Test whether this laptop can run the workshop: a line for each check, and what to do.

    The exit status is 1 if something stops the workshop. Where nothing is installed yet, run
    helpers/teach/doctor.py by any Python: it does the same.
    """
    import pandas as pd

    from helpers.teach import describe_findings, examine

    found = examine()
    stops = [one for one in found if one.stops and not one.ok]
    ready = (
        "**Ready**: nothing stops a workshop." if not stops else f"**Not yet**: {len(stops)} to mend first."
    )
    table = pd.DataFrame([{**asdict(one), "ok": one.ok} for one in found])
    figures = {"ready": not stops, "checks": table[["check", "ok", "stops", "found", "do"]]}
    output.emit(figures, Summary([*describe_findings(found), "", ready]))
    if stops:
        sys.exit(1)


@click.command(
    cls=Command,
    short_help="Write the folder of a workshop, or score its quiz.",
    writes={
        "START_HERE.html": "what each file is, how many to print, and the plan by the clock",
        "trainer_guide.html": "what to say, what to expect, and what goes wrong",
        "learners": "the sessions of the track as notebooks, without answers in view",
        "slides": "a page of slides for each session, without a network",
        "cards": "record cards to cut out, and piles.csv to type the piles into",
        "handouts": "each session on paper, without answers",
        "quiz": "eight questions, before and after, and quiz_results.csv to type the answers into",
        "times.csv": "when each line was planned, and two columns to type a real room's times into",
        "concept_map.svg": "what the workshop teaches, on one sheet",
        "report": "for leaders: the pages that the track shows",
        "survey": "for leaders: the form on paper, and form.csv to type it into",
        "data_contract.html": "for leaders: next year's contract with one vendor",
        "data_safety.html": "what happens to data, and what people agree to",
        "answer_sheets": "each session with its answers, and both quizzes",
        "room": "with --serve: a folder for each pair, and addresses.html to cut apart",
    },
)
@click.option(
    "--track",
    "track_name",
    default="half-day",
    show_default=True,
    metavar="TRACK",
    help="two-hours, half-day, day or leaders.",
)
@click.option("--print", "printed_only", is_flag=True, help="Write only what is printed.")
@file_option(
    "--quiz-results",
    help="Answers typed in, or a folder of such files: print what the room gained. Writes nothing.",
)
@file_option(
    "--times",
    help="A room's times.csv: print them next to the plan and the simulated room. Writes nothing.",
)
@click.option(
    "--serve",
    "seats",
    type=click.IntRange(1, 20),
    metavar="N",
    help="Serve JupyterLab to N pairs, on this computer alone, until Ctrl+C. Read docs/workshop.md first.",
)
@click.option(
    "--room", is_flag=True, help="With --serve: let in other computers of this network, to run programs here."
)
@click.option("--only-here", is_flag=True, help="With --serve: this computer alone, as without it.")
@out_option("reports/workshop")
@with_output
def workshop(
    track_name: str,
    printed_only: bool,
    quiz_results: Path | None,
    times: Path | None,
    seats: int | None,
    room: bool,
    only_here: bool,
    out: Path,
    output: Output,
) -> None:
    """Write a folder for a stick or a share with all that a workshop needs, without a network.

    It runs the sessions of the track twice, without answers and with them. If one stops with an error,
    nothing is written, and the exit status is 1.
    """
    if room and (only_here or seats is None):
        raise BadInput("--room goes with --serve N, and not with --only-here: say one of the two.")
    if quiz_results is not None:
        from helpers.teach import read_quiz_results, room_gain

        _say_gain(room_gain(read_quiz_results(_typed_in(quiz_results, out))), output)
        return
    from helpers.files import spelled
    from helpers.report import Progress
    from helpers.teach import SessionFailed, declared_tracks, make_pack, track_named

    track = track_named(spelled(track_name, [one.name for one in declared_tracks()]))
    if times is not None:
        _say_times(track, _typed_in(times, out), output)
        return
    if seats is not None:
        _serve(track, seats, room, out, output)
        return
    progress = Progress(0, io.StringIO()) if output.quiet else None
    output.progress.close()  # the run shows each session
    try:
        made = make_pack(track, out, printed_only=printed_only, progress=progress)
    except SessionFailed as error:
        click.echo(f"bigpicture: {error}", err=True)
        sys.exit(1)
    _say_pack(made, output)


def _typed_in(file: Path, out: Path) -> Path:
    """Find the table where the command runs, or else in the folder that an earlier call wrote."""
    return out / file if not file.exists() and (out / file).exists() else file


def _say_times(track: Track, file: Path, output: Output) -> None:
    from helpers.teach import compared_times

    rows = compared_times(track, file)
    lines = [
        f"{row.line}: {row.planned}, {row.simulated}, " + (f"**{row.real}**" if row.typed else "not typed")
        for row in rows.assign(typed=rows["real"].notna()).itertuples()
    ]
    heads = "Minutes after the start at which each line ended: planned, in the simulated room, in this room."
    output.emit({"track": track.name, "lines": rows}, Summary([heads, *lines]))


def _serve(track: Track, seats: int, room: bool, out: Path, output: Output) -> None:
    from helpers.teach import address_sheet, prepare_seats, serve_seats

    prepared = prepare_seats(track, seats, out, room=room)
    sheet = address_sheet(prepared, out)
    output.progress.close()
    if room:
        click.echo(f"bigpicture: {ROOM}", err=True)
    with serve_seats(prepared, room=room):
        figures = {
            "addresses": {f"pair {seat.number}": seat.address for seat in prepared},
            "written": [str(sheet)],
        }
        lines = [f"Pair {seat.number}: {seat.address}" for seat in prepared]
        servers = Measured("servers", len(prepared))
        finding = [f"{servers:bold count} {servers.verb('runs', 'run')} until Ctrl+C. Print {sheet}.", *lines]
        here = "Only this computer can open them. For the room's computers: --room."
        output.emit(figures, Summary(finding, notes=[] if room else [here]))
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(1)


def _say_pack(made: Pack, output: Output) -> None:
    figures = {
        "track": made.track.name,
        "minutes": made.track.minutes,
        "sessions": list(made.sessions),
        "lacking": list(made.lacking),
        "written": [str(made.folder / name) for name in made.files],
    }
    finding = [
        f"{Measured('pack_files', len(made.files)):bold count} for "
        f"{Measured('track_minutes', made.track.minutes):count}, "
        f"{Measured('pack_sessions', len(made.sessions)):count}. "
        f"Open {made.folder / 'START_HERE.html'}."
    ]
    steps = [
        "Print what START_HERE lists: cards, handouts, quizzes.",
        "Copy the folder learners to each laptop, in place of an earlier one. Run `bigpicture doctor` there.",
        "Keep answer_sheets and trainer_guide.html to yourself: they give answers away.",
    ]
    lacking = [f"Not in this kit yet: {', '.join(made.lacking)}."] if made.lacking else []
    output.emit(figures, Summary(finding, "What to do", steps, lacking))


def _say_gain(room: RoomGain, output: Output) -> None:
    items = room.items
    figures = {
        "people with both quizzes": room.both,
        "people with one quiz": list(room.only_one),
        "right before": round(room.before, 2),
        "right after": round(room.after, 2),
        "gain": round(room.gain, 2),
        "lowest": None if room.low is None else round(room.low, 2),
        "highest": None if room.high is None else round(room.high, 2),
        "items": items,
    }
    between = (
        "No interval: fewer than four people have both quizzes, or all gained the same."
        if room.low is None
        else f"With 95% confidence between {room.low:.1f} and {room.high:.1f}, if this room is like others."
    )
    finding = [
        f"The room gained **{room.gain:+.1f}** of {Measured('quiz_questions', len(items)):count}: "
        f"{room.before:.1f} right before, "
        f"{room.after:.1f} after, of {room.both} with both quizzes. {between}"
    ]
    missed = items[items["right_after"] < items["people"]]
    least = missed.sort_values(["right_after", "item"], kind="stable").head(3)
    worst = [
        f"Question {row['item']}: {row['right_after']} of {row['people']} right. {row['objective']} "
        f"Taught by {row['taught_by']}." + (f" Usual: {row['usual_mistake']}" if row["usual_mistake"] else "")
        for row in least.to_dict("records")
    ]
    left = [f"Only one quiz, so not counted: {', '.join(room.only_one)}."] if room.only_one else []
    output.emit(figures, Summary(finding, "Most missed after the workshop", worst, left))
