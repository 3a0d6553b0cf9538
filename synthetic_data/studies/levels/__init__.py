"""Levels study: what each exchange step buys a child, over a plan of districts, run headless and cached."""
