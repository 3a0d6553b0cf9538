"""Decide who may see what: the guard for real data, small cells, roles."""
