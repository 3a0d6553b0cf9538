"""Search over seeds for districts that show every effect that the lessons teach.

`python -m synthetic_data.studies.search_seeds --write` measures the seeds of ``lesson_effects.toml`` and
keeps them in ``seed_search.csv``. It goes on where it was stopped; `--anew` measures all again, as after a
change of the generator.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from pathlib import Path

import click
import pandas as pd

from helpers.files import read_district
from helpers.link import link_district
from helpers.standard import Measured, plain
from synthetic_data.district import make_district
from synthetic_data.scenario import load_scenario
from synthetic_data.seed_search import SEARCHED, SeedSearch, declared_effects, read_search, write_search
from synthetic_data.studies.lesson_effects import measure_effects

__all__ = ["search"]


def measure_seed(seed: int) -> pd.DataFrame:
    """Make the default district of a seed, and count each effect: one row of ``seed_search.csv``."""
    with tempfile.TemporaryDirectory(prefix="effects-") as place:
        folder = make_district(folder=Path(place) / "district", seed=seed)
        district = read_district(folder, written=False)
        counts = measure_effects(district, link_district(district)).set_index("effect")["count"]
    about = {"seed": seed, "students": load_scenario().students, "measured": dt.date.today().isoformat()}
    return pd.DataFrame([about]).assign(**{str(name): int(count) for name, count in counts.items()})


@click.command()
@click.option("--write", is_flag=True, help="Keep what was measured in the kit's own table.")
@click.option("--anew", is_flag=True, help="Measure seeds again that the table has.")
@click.option("--most", type=click.IntRange(1), help="Measure at most so many seeds, and stop.")
def search(write: bool, anew: bool, most: int | None) -> None:
    """Measure the effects on every declared seed, and print how many seeds show each."""
    first, last = declared_effects().seeds
    rows = read_search().iloc[:0] if anew else read_search()
    waiting = [seed for seed in range(first, last + 1) if seed not in set(rows["seed"])]
    begun = time.process_time()
    for seed in waiting[:most]:
        rows = pd.concat([rows, measure_seed(seed)], ignore_index=True)
        gone = SeedSearch(rows, seed).vanished
        click.echo(f"Seed {seed}: {'lacks ' + ', '.join(gone) if gone else 'shows all'}.")
        if write:
            write_search(rows)
    now = Measured("study_seeds", len(waiting[:most]))
    click.echo(f"Measured now: {now.text} {now.noun} in {time.process_time() - begun:.0f} CPU seconds.")
    chosen = load_scenario().seed
    if chosen not in set(rows["seed"]) or len(rows) < 2:
        return
    found = SeedSearch(rows, chosen)
    click.echo(found.shares().round(0).to_string(index=False))
    click.echo(plain(found.sentence()))
    click.echo(f"Seeds that show all: {', '.join(map(str, found.showing_all)) or 'none'}.")
    click.echo(f"Written: {SEARCHED}" if write else "Nothing was written; --write keeps it.")


if __name__ == "__main__":
    search()
