"""Execute notebooks, from one to the whole road."""
