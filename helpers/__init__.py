"""The user's house: what a district's exports say, who is who in them, and what is missing."""
