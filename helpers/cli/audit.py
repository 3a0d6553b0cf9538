"""Command that checks whether an audit log is unchanged."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from helpers.files import emit, ends_well, json_option
from helpers.standard import BadInput

__all__ = ["audit"]

LOG = "audit.jsonl"


@click.command(short_help="Check the log of who was shown what.")
@click.option(
    "--verify",
    "place",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FOLDER",
    help="The folder with audit.jsonl, or the log itself.",
)
@json_option
@ends_well
def audit(place: Path, as_json: bool) -> None:
    """Check every line of an audit log of views, family pages and the dashboard.

    Lists each changed, moved or deleted line, and prints the newest code. Store it elsewhere, on paper or by
    e-mail: it shows later whether somebody started a new log. The exit status is 1 if there is trouble. The
    command needs the key next to the log (audit.jsonl.key).
    """
    from helpers.share import Audit

    log = place / LOG if place.is_dir() else place
    if not any(log.with_name(log.name + ending).exists() for ending in ("", ".count", ".key")):
        raise BadInput(f"There is no log {log}: name the folder with {LOG}, or the log itself.")
    checked = Audit(log)
    trouble = checked.verify()
    count, newest = checked.head()
    emit({"lines": count, "newest code": newest, "trouble": trouble}, as_json)
    if len(trouble):
        sys.exit(1)
