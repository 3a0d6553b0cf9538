"""A page inside a notebook: as it is, in a frame of its own, without script."""

from __future__ import annotations

from helpers.show.blocks import Block, escape
from helpers.show.family.pages import FamilyPage

__all__ = ["shown_page"]


def shown_page(page: FamilyPage, height: int = 900) -> Block:
    """Show a page in a notebook.

    Parameters
    ----------
    page
        The page.
    height
        Height of the frame, in pixels; what is longer scrolls in it.

    Returns
    -------
    Block
        A frame that runs nothing and leads nowhere; elsewhere one line with the page's title.
    """
    frame = (
        f'<iframe inert sandbox="" srcdoc="{escape(page.markup)}" title="{escape(page.page.title_plain)}" '
        f'style="width:100%;height:{height}px;border:1px solid #d0d7de" loading="lazy"></iframe>'
    )
    return Block(frame, f"{page.page.title_plain} ({page.page.code_words})")
