"""What is known of one child, line by line."""
