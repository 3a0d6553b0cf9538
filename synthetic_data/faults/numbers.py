"""Numbers that are no numbers to a reader."""

from __future__ import annotations

from synthetic_data.scene import Scene

__all__ = ["money_as_text"]


def money_as_text(scene: Scene) -> None:
    """-$3.20 -> ($3.20): a debt as an accountant writes it."""
    scene.change_each(lambda text: f"({text[1:]})" if text.startswith("-$") else text)
