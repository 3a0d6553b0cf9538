"""The rungs of the ladder, a module each, all climbed by one signature."""
