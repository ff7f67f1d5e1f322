"""A story of the past, replayed in several worlds that differ in their facts alone."""
