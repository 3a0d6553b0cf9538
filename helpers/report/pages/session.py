"""Write the paper and the slides of a workshop's session, from its executed notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.files import write_atomically
from helpers.report.blocks import Block
from helpers.report.pages.page import page_exporter, with_ids, without_files
from helpers.report.templates import PAGE_TEMPLATES
from helpers.report.theme import page_css

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["handout_page", "slides_page"]

_REVEAL = Path(__file__).parent / "reveal"


def handout_page(notebook: NotebookNode, out_path: Path, title: str, banner: Block) -> Path:
    """Write a session as a page to print.

    Cells say by their metadata what paper needs: ``kit_room_to_write``, ``kit_hides_code``, and
    ``kit_solution`` with ``kit_number`` and ``kit_why``.
    """
    kit = {"title": title, "css": page_css(), "banner": banner.markup, "failed": None}
    return _write("handout", without_files(notebook), out_path, kit)


def slides_page(notebook: NotebookNode, out_path: Path, title: str, banner: Block) -> Path:
    """Write slides: a cell with the slide type ``slide`` begins one, the next cells go on."""
    kit = {
        "title": title,
        "css": page_css(),
        "slides_css": _text(PAGE_TEMPLATES / "slides" / "slides.css"),
        "reveal_css": _text(_REVEAL / "reveal.css"),
        "reveal_js": _text(_REVEAL / "reveal.js"),
        "banner_text": banner.text,
        "failed": None,
    }
    return _write("slides", without_files(notebook), out_path, kit)


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(template: str, notebook: NotebookNode, out_path: Path, kit: Mapping[str, Any]) -> Path:
    markup, _ = page_exporter(template).from_notebook_node(notebook, resources={"kit": kit})
    # A page's own code isn't for us to change: only handouts get ids.
    text = with_ids(markup) if template == "handout" else re.sub(r"[ \t]+\n", "\n", markup)
    write_atomically(out_path, text.encode("utf-8"), private=False)
    return out_path
