"""Time linking alone, in a process of its own: what a notebook's cell waits for.

Usage: python -m tests.bench.linking_speed PLACE      a district of the cache, by `link_children`
       python -m tests.bench.linking_speed --folder FOLDER      a district folder, by `link_district`
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click


def main() -> None:
    """Print seconds on the wall and of processors; reading doesn't count, the engine's import does."""
    if sys.argv[1] == "--folder":
        from helpers.files import read_district
        from helpers.link import link_district

        district = read_district(sys.argv[2])
        before, cpu = time.perf_counter(), time.process_time()
        links = link_district(district)
    else:
        from helpers.link import link_children
        from tests.bench.linking_data import read_data

        data = read_data(Path(sys.argv[1]), truth=False)
        before, cpu = time.perf_counter(), time.process_time()
        links = link_children(
            data.people,
            data.identifiers,
            method="resolved",
            unique_people=data.unique_people,
            anchor_order=data.anchor_order,
            person_rows=data.person_rows,
            schools=data.school,
        )
    cost = {"seconds": time.perf_counter() - before, "cpu_seconds": time.process_time() - cpu}
    click.echo(json.dumps({**cost, "records": len(links.crosswalk)}))


if __name__ == "__main__":
    main()
