"""Read the pages of a run as a person does: sentences, numbers with measure and base, pictures with data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Number", "Page", "Picture", "pages_of", "read_page"]

BLOCKS = frozenset(
    "address article blockquote br caption dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr label legend li main nav ol option p pre section select small summary table tbody "
    "td tfoot th thead tr ul".split()
)
SILENT = frozenset(("head", "script", "style", "svg", "textarea"))
# Where a number stands in the text of a block.
PLACE = "\uf8ff"


@dataclass(frozen=True)
class Number:
    """One number of a measure, where it is said."""

    page: str
    text: str
    measure: str
    where: str
    base: str
    # What stands before and after it in its sentence.
    before: str
    after: str

    @property
    def value(self) -> float | None:
        """Return the number; none of a share or of the text of a guard."""
        bare = self.text.replace(",", "")
        return float(bare) if re.fullmatch(r"-?\d+(\.\d+)?", bare) else None


@dataclass
class Picture:
    """A picture: its title, and the table of its data."""

    page: str
    title: str = ""
    rows: list[list[str]] = field(default_factory=list)

    def column(self, head: str) -> list[float]:
        """Return the numbers of a column, by its heading."""
        place = self.rows[0].index(head)
        return [float(row[place].replace(",", "")) for row in self.rows[1:] if re.search(r"\d", row[place])]


@dataclass(frozen=True)
class Page:
    """What a page says."""

    name: str
    # Sentences that the kit computes, as shown, and the same with a sign for each number of a measure.
    sentences: list[str]
    bare: list[str]
    numbers: list[Number]
    pictures: list[Picture]


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.pictures = page, list[Picture]()
        self.blocks = list[tuple[str, list[dict[str, str]], bool]]()
        self._text, self._numbers, self._silent = "", list[dict[str, str]](), 0
        self._data: dict[str, str] | None = None
        self._in_figure = False
        self._cell: str | None = None
        self._title: str | None = None
        # Depth of elements inside of what the kit shows; a page that a notebook wrote has other text, too.
        self._kit, self._of_notebook = 0, re.match(r"\d\d_", page) is not None

    def _close(self, tag: str = "") -> None:
        """End a block; a table's cell, and what a lesson's author wrote, is no sentence of the kit."""
        if self._text.strip():
            computed = tag not in ("td", "th", "summary") and (self._kit > 0 or not self._of_notebook)
            self.blocks.append((" ".join(self._text.split()), self._numbers, computed))
        self._text, self._numbers = "", []

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        if tag in SILENT:
            self._silent += 1
        if tag in BLOCKS or attributes.get("class") == "lead":
            self._close()
        if tag == "figure":
            self._in_figure = True
            self.pictures.append(Picture(self.page))
        if tag == "p" and attributes.get("class") == "finding":
            self._title = ""
        if tag == "tr" and self._in_figure:
            self.pictures[-1].rows.append([])
        if tag in ("td", "th"):
            self._cell = ""
        self._kit += tag == "div" and (self._kit > 0 or attributes.get("data-shown") == "kit")
        if tag == "data":
            self._data = {**attributes, "text": ""}

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent -= 1
        if tag == "data" and self._data is not None:
            self._text += PLACE
            self._numbers.append(self._data)
            self._data = None
        if tag == "p" and self._title is not None:
            self.pictures[-1].title, self._title = " ".join(self._title.split()), None
        if tag in ("td", "th") and self._cell is not None and self._in_figure and self.pictures[-1].rows:
            self.pictures[-1].rows[-1].append(" ".join(self._cell.split()))
            self._cell = None
        if tag == "figure":
            self._in_figure = False
        if tag in BLOCKS:
            self._close(tag)
        self._kit -= tag == "div" and self._kit > 0

    def handle_data(self, text: str) -> None:
        if self._silent:
            return
        if self._data is not None:
            self._data["text"] += text
        else:
            self._text += text
        if self._cell is not None:
            self._cell += text
        if self._title is not None:
            self._title += text


def _sentences(block: str) -> Iterator[str]:
    yield from (one.strip() for one in re.split(r"(?<=[.;:?!]) (?=[A-Z*\uf8ff])", block) if one.strip())


def read_page(name: str, markup: str) -> Page:
    """Read a page."""
    reader = _Reader(name)
    reader.feed(markup)
    reader._close()
    page = Page(name, [], [], [], reader.pictures)
    for block, marks, computed in reader.blocks:
        texts = iter(marks)
        for sentence in _sentences(block) if computed else ():
            page.bare.append(sentence)
            page.sentences.append(re.sub(PLACE, lambda _, texts=texts: next(texts)["text"], sentence))
        parts = block.split(PLACE)
        for place, mark in enumerate(marks):
            after = parts[place + 1]
            if after.strip() in ("of", "of the") and place + 1 < len(marks):
                after += marks[place + 1]["text"] + parts[place + 2]
            after = re.split(r"(?<=\w)[.;:,)](?: |$)", after)[0]
            before = re.split(r"(?<=\w)[.;:] ", parts[place])[-1].strip()
            of = (mark[f"data-{one}"] for one in ("measure", "in", "of"))
            page.numbers.append(Number(name, mark["text"], *of, before, after))
    return page


def pages_of(texts: Mapping[str, str]) -> list[Page]:
    """Read several pages."""
    return [read_page(name, text) for name, text in texts.items()]
