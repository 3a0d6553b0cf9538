"""Linkage methods, all with one signature: `Method(records, matches, context)`."""
