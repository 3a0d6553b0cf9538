"""What the generator knows of one system."""
