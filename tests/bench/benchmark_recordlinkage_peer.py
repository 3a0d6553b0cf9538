"""Two peers on records.csv alone: blocks and comparisons of recordlinkage, and a model trained on train.

``logistic`` is recordlinkage's own regression; ``boosting`` is scikit-learn's gradient boosting, which an
entrant would try next.

Usage: python benchmark_recordlinkage_peer.py MODEL TRAIN OF OUT
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import recordlinkage
from benchmark_peer_records import child_of, pairs_with_an_id, ready_records
from sklearn.ensemble import HistGradientBoostingClassifier

SEED, FOLDS = 7, 3

BLOCKS = (
    ["last", "dob"],
    ["first", "dob"],
    ["first", "last"],
    ["first_token", "last_token"],
    ["first", "school", "grade"],
    ["last", "school", "grade"],
    ["email"],
)
LIKE, EQUAL = (
    ("first", "last", "first_token", "last_token", "dob"),
    ("sex", "school", "grade", "email", "telephone"),
)


def candidates(ready):
    """Index pairs by blocks, and by a number in common."""
    index = recordlinkage.Index()
    for block in BLOCKS:
        index.block(block)
    pairs = index.index(ready)
    shared = pd.MultiIndex.from_tuples(sorted(pairs_with_an_id(ready)), names=pairs.names)
    # Of a pair, the later record comes first in recordlinkage's own index.
    both = np.vstack([np.array([*pairs]).reshape(-1, 2), np.array([*shared]).reshape(-1, 2)]).astype("int64")
    both = np.unique(np.sort(both, axis=1), axis=0)
    return pd.MultiIndex.from_arrays([both[:, 0], both[:, 1]])


def features(ready, pairs):
    """Compare, and say what could not be compared."""
    compare = recordlinkage.Compare()
    for name in LIKE:
        compare.string(name, name, method="jarowinkler", label=name)
    for name in EQUAL:
        compare.exact(name, name, label=name)
    told = compare.compute(pairs, ready)
    left, right = pairs.get_level_values(0), pairs.get_level_values(1)
    for name in (*LIKE, *EQUAL):
        known = ready[name].notna().to_numpy()
        told[f"{name} known"] = (known[left] & known[right]).astype("float64")
    told["dob equal"] = told["dob"].eq(1).astype("float64")
    told["both equal"] = (told["first"].eq(1) & told["last"].eq(1)).astype("float64")
    often = (ready["first"] + " " + ready["last"]).map((ready["first"] + " " + ready["last"]).value_counts())
    told["how often"] = np.log(np.fmax(often.to_numpy()[left], often.to_numpy()[right]))
    ids = ready["ids"].map(set).to_numpy()
    told["an id"] = [float(bool(ids[one] & ids[other])) for one, other in zip(left, right, strict=True)]
    return told.fillna(0.0)


def logistic(told, match):
    """Train recordlinkage's logistic regression."""
    model = recordlinkage.LogisticRegressionClassifier()
    model.fit(told, told.index[match])
    return model.prob


def boosting(told, match):
    """Train scikit-learn's gradient boosting, with its defaults."""
    model = HistGradientBoostingClassifier(random_state=SEED).fit(told.to_numpy(), match)
    return lambda told: model.predict_proba(told.to_numpy())[:, 1]


MODELS = {"logistic": logistic, "boosting": boosting}


def cross_fitted(fit, told, match, child):
    """Rate each pair of the train set by a model that saw neither of its two children."""
    left, right = (told.index.get_level_values(side) for side in (0, 1))
    codes = pd.factorize(child)[0]
    fold = np.random.default_rng(SEED).integers(0, FOLDS, codes.max() + 1)[codes]
    probability = np.zeros(len(told))
    for one in range(FOLDS):
        # The fold of the left record decides, so that each pair is rated once.
        rated = fold[left] == one
        away = (fold[left] != one) & (fold[right] != one)
        probability[rated] = np.asarray(fit(told[away], match[away])(told[rated]))
    return probability


def main():
    """Write the probability of each candidate pair of both sets."""
    kind, (train, of, out) = sys.argv[1], (Path(name) for name in sys.argv[2:])
    compared = {}
    for role, folder in (("train", train), ("of", of)):
        records = ready_records(folder)
        compared[role] = features(records, candidates(records))
    child = child_of(train).to_numpy()
    left, right = (compared["train"].index.get_level_values(side) for side in (0, 1))
    match = (child[left] == child[right]) & (child[left] != "")
    fit = MODELS[kind]
    rated = {
        "train": cross_fitted(fit, compared["train"], match, child),
        "of": fit(compared["train"], match)(compared["of"]),
    }
    for role, probability in rated.items():
        pairs = compared[role].index.to_frame(index=False).set_axis(["left", "right"], axis=1)
        pairs.assign(probability=np.asarray(probability)).to_csv(out / f"{role}.csv", index=False)


if __name__ == "__main__":
    main()
