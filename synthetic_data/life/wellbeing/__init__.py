"""Wellbeing: health, plans, screenings, surveys, meals."""
