"""The scoring model: how much each agreement and each difference of two units weighs."""

from helpers.link.model.link_model import LinkModel, shipped_model
from helpers.link.model.scoring import score_pairs

__all__ = ["LinkModel", "score_pairs", "shipped_model"]
