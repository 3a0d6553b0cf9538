"""The generator of one system."""
