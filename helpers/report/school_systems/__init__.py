"""Pages of the survey, the sector and the staffing plan: about school systems, not children."""
