"""Count how often a child is mixed with a twin whom one system alone knows, under a name one letter off.

Usage: python -m tests.bench.linking_twins [--seeds 11,12] [--students N] [--level L] [--errors E]

Some children get a twin, who takes over one of their records outside the roster. Its first name becomes
theirs with one letter added, lost or changed: another first name of the kit's list, or no name of the list.
"""

from __future__ import annotations

import string
from collections import Counter
from dataclasses import replace

import click
import numpy as np
import pandas as pd

from helpers.link.values.name_variants import is_known
from helpers.link.values.names import fold
from tests.bench.linking_data import LinkingData, linking_data
from tests.bench.linking_district import DECIDED
from tests.bench.linking_run import by_kit

__all__ = ["one_letter_off", "with_hidden_twins"]

RECORD = ["silo", "record"]
LISTED, UNLISTED = "another listed name", "a misspelled name"
MIXED, WAITING, APART = "mixed", "for review", "apart"
ROSTER = "sis"
# Records with names in so many systems are left to a child, or more.
SYSTEMS = 3
TWINS = 70
LETTERS = string.ascii_lowercase


def one_letter_off(name: str, *, listed: bool) -> list[str]:
    """Give the spellings one letter off that are first names of the kit's list, or those that aren't.

    >>> one_letter_off("lena", listed=True)[:3], "lqna" in one_letter_off("lena", listed=False)
    (['elena', 'gena', 'lea'], True)
    """
    places = range(len(name) + 1)
    added = {name[:at] + letter + name[at:] for at in places for letter in LETTERS}
    lost = {name[:at] + name[at + 1 :] for at in places}
    changed = {name[:at] + letter + name[at + 1 :] for at in places[:-1] for letter in LETTERS}
    return sorted(one for one in (added | lost | changed) - {name} if is_known(one) == listed)


def with_hidden_twins(data: LinkingData, seed: int, *, listed: bool) -> tuple[LinkingData, pd.DataFrame]:
    """Give some children a twin who takes over one of their records: the data, and those records.

    The record has no number of its own: with one, the twin would be easier to tell.
    """
    rng = np.random.default_rng([seed, listed])
    owned = _owned(data, data.people[data.people["role"].eq("Student")])
    named = owned[owned["first_name"].notna() & owned["last_surname"].notna()]
    systems = named.groupby("person")["silo"].nunique()
    first_names = data.key.people.set_index("person")["first_name"]
    taken: list[tuple[str, str, str, str]] = []
    for person in rng.permutation(systems.index[systems.gt(SYSTEMS)].to_numpy()):
        spellings = one_letter_off(fold(first_names[person]), listed=listed)
        records = named.loc[named["person"].eq(person) & named["silo"].ne(ROSTER), RECORD].to_numpy()
        if spellings and len(records) and len(taken) < TWINS:
            silo, record = records[int(rng.integers(len(records)))]
            taken.append((silo, record, person, str(rng.choice(spellings)).capitalize()))
    twins = pd.DataFrame(taken, columns=[*RECORD, "child", "spelling"])
    people, owners, identifiers = (
        table.merge(twins, on=RECORD, how="left", validate="many_to_one", suffixes=("", "_of_twin"))
        for table in (data.people, data.owners, data.identifiers)
    )
    people["first_name"] = people["spelling"].fillna(people["first_name"])
    for name in ("middle_name", "preferred_first_name", "full_name"):
        people[name] = people[name].where(people["spelling"].isna())
    owners["person"] = ("twin of " + owners["child"]).fillna(owners["person"])
    changed = replace(
        data,
        people=people[data.people.columns],
        owners=owners[data.owners.columns],
        identifiers=identifiers.loc[identifiers["child"].isna(), data.identifiers.columns],
    )
    return changed, twins


def _owned(data: LinkingData, people: pd.DataFrame) -> pd.DataFrame:
    """Add to each record the person on most of its rows."""
    order = data.owners.sort_values([*RECORD, "rows", "person"], ascending=[True, True, False, True])
    most = order.drop_duplicates(RECORD)[[*RECORD, "person"]]
    return people.merge(most, on=RECORD, how="left", validate="one_to_one")


def _outcomes(data: LinkingData, twins: pd.DataFrame) -> Counter[str]:
    """Count what became of the twins' records."""
    _, tables = by_kit(data, DECIDED)
    linked = _owned(data, tables["crosswalk"])
    theirs = twins.merge(linked, on=RECORD, how="inner", validate="one_to_one", suffixes=("_known", ""))
    together = theirs.merge(
        linked[["person", "child"]].drop_duplicates(),
        left_on=["child_known", "child"],
        right_on=["person", "child"],
        how="left",
        indicator="is_mixed",
        validate="many_to_one",
    )
    mixed = together["is_mixed"].eq("both")
    waiting = ~mixed & together["link_status"].eq("Review")
    return Counter(
        {
            MIXED: int(mixed.sum()),
            WAITING: int(waiting.sum()),
            APART: int((~mixed & ~waiting).sum()),
        }
    )


@click.command()
@click.option("--seeds", default="11,12,13,14,15", show_default=True)
@click.option("--students", default=2000, show_default=True)
@click.option("--level", default="none", show_default=True)
@click.option("--errors", default="held_out", show_default=True)
def main(seeds: str, students: int, level: str, errors: str) -> None:
    """Print of each kind of spelling how many twins are mixed, wait for a review or stay apart."""
    total = {LISTED: Counter[str](), UNLISTED: Counter[str]()}
    for seed in map(int, seeds.split(",")):
        data = linking_data(seed, students, level=level, errors=errors)
        for kind, found in total.items():
            found.update(_outcomes(*with_hidden_twins(data, seed, listed=kind == LISTED)))
    for kind, found in total.items():
        click.echo(f"{kind}: {found.total()} twins: {', '.join(f'{found[one]} {one}' for one in found)}")


if __name__ == "__main__":
    main()
