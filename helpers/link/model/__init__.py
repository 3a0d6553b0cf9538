"""The scoring model: how much each agreement and each difference of two units weighs."""

from helpers.link.model.scoring import LinkModel, describe, explain, score_pairs, shipped_model, weights
from helpers.link.model.training import train, with_matches

__all__ = [
    "LinkModel",
    "describe",
    "explain",
    "score_pairs",
    "shipped_model",
    "train",
    "weights",
    "with_matches",
]
