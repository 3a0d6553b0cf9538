"""The scoring model: match weights of each agreement and difference."""

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
