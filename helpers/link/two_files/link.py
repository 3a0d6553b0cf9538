"""Turn weights into decisions with reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from helpers.link.comparisons import Comparison, compare_units, comparisons_for
from helpers.link.model.estimation import train
from helpers.link.model.parameters import KINDS, LinkModel, shipped_model
from helpers.link.model.scoring import Frequencies, kinds_of, prior_bits, score_levels
from helpers.link.records import Units
from helpers.link.resolve.clusters import cluster_records, components, pairs_inside
from helpers.link.two_files.candidates import MOST_PAIRS, Candidates, find_candidates
from helpers.link.two_files.draft_mapping import A_ROW_NUMBER, AN_ANSWER, AN_ID, draft_side
from helpers.link.two_files.guard import Guard, believed_ids, guard_for
from helpers.link.two_files.mapping import PARTS_OF_DATE, SideMapping
from helpers.link.two_files.persons import PersonTable, persons_of
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
    persons: PersonTable,
    candidates: Candidates,
    weight: np.ndarray,
    apart: np.ndarray,
    weigh: Weigh,
) -> pd.DataFrame:
    """Decide about pairs; a person decides about likely ones that the guard keeps apart."""
    likely = weight > np.log2(REVIEW / (1 - REVIEW))
    keep = np.flatnonzero(~apart & likely)
    pairs = pd.DataFrame(
        {"left": candidates.left[keep], "right": candidates.right[keep], "weight": weight[keep]}
    )
    alone = probability(pairs["weight"].to_numpy())
    pairs["probability"] = _among_rivals(pairs, weigh) if persons.two else alone
    line = _lines(persons, pairs["left"].to_numpy(), pairs["right"].to_numpy())
    pairs["why"] = np.where((alone >= line) & (pairs["probability"] < line), "another row fits as well", "")
    accepted = np.flatnonzero(pairs["probability"] >= line)
    matches = pairs.iloc[accepted][["left", "right"]].assign(
        strength=np.round(pairs["weight"].to_numpy()[accepted], 6)
    )

    def excluded(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        bits, two = weigh(one, other)
        return two | (bits < EXCLUDING)

    clusters = cluster_records(len(persons), matches.reset_index(drop=True), excluded)
    pairs["decision"] = "Review"
    pairs.loc[pairs.index[accepted[clusters.outcome == "Match"]], "decision"] = "Match"
    lost = pairs.index[accepted[clusters.outcome != "Match"]]
    pairs.loc[lost, "why"] = "would join rows that contradict each other"
    pairs.loc[lost, "probability"] = np.minimum(pairs.loc[lost, "probability"], 0.5)
    doubted = np.flatnonzero(apart & likely)
    colliding = pd.DataFrame({"left": candidates.left[doubted], "right": candidates.right[doubted]}).assign(
        probability=np.minimum(probability(weight[doubted]), 0.5),
        why="what agrees may be a relative's",
        decision="Review",
    )
    return _worth_telling(pd.concat([pairs, _implied(persons, pairs, weigh), colliding], ignore_index=True))


def _lines(persons: PersonTable, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the probability from which each pair is accepted; only rows of two files have rivals."""
    dated = persons.units.dated
    return np.where(dated[left] & dated[right] & persons.two, MATCH_DATED, MATCH)


def _among_rivals(pairs: pd.DataFrame, weigh: Weigh) -> np.ndarray:
    """Return each pair's probability among rival rows: only one of them is the partner.

    Rows of one file that are themselves one person are no rivals.
    """
    odds = np.exp2(np.clip(pairs["weight"].to_numpy(), -60, 60))
    rivals = np.zeros(len(pairs))
    for side, other in (("left", "right"), ("right", "left")):
        near = pairs[[side, other]].assign(place=np.arange(len(pairs)))
        near["rank"] = pairs.groupby(side)["weight"].rank(method="first", ascending=False)
        near = near[near["rank"] <= MOST_RIVALS]
        both = near.merge(near, on=side, how="inner", suffixes=("", "_rival"), validate="many_to_many")
        both = both[both[other] != both[f"{other}_rival"]]
        if both.empty:
            continue
        one, two = both[other].to_numpy(), both[f"{other}_rival"].to_numpy()
        bits, apart = weigh(np.minimum(one, two), np.maximum(one, two))
        another = apart | (bits < 0)
        np.add.at(rivals, both["place"].to_numpy()[another], odds[both["place_rival"].to_numpy()[another]])
    return odds / (1.0 + odds + rivals)


def _implied(persons: PersonTable, pairs: pd.DataFrame, weigh: Weigh) -> pd.DataFrame:
    """List pairs that aren't accepted on their own, but are one person through a third row."""
    matches = pairs[pairs["decision"] == "Match"]
    label = components(len(persons), matches["left"].to_numpy(), matches["right"].to_numpy())
    left, right = pairs_inside(label)
    if persons.two:
        across = (left < persons.lefts) & (right >= persons.lefts)
        left, right = left[across], right[across]
    size = len(persons)
    known = np.isin(left * size + right, (matches["left"] * size + matches["right"]).to_numpy())
    left, right = left[~known], right[~known]
    if not len(left):
        return pairs.iloc[:0]
    bits, _ = weigh(left, right)
    return pd.DataFrame(
        {
            "left": left,
            "right": right,
            "weight": bits,
            "probability": np.maximum(probability(bits), _lines(persons, left, right)),
            "why": "both are one person with a third row",
            "decision": "Match",
        }
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
    said = [_said(comparisons, pattern) for pattern in distinct.tolist()]
    texts = [
        said[place] + (f"; {more}" if more else "") for place, more in zip(which.ravel(), why, strict=True)
    ]
    return pd.Series(texts, dtype=STRING)


def _said(comparisons: Sequence[Comparison], levels: Sequence[int]) -> str:
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
    used, told = _in_common(used, files)
    notes += told
    persons = persons_of([(files[side].rows, one) for side, one in used.items()])
    persons, refused = believed_ids(persons)
    notes += persons.notes + refused + _too_common(persons)
    accounts, idle = _accounts(files, persons)
    notes += idle
    if persons.pairs == 0:
        notes.append("there is nothing to compare: a file has no rows, or there is only one row")
        return Linked(_no_pairs(), used, accounts, notes)
    comparisons = comparisons_for(persons.units)
    candidates = find_candidates(persons)
    if candidates.unreached:
        notes.append(
            f"rows that share their values with too many others, so that we compared them with none: "
            f"{candidates.unreached}; more columns would tell them apart"
        )
    if candidates.capped:
        notes.append(
            f"too many pairs of rows share something (more than {MOST_PAIRS:,}): we didn't compare pairs "
            "that share only their weakest parts"
        )
    units = persons.units
    levels = compare_units(units, comparisons, candidates.left, candidates.right)
    guard = guard_for(comparisons, levels, units)
    found = pd.DataFrame({"left": candidates.left, "right": candidates.right})
    model = _adapted(units, found, guard)
    m, u = model.tables(comparisons)
    frequencies, prior = Frequencies.of_units(units, comparisons), prior_bits(units, model.matches)

    def bits(of_levels: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        scored = score_levels(of_levels, comparisons, m, u, frequencies, one, other)
        return prior[kinds_of(units, one, other)] + scored

    def weigh(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        compared = compare_units(units, comparisons, one, other)
        return bits(compared, one, other), guard.two_persons(compared, one, other)

    weight = bits(levels, candidates.left, candidates.right)
    apart = guard.two_persons(levels, candidates.left, candidates.right)
    decided = decide_pairs(persons, candidates, weight, apart, weigh)
    return Linked(
        _as_pairs(persons, comparisons, decided),
        used,
        accounts,
        notes,
        household=int((apart & (weight > 0)).sum()),
    )


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


def _accounts(files: Mapping[str, PersonFile], persons: PersonTable) -> tuple[pd.DataFrame, list[str]]:
    """Account for every row: compared, without anything to compare, or set aside."""
    says = persons.units.named.copy()
    for name, values in persons.units.values.items():
        if name in ("emails", "telephones") or name.startswith("identifier: "):
            says |= values.how_many(len(persons)) > 0
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


def _too_common(persons: PersonTable) -> list[str]:
    """Warn of names that more than half of the rows have."""
    told = []
    for name, said in (("given", "first name"), ("family", "surname")):
        values = persons.units.values[name]
        rows = int((values.how_many(len(persons)) > 0).sum())
        if rows >= FEW_ROWS and int(np.max(np.bincount(values.code))) * 2 > rows:
            told.append(f"one {said} stands in more than half of the rows, where it tells nobody apart")
    return told


def _no_pairs() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "left_row": pd.Series([], dtype="Int64"),
            "right_row": pd.Series([], dtype="Int64"),
            "match_probability": pd.Series([], dtype="float64"),
            "decision": pd.Series([], dtype=STRING),
            "reason": pd.Series([], dtype=STRING),
        }
    )


def _as_pairs(persons: PersonTable, comparisons: Sequence[Comparison], decided: pd.DataFrame) -> pd.DataFrame:
    left, right = decided["left"].to_numpy(), decided["right"].to_numpy()
    levels = compare_units(persons.units, comparisons, left, right)
    return pd.DataFrame(
        {
            "left_row": pd.Series(persons.row[left], dtype="Int64"),
            "right_row": pd.Series(persons.row[right], dtype="Int64"),
            "match_probability": decided["probability"].round(6).astype("float64"),
            "decision": decided["decision"].astype(STRING),
            "reason": reasons_of(comparisons, levels, decided["why"].tolist()),
        }
    ).sort_values(["left_row", "right_row"], ignore_index=True)
