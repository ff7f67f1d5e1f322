"""The bench's own rules: what it counts, what it keeps, how it divides. Nothing here is timed."""
