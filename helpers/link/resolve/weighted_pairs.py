"""Convert scored pairs of units to pairs of records."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.link.blocking import distinct_pairs
from helpers.link.comparisons import best_of
from helpers.link.decisions import ReviewDecisions
from helpers.link.matches import LinkageContext, Resolved
from helpers.link.model.calibration import DOUBTS, calibrate, share_of_errors
from helpers.link.model.parameters import shipped_model
from helpers.link.model.scoring import prior_bits, score_pairs
from helpers.link.records import Records, Units
from helpers.link.records_a_child import has_children_once
from helpers.link.resolve.clusters import Compare, anchors
from helpers.link.resolve.other_numbers import OTHER_NUMBERS, GroupNumbers
from helpers.link.resolve.resolve import EXCLUDED, SPLIT, contradictions, with_reason
from helpers.link.values.birth_dates import AMBIGUOUS_DATE, DIFFERENT, MISSING, SAME
from helpers.link.values.identifiers import contradicting
from helpers.link.values.name_forms import compare_names
from helpers.link.values.names import ALIKE, INITIAL, may_be_error
from helpers.link.values.names import DIFFERENT as OTHER_NAME
from helpers.link.values.names import MISSING as NO_NAME

__all__ = [
    "HOPELESS",
    "Exclusions",
    "add_weighted_pairs",
    "ask_about_numbers",
    "is_exclusive",
    "learn_exclusions",
    "mark_refused",
    "weigh",
]


# Below this probability two units contradict each other, and need no review.
HOPELESS = 0.01
# A pair as likely as this by itself shows which systems have a child more than once.
LIKELY = 0.7


@dataclass(frozen=True)
class Exclusions:
    """What excludes two units from being one child, whatever their weight.

    ``refused`` contains pairs (lower unit times the number of units plus the higher) with two records that
    the decision table refused, or that a reviewer called two children. ``together`` has those that a reviewer
    called one child, ``apart`` those that a reviewer called two. A pair that only failed to join a cluster is
    open: one misspelled name of many may have excluded it, and units are compared by all their names.
    """

    units: Units
    refused: np.ndarray
    together: np.ndarray
    apart: np.ndarray
    once: np.ndarray  # by silo number: whether the silo hardly ever has a child twice
    group_numbers: GroupNumbers

    @staticmethod
    def of(students: Records, units: Units, resolved: Resolved, persons: ReviewDecisions) -> Exclusions:
        """Collect decisions about records by their units."""
        pairs = resolved.pairs
        answers = persons.pairs
        yes = answers["is_match"].to_numpy(dtype=bool)
        apart = answers.loc[~yes, ["left", "right"]]
        table = pairs["decision"].eq("Refused") & ~_failed_to_join(pairs)
        refused = pd.concat([pairs.loc[table, ["left", "right"]], apart])
        together = answers.loc[yes, ["left", "right"]]
        once = np.ones(int(np.max(units.record_silo, initial=0)) + 1, dtype=bool)
        numbers = [_numbered(units, part) for part in (refused, together, apart)]
        group_numbers = GroupNumbers.of(students, units.of_record, len(units))
        return Exclusions(units, numbers[0], numbers[1], numbers[2], once, group_numbers)

    def learning_from(self, left: np.ndarray, right: np.ndarray) -> Exclusions:
        """Learn which silos have a child more than once, from pairs that are likely one child alone."""
        units = self.units
        more = np.concatenate(_in_one_silo(units, left, right))
        return replace(self, once=has_children_once(units.of_record, units.record_silo, len(self.once), more))

    def with_pairs(self, left: np.ndarray, right: np.ndarray) -> Exclusions:
        """Add pairs of units that contradict each other."""
        more = np.minimum(left, right) * len(self.units) + np.maximum(left, right)
        return replace(self, refused=np.union1d(self.refused, more))

    def two_children(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs of units are two children, by a reviewer or their silo's guarantee."""
        number = np.minimum(left, right) * len(self.units) + np.maximum(left, right)
        return self._both_in_one_silo(left, right) | np.isin(number, self.apart)

    def by_ids(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs of units are excluded by ids, silos' guarantees, rules or reviewers."""
        units = self.units
        number = np.minimum(left, right) * len(units) + np.maximum(left, right)
        apart = contradicting(units.ids, len(units), left, right) >= 0
        apart |= self._both_in_one_silo(left, right) | np.isin(number, self.refused)
        apart |= self.have_other_numbers(left, right)
        return apart & ~np.isin(number, self.together)

    def also_by_names(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test the same, and also pairs with clearly different first names, unless one may be an error."""
        return self._apart(left, right, self._may_be_errors)

    def within_clusters(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test the same of pairs that other records tie: two errors of one name differ clearly."""
        return self._apart(left, right, self._share_a_name_or_day)

    def _apart(self, left: np.ndarray, right: np.ndarray, excused: Compare) -> np.ndarray:
        apart = self.by_ids(left, right)
        names = compare_names(self.units.names, len(self.units), left, right)
        # An initial says too little where surnames differ.
        bare = np.isin(names.first, (INITIAL, NO_NAME)) & (names.last == OTHER_NAME)
        plain = names.plainly_different | bare
        rows = np.flatnonzero(plain)
        plain[rows[excused(left[rows], right[rows]) & ~self.both_once(left[rows], right[rows])]] = False
        number = np.minimum(left, right) * len(self.units) + np.maximum(left, right)
        return apart | (plain & ~np.isin(number, self.together))

    def _share_a_name_or_day(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        count, values = len(self.units), self.units.values
        result: np.ndarray = (values["birth_days_free"].shared(count, left, right) == 1) | (
            values["family_parts"].shared(count, left, right) == 1
        )
        return result

    def _may_be_errors(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which clearly different first names may be one, misspelled in a single record.

        A name that several records have is a child's.
        """
        units, count = self.units, len(self.units)
        size = np.bincount(units.of_record, minlength=count)
        possible = np.minimum(size[left], size[right]) == 1
        for name in ("birth_days_free", "family_parts"):
            possible &= units.values[name].shared(count, left, right) == 1
        result = np.zeros(len(left), dtype=bool)
        rows = np.flatnonzero(possible)
        result[rows] = best_of(units.values["given"], count, left[rows], right[rows], self._error_of) == 0
        return result

    def _error_of(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        texts = self.units.values["given"].texts
        return np.array(
            [not may_be_error(texts[a], texts[b]) for a, b in zip(one, other, strict=True)], dtype="int8"
        )

    def exclusive(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs of units can't be one child: excluded, or both in a silo that has a child once."""
        return self.both_once(left, right) | self.by_ids(left, right)

    def have_other_numbers(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs two systems have under other numbers."""
        return self.group_numbers.show_two(left, right, self.once)

    def for_review(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs only the numbers of their records exclude: a person decides about these."""
        result = self.have_other_numbers(left, right)
        rows = np.flatnonzero(result)
        unnumbered = np.zeros_like(self.group_numbers.numbered)
        others = replace(self, group_numbers=replace(self.group_numbers, numbered=unnumbered))
        result[rows] = ~others.also_by_names(left[rows], right[rows])
        return result

    def both_once(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs would be two records of one child in a silo that hardly has a child twice."""
        silos = self.units.silos
        both: np.ndarray = silos.among(self.once[silos.code]).shared(len(self.units), left, right) == 1
        return both

    def _both_in_one_silo(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Test which pairs would give two records to a silo with one record per child."""
        units = self.units
        keeps = units.keeps_one_record_a_child[units.silos.code]
        if not keeps.any():
            return np.zeros(len(left), dtype=bool)
        promised = units.silos.among(keeps)
        return promised.shared(len(units), left, right) == 1


def _in_one_silo(units: Units, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return unit and silo, as one number, of both units of pairs that have a silo in common."""
    width = int(np.max(units.record_silo, initial=0)) + 1
    found = []
    for silo in range(width):
        here = np.zeros(len(units), dtype=bool)
        here[units.silos.unit[units.silos.code == silo]] = True
        both = here[left] & here[right]
        found.append((left[both] * width + silo, right[both] * width + silo))
    return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])


def _failed_to_join(pairs: pd.DataFrame) -> pd.Series:
    """Test which matches were refused for other records of their clusters alone."""
    failed: pd.Series = pairs["decision"].eq("Refused") & pairs["contradiction"].str.endswith(
        EXCLUDED
    ).fillna(False)
    return failed


def _numbered(units: Units, pairs: pd.DataFrame) -> np.ndarray:
    left, right = (units.of_record[pairs[side].to_numpy(dtype="int64")] for side in ("left", "right"))
    one, other = distinct_pairs(np.minimum(left, right), np.maximum(left, right))
    return one * len(units) + other


def weigh(units: Units, pairs: pd.DataFrame, exclusions: Exclusions, aids: LinkageContext) -> pd.DataFrame:
    """Score candidates, and mark pairs that must not be joined."""
    weighed = score_pairs(units, pairs[["left", "right"]], aids.model)
    return mark_refused(weighed, exclusions)


def mark_refused(weighed: pd.DataFrame, exclusions: Exclusions) -> pd.DataFrame:
    """Mark scored pairs that must not be joined."""
    refused = np.zeros(len(weighed), dtype=bool)
    hopeful = np.flatnonzero(weighed["match_probability"].to_numpy() >= HOPELESS)
    left, right = (weighed[side].to_numpy()[hopeful] for side in ("left", "right"))
    refused[hopeful] = exclusions.also_by_names(left, right)
    return weighed.assign(refused=refused)


def ask_about_numbers(pairs: pd.DataFrame, exclusions: Exclusions) -> pd.DataFrame:
    """Let a person decide about pairs that only other numbers in two systems refuse."""
    refused = np.flatnonzero(pairs["decision"].eq("Refused"))
    asked = np.zeros(len(pairs), dtype=bool)
    asked[refused] = exclusions.for_review(
        *(pairs[side].to_numpy("int64")[refused] for side in ("left", "right"))
    )
    return pairs.assign(decision=pairs["decision"].mask(asked, "Review"), other_numbers=asked)


def learn_exclusions(weighed: pd.DataFrame, exclusions: Exclusions) -> Exclusions:
    """Learn from scored pairs which silos have a child more than once."""
    likely = weighed[weighed["match_probability"].ge(LIKELY)]
    left, right = (likely[side].to_numpy(dtype="int64") for side in ("left", "right"))
    units = exclusions.units
    apart = compare_names(units.names, len(units), left, right).plainly_different
    apart |= exclusions.by_ids(left, right)
    return exclusions.learning_from(left[~apart], right[~apart])


def is_exclusive(units: Units, kind: np.ndarray, children: int, aids: LinkageContext) -> np.ndarray:
    """Shift weights from a random pair as prior to one child among all children as prior."""
    matches = (aids.model or shipped_model()).matches
    shift: np.ndarray = -np.log2(max(children, 1)) - prior_bits(units, matches)
    return shift[kind]


STEP = 4
RULE = "weighed by the model"


def add_weighted_pairs(
    students: Records,
    resolved: Resolved,
    units: Units,
    pairs: pd.DataFrame,
    unit_label: np.ndarray,
    aids: LinkageContext,
) -> Resolved:
    """Combine the model's decisions about units with the rules' decisions about records."""
    errors = share_of_errors(aids.model or shipped_model())
    label = unit_label[units.of_record]
    listed = pairs[pairs["probability"].ge(HOPELESS) | pairs["decision"].ne("No match")]
    model = _as_records(students, resolved.label, units, listed, errors)
    listed = listed.assign(calibrated=model["match_probability"].to_numpy())
    rules = resolved.pairs.copy()
    # No review where the model has joined what rules left open.
    failed = _failed_to_join(rules)
    joined = rules["decision"].eq("Review") | failed
    joined &= label[rules["left"]] == label[rules["right"]]
    rules.loc[joined, ["decision", "decided_by"]] = ["Match", "Model"]
    rules.loc[joined & failed, "contradiction"] = contradictions(rules[joined & failed]).to_numpy()
    # A contradiction remains: other pairs may verify the child, this one doesn't.
    rules.loc[joined, "verified"] = rules.loc[joined, "contradiction"].isna()
    # No review either for a record between two children, once it has joined one of them.
    torn = rules["decision"].eq("Review") & rules["contradiction"].str.endswith(SPLIT).fillna(False)
    one, other = (units.of_record[rules[side].to_numpy()] for side in ("left", "right"))
    moved = unit_label != np.arange(len(units))
    moved |= np.bincount(unit_label, minlength=len(units)) > 1
    rules.loc[torn & (moved[one] | moved[other]), "decision"] = "No match"
    # pandas 2 infers dtypes anew from a frame without rows.
    filled = [part for part in (rules, model[list(rules.columns)]) if len(part)] or [rules]
    both = pd.concat(filled, ignore_index=True)
    return Resolved(both, units.first_record[label], _confidence(students, units, label, listed))


def _as_records(
    students: Records, rule_label: np.ndarray, units: Units, pairs: pd.DataFrame, errors: float
) -> pd.DataFrame:
    head = np.zeros(len(units), dtype="int64")
    head[units.of_record] = anchors(students, rule_label)
    one, other = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    swap = head[one] > head[other]
    left, right = np.where(swap, other, one), np.where(swap, one, other)
    names = compare_names(units.names, len(units), left, right)
    evidence = pd.DataFrame(
        {
            "left": head[left],
            "right": head[right],
            "strong_id": False,
            "weak_id": False,
            "contradicting_id": contradicting(units.ids, len(units), left, right),
            "first_name": names.first,
            "last_surname": names.last,
            "plainly_different": names.plainly_different,
            "birth_date": _birth_dates(units, left, right),
            "one_home": _one_home(units, left, right),
        }
    )
    decision = pairs["decision"].to_numpy(dtype=object)
    against = contradictions(evidence)
    doubt = _doubts(evidence, pairs, units.silos.shared(len(units), left, right) == 1)
    return evidence.assign(
        step=STEP,
        rule=pd.Series(RULE, index=evidence.index, dtype="string"),
        decision=decision,
        contradiction=with_reason(against, pairs["other_numbers"].to_numpy(dtype=bool), OTHER_NUMBERS),
        verified=(decision == "Match") & against.isna().to_numpy(),
        strength=0,
        decided_by="Model",
        match_weight=pairs["match_weight"].to_numpy(),
        match_probability=calibrate(pairs["probability"], errors, doubt),
        doubt=pd.Series(doubt, index=evidence.index, dtype="string"),
        reviewed_utc=pd.Series(pd.NaT, index=evidence.index, dtype="datetime64[us]"),
    )


def _doubts(evidence: pd.DataFrame, pairs: pd.DataFrame, in_one_silo: np.ndarray) -> np.ndarray:
    """Return what kind of doubt each pair has, one of `DOUBTS`.

    One probability means something else where two ids contradict each other than where a name is misspelled.
    """
    ids = evidence["contradicting_id"].to_numpy() >= 0
    first = evidence["first_name"].to_numpy() >= ALIKE
    born = evidence["birth_date"].to_numpy() == DIFFERENT
    refused, rivals = (pairs[name].to_numpy(dtype=bool) for name in ("refused", "rivals"))
    conditions = [ids & (first | born), ids, refused & first & in_one_silo, refused & first, rivals]
    result: np.ndarray = np.select(conditions, list(DOUBTS[:-1]), default=DOUBTS[-1]).astype(object)
    return result


def _birth_dates(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    count = len(units)
    same = units.values["birth_days"].shared(count, left, right)
    turned = units.values["birth_days_free"].shared(count, left, right)
    return np.select(
        [same == 1, turned == 1, turned == 0], [SAME, AMBIGUOUS_DATE, DIFFERENT], default=MISSING
    )


def _one_home(units: Units, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    shared = [units.values[name].shared(len(units), left, right) for name in ("telephones", "addresses")]
    result: np.ndarray = np.max(shared, axis=0)
    return result


def _confidence(students: Records, units: Units, label: np.ndarray, pairs: pd.DataFrame) -> np.ndarray:
    """Return the probability that links each record's unit to the unit of its child's anchor."""
    confidence = np.full(len(units), np.nan)
    matches = pairs[pairs["decision"].eq("Match")]
    home = units.of_record[anchors(students, units.first_record[label])]
    is_home = np.zeros(len(units), dtype=bool)
    is_home[home] = True
    probability = matches["calibrated"].to_numpy()
    best = np.full(len(units), -1.0)
    for side in ("left", "right"):
        np.maximum.at(best, matches[side].to_numpy(), probability)
    tied = (best >= 0) & ~is_home
    confidence[tied] = best[tied]
    result: np.ndarray = confidence[units.of_record]
    return result
