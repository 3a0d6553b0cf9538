"""Run notebooks, and store what a run needs."""
