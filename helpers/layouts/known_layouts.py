"""Find the layouts of known systems and those of a folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from helpers.layouts.layout import Layout, read_layout
from helpers.standard import BadInput, nearest, respelled
from helpers.systems import systems

__all__ = ["all_layouts", "layout_names", "load_layout"]

NAME = re.compile(r'^layout = "([^"\n]+)"$', re.MULTILINE)


def layout_names() -> tuple[str, ...]:
    """List the layouts of every known system."""
    return tuple(sorted(_files()))


@cache
def _files() -> Mapping[str, Path]:
    """Map each layout's declared name to its file."""
    found: dict[str, Path] = {}
    for system in systems().values():
        for path in system.layout_files():
            named = NAME.search(path.read_text(encoding="utf-8"))
            if named is None:
                raise BadInput(f'{path} has no line such as layout = "meals/mealtime_customers"; add it.')
            if named[1] in found:
                raise BadInput(f"Two files declare the layout {named[1]!r}: {found[named[1]]} and {path}.")
            found[named[1]] = path
    return found


@cache
def load_layout(name: str) -> Layout:
    """Load a layout of a known system.

    Parameters
    ----------
    name
        A name of `layout_names`, such as ``"meals/mealtime_customers"``.

    Returns
    -------
    Layout
        The checked layout.

    Raises
    ------
    BadInput
        When there is none of that name.
    """
    name = respelled(name)
    if name not in layout_names():
        raise BadInput(
            f"No layout is called {name!r}.{nearest(name, layout_names())} "
            f"There are: {', '.join(layout_names())}."
        )
    return read_layout(_files()[name])


def all_layouts(extra_folder: Path | None = None) -> dict[str, Layout]:
    """Load the layouts of every known system, and those of a folder.

    Parameters
    ----------
    extra_folder
        A folder of further layouts (TOML files); may be missing.

    Returns
    -------
    dict
        Layout by name; a folder's own layout replaces the kit's layout of the same name.
    """
    layouts = {name: load_layout(name) for name in layout_names()}
    if extra_folder is not None and extra_folder.is_dir():
        for path in sorted(extra_folder.rglob("*.toml")):
            if any(part.startswith(".") for part in path.relative_to(extra_folder).parts):
                continue  # the draft of a command that was killed
            own = read_layout(path)
            layouts[own.layout] = own
    return layouts
