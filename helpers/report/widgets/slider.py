"""Move one setting, and see what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.report.blocks import Block

__all__ = ["slider"]


def slider(label: str, positions: Mapping[str, Block], still: Block, start: str = "") -> Slider:
    """Show one of several results at a time; as the last line of a cell, a slider chooses which.

    Parameters
    ----------
    label
        What is moved, such as "Join from".
    positions
        What follows at each position, in order; everything is computed already.
    still
        What a saved page and paper show instead: all positions at once.
    start
        First position; default is the first one.

    Returns
    -------
    Slider
        It is live with a kernel.

    Raises
    ------
    ValueError
        If there is no position, or not this one.
    """
    if not positions or (start and start not in positions):
        raise ValueError(
            f"This slider has no position {start!r}. There are: {', '.join(positions) or 'none'}."
        )
    return Slider(label, positions, still, start or next(iter(positions)))


class Slider:
    """A slider over results: live with a kernel, all of them at once otherwise."""

    def __init__(self, label: str, positions: Mapping[str, Block], still: Block, start: str) -> None:
        self._label, self._positions, self._still, self._start = label, dict(positions), still, start

    def widget(self) -> Any:
        """Return the slider and what it shows."""
        from ipywidgets import HTML, Layout, SelectionSlider, VBox

        handle = SelectionSlider(
            options=list(self._positions),
            value=self._start,
            description=self._label,
            style={"description_width": "initial"},
            layout=Layout(width="100%", max_width="560px"),
        )
        shown = HTML(str(self._positions[self._start].__html__()))

        def moved(change: Mapping[str, Any]) -> None:
            shown.value = str(self._positions[change["new"]].__html__())

        handle.observe(moved, names="value")
        return VBox([handle, shown])

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.report.widgets import view_of

        return {
            **view_of(self.widget()),
            "text/html": self._still._repr_html_(),
            "text/plain": self._still.text,
        }
