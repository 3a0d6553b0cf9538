"""Pages of a run, one module per page."""
