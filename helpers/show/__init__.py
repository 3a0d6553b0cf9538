"""Draw charts and pages."""
