"""Entity resolution: evidence of each pair, the decision table, and the resulting children."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link.blocking import components
from helpers.link.decisions import ReviewDecisions
from helpers.link.matches import Matches, Resolved
from helpers.link.records import Records
from helpers.link.records_a_child import has_children_once
from helpers.link.resolve.clusters import Clusters, Compare, apply_review_decisions, cluster_records
from helpers.link.resolve.other_names import OtherNames
from helpers.link.resolve.other_numbers import OTHER_NUMBERS, GroupNumbers
from helpers.link.values import birth_dates as dates
from helpers.link.values import names
from helpers.link.values.birth_dates import compare_birth_dates
from helpers.link.values.identifiers import CONTRADICTING, contradicting
from helpers.link.values.name_forms import compare_names

__all__ = [
    "EXCLUDED",
    "SPLIT",
    "after_clustering",
    "cannot_be_one_child",
    "compare_pairs",
    "contradictions",
    "decide",
    "resolve",
    "with_reason",
]


TWO_AGREE = {
    "id, name and birth date": (True, True, True),
    "id and name": (True, True, False),
    "id and birth date": (True, False, True),
    "name and birth date": (False, True, True),
}


def decide(evidence: pd.DataFrame) -> pd.DataFrame:
    """Decide about each pair by the first matching line of the decision table."""
    strong, weak = evidence["strong_id"].to_numpy(), evidence["weak_id"].to_numpy()
    plain = evidence["plainly_different"].to_numpy()
    any_id = strong | weak
    id_contradicts = evidence["contradicting_id"].to_numpy() >= 0
    name_agrees, name_disagrees = _name(evidence)
    birth = evidence["birth_date"].to_numpy()
    surname_differs = evidence["last_surname"].to_numpy() >= names.ALIKE
    date_agrees, date_disagrees = birth <= dates.AMBIGUOUS_DATE, birth == dates.DIFFERENT

    agreeing = np.select(
        [
            (any_id == wants_id) & (name_agrees == wants_name) & (date_agrees == wants_date)
            for wants_id, wants_name, wants_date in TWO_AGREE.values()
        ],
        list(TWO_AGREE),
        default="",
    )
    two_agree = agreeing != ""
    nothing_to_verify = ~name_agrees & ~name_disagrees & ~date_agrees & ~date_disagrees
    table = [
        ("an id agrees and a strong id contradicts", "Refused", any_id & id_contradicts),
        (
            "a strong id agrees, first names and birth dates differ",
            "Refused",
            strong & plain & date_disagrees,
        ),
        (
            "a strong id agrees, whole names differ",
            "Refused",
            strong & plain & surname_differs & ~date_agrees,
        ),
        ("a weak id agrees, first names differ", "Refused", weak & plain),
        ("a strong id agrees, first names differ", "Review", strong & plain),
        ("name and birth date agree, a strong id contradicts", "Review", id_contradicts & two_agree),
        ("a strong id contradicts", "No match", id_contradicts),
        *((rule, "Match", agreeing == rule) for rule in TWO_AGREE),
        ("a strong id alone, nothing to verify it", "Match", strong & nothing_to_verify),
        ("a strong id alone", "Review", strong),
        ("a weak id alone", "No match", weak),
        ("a name alone", "No match", name_agrees),
    ]
    conditions = [condition for _, _, condition in table]
    decision = np.select(conditions, [decided for _, decided, _ in table], default="No match")
    match = decision == "Match"
    return pd.DataFrame(
        {
            "rule": np.select(conditions, [rule for rule, _, _ in table], default="nothing agrees"),
            "decision": decision,
            "contradiction": contradictions(evidence),
            "verified": match & two_agree,
            "strength": np.where(match, _strength(evidence, any_id, name_agrees, date_agrees), 0),
        }
    )


def cannot_be_one_child(evidence: pd.DataFrame) -> np.ndarray:
    """Test which pairs may not share a cluster, even through other records."""
    _, name_disagrees = _name(evidence)
    date_disagrees = evidence["birth_date"].to_numpy() == dates.DIFFERENT
    return (
        (evidence["contradicting_id"].to_numpy() >= 0)
        | evidence["plainly_different"].to_numpy()
        | (name_disagrees & date_disagrees & ~evidence["strong_id"].to_numpy())
    )


def _name(evidence: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Test where names agree and where they disagree; otherwise they can't be compared."""
    first, last = evidence["first_name"].to_numpy(), evidence["last_surname"].to_numpy()
    agrees = (first <= names.ORDER_SWAPPED) & (last <= names.ORDER_SWAPPED)
    return agrees, (first >= names.ALIKE) | (last >= names.ALIKE)


def _strength(
    evidence: pd.DataFrame, any_id: np.ndarray, name_agrees: np.ndarray, date_agrees: np.ndarray
) -> np.ndarray:
    """Rank matches: by what agrees, minus what disagrees, then by exact agreement."""
    _, name_disagrees = _name(evidence)
    date_disagrees = evidence["birth_date"].to_numpy() == dates.DIFFERENT
    agree = any_id.astype("int64") + name_agrees + date_agrees
    is_exact = (
        (~any_id | evidence["strong_id"].to_numpy())
        & (~name_agrees | ((evidence["first_name"] == names.SAME) & (evidence["last_surname"] == names.SAME)))
        & (~date_agrees | (evidence["birth_date"] == dates.SAME))
    ).to_numpy()
    return np.where(agree < 2, 1, 4 * agree - 2 * (name_disagrees | date_disagrees) + is_exact)


def contradictions(evidence: pd.DataFrame) -> pd.Series:
    """Describe what disagrees in each pair."""
    date_disagrees = evidence["birth_date"].to_numpy() == dates.DIFFERENT
    system = evidence["contradicting_id"].to_numpy()
    differs = {
        "first name": evidence["first_name"].to_numpy() >= names.ALIKE,
        "surname": evidence["last_surname"].to_numpy() >= names.ALIKE,
        "birth date": date_disagrees,
        **{f"{name} id": system == place for place, name in enumerate(CONTRADICTING)},
    }
    # Few combinations occur: describe each once.
    code = sum(mask.astype("int64") << place for place, mask in enumerate(differs.values()))
    words = [
        "; ".join(word for place, word in enumerate(differs) if number >> place & 1) or None
        for number in range(1 << len(differs))
    ]
    return pd.Series(words, dtype="string").take(code).reset_index(drop=True)


def compare_pairs(
    students: Records,
    left: np.ndarray,
    right: np.ndarray,
    agreeing_ids: pd.DataFrame,
    other_names: OtherNames,
) -> pd.DataFrame:
    """Compare the ids, names, birth dates and homes of pairs of records."""
    pairs = pd.DataFrame({"left": left, "right": right})
    agreeing = pairs.merge(agreeing_ids, on=["left", "right"], how="left", validate="one_to_one")["strong"]
    strong = agreeing.eq(True).to_numpy(dtype=bool, na_value=False)
    names = compare_names(students.names, len(students), left, right)
    excused = other_names.excuse(left, right, strong, names.last)
    return pairs.assign(
        strong_id=strong,
        weak_id=agreeing.notna().to_numpy(dtype=bool) & ~strong,
        contradicting_id=contradicting(students.ids, len(students), left, right),
        first_name=names.first,
        last_surname=names.last,
        plainly_different=names.plainly_different & ~excused,
        birth_date=compare_birth_dates(students.people, left, right),
        one_home=_one_home(students, left, right),
    )


def _one_home(students: Records, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    same = np.zeros(len(left), dtype=bool)
    known = np.zeros(len(left), dtype=bool)
    for codes in (students.telephone, students.address):
        both = (codes[left] >= 0) & (codes[right] >= 0)
        known |= both
        same |= both & (codes[left] == codes[right])
    return np.select([same, known], [1, 0], default=-1).astype("int8")


# Stage of a pair that only a reviewer named.
STEP_OF_A_PERSON = 2
# A cascade rule is weaker than two agreements out of three, and a reviewer's decision stronger than anything.
STRENGTH_OF_A_CASCADE = 2
STRENGTH_OF_A_PERSON = 100
STRONGEST = 1_000  # beyond any other


OUTWEIGHS = "an id and birth date outweigh another first name"
EXCLUDED = "would join records that exclude each other"
SPLIT = "equally near to records that exclude each other"


def resolve(students: Records, found: Matches, persons: ReviewDecisions) -> Resolved:
    """Resolve all pairs by rules, and cluster the records of each child."""
    other_names = OtherNames.find(students, found.agreeing_ids)
    decided = _decided(students, found, persons, other_names)
    have_other_numbers = _compare_groups(students, decided)
    decided = _ask_about_numbers(decided, have_other_numbers)

    def excluded(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        implied = compare_pairs(students, left, right, found.agreeing_ids, other_names)
        apart = cannot_be_one_child(implied) | ~students.may_be_one_child(left, right)
        apart |= have_other_numbers(left, right)
        return (apart & ~persons.together(left, right)) | persons.apart(left, right)

    by_rule = decided["decided_by"].ne("Person")
    matches = decided.index[decided["decision"].eq("Match") & by_rule].to_numpy()
    clusters = _clustered(students, decided.loc[matches], excluded)
    decided = after_clustering(decided, matches, clusters.outcome)
    # A person decides about another first name that some record of the child excludes.
    waits = decided["rule"].eq(OUTWEIGHS) & decided["decision"].eq("Refused")
    decided = decided.assign(decision=decided["decision"].mask(waits, "Review"))
    label, not_held = apply_review_decisions(clusters.label, persons.pairs)
    return Resolved(_refused(decided, persons.pairs[not_held]), label, np.full(len(students), np.nan))


def _compare_groups(students: Records, decided: pd.DataFrame) -> Compare:
    """Return a test of pairs of records whose groups, joined by ids, have other numbers in two systems."""
    joined = decided[decided["decision"].eq("Match") & (decided["strong_id"] | decided["weak_id"])]
    group = components(len(students), joined["left"].to_numpy(), joined["right"].to_numpy())
    numbers = GroupNumbers.of(students, group, len(students))
    once = has_children_once(group, students.silo, numbers.numbered.shape[1])
    return lambda left, right: numbers.show_two(group[left], group[right], once)


def _ask_about_numbers(decided: pd.DataFrame, have_other_numbers: Compare) -> pd.DataFrame:
    """Let a person decide about matches between groups with other numbers."""
    ends = (decided[side].to_numpy() for side in ("left", "right"))
    asked = decided["decision"].eq("Match") & decided["decided_by"].ne("Person") & have_other_numbers(*ends)
    return decided.assign(
        decision=decided["decision"].mask(asked, "Review"),
        verified=decided["verified"] & ~asked,
        contradiction=with_reason(decided["contradiction"], asked.to_numpy(), OTHER_NUMBERS),
    )


def _clustered(students: Records, matches: pd.DataFrame, excluded: Compare) -> Clusters:
    """Cluster records with names or birth dates first; then add records that have only an id.

    Two records may share an id with a third that has only that id. This adds no evidence: whatever
    contradicts the two still counts.
    """
    silent, count = students.says_nothing, len(students)
    by_id = silent[matches["left"].to_numpy()] | silent[matches["right"].to_numpy()]
    known = cluster_records(count, matches[~by_id], excluded)
    if not by_id.any():
        return known
    outcome = np.full(len(matches), "", dtype=object)
    outcome[~by_id] = known.outcome
    held = by_id | (outcome == "Match")
    edges = matches[held].assign(strength=matches["strength"].mask(~by_id, matches["strength"] + STRONGEST))

    def excluded_still(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        apart: np.ndarray = (known.label[left] != known.label[right]) & ~silent[left] & ~silent[right]
        return apart | excluded(left, right)

    clusters = cluster_records(count, edges, excluded_still)
    outcome[by_id] = clusters.outcome[by_id[held]]
    return Clusters(clusters.label, outcome)


def _refused(decided: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Refuse a reviewer's yes where another answer says the same two children are different."""
    if pairs.empty:
        return decided
    known = pd.MultiIndex.from_frame(decided[["left", "right"]])
    rows = known.isin(pd.MultiIndex.from_frame(pairs[["left", "right"]]))
    contradiction = decided["contradiction"].mask(rows, "a person said no about the same two children")
    return decided.assign(decision=decided["decision"].mask(rows, "Refused"), contradiction=contradiction)


def _decided(
    students: Records, found: Matches, persons: ReviewDecisions, other_names: OtherNames
) -> pd.DataFrame:
    pairs = found.pairs.sort_values(["left", "right", "step"], kind="stable")
    pairs = pairs.drop_duplicates(["left", "right"], ignore_index=True)
    asked = len(persons.pairs) + len(persons.again) > 0
    if asked:
        answers = persons.pairs[["left", "right", "is_match", "reviewed_utc"]].assign(reviewed=True)
        answers = answers.merge(persons.again, on=["left", "right"], how="outer", validate="one_to_one")
        pairs = pairs.merge(answers, on=["left", "right"], how="outer", validate="one_to_one")
        pairs["step"] = pairs["step"].fillna(STEP_OF_A_PERSON).astype("int64")
    left, right = (pairs[side].to_numpy() for side in ("left", "right"))
    evidence = compare_pairs(students, left, right, found.agreeing_ids, other_names)
    decided = pd.concat([pairs[["step"]], evidence, decide(evidence)], axis="columns")
    # A number may outweigh a name, but that verifies nothing: a twin may have it by mistake.
    surname, strong = (decided[name].to_numpy() for name in ("last_surname", "strong_id"))
    excused = other_names.excuse(left, right, strong, surname)
    outweighs = excused & decided["decision"].eq("Match") & decided["first_name"].ge(names.ALIKE)
    decided = decided.assign(
        rule=decided["rule"].mask(outweighs, OUTWEIGHS), verified=decided["verified"] & ~outweighs
    )
    decided = _by_rules_of_the_cascade(decided, pairs["rule"].astype("string"))
    decided = decided.assign(
        decided_by="Rule",
        match_weight=np.nan,
        match_probability=np.nan,
        doubt=pd.Series(pd.NA, index=decided.index, dtype="string"),
        reviewed_utc=pd.Series(pd.NaT, index=decided.index, dtype="datetime64[us]"),
    )
    return _apply_answers(decided, pairs) if asked else decided


def _by_rules_of_the_cascade(decided: pd.DataFrame, rule: pd.Series) -> pd.DataFrame:
    """Accept a stage's own matches unless the decision table is against them."""
    own = rule.notna().to_numpy(dtype=bool)
    if not own.any():
        return decided
    refused = cannot_be_one_child(decided) | (decided["decision"] != "No match").to_numpy()
    taken = own & ~refused
    result = decided.copy()
    result.loc[taken, "rule"] = rule[taken]
    result.loc[taken, "decision"] = "Match"
    result.loc[taken, "verified"] = True
    result.loc[taken, "strength"] = STRENGTH_OF_A_CASCADE
    return result


def _apply_answers(decided: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    reviewed = pairs["reviewed"].eq(True).to_numpy(dtype=bool, na_value=False)
    match = reviewed & pairs["is_match"].eq(True).to_numpy(dtype=bool, na_value=False)
    result = decided.copy()
    result.loc[reviewed, "decision"] = np.where(match, "Match", "No match")[reviewed]
    result.loc[reviewed, "rule"] = "a person decided"
    result.loc[reviewed, "decided_by"] = "Person"
    result.loc[reviewed, "verified"] = match[reviewed]
    result.loc[reviewed, "strength"] = np.where(match, STRENGTH_OF_A_PERSON, 0)[reviewed]
    result.loc[reviewed, "reviewed_utc"] = pairs.loc[reviewed, "reviewed_utc"]
    again = pairs["why"].notna() & result["decision"].isin(["No match", "Review"])
    result.loc[again, "decision"] = "Review"
    result.loc[again, "contradiction"] = "decided before, but " + pairs.loc[again, "why"]
    return result


def after_clustering(decided: pd.DataFrame, matches: np.ndarray, outcome: np.ndarray) -> pd.DataFrame:
    """Revert the matches that clustering rejected, with the reason."""
    decided = decided.copy()
    why = {
        "Refused": EXCLUDED,
        "Review": SPLIT,
    }
    for became, reason in why.items():
        rows = decided.index.isin(matches[outcome == became])
        decided.loc[rows, "decision"] = became
        decided["contradiction"] = with_reason(decided["contradiction"], rows, reason)
    return decided


def with_reason(contradiction: pd.Series, rows: np.ndarray, reason: str) -> pd.Series:
    """Add a reason to what contradicts some pairs."""
    return contradiction.mask(rows, (contradiction + "; ").fillna("") + reason)
