"""Provide the single Jinja environment: all HTML comes from templates, which escape every text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = ["PAGE_TEMPLATES", "fill", "render"]


# nbconvert finds the templates of notebook pages, and the parts that all pages share, in this folder.
PAGE_TEMPLATES = Path(__file__).parent / "pages" / "templates"
_HELPERS = Path(__file__).parents[1]
_BOLD = re.compile(r"\*\*(.+?)\*\*")


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
    return Markup(_template(file).render(values))


def fill(file: str, macro: str, *values: Any) -> Markup:
    """Render one macro of a template.

    >>> str(fill("report/blocks.html.j2", "paragraph", "O'Neil & <b>"))
    '<p>O&#39;Neil &amp; &lt;b&gt;</p>'
    """
    return _macro(file, macro)(*values)
