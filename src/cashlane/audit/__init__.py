"""Checking the books from outside the rules that made them."""
