"""Ids: which columns of them to believe, and in which form to compare them."""
