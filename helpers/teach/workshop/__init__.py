"""The workshop: its tracks, its quiz, and the folder that it needs."""
