"""The commands of the user's house: thin, each a room's function and a table."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from helpers.cli.audits import audit
from helpers.cli.cards import cards
from helpers.cli.children import link
from helpers.cli.children__profile import profile
from helpers.cli.dashboard import dashboard
from helpers.cli.family import family
from helpers.cli.people import people
from helpers.cli.questions import questions
from helpers.cli.reading import dictionary, read, start
from helpers.cli.reports import gaps, report
from helpers.cli.scores import score
from helpers.cli.sector import sector
from helpers.cli.survey import survey
from helpers.cli.unexpected import Commands
from helpers.cli.views import view

__all__ = ["main", "register"]


@click.group(
    cls=Commands,
    help="See the whole child in a district's separate systems: make an invented district, or read a real "
    "one's exports; link its records, measure the gaps, write reports. Nothing leaves this machine.",
)
@click.version_option(package_name="see-the-big-picture", prog_name="bigpicture")
def main() -> None:
    """Gather the commands of both houses."""


def register(group: click.Group) -> None:
    """Add the user's commands to a group."""
    for command in (
        read,
        start,
        link,
        score,
        cards,
        profile,
        family,
        questions,
        view,
        audit,
        gaps,
        report,
        people,
        sector,
        survey,
        dashboard,
        dictionary,
    ):
        group.add_command(command)


def _gather() -> None:
    """Collect the commands of both houses by entry point, so that neither imports the other."""
    for entry in entry_points(group="bigpicture.commands"):
        entry.load()(main)


_gather()
