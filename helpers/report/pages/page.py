"""Write a page from a notebook, or from blocks."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.files import write_atomically
from helpers.report.blocks import Block, banner, is_invented, joined, paragraph, slug
from helpers.report.templates import PAGE_TEMPLATES, fill, render
from helpers.report.theme import page_css
from helpers.standard import marked

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = [
    "Failure",
    "block_page",
    "heading",
    "headline",
    "note",
    "notebook_page",
    "page_exporter",
    "with_ids",
    "without_files",
]


# The sentence that `answer` shows, or the finding above a picture.
_ANSWER = re.compile(r'<p class="(?:answer|finding)"[^>]*>(.*?)</p>', re.DOTALL)
# In a notebook's first cell, the line that starts the text for learners: minutes, needs, goals.
_DATA = re.compile(
    r'<data data-in="([^"]*)" data-measure="([^"]*)" data-of="([^"]*)" value="[^"]*">([^<]*)</data>'
)
_FOR_LEARNERS = re.compile(r"^\*\*\d+ min.*", re.MULTILINE | re.DOTALL)
# A link to a file in a text; and addresses of a site, which need no file next to the page.
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s#]+\.\w+)(#[^)\s]*)?\)")
_SITE = re.compile(r"//|[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """Where and how a notebook failed."""

    # Number of the code cell, from 1, as in Jupyter; 0 if no cell was running.
    cell: int
    # Type of the error.
    name: str
    # Message; empty for a real folder, because it may contain a child's name.
    message: str = ""
    # The cell's code.
    source: str = ""
    # The heading above the cell.
    section: str = ""

    @property
    def place(self) -> str:
        """Description of the cell."""
        if not self.cell:
            return "its start"
        return f"code cell {self.cell}" + (f" (under “{self.section}”)" if self.section else "")


@cache
def page_exporter(template: str) -> Any:
    """Create the exporter of a template once per process: loading nbconvert takes a second."""
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    settings = Config()
    # No external resources: the template uses none of these, and here they can't slip back in.
    for address in (
        "require_js_url",
        "mathjax_url",
        "mermaid_js_url",
        "jquery_url",
        "jupyter_widgets_base_url",
    ):
        if address in HTMLExporter.class_trait_names():
            settings.HTMLExporter[address] = ""
    return HTMLExporter(
        config=settings,
        extra_template_basedirs=[str(PAGE_TEMPLATES)],
        extra_template_paths=[str(PAGE_TEMPLATES)],
        template_name=template,
        exclude_anchor_links=True,
        exclude_input=template == "notebook",
    )


def with_ids(markup: str) -> str:
    """Give every heading an id to link to; repeated headings get a number."""
    seen: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        begin, _, rest = found.groups()
        words = slug(unescape(re.sub(r"<[^>]+>", "", f"{begin}{rest}")))
        seen[words] = seen.get(words, 0) + 1
        name = words if seen[words] == 1 else f"{words}-{seen[words]}"
        return f'{begin} id="{name}"{rest}'

    return re.sub(r"(<h([1-6]))(>.*?</h\2>)", place, markup, flags=re.DOTALL)


def _with_page_links(source: str, pages: Collection[str] | None) -> str:
    """Convert links to notebooks into links to their pages; other links become plain text.

    A page is in its run's folder with the other pages, but without other files of the notebooks' folder.
    """

    def link(found: re.Match[str]) -> str:
        words, address, part = found.group(1), found.group(2), found.group(3) or ""
        if _SITE.match(address):
            return found.group(0)
        name = address.removeprefix("./").removesuffix(".ipynb")
        if address.endswith(".ipynb") and "/" not in name and (pages is None or name in pages):
            return f"[{words}]({name}.html{part})"
        return found.group(0) if pages is None else words

    return _LINK.sub(link, source)


def without_files(notebook: NotebookNode) -> NotebookNode:
    """Turn links to files into plain text: nobody has the files next to a sheet of paper."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _with_page_links(cell.source, ())
    return notebook


def _for_readers(
    notebook: NotebookNode, pages: Collection[str] | None, failed: Failure | None
) -> NotebookNode:
    """Remove what readers of results don't need: text for learners, and everything after a failure."""
    cells = []
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            text = _FOR_LEARNERS.sub("", cell.source) if place == 0 else cell.source
            cell.source = _with_page_links(text, pages)
        cells.append(cell)
        stopped = cell.cell_type == "code" and any(
            out.output_type == "error" for out in cell.get("outputs", [])
        )
        if stopped:
            break
    if failed is not None and not any(cell.get("outputs") for cell in cells):
        # It never started: its text describes results that don't exist.
        cells = cells[:1]
    notebook.cells = cells
    return notebook


def notebook_page(
    executed_path: Path,
    out_path: Path,
    about: Mapping[str, object],
    *,
    title: str = "",
    synthetic: bool | None = None,
    failed: Failure | None = None,
    pages: Collection[str] | None = None,
) -> Path:
    """Write the page of an executed notebook."""
    import nbformat

    invented = is_invented(about) if synthetic is None else synthetic
    notebook = _for_readers(nbformat.read(executed_path, as_version=4), pages, failed)
    kit = {
        "title": title or executed_path.stem,
        "css": page_css(),
        "banner": banner(about, invented).markup,
        "failed": failed,
    }
    markup, _ = page_exporter("notebook").from_notebook_node(notebook, resources={"kit": kit})
    write_atomically(out_path, with_ids(markup).encode("utf-8"), private=not invented)
    return out_path


def headline(notebook: Path) -> str:
    """Return the main finding of an executed notebook: answer or picture title of its cell ``headline``."""
    import nbformat

    for cell in nbformat.read(notebook, as_version=4).cells:
        if "headline" not in cell.metadata.get("tags", []):
            continue
        for output in cell.get("outputs", []):
            found = _ANSWER.search(str(output.get("data", {}).get("text/html", "")))
            if found:
                text = _DATA.sub(lambda one: marked(one[4], one[2], one[1], one[3]), found.group(1))
                bold = re.sub(r"</?strong>", "**", text)
                return unescape(re.sub(r"<[^>]+>", "", bold)).strip()
    return ""


def heading(text: str) -> Block:
    """Start a section of a page."""
    return Block(fill("report/blocks.html.j2", "heading", slug(text), text), text)


def note(*sentences: str) -> Block:
    """Add a paragraph between two blocks."""
    shown = joined(paragraph(one) for one in sentences if one)
    return Block(shown.markup, " ".join(sentences))


def block_page(
    out_path: Path, title: str, blocks: Sequence[Block], banner: Block, *, private: bool = True
) -> Path:
    """Write a page."""
    markup = render(
        "report/pages/templates/blocks.html.j2",
        title=title,
        css=page_css(),
        banner=banner.markup,
        blocks=blocks,
    )
    write_atomically(out_path, markup.encode("utf-8"), private=private)
    return out_path
