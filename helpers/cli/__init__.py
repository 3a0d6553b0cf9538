"""Commands of the `helpers` package: thin, each a room's function and its tables."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from helpers.cli.audit import audit
from helpers.cli.family import family
from helpers.cli.link import link
from helpers.cli.profile import profile, questions
from helpers.cli.read import dictionary, read
from helpers.cli.report import dashboard, gaps, report
from helpers.cli.school_systems import people, sector, survey
from helpers.cli.score import cards, explain, score
from helpers.cli.start import start
from helpers.cli.unexpected import Commands
from helpers.cli.view import view
from helpers.cli.workshop import doctor, workshop

__all__ = ["main", "register"]


@click.group(
    cls=Commands,
    help="See the whole child in a district's separate systems: make an invented district, or read a real "
    "one's exports; link its records, measure the gaps, write reports. Nothing leaves this computer.",
)
@click.version_option(package_name="see-the-big-picture", prog_name="bigpicture")
def main() -> None:
    """Run the commands of both packages."""


def register(group: click.Group) -> None:
    """Add this package's commands to a group."""
    for command in (
        report, read, start, dictionary, link, dashboard, profile, gaps, questions, view, family, audit,
        survey, sector, people, workshop, doctor, cards, score, explain,
    ):  # fmt: skip
        group.add_command(command)


def _gather() -> None:
    """Collect the commands of both packages by entry point, so that neither imports the other."""
    for entry in entry_points(group="bigpicture.commands"):
        entry.load()(main)


_gather()
