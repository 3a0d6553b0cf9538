"""The words of a family's page, as a reader meets them."""

from __future__ import annotations

import html
import re

BLOCK = re.compile(r"</(?:p|li|h\d|dt|dd|td|th|caption|figcaption|summary)>")


def words_of(markup: str, *, cells: bool = True) -> str:
    """Give the text of a page, a line a block, each with a full stop; with or without tables."""
    main = markup.partition("<main")[2].partition(">")[2]
    main = re.sub(r"<svg.*?</svg>", "", main, flags=re.DOTALL)
    if not cells:
        main = re.sub(r"<table.*?</table>", "", main, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", "", BLOCK.sub("\n", main)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line if line[-1] in ".?!:" else f"{line}." for line in lines if line)
