"""Put the child together: values with their source, one row a child, a timeline."""
