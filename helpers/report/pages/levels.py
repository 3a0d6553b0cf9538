"""Write the page of exchange levels: what each step buys, and what to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from helpers.files import write_atomically
from helpers.report.blocks import Block, about_line
from helpers.report.templates import PAGE_TEMPLATES, render
from helpers.report.theme import page_css
from helpers.report.to_do import Action

__all__ = ["LevelsPage", "levels_page"]


@dataclass(frozen=True)
class LevelsPage:
    """What the page shows, from top to bottom; ``**`` around a part of a sentence makes it bold."""

    title: str
    # In the banner: what was run.
    about: str
    # The finding, as a sentence.
    headline: str
    # A word or two in the margin, and a sentence.
    sentences: Sequence[tuple[str, str]]
    # A sentence set apart from these.
    aside: str
    picture: Block
    # What to do first, and a note on it.
    actions: Sequence[Action]
    actions_note: str
    # Groups of questions: title, lines of question and who asks it, how many more there are.
    questions: Sequence[tuple[str, Sequence[tuple[str, str]], int]]
    questions_note: str
    limits: Sequence[str]
    # Sections that open on a click.
    folds: Sequence[tuple[str, Sequence[Block]]] = field(default_factory=tuple)


@cache
def _css() -> str:
    return page_css() + (PAGE_TEMPLATES / "levels.css").read_text(encoding="utf-8")


def levels_page(out_path: Path, page: LevelsPage) -> Path:
    """Write the page: its first screen is the answer, two sheets are printed, and the rest is folded."""
    markup = render(
        "report/pages/templates/levels.html.j2",
        page=page,
        css=_css(),
        banner=about_line(page.about).markup,
    )
    write_atomically(out_path, markup.encode("utf-8"))
    return out_path
