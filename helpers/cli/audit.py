"""Command that checks whether an audit log is unchanged."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from helpers.files import Output, Summary, folder_argument, with_output
from helpers.standard import BadInput, Measured

__all__ = ["audit"]

LOG = "audit.jsonl"


@click.command(short_help="Check that the log of who saw what is unchanged.")
@folder_argument(earlier="--verify")
@click.option(
    "--adopt",
    is_flag=True,
    help="Continue a log that has no copy of its code in your own folder; a line of the log records that.",
)
@with_output
def audit(folder: Path, adopt: bool, output: Output) -> None:
    """Check every line of the audit log in FOLDER: of views, family pages and the dashboard.

    FOLDER contains audit.jsonl, or is the log itself. Lists each changed, moved or deleted line, and prints
    the newest code. Store it elsewhere, on paper or by e-mail: it shows later whether somebody started a new
    log. The exit status is 1 if there is trouble. The command needs the key next to the log
    (audit.jsonl.key).
    """
    from helpers.share import Audit

    log = folder / LOG if folder.is_dir() else folder
    if not any(log.with_name(log.name + ending).exists() for ending in ("", ".count", ".key")):
        raise BadInput(f"There is no log {log}: name the folder with {LOG}, or the log itself.")
    checked = Audit(log)
    if adopt:
        checked.adopt()
    trouble = checked.verify()
    count, newest = checked.head()
    lines = Measured("log_lines", count)
    state = f"trouble in **{len(trouble):,}**" if len(trouble) else "all as written"
    worst = [f"Line {row['line']} {row['trouble']}" for row in trouble.head(3).to_dict("records")]
    summary = Summary([f"{lines:bold count}, {state}. Newest code: {newest}"], "Trouble", worst)
    output.emit({"lines": count, "newest code": newest, "trouble": trouble}, summary)
    if len(trouble):
        sys.exit(1)
