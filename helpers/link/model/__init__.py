"""The scoring model: match weights of each agreement and difference."""

from helpers.link.model.estimation import train, with_matches
from helpers.link.model.parameters import LinkModel, declared_model, drift, shipped_model, weights
from helpers.link.model.scoring import describe, explain, score_pairs

__all__ = [
    "LinkModel",
    "declared_model",
    "describe",
    "drift",
    "explain",
    "score_pairs",
    "shipped_model",
    "train",
    "weights",
    "with_matches",
]
