"""Train gradient boosting with the truth, cross-fitted by child; needs NumPy and scikit-learn alone.

Usage: python linking_ceiling_peer.py IN.npz OUT.npy

IN has ``features`` (pairs x features, NaN where unknown), ``match`` (boolean), ``left_fold`` and
``right_fold`` (the fold of the true child at either end). A pair is scored by a model that saw no pair of any
child in either of its folds.
"""

import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

FOLDS = 3
MOST_ROWS = 100_000
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
            if len(rows) > MOST_ROWS:
                rows = rng.choice(rows, MOST_ROWS, replace=False)
            # Leaving folds out leaves a share of the true pairs, and that share squared of the others.
            weight = np.where(match[rows], 1.0, FOLDS / (FOLDS - len(away)))
            model = HistGradientBoostingClassifier(
                max_iter=100, learning_rate=0.15, max_leaf_nodes=31, min_samples_leaf=20, random_state=SEED
            )
            model.fit(features[rows], match[rows], sample_weight=weight)
            probability[scored] = model.predict_proba(features[scored])[:, 1]
    np.save(sys.argv[2], probability)


if __name__ == "__main__":
    main()
