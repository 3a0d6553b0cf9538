"""Say which records of which systems are the same child, and on what evidence."""
