"""The scoring model: how much each agreement and each difference of two units weighs."""

from helpers.link.model.explaining import explain, in_words, weights
from helpers.link.model.link_model import LinkModel, shipped_model
from helpers.link.model.scoring import score_pairs
from helpers.link.model.training import train, with_matches

__all__ = [
    "LinkModel",
    "explain",
    "in_words",
    "score_pairs",
    "shipped_model",
    "train",
    "weights",
    "with_matches",
]
