"""Simulate learning: grades, assignments, tests, online work."""
