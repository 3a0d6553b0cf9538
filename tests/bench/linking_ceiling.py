"""The ceiling: what a classifier trained with the truth makes of all methods' comparisons put together."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz.distance import JaroWinkler

from tests.bench.linking_average_link import average_link
from tests.bench.linking_counts import COUNTED, Counts, PairCounter
from tests.bench.linking_data import LinkingData
from tests.bench.linking_peer_records import peer_records
from tests.bench.peers import peer_python

__all__ = ["NoScikitLearn", "candidate_pairs", "ceiling", "ceiling_labelings"]

SCIKIT_LEARN = "1.7.2"
FOLDS = 3
SEED = 7
CUTS = (0.3, 0.4, 0.5, 0.6, 0.7)
# The cut of the first of two passes, whose clusters the second one looks at.
FIRST_CUT = 0.6
# A labeling's clusters larger than this are no children; all their pairs would be too many.
LARGEST_CLUSTER = 60


def ceiling(
    data: LinkingData, count_pairs: PairCounter, labels: list[np.ndarray], pairs: list[pd.DataFrame]
) -> dict[str, Counts] | str:
    """Find the best that the pooled comparisons allow, for each population by the cut that suits it best.

    Parameters
    ----------
    data
        The district.
    count_pairs
        Of this district.
    labels
        Of each method: its clusters; all their pairs are looked at.
    pairs
        Of each method: ``left``, ``right`` (records) and what it says of a pair, numbers or booleans.

    Returns
    -------
    dict or str
        Population -> counts; a sentence where there is no scikit-learn.
    """
    best = dict.fromkeys(COUNTED, Counts(1, 0, 0))
    try:
        labelings = list(
            ceiling_labelings(data, count_pairs.owner, count_pairs.kind_of_record, labels, pairs)
        )
    except NoScikitLearn as missing:
        return str(missing)
    for labeling in labelings:
        for name, counted in count_pairs(labeling).items():
            if counted.f1 > best[name].f1:
                best[name] = counted
    return best


class NoScikitLearn(RuntimeError):
    """There is no scikit-learn here; the message says why."""


def ceiling_labelings(
    data: LinkingData,
    owner: np.ndarray,
    kind_of_record: np.ndarray,
    labels: list[np.ndarray],
    pairs: list[pd.DataFrame],
) -> Iterator[np.ndarray]:
    """Cluster by a classifier that learns from the truth, in two passes and at several cuts.

    Parameters
    ----------
    data
        The district, or a set of the benchmark, which names its tables alike.
    owner
        The true child of each student's record, as a number.
    kind_of_record
        What each can be linked by: 0 name and birth date, 1 name, 2 neither.
    labels, pairs
        As in `ceiling`.

    Yields
    ------
    numpy.ndarray
        A label a record.

    Raises
    ------
    NoScikitLearn
        Where it can't be installed.
    """
    python = peer_python("scikit-learn", SCIKIT_LEARN)
    if isinstance(python, str):
        raise NoScikitLearn(python)
    students = len(data.students)
    candidates = candidate_pairs(labels, pairs, students)
    features = _features(data, candidates, labels, pairs)
    left, right = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    match = owner[left] == owner[right]
    fold = np.random.default_rng(SEED).integers(0, FOLDS, int(np.max(owner)) + 1)[owner]
    first = _trained(python, features, match, fold[left], fold[right])
    clusters = average_link(left, right, first, students, [FIRST_CUT])[FIRST_CUT]
    around = _around(left, right, first, clusters, kind_of_record)
    second = _trained(python, np.column_stack([features, around]), match, fold[left], fold[right])
    for probability in (first, second):
        yield from average_link(left, right, probability, students, CUTS).values()


def candidate_pairs(labels: list[np.ndarray], pairs: list[pd.DataFrame], count: int) -> pd.DataFrame:
    """Pool the pairs that any method looked at or joined.

    Parameters
    ----------
    labels, pairs
        As in `ceiling`.
    count
        How many records there are.

    Returns
    -------
    pandas.DataFrame
        ``left`` < ``right``, each pair once, in order.
    """
    keys = []
    for frame in pairs:
        one, other = frame["left"].to_numpy(dtype="int64"), frame["right"].to_numpy(dtype="int64")
        keys.append(np.minimum(one, other) * count + np.maximum(one, other))
    for labeling in labels:
        order = np.argsort(labeling, kind="stable")
        sorted_label = labeling[order]
        for step in range(1, LARGEST_CLUSTER):
            same = sorted_label[step:] == sorted_label[:-step]
            if not same.any():
                break
            one, other = order[:-step][same], order[step:][same]
            keys.append(np.minimum(one, other) * count + np.maximum(one, other))
    key = np.sort(np.concatenate(keys))
    key = key[np.diff(key, prepend=-1) > 0]
    key = key[key // count != key % count]
    return pd.DataFrame({"left": key // count, "right": key % count})


def _features(
    data: LinkingData, candidates: pd.DataFrame, labels: list[np.ndarray], pairs: list[pd.DataFrame]
) -> np.ndarray:
    """Put side by side what each method says of a pair, and plain comparisons of the records."""
    columns = [_plain(data, candidates), _kit(data, candidates)]
    ends = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    columns += [labeling[ends[0]] == labeling[ends[1]] for labeling in labels]
    for frame in pairs:
        told = frame.drop(columns=["left", "right"]).select_dtypes(["number", "boolean"])
        one, other = frame["left"].to_numpy(dtype="int64"), frame["right"].to_numpy(dtype="int64")
        told = told.assign(left=np.minimum(one, other), right=np.maximum(one, other))
        told = told.drop_duplicates(["left", "right"])
        joined = candidates.merge(told, on=["left", "right"], how="left", validate="one_to_one")
        columns.append(joined.drop(columns=["left", "right"]).astype("float64").to_numpy())
    return np.column_stack(columns).astype("float32")


def _plain(data: LinkingData, candidates: pd.DataFrame) -> np.ndarray:
    records = peer_records(data)
    left, right = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    columns = [pd.factorize(records["source_dataset"], sort=True)[0][side] for side in (left, right)]
    for name in ("first_name", "last_name", "full_name", "preferred"):
        columns.append(_likeness(records[name], left, right))
        often = records[name].map(records[name].value_counts()).astype("float64").to_numpy()
        columns += [np.log(np.fmin(often[left], often[right])), np.log(np.fmax(often[left], often[right]))]
    for one, other in (("first_name", "last_name"), ("preferred", "first_name"), ("first_name", "preferred")):
        columns.append(_likeness(records[one], left, right, records[other]))
    for name in ("dob", "sex", "school", "middle_initial", "middle", "email", "telephone"):
        code = pd.factorize(records[name])[0]
        known = (code[left] >= 0) & (code[right] >= 0)
        columns.append(np.where(known, code[left] == code[right], np.nan))
    grade = records["grade"].astype("float64").to_numpy()
    columns.append(np.abs(grade[left] - grade[right]))
    day = data.students["birth_date"].to_numpy().astype("datetime64[D]").astype("float64")
    day[np.isnan(day) | (day < -1e6)] = np.nan
    columns.append(np.abs(day[left] - day[right]))
    return np.column_stack(columns)


def _likeness(
    column: pd.Series, left: np.ndarray, right: np.ndarray, other: pd.Series | None = None
) -> np.ndarray:
    """Give the Jaro-Winkler similarity of texts, each distinct pair of texts compared once."""
    both = pd.concat([column, column if other is None else other])
    code, texts = pd.factorize(both)
    one, two = code[: len(column)][left], code[len(column) :][right]
    known = (one >= 0) & (two >= 0)
    number, distinct = pd.factorize(one * (len(texts) + 1) + two)
    size = len(texts) + 1
    similar = np.array(
        [
            JaroWinkler.similarity(texts[pair // size], texts[pair % size])
            if pair // size >= 0 and pair % size < len(texts)
            else 0.0
            for pair in distinct.tolist()
        ]
    )
    return np.where(known, similar[number], np.nan)


def _kit(data: LinkingData, candidates: pd.DataFrame) -> np.ndarray:
    """Give the comparisons of the kit's model, record by record."""
    from helpers.link.comparisons import UNKNOWN, compare_units, comparisons_for
    from helpers.link.model import score_pairs
    from helpers.link.records import make_units, prepare_records

    students = prepare_records(data.people, data.identifiers, data.unique_people, data.anchor_order)
    units = make_units(students, np.arange(len(students)), data.school)
    scored = score_pairs(units, candidates)[["match_weight", "match_probability"]].to_numpy(dtype="float64")
    ends = candidates["left"].to_numpy(), candidates["right"].to_numpy()
    levels = compare_units(units, comparisons_for(units), *ends)
    return np.column_stack([scored, np.where(levels == UNKNOWN, np.nan, levels)])


def _around(
    left: np.ndarray, right: np.ndarray, probability: np.ndarray, cluster: np.ndarray, kind: np.ndarray
) -> np.ndarray:
    """Say of each pair how its two clusters look, and who else competes for either record."""
    one, other = cluster[left], cluster[right]
    size = np.bincount(cluster)
    dated = np.bincount(cluster, weights=kind == 0, minlength=len(size))
    between = pd.DataFrame(
        {"one": np.minimum(one, other), "other": np.maximum(one, other), "probability": probability}
    )
    groups = between.groupby(["one", "other"])["probability"]
    most, mean, pairs = (groups.transform(name).to_numpy() for name in ("max", "sum", "size"))
    possible = np.where(one == other, size[one] * (size[one] - 1) / 2, size[one] * size[other])
    # For each record, its likeliest pair into each cluster; the best of another cluster competes.
    both = pd.DataFrame(
        {
            "record": np.concatenate([left, right]),
            "into": np.concatenate([other, one]),
            "probability": np.concatenate([probability, probability]),
        }
    )
    into = both.groupby(["record", "into"])["probability"].max().reset_index()
    into = into.sort_values(["record", "probability"], ascending=[True, False])
    rank = into.groupby("record").cumcount()
    best = into[rank.eq(0)].set_index("record")
    second = into[rank.eq(1)].set_index("record")["probability"]
    rivals = []
    for record, target in ((left, other), (right, one)):
        first_into = best["into"].reindex(record).to_numpy()
        rival = np.where(
            first_into == target,
            second.reindex(record).fillna(0).to_numpy(),
            best["probability"].reindex(record).to_numpy(),
        )
        rivals.append(rival)
    return np.column_stack(
        [
            probability,
            one == other,
            most,
            mean / np.maximum(possible, 1),
            pairs,
            np.minimum(size[one], size[other]),
            np.maximum(size[one], size[other]),
            np.minimum(dated[one], dated[other]),
            np.maximum(dated[one], dated[other]),
            np.maximum(*rivals),
            np.minimum(*rivals),
        ]
    ).astype("float32")


def _trained(
    python: Path, features: np.ndarray, match: np.ndarray, left_fold: np.ndarray, right_fold: np.ndarray
) -> np.ndarray:
    """Cross-fit in the peer's environment."""
    with tempfile.TemporaryDirectory() as folder:
        given, told = Path(folder) / "given.npz", Path(folder) / "told.npy"
        np.savez(given, features=features, match=match, left_fold=left_fold, right_fold=right_fold)
        program = Path(__file__).with_name("linking_ceiling_peer.py")
        # One thread: districts are measured two at a time, and threads that wait for each other cost more.
        threads = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run([python, program, given, told], check=True, capture_output=True, env=threads)
        return np.load(told)
