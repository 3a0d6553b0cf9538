"""Facts by child, coded in integers: what the rules read."""
