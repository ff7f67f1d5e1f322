"""Drills in cities of their own, and what is kept of them."""
