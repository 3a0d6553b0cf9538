"""Studies drive both houses: what a made district is like, measured and compared with what is published."""
