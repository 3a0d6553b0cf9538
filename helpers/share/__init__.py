"""Decide who may see what: the guard for real data, small cells, roles."""

from helpers.share.parts import shown_parts
from helpers.share.real_data import Guard

__all__ = ["Guard", "shown_parts"]
