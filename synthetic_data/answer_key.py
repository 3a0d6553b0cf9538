"""Write the answer key of a synthetic district: the person of every row, every fault, limit and hard case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING, as_table, isin_text
from synthetic_data.columns import pick
from synthetic_data.exports import Export
from synthetic_data.observation import Truth, look_up
from synthetic_data.population.names import fold
from synthetic_data.scenario import Scenario

__all__ = ["answer_key", "write_answer_key", "write_key_table"]

SPELT_TWICE = "two_clerks"
TABLES = ("people", "rows", "faults", "limits", "cases", "values", "effects")


def answer_key(
    scenario: Scenario,
    truth: Truth,
    exports: Sequence[Export],
    carriers: Mapping[str, bool],
) -> dict[str, pd.DataFrame]:
    """Build the answer key of a synthetic district."""
    rows = pd.concat([export.rows for export in exports], ignore_index=True)
    faults = pd.concat([export.faults for export in exports], ignore_index=True)
    faults["order"] = np.arange(1, len(faults) + 1)
    tables = {
        "people": _people(scenario, truth),
        "rows": rows,
        "faults": faults,
        "limits": pd.concat(
            [export.limits.assign(silo=export.silo) for export in exports], ignore_index=True
        ),
        "cases": _cases(truth, exports, rows, faults, carriers),
        # With people only, nobody uses outcomes, so we draw none.
        "values": pd.DataFrame() if scenario.people_only else truth.life.values,
        "effects": truth.life.effects,
    }
    return {name: as_table(f"key_{name}", tables[name]) for name in TABLES}


def write_answer_key(folder: Path, key: Mapping[str, pd.DataFrame]) -> None:
    """Write the answer key, one Parquet file per table, with the same bytes on every run."""
    folder.mkdir(parents=True)
    for name, frame in key.items():
        write_key_table(folder, name, frame)


def write_key_table(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write one table of the answer key."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, folder / f"{name}.parquet", compression="NONE")


def _people(scenario: Scenario, truth: Truth) -> pd.DataFrame:
    population = truth.population
    children = population.children.assign(role="Student")
    enrollments = truth.schooling.school_enrollment
    enrollments = enrollments.loc[enrollments["school_year"] == scenario.school_year]
    schools = enrollments.groupby("person")["school_id"].nunique()
    moved = pd.Series(isin_text(children["person"], schools.index[schools > 1]))
    language = look_up(children["household"], population.households, "household", "home_language")
    children["groups"] = (
        "twin: "
        + _yes(children["twin"].astype(bool))
        + ";name origin: "
        + children["name_origin"]
        + ";moved: "
        + _yes(moved)
        + ";home language: "
        + language.fillna("unknown")
    )
    everybody = [
        children,
        population.guardians.assign(role="Guardian"),
        population.staff.assign(role="Staff"),
    ]
    columns = list(as_table("key_people", pd.DataFrame()).columns)
    return pd.concat(
        [frame[[name for name in columns if name in frame.columns]] for frame in everybody],
        ignore_index=True,
    )


def _yes(mask: pd.Series) -> pd.Series:
    return pd.Series(np.where(mask, "yes", "no"), index=mask.index, dtype=STRING)


def _folded(names: pd.Series) -> npt.NDArray[np.int64]:
    """Give equal numbers to names that are equal after case-folding."""
    codes, distinct = pd.factorize(names)
    same, _ = pd.factorize(np.array([fold(name) for name in distinct], dtype=object))
    return same[codes]


def _cases(
    truth: Truth,
    exports: Sequence[Export],
    rows: pd.DataFrame,
    faults: pd.DataFrame,
    carriers: Mapping[str, bool],
) -> pd.DataFrame:
    """Find what distinguishes the people of every hard case.

    A shared number distinguishes two children with the same name and birth date, if the system has one. The
    same goes for a child born on January 1, which readers must take for a placeholder, and for a name that a
    second clerk starts with another letter. Name and birth date distinguish everybody else.
    """
    children = truth.population.children
    # Fold each name once.
    first, last = (_folded(children[name]) for name in ("first_name", "last_surname"))
    born = children["birth_date"]
    alike = pd.DataFrame({"first": first, "last": last, "birth_date": born}).duplicated(keep=False)
    first_of_year = (born.dt.month == 1) & (born.dt.day == 1)
    doubles = children["person"][alike | first_of_year]
    injected = [truth.population.cases[["case", "person"]], truth.schooling.cases[["case", "person"]]]
    everywhere = pd.concat(injected, ignore_index=True)
    everywhere["silo"] = pd.Series(pd.NA, index=everywhere.index, dtype=STRING)
    by_silo = [export.cases.assign(silo=export.silo) for export in exports]
    made = faults.loc[faults["case"].notna() & faults["person"].notna(), ["case", "person", "silo"]]
    pieces = [piece.astype(STRING) for piece in (everywhere, *by_silo, made)]
    cases = pd.concat(pieces, ignore_index=True).drop_duplicates(ignore_index=True)

    spelled = faults.loc[(faults["case"] == SPELT_TWICE) & (faults["person"].notna())]
    unlike = spelled["before"].map(fold).str[0] != spelled["after"].map(fold).str[0]
    unlike_names = set(zip(spelled.loc[unlike, "silo"], spelled.loc[unlike, "person"], strict=True))

    by_number = isin_text(cases["person"], doubles)
    twice = np.flatnonzero((cases["case"] == SPELT_TWICE).to_numpy(dtype=bool))
    named = zip(cases["silo"].iloc[twice], cases["person"].iloc[twice], strict=True)
    by_number[twice] |= np.array([one in unlike_names for one in named], dtype=bool)
    shared = [silo for silo, carries in carriers.items() if carries]
    carried = isin_text(cases["silo"], shared) | (cases["silo"].isna().to_numpy(dtype=bool) & bool(shared))
    words = pick(("Name and birth date", "Identifier", "Neither"), by_number * (2 - carried.astype("int64")))
    cases["decidable_by"] = words
    # A system that can't distinguish what the others can has a row of its own.
    without = [silo for silo, carries in carriers.items() if not carries]
    general = cases.loc[cases["silo"].isna() & (cases["decidable_by"] == "Identifier")]
    apart = []
    there = {export.silo: export.rows["person"] for export in exports}
    for silo in without:
        held = general.loc[isin_text(general["person"], there.get(silo, []))]
        apart.append(held.assign(silo=silo, decidable_by="Neither"))
    cases = pd.concat([piece.astype(STRING) for piece in (cases, *apart)], ignore_index=True)
    return cases.sort_values(["case", "person", "silo"], na_position="first", ignore_index=True)
