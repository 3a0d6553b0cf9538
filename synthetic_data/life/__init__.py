"""Simulate how children fare, and everything that happens to them."""

from synthetic_data.life.life import Life, draw_life

__all__ = ["Life", "draw_life"]
