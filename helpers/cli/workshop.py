"""Commands workshop and doctor."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from helpers.files import Output, Summary, with_output

__all__ = ["doctor"]


@click.command(short_help="Test whether this laptop can run the workshop.")
@with_output
def doctor(output: Output) -> None:
    """Test whether this laptop can run the workshop: a line for each check, and what to do.

    The exit status is 1 if something stops the workshop. Where nothing is installed yet, run
    helpers/teach/doctor.py by any Python: it does the same.
    """
    import pandas as pd

    from helpers.teach.doctor import describe_findings, examine

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
