"""Find the layouts of known systems and those of a folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from helpers.layouts.layout import Layout, read_layout
from helpers.layouts.like import layout_paths
from helpers.standard import BadInput, nearest, respelled

__all__ = ["all_layouts", "layout_names", "load_layout"]


def layout_names() -> tuple[str, ...]:
    """List the layouts of every known system."""
    return tuple(sorted(layout_paths()))


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
    return read_layout(layout_paths()[name])


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
