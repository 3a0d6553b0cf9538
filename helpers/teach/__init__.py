"""Teach: check an answer, give a hint, show a solution, show an expected error."""

from helpers.teach.check import Reply, check, expect, hint, solution
from helpers.teach.doctor import set_up, set_up_in_words
from helpers.teach.predict import predict

# For users, each with its documentation; whatever else is imported here is for notebooks and other rooms.
__all__ = ["Reply", "check", "expect", "hint", "predict", "solution"]
