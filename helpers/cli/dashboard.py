"""The command that opens the educators' dashboard in a browser of this machine."""

from __future__ import annotations

import contextlib
import webbrowser
from pathlib import Path

import click

from helpers.files.command_output import emit, ends_well, json_option, out_option
from helpers.files.save import private_folder
from helpers.standard import BadInput

__all__ = ["dashboard"]

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
    """Show one child's page after the other, as the role of whoever looks may see it.

    FOLDER holds exports, or is a store of profiles that `bigpicture profile` wrote; without it the workshop
    district is made. The profiles are put together once, and again where a file has changed since. The page
    is served to this machine alone, at an address with a word in it, until Ctrl-C, or until nobody has looked
    for an hour (--idle); nothing leaves the machine. Writes store (the profiles) and audit.jsonl (who looked
    at what, and when).
    """
    from helpers.report.runs.report import made_district
    from helpers.report.widgets.serve_dashboard import serve_dashboard, store_of
    from helpers.share import read_policy
    from helpers.share.access import asked

    if who and not role:
        raise BadInput("Say in which role is looked, too: --role; `bigpicture view --list` names the roles.")
    if role:
        asked(read_policy(), role, None)  # before an hour of reading
    store = store_of(folder or made_district({}), out / "store")
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
