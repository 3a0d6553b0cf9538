"""Parse native files into standard rows by their layouts."""
