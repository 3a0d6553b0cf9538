"""Which layouts there are: those that the kit brings, and those of a folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from helpers.layouts.layout import Layout, read_layout
from helpers.standard.validation import BadInput, nearest

__all__ = ["all_layouts", "layout_names", "load_layout"]

HERE = Path(__file__).parent
NOT_LAYOUTS = ("codes",)


def layout_names() -> tuple[str, ...]:
    """Name every layout that the kit brings, as `silo/system`."""
    return tuple(
        sorted(
            path.relative_to(HERE).with_suffix("").as_posix()
            for path in HERE.glob("*/*.toml")
            if path.parent.name not in NOT_LAYOUTS
        )
    )


@cache
def load_layout(name: str) -> Layout:
    """Load a layout that the kit brings.

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
    if name not in layout_names():
        raise BadInput(
            f"No layout is called {name!r}.{nearest(name, layout_names())} "
            f"There are: {', '.join(layout_names())}."
        )
    return read_layout(HERE / f"{name}.toml")


def all_layouts(extra_folder: Path | None = None) -> dict[str, Layout]:
    """Load every layout of the kit, and those that a folder brings in its own `layouts/`.

    Parameters
    ----------
    extra_folder
        A folder whose TOML files are layouts too; may be missing.

    Returns
    -------
    dict
        Layout by name; a folder's own layout stands before the kit's of the same name.
    """
    layouts = {name: load_layout(name) for name in layout_names()}
    if extra_folder is not None and extra_folder.is_dir():
        for path in sorted(extra_folder.rglob("*.toml")):
            if any(part.startswith(".") for part in path.relative_to(extra_folder).parts):
                continue  # the draft of a command that was killed
            own = read_layout(path)
            layouts[own.layout] = own
    return layouts
