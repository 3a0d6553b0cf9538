"""Measure how often systems record a child's name wrong, and how often two of them disagree."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import positions_in
from synthetic_data.faults import FUNCTIONS
from synthetic_data.faults.apply import Log, apply_faults
from synthetic_data.faults.scene import Fault, Page
from synthetic_data.life.record_errors import REFERENCE, group_of_origin
from synthetic_data.observation import Truth
from synthetic_data.streams import rng_for
from synthetic_data.studies.calibration.outcomes import Estimate, Outcomes, Plan, share

__all__ = ["disagreement", "error_ratios"]

Numbers = npt.NDArray[np.float64]
OFTEN, MOST = 8.0, 0.05  # slips are rare: they are counted at so many times their rates, up to a share
STANDARD = {"surname": "last_surname", "forename": "first_name"}


def error_ratios(outcomes: Outcomes, what: str) -> Mapping[str, Estimate]:
    """Return how often slips hit names of each group of origins, as a multiple of the reference group.

    A slip needs a name of its form (an accent, a nickname, a second surname). So what happened is divided by
    what would have happened if everybody's rate were the same.
    """
    hit, expected = _slips(outcomes, what)
    children = outcomes.population.children
    group = children["name_origin"].map(group_of_origin()).to_numpy(dtype=object)
    home = pd.factorize(children["household"])[0]

    def rate(name: str) -> Estimate:
        mine = group == name
        could, did = float(expected[mine].sum()), float(hit[mine].sum())
        if not could or not did:
            return Estimate(float("nan"), float("inf"), 0)
        off = np.bincount(home[mine], weights=hit[mine] - did / could * expected[mine])
        return Estimate(did / could, float(np.sqrt(np.sum(off**2))) / could, int(did))

    base, found = rate(REFERENCE), {}
    for name in sorted({*group} - {REFERENCE}):
        own = rate(name)
        ratio = own.value / base.value
        error = ratio * float(np.hypot(own.error / own.value, base.error / base.value))
        found[name] = Estimate(ratio, error, own.count) if np.isfinite(ratio) else own
    return found


def _slips(outcomes: Outcomes, what: str) -> tuple[Numbers, Numbers]:
    """Count each child's records with a slip, and how many were to be expected if families were alike."""
    persons = pd.Index(outcomes.population.children["person"])
    hit, expected = np.zeros(len(persons)), np.zeros(len(persons))
    for clean, truth, plan in outcomes.clean_files:
        for fault, rate, _ in plan:
            if fault.of_family != what or fault.on_request:
                continue
            often = min(MOST, OFTEN * rate)
            for share_of, counts, weight in ((often, hit, 1.0), (1.0, expected, often)):
                log, _ = _with_faults(outcomes, clean, truth, [(fault, share_of, 0)], ordered=False)
                person = log.drop_duplicates(["file", "row"])["person"].dropna()
                child = persons.get_indexer(pd.Index(person))
                counts += weight * np.bincount(child[child >= 0], minlength=len(persons))
    return hit, expected


def disagreement(outcomes: Outcomes) -> Mapping[str, Estimate]:
    """Return the percentage of children whose records in two systems, drawn at random, have other names."""
    children = outcomes.population.children
    records: dict[str, list[pd.DataFrame]] = {what: [] for what in STANDARD}
    for clean, truth, plan in outcomes.clean_files:
        _, wrong = _with_faults(outcomes, clean, truth, plan)
        for what, standard in STANDARD.items():
            names = [
                pd.DataFrame({"person": page.people["person"], "name": page.table.rows[column]})
                for page in wrong.values()
                if (column := _column(page, standard)) is not None
            ]
            if names:
                table = pd.concat(names, ignore_index=True).dropna()
                table = table[table["person"].isin(children["person"]) & table["name"].ne("")]
                records[what].append(table.drop_duplicates("person"))
    rng, found = rng_for(outcomes.scenario.seed, "two records"), {}
    home = pd.factorize(children["household"])[0]
    for what, tables in records.items():
        every = pd.concat(tables, ignore_index=True)
        every = every.iloc[rng.permutation(len(every))]
        first = every.drop_duplicates("person")
        second = every.drop(first.index).drop_duplicates("person")
        both = first.merge(second, on="person", how="inner", suffixes=("", "_other"), validate="one_to_one")
        child = positions_in(children["person"], both["person"])
        disagree = np.asarray(both["name"] != both["name_other"], dtype="float64")
        found[what] = share(disagree, home[child])
    return found


def _with_faults(
    outcomes: Outcomes, clean: Mapping[str, Page], truth: Truth, plan: Plan, *, ordered: bool = True
) -> tuple[pd.DataFrame, dict[str, Page]]:
    """Let faults happen to copies of a system's files; return the log and the copies, sorted anew or not."""
    wrong, log = {name: copy.copy(page) for name, page in clean.items()}, Log()
    for page in wrong.values():
        page.new, page.dropped = [], []
        page.sorted_by = page.sorted_by if ordered else ()

    def stream(fault: Fault) -> np.random.Generator:
        return rng_for(outcomes.scenario.seed, "calibration", fault.name)

    apply_faults(wrong, plan, FUNCTIONS, truth, stream, log)
    return log.table(), wrong


def _column(page: Page, standard: str) -> str | None:
    """Return the column from which a file takes a name of a person."""
    for makes in page.file.makes:
        if makes.table == "people" and (source := makes.take.get(standard)) in page.table.rows:
            return str(source)
    return None
