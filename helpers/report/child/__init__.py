"""Show what is known about one child, line by line."""
