"""A picture: drawn for a wide and a narrow screen, said in a sentence, with the numbers behind it."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.show.blocks import Block, escape
from helpers.show.numbers import CountGuard
from helpers.show.tables import csv_link, table_markup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["NARROW", "WIDE", "Picture"]

# Pixels of the page. A phone of 360 pixels gets its own drawing: a wide one, shrunk, has letters of 5 pixels.
WIDE = 760
NARROW = 328
_DENSITY = 200  # twice the 100 pixels an inch of the style: sharp on paper and on fine screens
_FEWEST_WORDS = 6


class Picture(Block):
    """A chart with its title, alt text, caption and the table behind it.

    Parameters
    ----------
    draw
        Draws the chart for a width in pixels.
    title
        The finding, as a sentence.
    alt
        The finding and its range in one sentence of more than five words, for who cannot see the picture.
    data
        The numbers behind the picture.
    caption
        What, when, how many, source.
    units, guard
        As in ``helpers.show.tables.table``.

    Raises
    ------
    ValueError
        When there is no title, or the alt text is no sentence.
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
    ) -> None:
        if not title.strip():
            raise ValueError(
                "A picture needs a title that says the finding, such as title='Meals knows 40 fewer'."
            )
        if len(alt.split()) < _FEWEST_WORDS:
            raise ValueError(
                f"The alt text {alt!r} is no sentence. Say the finding and its range in more than five words."
            )
        super().__init__("", f"Picture: {title}")
        self.title = title
        self.alt = alt
        self.caption = caption
        self.data = data
        self._draw = draw
        self._units = dict(units or {})
        self._guard = guard
        self._written = ""

    def png(self, width: int = WIDE) -> bytes:
        """Draw the picture and close it.

        Parameters
        ----------
        width
            Width in pixels of the page; the image has twice as many.

        Returns
        -------
        bytes
            A PNG image.
        """
        import matplotlib
        from PIL import Image

        from helpers.show.canvas import style, texts_in_the_way

        out = io.BytesIO()
        with matplotlib.rc_context(style()):
            figure = self._draw(width)
            figure.set_dpi(_DENSITY)
            canvas: Any = figure.canvas
            canvas.draw()
            for fault in texts_in_the_way(figure):
                # An error in our tests; on a page nothing is lost, since the numbers stand below the picture.
                warnings.warn(fault, stacklevel=2)
            drawn = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")
            figure.clear()
        # A chart has few colours: a palette makes the page a third of the size at no cost.
        drawn.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, format="PNG")
        return out.getvalue()

    def save(self, path: Path) -> Path:
        """Write the wide drawing to a file, for a slide.

        Parameters
        ----------
        path
            Where to; a PNG.

        Returns
        -------
        Path
            The same path.
        """
        path.write_bytes(self.png())
        return path

    def _figure_markup(self) -> str:
        wide, narrow = (base64.b64encode(self.png(width)).decode("ascii") for width in (WIDE, NARROW))
        markup, shown = table_markup(self.data, label=self.title, units=self._units, guard=self._guard)
        caption = f"<figcaption>{escape(self.caption)}</figcaption>" if self.caption else ""
        # Width and height keep the place of the image, so that nothing moves while the page loads.
        sizes = _size_of(wide), _size_of(narrow)
        return (
            f'<figure style="margin:24px 0;max-width:{WIDE}px">'
            f'<p class="finding" style="font-weight:650;margin:0 0 8px">{escape(self.title)}</p>'
            f'<picture><source media="(max-width: 480px)" srcset="data:image/png;base64,{narrow}" '
            f'width="{sizes[1][0]}" height="{sizes[1][1]}">'
            f'<img alt="{escape(self.alt)}" width="{sizes[0][0]}" height="{sizes[0][1]}" '
            f'style="max-width:100%;height:auto;background:#fff" '
            f'src="data:image/png;base64,{wide}"></picture>'
            f"{caption}<details><summary>The numbers behind this picture</summary>"
            f"{markup}{csv_link(shown if self._guard else self.data, self.title)}</details></figure>"
        )

    def _repr_html_(self) -> str:
        if not self._written:
            self.markup = self._figure_markup()
            self._written = super()._repr_html_()
        return self._written


def _size_of(encoded: str) -> tuple[int, int]:
    """Read width and height in page pixels from a PNG's head."""
    head = base64.b64decode(encoded[:48])
    return int.from_bytes(head[16:20], "big") // 2, int.from_bytes(head[20:24], "big") // 2
