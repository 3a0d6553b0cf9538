"""Teach: check an answer, give a hint, show a solution, show an error on purpose."""

from helpers.teach.answers import check, hint, solution
from helpers.teach.expecting import expect
from helpers.teach.reply import Reply

__all__ = ["Reply", "check", "expect", "hint", "solution"]
