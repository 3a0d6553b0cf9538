"""Studies of synthetic districts with both packages: generate, measure, compare with published figures."""
