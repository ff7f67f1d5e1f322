"""Drills: a small city of its own in which one thing is stopped, to prove what was predicted."""
