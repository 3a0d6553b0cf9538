"""Decide who may see what: the guard for real data, small cells, roles."""

from helpers.share.real_data import Guard

__all__ = ["Guard"]
