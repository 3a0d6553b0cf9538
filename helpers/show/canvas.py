"""A sheet measured in page pixels: room for the longest label is found by measuring, not by hoping."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from helpers.show.tokens import STYLE_FILE, colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = ["BODY", "SMALL", "Sheet", "style", "texts_in_the_way"]

_INCH = 100  # page pixels
BODY, SMALL = 14, 13  # letter sizes in page pixels
# Pixels: a box of letters is a little larger than its ink, above and below most.
_OVER, _ON_EACH_OTHER = 3.0, 5.0


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


def _drawn_texts(figure: Figure) -> list[Text]:
    """Give the texts that are drawn: axes have labels beyond their ends, too, which are not."""
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += axes.texts
        if not axes.axison:
            continue
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = axis.get_major_ticks() if axis.get_visible() else []
            texts += [tick.label1 for tick in ticks if low <= float(tick.get_loc()) <= high]
            texts.append(axis.label)
    return [one for one in texts if one.get_visible() and one.get_text().strip()]


def texts_in_the_way(figure: Figure) -> list[str]:
    """Find texts of a drawn figure that its edge cuts off, or that stand on each other.

    Parameters
    ----------
    figure
        Drawn already.

    Returns
    -------
    list of str
        A sentence a fault, without the text itself, which may be a name.
    """
    from matplotlib.transforms import Bbox

    pixel = figure.dpi / _INCH
    boxes = [one.get_window_extent() for one in _drawn_texts(figure)]
    page = figure.bbox
    faults = []
    for box in boxes:
        over = max(page.x0 - box.x0, box.x1 - page.x1, page.y0 - box.y0, box.y1 - page.y1) / pixel
        if over > _OVER:
            faults.append(f"A text of a picture is cut off: {over:.0f} pixels of it lie beyond the edge.")
    for place, box in enumerate(boxes):
        for other in boxes[place + 1 :]:
            both = Bbox.intersection(box, other)
            if both is not None and both.width > _OVER * pixel and both.height > _ON_EACH_OTHER * pixel:
                faults.append(f"Two texts of a picture stand on each other, {both.width / pixel:.0f} pixels.")
    return faults


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
