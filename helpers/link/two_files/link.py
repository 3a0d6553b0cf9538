"""Turn weights into decisions with reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from helpers.link.candidates import MOST_PAIRS, candidates_of_rows
from helpers.link.comparisons import Comparison, compare_units, comparisons_for
from helpers.link.model.estimation import train
from helpers.link.model.parameters import KINDS, LinkModel, shipped_model
from helpers.link.model.scoring import Scoring
from helpers.link.records import Units
from helpers.link.resolve.assignment import normalize_over_candidates
from helpers.link.resolve.clusters import cluster_records, components, pairs_inside
from helpers.link.two_files.draft_mapping import A_ROW_NUMBER, AN_ANSWER, AN_ID, draft_side
from helpers.link.two_files.guard import Guard, guard_for, without_doubtful_ids
from helpers.link.two_files.mapping import PARTS_OF_DATE, SideMapping
from helpers.link.two_files.persons import units_of
from helpers.link.two_files.read import PersonFile
from helpers.standard import STRING, BadInput, figure, nearest

__all__ = [
    "MATCH",
    "MATCH_DATED",
    "REVIEW",
    "Linked",
    "decide_pairs",
    "link_files",
    "probability",
    "reasons_of",
]


WORTH = 15.0  # prior weight of the kit's model, in pairs of one person
HALF = 0.5  # matches of a row, before any pair is compared
MATCH, MATCH_DATED, REVIEW = (
    figure(f"link/thresholds.{which}")
    for which in ("accept_in_two_files", "accept_dated_in_two_files", "review")
)
EXCLUDING = -6.0  # bits; rows below this may not become one person through others
SHOWN_A_ROW = 3  # pairs for review
MOST_RIVALS = 10  # per row

# Weight in bits, and whether they can't be one person, of pairs of any two rows.
Weigh = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def probability(weight: np.ndarray) -> np.ndarray:
    """Convert bits to a probability."""
    return 1.0 / (1.0 + np.exp2(-np.clip(weight, -60, 60)))


def decide_pairs(
    units: Units, candidates: pd.DataFrame, weight: np.ndarray, apart: np.ndarray, weigh: Weigh
) -> pd.DataFrame:
    """Decide about pairs; a person decides about likely ones that the guard keeps apart."""
    found = candidates.assign(weight=weight)[weight > np.log2(REVIEW / (1 - REVIEW))]
    kept = apart[found.index]
    pairs = found[~kept].reset_index(drop=True)
    alone = probability(pairs["weight"].to_numpy())
    pairs["probability"] = _among_rivals(len(units), pairs, weigh) if _are_two(units) else alone
    line = _lines(units, pairs)
    pairs["why"] = np.where((alone >= line) & (pairs["probability"] < line), "another row fits as well", "")
    accepted = np.flatnonzero(pairs["probability"] >= line)
    matches = pairs.take(accepted).reset_index(drop=True)
    matches = matches[["left", "right"]].assign(strength=matches["weight"].round(6))

    def excluded(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        bits, two = weigh(one, other)
        return two | (bits < EXCLUDING)

    clusters = cluster_records(len(units), matches, excluded)
    joined = clusters.outcome == "Match"
    pairs["decision"] = "Review"
    pairs.loc[accepted[joined], "decision"] = "Match"
    lost = accepted[~joined]
    pairs.loc[lost, "why"] = "would join rows that contradict each other"
    pairs.loc[lost, "probability"] = pairs.loc[lost, "probability"].clip(upper=HALF)
    colliding = found[kept].assign(
        probability=np.minimum(probability(found.loc[kept, "weight"].to_numpy()), HALF),
        why="what agrees may be a relative's",
        decision="Review",
    )
    return _worth_telling(pd.concat([pairs, _implied(units, pairs, weigh), colliding], ignore_index=True))


def _are_two(units: Units) -> bool:
    """Return whether the rows are of two files."""
    return bool(units.record_silo.any())


def _sides(units: Units) -> tuple[np.ndarray, np.ndarray]:
    """Test which rows are of each file; of one, all are of both."""
    left = units.record_silo == 0
    return left, ~left if _are_two(units) else left


def _lines(units: Units, pairs: pd.DataFrame) -> np.ndarray:
    """Return the probability from which each pair is accepted; only rows of two files have rivals."""
    dated = units.dated
    return np.where(dated[pairs["left"]] & dated[pairs["right"]] & _are_two(units), MATCH_DATED, MATCH)


def _among_rivals(count: int, pairs: pd.DataFrame, weigh: Weigh) -> np.ndarray:
    """Return each pair's probability among rival rows: only one of them is the partner.

    Rows of one file that are themselves one person are no rivals.
    """

    def exclusive(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        bits, two = weigh(one, other)
        return two | (bits < 0)

    result = probability(pairs["weight"].to_numpy())
    ranks = [
        pairs.groupby(side)["weight"].rank(method="first", ascending=False) for side in ("left", "right")
    ]
    near = np.flatnonzero((ranks[0] <= MOST_RIVALS) | (ranks[1] <= MOST_RIVALS))
    weighed = pairs.iloc[near].rename(columns={"weight": "match_weight"})
    result[near] = normalize_over_candidates(weighed, count, np.empty(0, dtype="int64"), exclusive)
    return result


def _implied(units: Units, pairs: pd.DataFrame, weigh: Weigh) -> pd.DataFrame:
    """List pairs that aren't accepted on their own, but are one person through a third row."""
    matches = pairs[pairs["decision"] == "Match"]
    label = components(len(units), matches["left"].to_numpy(), matches["right"].to_numpy())
    left, right = pairs_inside(label)
    known = np.isin(left * len(units) + right, (matches["left"] * len(units) + matches["right"]).to_numpy())
    if _are_two(units):
        known |= units.record_silo[left] == units.record_silo[right]
    implied = pd.DataFrame({"left": left[~known], "right": right[~known]})
    if implied.empty:
        return pairs.iloc[:0]
    bits, _ = weigh(implied["left"].to_numpy(), implied["right"].to_numpy())
    return implied.assign(
        weight=bits,
        probability=np.maximum(probability(bits), _lines(units, implied)),
        why="both are one person with a third row",
        decision="Match",
    )


def _worth_telling(pairs: pd.DataFrame) -> pd.DataFrame:
    """Drop duplicates of matches, and all but a row's best pairs for review."""
    pairs = pairs.sort_values(["left", "right", "decision"], ignore_index=True)
    pairs = pairs.drop_duplicates(["left", "right"], ignore_index=True)
    waits = np.flatnonzero(pairs["decision"].eq("Review").to_numpy(dtype=bool))
    review = pairs.iloc[waits]
    shown = (review["probability"] >= REVIEW).to_numpy(dtype=bool)
    for side in ("left", "right"):
        ranked = review.groupby(side)["probability"].rank(method="first", ascending=False)
        shown = shown & (ranked <= SHOWN_A_ROW).to_numpy(dtype=bool)
    keep = np.ones(len(pairs), dtype=bool)
    keep[waits[~shown]] = False
    return pairs[keep][["left", "right", "probability", "decision", "why"]].reset_index(drop=True)


def reasons_of(comparisons: Sequence[Comparison], levels: np.ndarray, why: Sequence[str]) -> pd.Series:
    """Describe what the rows of each pair have in common."""
    if not len(levels):
        return pd.Series([], dtype=STRING)
    distinct, which = np.unique(levels, axis=0, return_inverse=True)
    described = [_describe_levels(comparisons, pattern) for pattern in distinct.tolist()]
    texts = [
        described[place] + (f"; {more}" if more else "")
        for place, more in zip(which.ravel(), why, strict=True)
    ]
    return pd.Series(texts, dtype=STRING)


def _describe_levels(comparisons: Sequence[Comparison], levels: Sequence[int]) -> str:
    both = list(zip(comparisons, levels, strict=True))
    known = [_begun_small(one.levels[level].words) for one, level in both if level >= 0]
    missing = [_begun_small(one.title) for one, level in both if level < 0]
    return "; ".join([*known, *([f"missing: {', '.join(missing)}"] if missing else [])])


def _begun_small(words: str) -> str:
    return words[:1].lower() + words[1:]


FEW_ROWS = 20
NAMES = ("given_name", "family_name", "full_name")


@dataclass(frozen=True)
class Linked:
    """Result of linking two files.

    Attributes
    ----------
    pairs
        ``left_row``, ``right_row`` (from 0), ``match_probability``, ``decision`` (Match or Review),
        ``reason``. With one file ``left_row`` is below ``right_row``.
    mapping
        Side -> the mapping used.
    accounts
        ``side``, ``rows``, ``used``, ``set_aside``, ``reason``: one row per side and reason.
    notes
        Assumptions and omissions, in sentences.
    household
        Number of pairs that agree except for their first names.
    """

    pairs: pd.DataFrame
    mapping: Mapping[str, SideMapping]
    accounts: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    household: int = 0


def link_files(
    left: PersonFile, right: PersonFile | None = None, mapping: Mapping[str, SideMapping] | None = None
) -> Linked:
    """Find the rows of two files, or the duplicate rows of one, that are the same person.

    Parameters
    ----------
    left, right
        From ``read_person_file``; without `right`, finds duplicates in `left`.
    mapping
        Which column has which field, from ``read_mapping``; drafted for each side that it lacks.

    Returns
    -------
    Linked
        ``pairs`` (row numbers, match probability, decision, reason), the mapping, and an account
        of every row.

    Raises
    ------
    BadInput
        When a mapping names a column that the file doesn't have, or no field distinguishes people.

    Examples
    --------
    >>> from helpers.link import read_person_file
    >>> meals = read_person_file(folder / "silos/meals/mealtime_customers_2026-04-30.csv")
    >>> nurse = read_person_file(folder / "silos/health/students_2026-04-23.csv")
    >>> linked = link_files(meals, nurse)
    >>> linked.pairs["decision"].value_counts().to_dict()
    {'Match': 48}
    """
    files = {"left": left, **({"right": right} if right is not None else {})}
    notes = [f"{side} file: {note}" for side, file in files.items() for note in file.notes]
    given = mapping or {}
    used = {
        side: _checked(side, file, given[side]) if side in given else draft_side(file.rows)
        for side, file in files.items()
    }
    if "right" in given and right is None:
        notes.append("the mapping's table [right] is not used: there is no right file")
    used, warnings = _in_common(used, files)
    notes += warnings
    units = units_of([(files[side].rows, one) for side, one in used.items()], notes)
    units, refused = without_doubtful_ids(units)
    notes += refused + _too_common(units)
    accounts, idle = _accounts(files, units)
    notes += idle
    anything = min(len(file.rows) for file in files.values()) > (right is None)
    if not anything:
        notes.append("there is nothing to compare: a file has no rows, or there is only one row")
    sides = (side & anything for side in _sides(units))
    candidates, passed_over, capped = candidates_of_rows(units, *sides)
    unreached = int(passed_over["records"].sum())
    if unreached:
        notes.append(
            f"rows that share their values with too many others, so that we compared them with none: "
            f"{unreached}; more columns would tell them apart"
        )
    if capped:
        notes.append(
            f"too many pairs of rows share something (more than {MOST_PAIRS:,}): we didn't compare pairs "
            "that share only their weakest parts"
        )
    comparisons = comparisons_for(units)
    ends = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    levels = compare_units(units, comparisons, *ends)
    guard = guard_for(comparisons, levels, units)
    model = _adapted(units, candidates, guard)
    scoring = Scoring.of(units, model)

    def weigh(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        compared = scoring.compare(one, other)
        return scoring.weigh(compared, one, other), guard.two_persons(compared, one, other)

    weight, apart = scoring.weigh(levels, *ends), guard.two_persons(levels, *ends)
    decided = decide_pairs(units, candidates, weight, apart, weigh)
    rows = np.concatenate([file.rows.index.to_numpy(dtype="int64") for file in files.values()])
    pairs = _as_pairs(units, rows, comparisons, decided)
    return Linked(pairs, used, accounts, notes, household=int((apart & (weight > 0)).sum()))


def _adapted(units: Units, pairs: pd.DataFrame, guard: Guard) -> LinkModel:
    """Adapt the kit's model to the rows; unchanged if no pair looks like one person."""
    # How many matches districts leave open says nothing about two files.
    prior = replace(shipped_model(), matches=dict.fromkeys(KINDS, HALF))
    try:
        return train(units, pairs, start=prior, fewest=0.0, worth=WORTH, apart=guard.two_persons)
    except BadInput:
        return prior


def _checked(side: str, file: PersonFile, mapping: SideMapping) -> SideMapping:
    """Match the columns of a user's mapping to the file, ignoring case."""
    there = {str(name): str(name) for name in file.rows.columns}
    folded = {name.casefold().strip(): name for name in reversed(list(there))}
    sources = {}
    for name, source in mapping.sources.items():
        columns = []
        for column in source.columns:
            found = there.get(column) or folded.get(column.casefold().strip())
            if found is None:
                raise BadInput(
                    f"The mapping's [{side}] {name} names a column {column!r}, which {file.path.name} "
                    f"doesn't have.{nearest(column, file.shown)} It has: {', '.join(file.shown)}."
                )
            columns.append(found)
        sources[name] = replace(source, columns=tuple(columns))
    return SideMapping(sources, {})


def _in_common(
    used: Mapping[str, SideMapping], files: Mapping[str, PersonFile]
) -> tuple[dict[str, SideMapping], list[str]]:
    """Report fields that only one file has; raise BadInput if no shared field distinguishes persons."""
    notes = []
    sides = list(used.values())
    fields_of = [_kinds(side) for side in sides]
    both = set.intersection(*fields_of)
    for place, (name, side) in enumerate(used.items()):
        lonely = [one for one in side.sources if _kind(one) not in both]
        if lonely:
            other = list(files)[1 - place]
            notes.append(f"{', '.join(lonely)} of the {name} file: not compared, the {other} file has none")
        notes += [
            f"{name} file: column {column} was left out: {reason}"
            for column, reason in side.left_out.items()
            if reason in (AN_ANSWER, A_ROW_NUMBER, AN_ID)
        ]
    telling = both & {"name", "national_id", "local_id", "e_mail", "telephone"}
    if not telling:
        where = " and ".join(f"{file.path.name} ({', '.join(file.shown)})" for file in files.values())
        raise BadInput(
            f"We can't tell persons apart in {where}: the files share no column with names, ids, e-mail "
            f'addresses or phone numbers. Write a mapping such as [left] full_name = "Column", and pass it '
            f"with --map."
        )
    if not both & {"birth"}:
        notes.append("no birth date is compared: equal names may be two persons, so check the matches")
    return dict(used), notes


def _kind(name: str) -> str:
    if name in NAMES:
        return "name"
    return "birth" if name == "birth_date" or name in PARTS_OF_DATE else name


def _kinds(side: SideMapping) -> set[str]:
    return {_kind(name) for name in side.sources}


def _accounts(files: Mapping[str, PersonFile], units: Units) -> tuple[pd.DataFrame, list[str]]:
    """Account for every row: compared, without anything to compare, or set aside."""
    says = units.named.copy()
    for name, values in units.values.items():
        if name in ("emails", "telephones") or name.startswith("identifier: "):
            says |= values.how_many(len(units)) > 0
    rows = []
    notes = []
    begin = 0
    for side, file in files.items():
        of_side = says[begin : begin + len(file.rows)]
        begin += len(file.rows)
        rows.append((side, "compared", int(of_side.sum())))
        silent = int((~of_side).sum())
        if silent:
            rows.append((side, "no name, id, e-mail address or telephone: found no partner", silent))
            notes.append(f"{side} file: rows without a name, id, e-mail address or telephone: {silent}")
        for reason, times in file.set_aside["reason"].value_counts().items():
            rows.append((side, f"set aside: {reason}", int(times)))
    accounts = pd.DataFrame(rows, columns=["side", "what", "rows"])
    return accounts.astype({"side": STRING, "what": STRING, "rows": "Int64"}), notes


def _too_common(units: Units) -> list[str]:
    """Warn of names that more than half of the rows have."""
    warnings = []
    for name, label in (("given", "first name"), ("family", "surname")):
        values = units.values[name]
        rows = int((values.how_many(len(units)) > 0).sum())
        if rows >= FEW_ROWS and int(np.max(np.bincount(values.code))) * 2 > rows:
            warnings.append(f"one {label} stands in more than half of the rows, where it tells nobody apart")
    return warnings


def _as_pairs(
    units: Units, rows: np.ndarray, comparisons: Sequence[Comparison], decided: pd.DataFrame
) -> pd.DataFrame:
    left, right = decided["left"].to_numpy(), decided["right"].to_numpy()
    levels = compare_units(units, comparisons, left, right)
    return pd.DataFrame(
        {
            "left_row": pd.Series(rows[left], dtype="Int64"),
            "right_row": pd.Series(rows[right], dtype="Int64"),
            "match_probability": decided["probability"].round(6).astype("float64"),
            "decision": decided["decision"].astype(STRING),
            "reason": reasons_of(comparisons, levels, decided["why"].tolist()),
        }
    ).sort_values(["left_row", "right_row"], ignore_index=True)
