"""The colors of pages and charts by name, and what each color means."""

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
    """How one meaning is drawn: never by color alone, so that it survives a gray printer."""

    fill: str
    edge: str
    text: str
    hatch: str = ""
    ink_of_hatch: str = "#ffffff"
    line: str = "solid"
    alpha: float = 1.0


@cache
def page_css() -> str:
    """Give the style sheet of every page, as text to put inside it."""
    return _CSS_FILE.read_text(encoding="utf-8")


@cache
def _tokens() -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9A-Fa-f]{6});", page_css()))


def color(token: str) -> str:
    """Give a color of the look by its name, as the style sheet has it.

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
    """Give the contrast of two colors as the accessibility guidelines compute it.

    >>> round(contrast(color("ink"), color("paper")), 1)
    16.6
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_color_on(shade: str) -> str:
    """Choose ink or paper for letters on a color, whichever is read more easily.

    >>> text_color_on(color("orange")) == color("ink")
    True
    """
    return max((color("ink"), color("paper")), key=lambda text: contrast(text, shade))


def series_colors(count: int) -> list[str]:
    """Give colors for series that have no meaning of their own, from matplotlib's ``okabe_ito``."""
    from matplotlib import color_sequences
    from matplotlib.colors import to_hex

    palette = [to_hex(shade) for shade in color_sequences["okabe_ito"]]
    wanted = [color(name).lower() for name in ("sky", "purple", "green", "blue", "orange", "vermilion")]
    order = [color("ink"), *(palette[palette.index(shade)] for shade in wanted)]
    return [order[place % len(order)] for place in range(count)]


# Meaning keeps its color in every chart. Wrong is hatched, missed outlined, unverified dotted.
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
# Of a value on a page, or of a list, what right and wrong are of a join: the same marks under other words.
OF_VALUES = {
    "true today": "right",
    "another child's": "wrong",
    "made right": "right",
    "made wrong": "wrong",
    "found": "right",
    "gone, and still listed": "wrong",
}

_WORDS = {
    "right": "joined to the right child",
    "wrong": "joined to the wrong child",
    "missed": "missed",
    "unverified": "joined, unverified",
    "review": "waits for a person",
    "reviewed": "reviewed by a person",
    "alone": "joined to nobody",
}


def outcome_label(outcome: str) -> str:
    """Say an outcome as a legend says it.

    >>> outcome_label("wrong")
    'joined to the wrong child'
    """
    return _WORDS.get(outcome, outcome)
