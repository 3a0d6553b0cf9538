"""Provide stateless widgets: the page sends messages and gets answers, and stores nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from helpers.report.child.sheet import sheet_css
from helpers.report.theme import color

__all__ = ["style_of", "view_of", "widget_for"]

_FOLDER = Path(__file__).parent
_COLORS = ("ink", "muted", "rule", "paper", "tint", "blue", "green-text", "restricted")
VIEW = "application/vnd.jupyter.widget-view+json"


@cache
def style_of(name: str) -> str:
    """Return the style of a page of this room, with its colors by name."""
    own = "".join(f"--{token}:{color(token)};" for token in _COLORS)
    look = (_FOLDER / f"{name}.css").read_text(encoding="utf-8")
    page = sheet_css() if name == "dashboard" else ""
    return f".{name.replace('_', '-')}{{{own}}}\n{look}{page}"


@cache
def _widget_class(name: str) -> Any:
    """Load what widgets need only when one is shown, because it takes a third of a second."""
    from anywidget import AnyWidget

    # No traits of its own: a widget's state may be saved with a notebook.
    source = {"_esm": (_FOLDER / f"{name}.js").read_text(encoding="utf-8"), "_css": style_of(name)}
    return type(f"{name.title().replace('_', '')}Widget", (AnyWidget,), source)


def widget_for(name: str, receive: Callable[[object], dict[str, Any] | None]) -> dict[str, Any]:
    """Create a widget that forwards its page's messages."""
    widget = _widget_class(name)()

    def passed_on(one: Any, message: object, _: object) -> None:
        answer = receive(message)
        if answer is not None:
            one.send(answer)

    widget.on_msg(passed_on)
    return view_of(widget)


def view_of(widget: Any) -> dict[str, Any]:
    """Return what a notebook shows of a widget with a kernel."""
    return {VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}
