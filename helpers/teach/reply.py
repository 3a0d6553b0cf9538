"""A reply to a learner: one line of text that also knows whether the answer was right."""

from __future__ import annotations

from typing import Literal

from helpers.report.blocks import escape

__all__ = ["Reply", "State"]

State = Literal["unanswered", "wrong", "incomplete", "complete", "right"]


class Reply(str):
    """One line to a learner.

    Parameters
    ----------
    text
        What is said.
    state
        unanswered, wrong or right; of an answer in words, which people judge, incomplete or complete.
    code
        Code that is shown below the line.
    """

    state: State
    code: str

    def __new__(cls, text: str, state: State = "unanswered", code: str = "") -> Reply:
        """Make the line; a string cannot be filled later."""
        reply = super().__new__(cls, " ".join(text.split()) + (f"\n\n{code}" if code else ""))
        reply.state = state
        reply.code = code
        return reply

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        # Without the mark of helpers.report: a reply to a learner is no result, and no report of real data
        # keeps it.
        line, _, _ = str(self).partition("\n")
        code = f"<pre><code>{escape(self.code)}</code></pre>" if self.code else ""
        edge = {"right": "#0072B2", "wrong": "#E69F00"}.get(self.state, "#57606a")
        return (
            f'<div class="reply" data-state="{self.state}" '
            f'style="border-left:3px solid {edge};padding:4px 12px">{escape(line)}{code}</div>'
        )
