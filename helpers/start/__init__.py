"""Start with a folder of one's own: what its files leave open, what works already, and the answers."""

from helpers.start.answer import answer_questions, read_given, read_open, save_answers
from helpers.start.open_questions import MOST_ASKED, Question, open_questions
from helpers.start.works_now import children_with

# Public names, each documented. The other imports serve other rooms.
__all__ = ["open_questions", "save_answers"]
