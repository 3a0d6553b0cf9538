"""Compares what the engine in SQL finds with what the engine in NumPy finds: every value, every source row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.profile.children import child_profiles
from helpers.profile.elements import declared
from helpers.profile.engine import engine
from helpers.profile.gathering import gather
from helpers.profile.newest_day import newest_days
from helpers.profile.standard_store import save_standard
from helpers.profile.tallies import tally
from helpers.profile.weighed_rows import weighed_rows

__all__ = ["differences"]

VALUES = (
    "child", "school_year", "element", "value", "value_number", "status", "silo", "record", "file", "row", "rows",
    "begin_date", "as_of", "link_band", "chosen", "agrees", "chosen_by", "days_old", "fresh",
)  # fmt: skip
LINEAGE = ("element", "child", "school_year", "told_by", "table", "silo", "record", "file", "row", "why")


def differences(
    district: District, links: Links, folder: Path, rules: Sequence[str], *, parts: int = 1
) -> dict[str, Any]:
    """List the rows that only one of the engines has.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.
    folder
        Where standard tables may be written.
    rules
        Rules that are compared.
    parts
        In how many parts the standard tables are cut.

    Returns
    -------
    dict
        How many rows were compared, and the first that differ, by table.
    """
    terms = declared()
    children = max(links.crosswalk["child"].nunique(), 1)
    save_standard(district, links.crosswalk, folder, children_a_part=-(-children // parts))
    elements = [each for each in terms.element if each.rule in rules]
    names = [each.name for each in elements]
    profiles = child_profiles(district, links)
    values = profiles.coverage.of(names).fill(
        profiles.said[profiles.said["element"].isin(names).to_numpy(dtype=bool)], links.crosswalk
    )
    evidence = gather(district, links)
    counts = tally(evidence)
    rows = pd.concat(
        [weighed_rows(each, evidence, counts).assign(element=each.name) for each in elements],
        ignore_index=True,
    )
    found = {}
    with engine(folder, terms, newest_days(district).days, rules=rules) as base:
        of_rows = {"told_by": "reported_by", "table": "tbl"}
        for table, old, view, columns, renamed in (
            ("values", values, "filled", VALUES, {}),
            ("lineage", rows, "lineage", LINEAGE, of_rows),
        ):
            base.register("old", old[list(columns)])
            theirs = ", ".join(_text(name, name) for name in columns)
            ours = ", ".join(_text(renamed.get(name, name), name) for name in columns)
            only_old = f"SELECT {theirs} FROM old EXCEPT ALL SELECT {ours} FROM {view}"
            only_new = f"SELECT {ours} FROM {view} EXCEPT ALL SELECT {theirs} FROM old"
            first = [
                base.sql(f"SELECT * FROM ({query}) ORDER BY ALL LIMIT 3").fetchall()
                for query in (only_old, only_new)
            ]
            found[table] = {"rows": len(old), "only_old": first[0], "only_new": first[1]}
            base.unregister("old")
    return found


def _text(column: str, name: str) -> str:
    """Write a cell as text; a missing number is one, whether it is NaN or NULL."""
    if name == "value_number":
        # The order in which numbers are added shows in the last bit of a mean.
        return f"coalesce(CASE WHEN isnan({column}) THEN NULL ELSE round({column}, 9) END::VARCHAR, '-') AS {name}"
    kind = "::TIMESTAMP" if name in ("begin_date", "as_of") else ""
    return f'coalesce("{column}"{kind}::VARCHAR, \'-\') AS "{name}"'


if __name__ == "__main__":
    import sys
    import tempfile

    from helpers.files import read_district
    from helpers.link import link_district
    from synthetic_data.district import make_district

    asked = sys.argv[2].split(",")
    for faults in (0.0, 1.0, 3.0):
        for seed in map(int, sys.argv[1].split(",")):
            with tempfile.TemporaryDirectory() as spare:
                made = make_district(folder=Path(spare) / "made", students=120, seed=seed, faults=faults)
                read = read_district(made)
                result = differences(
                    read, link_district(read), Path(spare) / "standard", asked, parts=1 + seed % 3
                )
            print(faults, seed, result)  # noqa: T201
