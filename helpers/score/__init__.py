"""Judge links, findings and gaps against the answer key."""

from helpers.score.answer_key import AnswerKey, can_be_judged, read_answer_key
from helpers.score.findings import score_findings
from helpers.score.links import score_children, score_links
from helpers.score.pairs import score_pairs

__all__ = [
    "AnswerKey",
    "can_be_judged",
    "read_answer_key",
    "score_children",
    "score_findings",
    "score_links",
    "score_pairs",
]
