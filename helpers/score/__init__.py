"""Judge links, findings and gaps against the answer key."""
