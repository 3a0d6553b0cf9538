"""The review desk's table work: what waits for a person, what a person decided, what an hour of it buys."""

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
