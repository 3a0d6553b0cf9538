"""A sheet measured in page pixels: room for the longest label is found by measuring, not by hoping."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from helpers.show.tokens import STYLE_FILE, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["BODY", "SMALL", "Sheet", "style"]

_INCH = 100  # page pixels
BODY, SMALL = 14, 13  # letter sizes in page pixels


@cache
def style() -> Any:
    """Give the chart style as matplotlib settings.

    Returns
    -------
    RcParams
        Settings read from ``style.mplstyle``.
    """
    from matplotlib import rc_params_from_file

    return rc_params_from_file(STYLE_FILE, use_default_template=False)


class Sheet:
    """A figure of a given width in page pixels, with y counted from the top, as on a page.

    Parameters
    ----------
    width
        Pixels; up to 480 is a phone, on which labels stand above their marks.
    """

    def __init__(self, width: int) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width = width
        self.narrow = width <= 480
        self.height = 0.0
        # No pyplot: a figure of its own keeps no list of open figures, so none has to be closed.
        self.figure = Figure(figsize=(width / _INCH, 1), dpi=_INCH)
        FigureCanvasAgg(self.figure)

    def set_height(self, height: float) -> None:
        """Set the height once the rows are known, in pixels."""
        self.height = float(height)
        self.figure.set_size_inches(self.width / _INCH, height / _INCH)

    def measure(self, text: str, size: float = BODY, weight: str = "normal") -> float:
        """Tell how wide a text is drawn, in pixels."""
        from matplotlib.font_manager import FontProperties

        renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        family = style()["font.family"]
        font = FontProperties(family=family, size=size * 0.72, weight=weight)
        widths = [renderer.get_text_width_height_descent(line, font, False)[0] for line in text.split("\n")]
        return float(max(widths, default=0.0))

    def fold(self, text: str, room: float, size: float = BODY, lines: int = 2) -> str:
        """Break a text into at most so many lines that fit; what is left over ends in an ellipsis."""
        folded: list[str] = []
        line = ""
        words = text.split()
        while words:
            longer = f"{line} {words[0]}".strip()
            if self.measure(longer, size) <= room:
                line = longer
                words.pop(0)
            elif not line:
                # One word longer than the room: cut it where the room ends.
                cut = len(words[0])
                while cut > 1 and self.measure(words[0][:cut] + "…", size) > room:
                    cut -= 1
                folded.append(words[0][:cut] + "…")
                words.pop(0)
            else:
                folded.append(line)
                line = ""
        if line:
            folded.append(line)
        if len(folded) > lines:
            last = folded[lines - 1]
            while last and self.measure(last + "…", size) > room:
                last = last[:-1]
            folded = [*folded[: lines - 1], last.rstrip() + "…"]
        return "\n".join(folded)

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Make axes in a box given by its distance from the sheet's sides, in pixels."""
        width, height = self.width, self.height
        return self.figure.add_axes(
            (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
        )

    def page_axes(self) -> Axes:
        """Make axes over the whole sheet whose units are pixels, y downwards, for free drawing."""
        axes = self.axes(0, 0, 0, 0)
        axes.set(xlim=(0, self.width), ylim=(self.height, 0))
        axes.set_axis_off()
        return axes

    def write(
        self,
        axes: Axes,
        x: float,
        y: float,
        text: str,
        *,
        size: float = BODY,
        shade: str | None = None,
        across: str = "left",
        weight: str = "normal",
        up: str = "center",
    ) -> None:
        """Write text at a place, in ink unless told otherwise."""
        if up == "center" and "\n" not in text:
            # By the base line, else a word with a tail and one without stand at different heights.
            up, y = "baseline", y + size * 0.35
        axes.text(
            x,
            y,
            text,
            parse_math=False,  # a dollar is a dollar
            fontsize=size * 0.72,
            color=shade or colour("ink"),
            ha=across,
            va=up,
            fontweight=weight,
            linespacing=1.15,
        )
