"""Train gradient boosting with the truth, cross-fitted by child; runs in an environment with scikit-learn alone.

Usage: python linking_ceiling_peer.py IN.npz OUT.npy

IN has ``features`` (pairs x features, NaN where unknown), ``match`` (boolean), ``left_fold`` and ``right_fold``
(the fold of the true child at either end). A pair is scored by a model that saw no pair of any child in either
of its folds.
"""

import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

FOLDS = 3
MOST_ROWS = 250_000
SEED = 7


def main():
    """Write the probability of each pair."""
    given = np.load(sys.argv[1])
    features, match = given["features"], given["match"]
    left, right = given["left_fold"], given["right_fold"]
    probability = np.zeros(len(match))
    rng = np.random.default_rng(SEED)
    for one in range(FOLDS):
        for other in range(one, FOLDS):
            scored = ((left == one) & (right == other)) | ((left == other) & (right == one))
            away = {one, other}
            rows = np.flatnonzero(~np.isin(left, list(away)) & ~np.isin(right, list(away)))
            if not scored.any():
                continue
            # Of pairs between folds fewer are left to learn from than of pairs within; the weight evens that.
            left_out = len(away) / FOLDS
            within = left[rows] == right[rows]
            if len(rows) > MOST_ROWS:
                chosen = rng.choice(len(rows), MOST_ROWS, replace=False)
                rows, within = rows[chosen], within[chosen]
            between = (1 - left_out) / max((1 - left_out) ** 2 - (1 - left_out) / FOLDS, 1e-9)
            between *= (1 - 1 / FOLDS)
            weight = np.where(within, 1.0, min(between, 3.0))
            model = HistGradientBoostingClassifier(
                max_iter=150, learning_rate=0.1, max_leaf_nodes=31, min_samples_leaf=50, random_state=SEED
            )
            model.fit(features[rows], match[rows], sample_weight=weight)
            probability[scored] = model.predict_proba(features[scored])[:, 1]
    np.save(sys.argv[2], probability)


if __name__ == "__main__":
    main()
