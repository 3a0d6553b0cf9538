"""Draw a chart with its numbers and its text."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from helpers.report.blocks import Block
from helpers.report.tables import CountGuard, csv_link, table_markup
from helpers.report.templates import fill
from helpers.report.theme import STYLE_FILE, Mark, color
from helpers.standard import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = ["BODY", "NARROW", "SMALL", "WIDE", "Canvas", "Picture", "style"]


_INCH = 100  # page pixels per inch
BODY, SMALL = 14, 13  # letter sizes in page pixels
# Pixels: a text box is slightly larger than its ink, most of all vertically.
_OVER, _ON_EACH_OTHER = 3.0, 5.0
# Mark of a text that had no room.
_CUT = "cut short"


@cache
def style() -> Any:
    """Return the chart style as matplotlib settings."""
    from matplotlib import rc_params_from_file

    return rc_params_from_file(STYLE_FILE, use_default_template=False)


def _drawn_texts(figure: Figure) -> list[Text]:
    """Return the visible texts: axes also have labels beyond their ends, which aren't drawn."""
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
    """Find texts of a drawn figure that are cut short or off at its edge, or overlap."""
    pixel = figure.dpi / _INCH
    boxes = [one.get_window_extent() for one in _drawn_texts(figure)]
    page = figure.bbox
    faults = []
    short = [one.get_text() for one in _drawn_texts(figure) if one.get_gid() == _CUT]
    faults += [f"A text of a picture is cut short: {text!r}." for text in short]
    for box in boxes:
        over = max(page.x0 - box.x0, box.x1 - page.x1, page.y0 - box.y0, box.y1 - page.y1) / pixel
        if over > _OVER:
            faults.append(f"A text of a picture is cut off: {over:.0f} pixels of it lie beyond the edge.")
    low, high = (np.array([getattr(box, end) for box in boxes]).reshape(-1, 2) for end in ("min", "max"))
    wide, tall = (
        np.minimum.outer(high[:, axis], high[:, axis]) - np.maximum.outer(low[:, axis], low[:, axis])
        for axis in (0, 1)
    )
    both = np.triu((wide > _OVER * pixel) & (tall > _ON_EACH_OTHER * pixel), 1)
    faults += [
        f"Two texts of a picture stand on each other, {width / pixel:.0f} pixels." for width in wide[both]
    ]
    return faults


class Canvas:
    """A figure of a given width in page pixels, with y counted from the top, as on a page."""

    def __init__(self, width: int) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width = width
        self.narrow = width <= 480
        self.height = 0.0
        self._cut: set[str] = set()
        # Without pyplot, no figure stays in its list of open figures, so none has to be closed.
        self.figure = Figure(figsize=(width / _INCH, 1), dpi=_INCH)
        FigureCanvasAgg(self.figure)

    def set_height(self, height: float) -> None:
        """Set the height in pixels, once the rows are known."""
        self.height = float(height)
        self.figure.set_size_inches(self.width / _INCH, height / _INCH)

    def measure(self, text: str, size: float = BODY, weight: str = "normal") -> float:
        """Measure the width of a text in pixels."""
        from matplotlib.font_manager import FontProperties

        renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        family = style()["font.family"]
        font = FontProperties(family=family, size=size * 0.72, weight=weight)
        widths = [renderer.get_text_width_height_descent(line, font, False)[0] for line in text.split("\n")]
        return float(max(widths, default=0.0))

    def fold(self, text: str, room: float, size: float = BODY, lines: int = 2, *, split: bool = False) -> str:
        """Wrap a text to at most this many lines; the rest becomes an ellipsis.

        A word that is wider than the room is cut, or with ``split`` goes on in the next line.
        """
        folded: list[str] = []
        line = ""
        words = text.split()
        while words:
            longer = f"{line} {words[0]}".strip()
            if self.measure(longer, size) <= room:
                line = longer
                words.pop(0)
            elif not line:
                # A single word that is wider than the room.
                more = "" if split else "…"
                cut = len(words[0])
                while cut > 1 and self.measure(words[0][:cut] + more, size) > room:
                    cut -= 1
                folded.append(words[0][:cut] + more)
                rest = words.pop(0)[cut:]
                if split:
                    words.insert(0, rest)
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
        whole = "\n".join(folded)
        if "…" in whole and "…" not in text:
            self._cut.add(whole)
        return whole

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Create axes in a box given by its distance from the sheet's sides, in pixels."""
        width, height = self.width, self.height
        return self.figure.add_axes(
            (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
        )

    def page_axes(self) -> Axes:
        """Create axes over the whole sheet in pixels, y downward, for free drawing."""
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
        """Write text at a position, by default in ink."""
        if up == "center" and "\n" not in text:
            # Align the baseline; otherwise words with and without descenders have different heights.
            up, y = "baseline", y + size * 0.35
        axes.text(
            x,
            y,
            text,
            gid=_CUT if text in self._cut else None,
            parse_math=False,  # a dollar sign is no math
            fontsize=size * 0.72,
            color=shade or color("ink"),
            ha=across,
            va=up,
            fontweight=weight,
            linespacing=1.15,
        )

    def box(self, axes: Axes, x: float, y: float, wide: float, high: float, mark: Mark) -> None:
        """Draw a rectangle with the fill, edge and hatch of a meaning."""
        from matplotlib.colors import to_rgba
        from matplotlib.patches import Rectangle

        # Not add_patch: charts set their own limits, so no limit need follow from what is drawn.
        axes.add_artist(
            Rectangle(
                (x, y),
                wide,
                high,
                facecolor=to_rgba(mark.fill, mark.alpha),
                edgecolor=mark.edge,
                hatch=mark.hatch or None,
                hatchcolor=mark.ink_of_hatch,
                linewidth=1.0,
                linestyle=mark.line,
            )
        )


# Page pixels. A phone of 360 pixels gets its own drawing: a wide one, scaled down, has letters of 5 pixels.
WIDE = 760
NARROW = 328
_DENSITY = 200  # twice the style's 100 pixels per inch: sharp on paper and high-resolution screens
_FEWEST_WORDS = 6


class Picture(Block):
    """A chart with its title, alt text, caption and data table.

    Parameters
    ----------
    draw
        Function that draws the chart for a width in pixels.
    title
        The finding, as a sentence.
    alt
        The finding and its range in one sentence of more than five words, for people who can't see the chart.
    data
        Data of the chart.
    caption
        What, when, how many, source.
    units, guard
        As in ``helpers.report.tables.table``.
    width
        Width of the wide drawing in page pixels.

    Raises
    ------
    ValueError
        If there is no title, or the alt text isn't a sentence.
    """

    def __init__(
        self,
        draw: Callable[[int], Figure],
        *,
        title: str,
        alt: str,
        data: pd.DataFrame,
        caption: str = "",
        units: Mapping[str, str] | None = None,
        guard: CountGuard | None = None,
        width: int = WIDE,
    ) -> None:
        if not title.strip():
            raise ValueError(
                "A picture needs a title that says the finding, such as title='Meals knows 40 fewer'."
            )
        if len(alt.split()) < _FEWEST_WORDS:
            raise ValueError(
                f"The alt text {alt!r} is no sentence. Say the finding and its range in more than five words."
            )
        super().__init__(Markup(), f"Picture: {title}")
        self.title = title
        self.alt = plain(alt)
        self.caption = caption
        self.data = data
        self._draw = draw
        self._units = dict(units or {})
        self._guard = guard
        self._width = width
        self._markup = Markup()

    def png(self, width: int | None = None) -> bytes:
        """Draw the chart and close it.

        Parameters
        ----------
        width
            Width in page pixels, the wide drawing's by default; the image has twice as many.

        Returns
        -------
        bytes
            A PNG image.
        """
        import matplotlib
        from PIL import Image

        out = io.BytesIO()
        with matplotlib.rc_context(style()):
            figure = self._draw(width or self._width)
            figure.set_dpi(_DENSITY)
            canvas: Any = figure.canvas
            canvas.draw()
            for fault in texts_in_the_way(figure):
                # It fails our tests; on a page nothing is lost, because the numbers are below the chart.
                warnings.warn(fault, stacklevel=2)
            drawn = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")
            figure.clear()
        # A chart has few colors: a palette shrinks the page to a third at no cost.
        small = drawn.quantize(method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        # The palette is a shade off; the paper must be the page's own white.
        palette = small.getpalette() or []
        place, paper = (cast("Any", image.getpixel((0, 0))) for image in (small, drawn))
        palette[3 * place : 3 * place + 3] = paper
        small.putpalette(palette)
        small.save(out, format="PNG")
        return out.getvalue()

    def save(self, path: Path) -> Path:
        """Save the wide drawing to a file, for a slide.

        Parameters
        ----------
        path
            Path of the PNG.

        Returns
        -------
        Path
            The same path.
        """
        path.write_bytes(self.png())
        return path

    def _figure_markup(self) -> Markup:
        table, shown = table_markup(self.data, label=self.title, units=self._units, guard=self._guard)
        images = [_image(self.png(width), width) for width in (self._width, NARROW)]
        link = csv_link(shown if self._guard else self.data, self.title)
        texts = self.title, self.alt, self.caption
        return fill("report/charts/picture.html.j2", "picture", *texts, *images, table, link)

    def __html__(self) -> Markup:
        """Return the markup, drawn on first access."""
        if not self._markup:
            self.markup = self._figure_markup()
            self._markup = super().__html__()
        return self._markup


def _image(png: bytes, room: int) -> dict[str, Any]:
    """Return a PNG for a page, with width and height in page pixels from its header."""
    width, height = (int.from_bytes(png[place : place + 4], "big") // 2 for place in (16, 20))
    return {"png": base64.b64encode(png).decode("ascii"), "width": width, "height": height, "room": room}
