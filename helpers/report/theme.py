"""Define the colors of pages and charts by name, and their meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = [
    "OF_VALUES",
    "OUTCOMES",
    "STYLE_FILE",
    "Mark",
    "color",
    "contrast",
    "outcome_label",
    "page_css",
    "series_colors",
    "text_color_on",
]

STYLE_FILE = Path(__file__).parent / "charts" / "style.mplstyle"
_CSS_FILE = Path(__file__).parent / "pages" / "templates" / "page.css"


@dataclass(frozen=True)
class Mark:
    """How to draw one meaning: never by color alone, so that it is visible on a gray printer."""

    fill: str
    edge: str
    text: str
    hatch: str = ""
    ink_of_hatch: str = "#ffffff"
    line: str = "solid"
    alpha: float = 1.0


@cache
def page_css() -> str:
    """Return the style sheet of every page, to embed as text."""
    return _CSS_FILE.read_text(encoding="utf-8")


@cache
def _tokens() -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9A-Fa-f]{6});", page_css()))


def color(token: str) -> str:
    """Look up a color of the style sheet by name.

    >>> color("blue")
    '#0072B2'
    """
    tokens = _tokens()
    if token not in tokens:
        raise KeyError(f"The look has no color {token!r}. It has: {', '.join(tokens)}.")
    return tokens[token]


def _luminance(shade: str) -> float:
    parts = [int(shade[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Compute the contrast of two colors according to the accessibility guidelines (WCAG).

    >>> round(contrast(color("ink"), color("paper")), 1)
    16.6
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_color_on(shade: str) -> str:
    """Choose ink or paper for text on a color, whichever has more contrast.

    >>> text_color_on(color("orange")) == color("ink")
    True
    """
    return max((color("ink"), color("paper")), key=lambda text: contrast(text, shade))


def series_colors(count: int) -> list[str]:
    """Return colors for series without a fixed meaning, from matplotlib's ``okabe_ito``."""
    from matplotlib import color_sequences
    from matplotlib.colors import to_hex

    palette = [to_hex(shade) for shade in color_sequences["okabe_ito"]]
    wanted = [color(name).lower() for name in ("sky", "purple", "green", "blue", "orange", "vermilion")]
    order = [color("ink"), *(palette[palette.index(shade)] for shade in wanted)]
    return [order[place % len(order)] for place in range(count)]


# A meaning has the same color in every chart. Wrong is hatched, missed outlined, unverified dotted.
OUTCOMES: dict[str, Mark] = {
    "right": Mark(color("blue"), color("blue"), color("blue")),
    "joined": Mark(color("ink"), color("ink"), color("ink")),
    "wrong": Mark(color("vermilion"), color("vermilion"), color("vermilion-text"), hatch="////"),
    "missed": Mark(color("orange"), color("ink"), color("ink")),
    "unverified": Mark(color("ink"), color("ink"), color("muted"), line="dotted", alpha=0.4),
    "review": Mark(color("paper"), color("muted"), color("muted"), "....", color("muted")),
    "reviewed": Mark(color("green"), color("green"), color("green-text")),
    "alone": Mark(color("tint"), color("muted"), color("muted")),
}
# For children, values on a page, or in a list, the same marks as right and wrong links, with other labels.
OF_VALUES = {
    "complete": "right",
    "split": "missed",
    "mixed": "wrong",
    "true today": "right",
    "another child's": "wrong",
    "made right": "right",
    "made wrong": "wrong",
    "found": "right",
    "left, and still listed": "wrong",
}

_WORDS = {
    "right": "joined to the right child",
    "wrong": "joined to the wrong child",
    "missed": "missed",
    "unverified": "joined, unverified",
    "review": "needs review",
    "reviewed": "reviewed by a person",
    "alone": "not linked",
}


def outcome_label(outcome: str) -> str:
    """Return the legend label of an outcome.

    >>> outcome_label("wrong")
    'joined to the wrong child'
    """
    return _WORDS.get(outcome, outcome)
