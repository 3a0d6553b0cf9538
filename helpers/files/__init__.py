"""Read native files into standard tables with findings and accounts, and write them the same way."""
