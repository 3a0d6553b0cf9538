"""Learning: grades, assignments, tests, online work."""
