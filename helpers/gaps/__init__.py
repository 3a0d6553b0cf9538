"""Measure what the systems cannot say to one another."""
