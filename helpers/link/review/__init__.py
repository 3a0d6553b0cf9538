"""Tables of the review desk: the queue, decisions, and what an hour of review buys."""

from helpers.link.decisions import add_decision, pairs_of, read_decisions, stale, standing, take_back
from helpers.link.review.queue import review_queue, save_queue

__all__ = [
    "add_decision",
    "pairs_of",
    "read_decisions",
    "review_queue",
    "save_queue",
    "stale",
    "standing",
    "take_back",
]
