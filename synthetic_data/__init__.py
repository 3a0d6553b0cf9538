"""Generator: one synthetic population, recorded by a dozen systems, with the answer key."""
