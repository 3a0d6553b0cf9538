"""Writers of the file formats."""
