"""Provide the single Jinja environment: all HTML comes from templates, which escape every text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from helpers.standard import Measured, unmarked, with_marks

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = ["PAGE_TEMPLATES", "fill", "link_measures", "measures_on", "render"]


# nbconvert finds the templates of notebook pages, and the parts that all pages share, in this folder.
PAGE_TEMPLATES = Path(__file__).parent / "pages" / "templates"
_HELPERS = Path(__file__).parents[1]
_BOLD = re.compile(r"\*\*(.+?)\*\*")
# Where no element may stand: inside of a tag, and in what a browser reads as plain text.
_NO_ELEMENT = re.compile(r"(<(title|option|style|script|text)\b.*?</\2>|<[^>]*>)", re.DOTALL)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Every value is escaped, and a missing one raises an error.
    environment = Environment(
        loader=FileSystemLoader([_HELPERS, PAGE_TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
    )
    # Every second part was between ``**``.
    environment.filters["bold_parts"] = _BOLD.split
    environment.filters["count"] = _count
    # A value is its number, which carries its measure.
    environment.finalize = lambda value: f"{value}" if isinstance(value, Measured) else value
    return environment


def _count(value: object) -> str:
    """Format a count with thousands separators; a guard's text stays as it is."""
    return f"{value:,}" if isinstance(value, int) else str(value)


@cache
def _template(file: str) -> Template:
    return _environment().get_template(file)


@cache
def _macro(file: str, name: str) -> Callable[..., Markup]:
    macro: Callable[..., Markup] = getattr(_template(file).module, name)
    return macro


def render(file: str, **values: Any) -> Markup:
    """Render a template, given by its path in the package ``helpers``."""
    return _show_measures(Markup(_template(file).render(values)))


def fill(file: str, macro: str, *values: Any) -> Markup:
    """Render one macro of a template.

    >>> str(fill("report/blocks.html.j2", "paragraph", "O'Neil & <b>"))
    '<p>O&#39;Neil &amp; &lt;b&gt;</p>'
    """
    return _show_measures(_macro(file, macro)(*values))


def _show_measures(markup: Markup) -> Markup:
    """Give each number of a measure an element of its own, with the measure and its base as attributes."""
    shown, at = [], 0
    for barred in _NO_ELEMENT.finditer(markup) if "⟦" in markup else ():
        shown += [_elements(markup[at : barred.start()]), unmarked(barred.group())]
        at = barred.end()
    return Markup("".join(shown) + _elements(markup[at:])) if at else Markup(_elements(markup))


def _elements(text: str) -> str:
    # What a template wrote is escaped already.
    measured = _macro("report/blocks.html.j2", "measured")
    return with_marks(text, lambda *parts: measured(*map(Markup, parts)))


# A number outside of a link, with its place and its measure.
_NUMBER = re.compile(
    r'(<a\b.*?</a>)|(<data data-in="([^"]*)" data-measure="(\w+)" [^>]*>[^<]*</data>)',
    re.DOTALL,
)


def link_measures(markup: str, pages: Mapping[tuple[str, str], str]) -> str:
    """Let each number of a page open the page of its measure, where there is one."""

    def linked(found: re.Match[str]) -> str:
        page = pages.get((found[4], found[3]))
        if page is None:
            return found[0]
        return str(_macro("report/blocks.html.j2", "rows_of")(page, Markup(found[0])))

    return _NUMBER.sub(linked, markup)


def measures_on(markup: str) -> set[tuple[str, str]]:
    """Name the measures whose numbers a page shows, each with its place."""
    return {(found[4], found[3]) for found in _NUMBER.finditer(markup) if found[4]}
