"""Score links by group of children: for whom linking fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import District
from helpers.layouts import Column, FileLayout, Layout
from helpers.link import Links
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.links import Mask, PairCounts, count_pairs
from helpers.score.populations import OUTCOMES, POPULATIONS, child_outcomes, record_kinds
from helpers.score.rates import (
    Codes,
    Numbers,
    Rate,
    f1_of,
    interval_of_difference,
    rate_of,
    standardized_rate,
)
from helpers.score.truth import RECORD, groups_of, true_children
from helpers.standard import STRING, as_table

__all__ = ["AS_THEY_ARE", "MADE_EQUAL", "GroupScores", "fault_exposure", "missed_by_group", "score_groups"]


# The generator's faults affect groups unequally: only names with an accent can lose it, only names with the
# family name first get reordered, and only names with two spellings get respelled. To separate this from
# errors of the linker, we standardize group rates over these classes (`helpers.score.rates`).

# Columns of people that identify a person.
TELLING = frozenset(
    "first_name middle_name last_surname generation_code_suffix preferred_first_name preferred_last_surname "
    "full_name birth_date sex local_id login email telephone grade_level graduation_year school_id "
    "school_name street_number_name city postal_code".split()
)


def fault_exposure(district: District, key: AnswerKey) -> pd.DataFrame:
    """Return the kind of fault that affects each record."""
    columns = _identifying_columns(district.layouts)
    faults = key.faults.dropna(subset=["row", "column"])[["silo", "file", "row", "column", "kind"]]
    faults = faults.drop_duplicates().merge(
        columns, on=["silo", "column"], how="inner", validate="many_to_one"
    )
    rows = district.person_rows[[*RECORD, "file", "row"]].drop_duplicates()
    hit = faults.merge(rows, on=["silo", "file", "row"], how="inner", validate="many_to_many")
    hit = hit[[*RECORD, "kind"]].drop_duplicates()
    hit = hit.assign(times=hit.groupby("kind")["kind"].transform("size"))
    hit = hit.sort_values([*RECORD, "times", "kind"]).drop_duplicates(RECORD, ignore_index=True)
    return hit[RECORD].assign(exposure=hit["kind"])


def _identifying_columns(layouts: dict[str, Layout]) -> pd.DataFrame:
    """List the native columns that feed an identifying column."""
    identifying = {
        (silo, str(column.name))
        for silo, layout in layouts.items()
        for file in layout.files
        for column in _telling(file)
    }
    return pd.DataFrame(sorted(identifying), columns=["silo", "column"], dtype=STRING)


def _telling(file: FileLayout) -> Iterator[Column]:
    of_a_child = ("Student", "Unknown")
    makes = [
        make
        for make in file.makes
        if make.table == "people" and make.set.get("role", "Student") in of_a_child
    ]
    for make in makes:
        for target, source in make.take.items():
            found = file.find(source.split("->")[0])
            if target in TELLING and found is not None:
                yield found[0]
    if makes:
        yield from (column for column in file.named() if column.identification_system is not None)


AS_THEY_ARE = "As they are"
MADE_EQUAL = "Made equal"
# We report no group with fewer children or pairs, or with too small a share of everybody's strata.
LEAST_CHILDREN, LEAST_PAIRS, LEAST_KNOWN = 30, 30, 0.7
EVERYBODY = "All"
CHILDREN = {outcome: f"Children {outcome}" for outcome in OUTCOMES}


@dataclass(frozen=True)
class GroupScores:
    """Accuracy of links by group.

    Attributes
    ----------
    scores
        Table ``group_scores``.
    gaps
        Table ``group_gaps``: F1 of the best group less F1 of the worst.
    """

    scores: pd.DataFrame
    gaps: pd.DataFrame


def score_groups(
    district: District,
    crosswalk: pd.DataFrame,
    *,
    key: AnswerKey | None = None,
    exposure: pd.DataFrame | None = None,
) -> GroupScores:
    """Score the links of each group of children, and the gaps between groups.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    crosswalk
        Table ``crosswalk``.
    key
        Answer key; default is the one in the district's folder.
    exposure
        ``silo``, ``record``, ``exposure`` (a kind of fault): the faults on records; default is from the key,
        see ``helpers.score.groups``.

    Returns
    -------
    GroupScores
        Pairs: precision, recall and F1 by population. A wrong pair counts in a group if either child
        belongs to it. Children: complete, split, mixed. Each *As they are*, and *Made equal*:
        standardized over the rarest kind of fault on the records of a pair (or of a child), so that every
        group has the same mix of faults. If too few children of a group have a kind of fault, we use the
        overall rate. Intervals are 95%, clustered by household. A gap's interval is simultaneous for all
        pairs of groups, because we compare the two that are farthest apart. We don't compare groups of too
        few children.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    exposure = fault_exposure(district, key) if exposure is None else exposure
    people = _People.of(true_children(district, key, crosswalk), key, exposure)
    found = list(people.rates())
    return GroupScores(_scores(found), _gaps(found))


@dataclass(frozen=True)
class _Found:
    """One rate of one group."""

    group: str
    faults: str
    population: str
    measure: str
    children: int
    rate: Rate

    @property
    def enough(self) -> bool:
        pairs = self.children if self.measure in CHILDREN.values() else self.rate.denominator
        known = self.rate.known >= LEAST_KNOWN
        return self.children >= LEAST_CHILDREN and pairs >= LEAST_PAIRS and known


@dataclass(frozen=True)
class _People:
    """People with records, numbered."""

    counts: PairCounts
    household: Codes
    is_child: Mask
    outcome: npt.NDArray[np.str_]
    faulty: Codes
    groups: dict[str, Mask]

    @classmethod
    def of(cls, truth: pd.DataFrame, key: AnswerKey, exposure: pd.DataFrame) -> _People:
        person, names = pd.factorize(truth["person"])
        at = truth[RECORD].merge(exposure, on=RECORD, how="left", validate="many_to_one")
        # The rarest kind ranks highest; 0 is none.
        kinds = exposure["exposure"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        rank = {word: place for place, word in enumerate(kinds.index, start=1)}
        fault = at["exposure"].map(rank).fillna(0).to_numpy(dtype="int64")
        counts = count_pairs(
            person.astype("int64"),
            pd.factorize(truth["child"])[0].astype("int64"),
            record_kinds(truth["linkable_by"]),
            fault,
            len(rank) + 1,
        )
        homes = key.households.reindex(names)
        homes = homes.fillna(pd.Series(names, index=homes.index, dtype=STRING))
        is_child = np.zeros(len(names), dtype=bool)
        is_child[person[truth["is_child"].to_numpy(dtype=bool)]] = True
        outcome = child_outcomes(truth).reindex(names).astype(object).fillna("").to_numpy(dtype=str)
        faulty = np.zeros(len(names), dtype="int64")
        np.maximum.at(faulty, person, fault)
        groups = {EVERYBODY: np.ones(len(names), dtype=bool)}
        for group, members in groups_of(key.people, key.cases).groupby("group", sort=True)["person"]:
            belongs = np.asarray(pd.Index(names).isin(members))
            if belongs.any():
                groups[str(group)] = belongs
        home = pd.factorize(homes)[0].astype("int64")
        return cls(counts, home, is_child, outcome, faulty, groups)

    def rates(self) -> Iterator[_Found]:
        """Compute every rate of every group."""
        everybody = self.counts.wrong(self.groups[EVERYBODY])
        possible = self.counts.possible.sum(axis=0)
        right = self.counts.right.sum(axis=0)
        linked = right + everybody.sum(axis=0)
        for group, members in self.groups.items():
            mine = everybody if group == EVERYBODY else self.counts.wrong(members)
            parts = [part[members] for part in (self.counts.possible, self.counts.right, mine)]
            home = pd.factorize(self.household[members])[0].astype("int64")
            children = int((members & self.is_child).sum())
            for kind in (EVERYBODY, *POPULATIONS):
                of_kind = np.ones(len(possible), dtype=bool)
                if kind != EVERYBODY:
                    of_kind = self.counts.population == POPULATIONS.index(kind)
                common = (possible[of_kind], right[of_kind], linked[of_kind])
                mine_of_kind = [part[:, of_kind] for part in parts]
                for faults, measure, rate in _of_pairs(mine_of_kind, home, common):
                    yield _Found(group, faults, kind, measure, children, rate)
            yield from self._of_children(group, members)

    def _of_children(self, group: str, members: Mask) -> Iterator[_Found]:
        kinds = int(np.max(self.faulty, initial=0)) + 1
        every = np.bincount(self.faulty[self.is_child], minlength=kinds).astype("float64")
        mine = members & self.is_child
        home = pd.factorize(self.household[mine])[0].astype("int64")
        there = np.eye(kinds)[self.faulty[mine]]
        for word, measure in CHILDREN.items():
            such = self.outcome == word
            having = np.bincount(self.faulty[self.is_child & such], minlength=kinds)
            common: Numbers = having / np.where(every > 0, every, np.nan)
            plain = rate_of(such[mine].astype("float64"), np.ones(int(mine.sum())), home)
            weights = every / max(every.sum(), 1)
            equal = standardized_rate(there * such[mine][:, None], there, home, weights, common)
            for faults, rate in ((AS_THEY_ARE, plain), (MADE_EQUAL, equal)):
                yield _Found(group, faults, EVERYBODY, measure, int(mine.sum()), rate)


def _of_pairs(
    counts: list[Numbers], home: Codes, common: tuple[Numbers, Numbers, Numbers]
) -> Iterator[tuple[str, str, Rate]]:
    """Compute precision, recall and F1 of one group and population, raw and standardized."""
    possible, right, wrong = counts
    linked = right + wrong
    everybodys_possible, everybodys_right, everybodys_linked = common
    plain, equal = [], []
    for below, everybodys in ((linked, everybodys_linked), (possible, everybodys_possible)):
        plain.append(rate_of(right.sum(axis=1), below.sum(axis=1), home))
        weights = everybodys / max(everybodys.sum(), 1)
        rates = everybodys_right / np.where(everybodys > 0, everybodys, np.nan)
        equal.append(standardized_rate(right, below, home, weights, rates))
    for faults, (precision, recall) in ((AS_THEY_ARE, plain), (MADE_EQUAL, equal)):
        yield faults, "Precision", precision
        yield faults, "Recall", recall
        yield faults, "F1", f1_of(precision, recall, float(right.sum()))


def _scores(found: list[_Found]) -> pd.DataFrame:
    rows = [one for one in found if one.rate.denominator > 0]
    ends = [one.rate.interval() for one in rows]
    counted = [one.faults == AS_THEY_ARE for one in rows]
    return as_table(
        "group_scores",
        pd.DataFrame(
            {
                "dimension": [one.group.partition(":")[0] for one in rows],
                "group": [one.group for one in rows],
                "faults": [one.faults for one in rows],
                "population": [one.population for one in rows],
                "measure": [one.measure for one in rows],
                "children": [one.children for one in rows],
                # A standardized rate isn't a quotient of counts.
                "numerator": _whole([one.rate.numerator for one in rows], counted),
                "denominator": _whole([one.rate.denominator for one in rows], counted),
                "value": [one.rate.value for one in rows],
                "low": [low for low, _ in ends],
                "high": [high for _, high in ends],
                "enough": pd.array([one.enough for one in rows], dtype="boolean"),
            }
        ),
    )


def _whole(numbers: list[float], where: list[bool]) -> pd.Series:
    return pd.Series(np.rint(numbers), dtype="float64").where(pd.Series(where)).astype("Int64")


def _gaps(found: list[_Found]) -> pd.DataFrame:
    """Compare the best and the worst group of each dimension, and overall."""
    groups: dict[tuple[str, str, str], list[_Found]] = {}
    for one in found:
        if one.measure == "F1" and one.group != EVERYBODY and one.enough and not np.isnan(one.rate.value):
            for dimension in (EVERYBODY, one.group.partition(":")[0]):
                groups.setdefault((dimension, one.faults, one.population), []).append(one)
    rows = [(*place, *_gap(several)) for place, several in groups.items() if len(several) > 1]
    columns = ["dimension", "faults", "population", "groups", "best", "worst", "best_f1", "worst_f1", "gap"]
    gaps = pd.DataFrame(rows, columns=[*columns, "low", "high"])
    return as_table("group_gaps", gaps.sort_values(["dimension", "faults", "population"], ignore_index=True))


def _gap(several: list[_Found]) -> tuple[object, ...]:
    best = max(several, key=lambda one: one.rate.value)
    worst = min(several, key=lambda one: one.rate.value)
    # We chose the two because they are far apart, so all pairs of groups share the error rate (Bonferroni).
    doubt = 0.05 / len(list(combinations(several, 2)))
    one, other = ((end.rate.value, *end.rate.interval(doubt)) for end in (best, worst))
    low, high = interval_of_difference(one, other)
    return len(several), best.group, worst.group, one[0], other[0], one[0] - other[0], max(low, 0.0), high


def missed_by_group(district: District, links: Links, systems: list[str]) -> pd.DataFrame:
    """Compute the share of true pairs that a join misses, by group.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        Links to score.
    systems
        Systems to compare: systems that can't be joined miss everybody alike.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``possible`` (pairs), ``missed``, ``low`` and ``high`` (percent; 95% interval clustered by
        household); groups with at least 30 pairs. By language, only English at home or not, because names
        carry more information.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    compared = District(district.folder, district.about, {silo: district[silo] for silo in systems})
    scores = score_groups(compared, links.crosswalk[links.crosswalk["silo"].isin(systems)]).scores
    groups = scores[
        scores["measure"].eq("Recall")
        & scores["faults"].eq(AS_THEY_ARE)
        & scores["population"].eq("All")
        & scores["denominator"].ge(LEAST_PAIRS)
    ].rename(columns={"denominator": "possible"})
    groups = groups[~groups["group"].str.contains(r": no$|^home language|: English$")].reset_index(drop=True)
    shares = {"missed": "value", "low": "high", "high": "low"}
    return groups[["group", "possible"]].assign(
        **{name: 100 * (1 - groups[column]) for name, column in shares.items()}
    )
