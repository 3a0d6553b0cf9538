"""How children fare, and everything that happens to them because of it."""

from synthetic_data.life.life import Life

__all__ = ["Life"]
