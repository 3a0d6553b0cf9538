"""Entity resolution: which scored pairs are consistent with each other."""
