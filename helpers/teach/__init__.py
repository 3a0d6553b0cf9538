"""Teach: check an answer, give a hint, show a solution, show an expected error."""

from helpers.teach.check import Reply, check, expect, hint, solution

__all__ = ["Reply", "check", "expect", "hint", "solution"]
