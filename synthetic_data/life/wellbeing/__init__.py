"""Simulate wellbeing: health, plans, screenings, surveys, meals."""
