"""A page of one question, laid out of blocks: a sentence, pictures, tables, and the words between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from helpers.files.save import write_atomically
from helpers.show.blocks import Block, escape, slug
from helpers.show.pages import TEMPLATE_FOLDER
from helpers.show.tokens import colour, page_css

__all__ = ["about_line", "block_page", "heading", "note"]


def heading(text: str) -> Block:
    """Begin a part of a page.

    Parameters
    ----------
    text
        Its heading; no two of a page are the same.

    Returns
    -------
    Block
        The heading, with a place to link to.
    """
    return Block(f'<h2 id="{slug(text)}">{escape(text)}</h2>', text)


def note(*sentences: str) -> Block:
    """Say something between two blocks.

    Parameters
    ----------
    *sentences
        Each becomes a paragraph.

    Returns
    -------
    Block
        The paragraphs.
    """
    return Block("".join(f"<p>{escape(one)}</p>" for one in sentences if one), " ".join(sentences))


def about_line(text: str, *, restricted: bool = False) -> Block:
    """Show the banner of a page that isn't about one district.

    Parameters
    ----------
    text
        What these data are, in a line.
    restricted
        True for what real people or school systems answered.

    Returns
    -------
    Block
        A plain line, or a red one.
    """
    look, kind = f"background:{colour('tint')};color:{colour('ink')}", "banner"
    if restricted:
        look, kind = f"background:{colour('restricted')};color:#fff;font-weight:600", "banner restricted"
    return Block(
        f'<div class="{kind}" role="note" aria-label="About these data" style="{look};padding:8px 16px">'
        f'<p style="margin:0 auto">{escape(text)}</p></div>',
        text,
    )


def block_page(out_path: Path, title: str, blocks: Sequence[Block], banner: Block) -> Path:
    """Write a page.

    Parameters
    ----------
    out_path
        The page, ``.html``.
    title
        The question that it answers.
    blocks
        What stands on it, in order.
    banner
        From ``about_line``, or from ``helpers.show.banner.banner`` where it is about a district.

    Returns
    -------
    Path
        The page.
    """
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATE_FOLDER), autoescape=True)
    markup = environment.get_template("blocks.html.j2").render(
        title=title,
        css=page_css(),
        banner=banner.markup,
        blocks=[block._repr_html_() for block in blocks],
    )
    write_atomically(out_path, markup.encode("utf-8"))
    return out_path
