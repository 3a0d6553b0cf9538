"""What an export looks like and what its columns mean: one TOML a system, and the tables between rooms."""
