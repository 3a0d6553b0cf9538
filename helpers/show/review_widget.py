"""The widget of the review desk: a page that asks and is answered by messages, and keeps nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from helpers.show.tokens import colour

__all__ = ["widget_for"]

_FOLDER = Path(__file__).parent
_COLOURS = ("ink", "muted", "rule", "paper", "tint", "blue", "green-text", "restricted")
VIEW = "application/vnd.jupyter.widget-view+json"


@cache
def _style() -> str:
    own = "".join(f"--{name}:{colour(name)};" for name in _COLOURS)
    return f".review-desk{{{own}}}\n{(_FOLDER / 'review_desk.css').read_text(encoding='utf-8')}"


@cache
def _widget_class() -> Any:
    """Load what widgets need only when one is shown: it takes a third of a second."""
    from anywidget import AnyWidget

    class ReviewWidget(AnyWidget):
        """Has no trait of its own: the state of a widget may be saved with a notebook."""

        _esm = (_FOLDER / "review_desk.js").read_text(encoding="utf-8")
        _css = _style()

    return ReviewWidget


def widget_for(heard: Callable[[object], dict[str, Any]]) -> dict[str, Any]:
    """Make a widget that passes on what its page says.

    Parameters
    ----------
    heard
        Gets a message of the page, gives what the page shows next.

    Returns
    -------
    dict
        The part of a MIME bundle that shows it.
    """
    widget = _widget_class()()
    widget.on_msg(lambda one, message, _: one.send(heard(message)))
    return {VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}
