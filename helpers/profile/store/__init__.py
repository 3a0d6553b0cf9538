"""A store of profiles on disk, built part by part."""
