"""The maker: one invented population, written down by a dozen systems, with the answer key."""
