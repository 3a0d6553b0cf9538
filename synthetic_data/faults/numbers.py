"""Numbers that are no numbers to a reader."""

from __future__ import annotations

from synthetic_data.scene import Scene

__all__ = ["money_as_text", "percentile_zero"]


def money_as_text(scene: Scene) -> None:
    """-$3.20 -> ($3.20): a debt as an accountant writes it."""
    scene.change_each(lambda text: f"({text[1:]})" if text.startswith("-$") else text)


def percentile_zero(scene: Scene) -> None:
    """1 -> 0: a percentile just outside of its range."""
    scene.change_each(lambda text: "0" if text else text)
