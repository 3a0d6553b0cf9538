"""Runs of notebooks, and what a run stores."""
