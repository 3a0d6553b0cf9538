"""Simulate how children fare, and everything that happens to them."""

from synthetic_data.life.life import Life

__all__ = ["Life"]
